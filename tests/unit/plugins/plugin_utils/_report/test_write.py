# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import HostResult
from ansible_collections.keyward.iam.plugins.plugin_utils._report.write import (
    ReportError,
    Settings,
    Written,
    write_report,
)
from testbed.scenarios.results import NOW, access_key, collected


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    paths = [tmp_path / f"report{ending}" for ending in (".html", ".csv", ".JSON")]
    return Settings(paths, "Keys", show_key_ids=False, history=tmp_path / "state" / "history")


def write(settings: Settings, age: int = 200, *, dry_run: bool = False, days: int = 0) -> Written:
    now = NOW + timedelta(days=days)
    result: dict[str, Any] = collected(access_key("alice", age), when=now)
    return write_report([HostResult("h", result)], settings, now, dry_run=dry_run)


def test_all_files_are_written_private_and_the_next_report_knows_the_last(settings: Settings) -> None:
    assert write(settings).warnings == []
    assert [path.stat().st_mode & 0o777 for path in settings.paths] == [0o600] * 3
    assert json.loads(settings.paths[2].read_text(encoding="utf-8"))["previous"] is None
    write(settings, age=20, days=1)
    document = json.loads(settings.paths[2].read_text(encoding="utf-8"))
    assert (document["previous"]["expired"], document["summary"]["expired"]) == (1, 0)
    assert [day["expired"] for day in document["trend"]] == [1, 0]
    assert settings.history is not None
    assert settings.history.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in settings.history.iterdir()} == {0o600}


def test_a_file_that_is_there_keeps_its_mode(settings: Settings) -> None:
    page = settings.paths[0]
    page.touch()
    page.chmod(0o644)
    write(settings)
    assert page.stat().st_mode & 0o777 == 0o644
    assert page.stat().st_size


def test_a_dry_run_writes_nothing(settings: Settings) -> None:
    assert write(settings, dry_run=True).report.level == "due"
    assert settings.history is not None
    assert not settings.history.exists()
    assert not any(path.exists() for path in settings.paths)


def test_a_history_that_cannot_be_used_costs_the_trend_only(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    [warning] = write(dataclasses.replace(settings, history=tmp_path / "file")).warnings
    assert "set history_path" in warning
    assert all(path.exists() for path in settings.paths)


def test_a_place_of_the_history_that_is_not_known_is_not_made(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("~nobody-of-that-name/history", "$UNSET/history"):
        [warning] = write(dataclasses.replace(settings, history=Path(name))).warnings
        assert "is not known: set an absolute path" in warning
    assert {path.suffix for path in tmp_path.iterdir()} == {path.suffix for path in settings.paths}


def test_without_a_history_none_is_made(settings: Settings, tmp_path: Path) -> None:
    write(dataclasses.replace(settings, history=None))
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(("name", "told"), [("r.pdf", "must end in .html, .csv, .json"), ("no/r.csv", "no directory")])
def test_a_path_that_cannot_be_is_refused_before_anything_is_written(
    settings: Settings, tmp_path: Path, name: str, told: str
) -> None:
    with pytest.raises(ReportError, match=told):
        write(dataclasses.replace(settings, paths=[*settings.paths, tmp_path / name]))
    assert not any(path.exists() for path in settings.paths)


def test_a_path_that_cannot_be_written_is_said(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(ReportError, match="cannot be written"):
        write(dataclasses.replace(settings, paths=[tmp_path / "d.csv"]))
