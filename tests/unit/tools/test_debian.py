# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import os
import shutil
import subprocess
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tools import debian

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    made: list[list[str]] = []

    def run(command: list[str], **_settings: Any) -> SimpleNamespace:
        made.append(command[1:])
        return SimpleNamespace(returncode=100 if "chromium" in command else 0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(debian, "unpack", lambda: 0)
    return made


def has(monkeypatch: pytest.MonkeyPatch, *programs: str, uid: int) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in programs else None)
    monkeypatch.setattr(os, "geteuid", lambda: uid)


def test_nothing_is_installed_where_all_is_there(monkeypatch: pytest.MonkeyPatch, calls: list[list[str]]) -> None:
    has(monkeypatch, *debian.PROGRAMS.values(), "apt-get", uid=0)
    assert debian.main() == 0
    assert calls == []


@pytest.mark.parametrize(("programs", "uid"), [(["apt-get"], 1000), ([], 0)])
def test_elsewhere_it_says_what_is_skipped(
    monkeypatch: pytest.MonkeyPatch,
    calls: list[list[str]],
    capsys: pytest.CaptureFixture[str],
    programs: list[str],
    uid: int,
) -> None:
    has(monkeypatch, *programs, uid=uid)
    assert debian.main() == 0
    assert calls == []
    assert "are skipped" in capsys.readouterr().out


def test_root_on_debian_installs_what_is_missing_and_a_failure_is_one(
    monkeypatch: pytest.MonkeyPatch, calls: list[list[str]]
) -> None:
    has(monkeypatch, "apt-get", "prometheus", uid=0)
    assert debian.main() == 100
    assert [call[0] for call in calls] == ["update", "install"]
    assert "chromium" in calls[1]
    assert "prometheus" not in calls[1]


def test_what_is_unpacked_is_not_unpacked_again_and_what_cannot_be_had_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[str] = []

    def run(command: list[str], **_settings: Any) -> SimpleNamespace:
        if "indextargets" in command:
            return SimpleNamespace(stdout="http://example.com/security/\nhttp://example.com/debian/\n")
        made.append(command[-1])
        return SimpleNamespace(returncode=100)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(debian, "UNPACKED", tmp_path / "debian")
    has(monkeypatch, "apt-get", uid=0)
    assert debian.unpack() == 0
    assert made == ["update"]
    assert "URIs: http://example.com/debian/\n" in (tmp_path / "debian/apt/sources/release.sources").read_text()
    assert "apt-get update failed: the tests that need it are skipped" in capsys.readouterr().out
    program = tmp_path / "debian" / "usr" / "bin" / "victoria-metrics"
    program.parent.mkdir(parents=True)
    program.touch()
    assert debian.unpack() == 0
    assert made == ["update"]
