# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Random bytes in every file that a run reads back: what is sound beside it is used, and people read a sentence."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.cache import CachedKey, CachedUser, KeyCache
from ansible_collections.keyward.iam.plugins.module_utils._probe.history import update_states
from ansible_collections.keyward.iam.plugins.module_utils._probe.result import StepResult
from ansible_collections.keyward.iam.plugins.module_utils._probe.states import Thresholds
from ansible_collections.keyward.iam.plugins.plugin_utils._journal import maintenance
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import Journal
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.records import StorageError
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.rejected import RejectedPoint
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point
from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import HostResult
from ansible_collections.keyward.iam.plugins.plugin_utils._report.write import Settings, write_report
from testbed.drivers.corruption import corrupted, seeded
from testbed.scenarios.results import NOW, access_key, collected

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.once

TIMES = 250


def points(name: str) -> list[Point]:
    return [Point("aws.iam.accessKey", age, 1_800_000_000, {"name": name}, "AWS") for age in range(3)]


def test_a_probe_s_history(tmp_path: Path) -> None:
    thresholds = Thresholds(500, 3, 3, 2, 2)

    def record() -> tuple[str | None, list[str]]:
        result = StepResult("CreateUser", "ok", 100.0)
        warnings = update_states(str(tmp_path), ("lab", "default", "us-east-1"), [result], 1_800_000_000.0, thresholds)
        return result.state, warnings

    record()
    path = tmp_path / "lab@default@us-east-1.json"
    whole = path.read_bytes()
    for seed in range(TIMES):
        path.write_bytes(corrupted(seeded(f"probe {seed}"), whole))
        state, warnings = record()
        assert state in ("up", "degraded", "down")
        assert all(re.search("was broken, was kept as|cannot be used", warning) for warning in warnings), warnings
        assert record()[1] == [] or warnings, "a history that was started anew is sound"
        for kept in tmp_path.glob("*.broken-*"):
            kept.unlink()


def test_a_report_s_history(tmp_path: Path) -> None:
    history = tmp_path / "history"
    settings = Settings([tmp_path / "r.html", tmp_path / "r.json", tmp_path / "r.csv"], "Keys", False, history)  # noqa: FBT003
    for day in range(3):
        now = NOW - dt.timedelta(days=day)
        write_report([HostResult("h", collected(access_key("alice", 200), when=now))], settings, now, dry_run=False)
    path = history / "history.jsonl"
    whole = path.read_bytes()
    result = collected(access_key("alice", 200), when=NOW)
    for seed in range(TIMES):
        path.write_bytes(corrupted(seeded(f"report {seed}"), whole))
        written = write_report([HostResult("h", result)], settings, NOW, dry_run=False)
        assert written.warnings == []
        assert "alice" in settings.paths[0].read_text()


def test_a_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", 1 << 24, "https://one.example.com")
    for seed in range(TIMES):
        journal.destination = "https://one.example.com"
        draw = seeded(f"journal {seed}")
        journal.write(points("sound"))
        [sound] = journal.entries()
        journal.write(points("other"))
        [entry] = [entry for entry in journal.entries() if entry != sound]
        path = journal.rejected.add([RejectedPoint(points("odd")[0], "value", "no number")], journal.new_stem())
        journal.note_failure("connection refused")
        note = journal.directory / ".last-failure"
        for file in (entry.path, path, note):
            file.write_bytes(corrupted(draw, file.read_bytes()))
        assert journal.read(sound) == points("sound")
        with contextlib.suppress(StorageError):
            assert journal.read(entry) == points("other")
        shown = maintenance.about(journal)
        assert (shown["left"], shown["files"]) == (6, 2)
        assert maintenance.lines({"name": "wavefront", **shown})
        journal.destination = "https://two.example.com"
        maintenance.restore(journal)
        assert sum(journal.read(entry) == points("sound") for entry in journal.entries()) == 1
        maintenance.discard(journal)
        for file in (entry.path, path):
            file.unlink(missing_ok=True)
        assert journal.waiting() == 0


def test_a_cache_of_keys(tmp_path: Path) -> None:
    account = "111122223333"
    created = NOW - dt.timedelta(days=200)
    key = CachedKey("AKIAIOSFODNN7EXAMPLE", "Active", created)
    user = CachedUser(f"arn:aws:iam::{account}:user/alice", NOW, frozenset({(1, created)}), (key,))
    KeyCache(str(tmp_path), account).update({"AIDA1": user}, lambda _ident, _arn: False)
    path = tmp_path / f"access_keys-{account}.json"
    whole = path.read_bytes()
    for seed in range(TIMES):
        changed = corrupted(seeded(f"cache {seed}"), whole)
        path.write_bytes(changed)
        cache = KeyCache(str(tmp_path), account)
        known = cache.get("AIDA1")
        # Only the file that was written is believed: one digit more would be another age.
        assert known == user if changed == whole else known is None, changed
        assert cache.warning or changed == whole
        cache.update({"AIDA1": user}, lambda _ident, _arn: False)
        assert KeyCache(str(tmp_path), account).get("AIDA1") == user
        for kept in tmp_path.glob("*.broken-*"):
            kept.unlink()


def test_the_same_seed_gives_the_same_bytes() -> None:
    whole = b'{"format": 2, "points": 3}\n' * 5
    first, second = ([corrupted(seeded(f"journal {n}"), whole) for n in range(50)] for _again in range(2))
    assert first == second
    assert len(set(first)) > 40
