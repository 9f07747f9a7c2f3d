# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import signal
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._probe import history as _probe_history
from ansible_collections.keyward.iam.plugins.module_utils._probe.history import update_states
from ansible_collections.keyward.iam.plugins.module_utils._probe.result import StepResult, StepStatus
from ansible_collections.keyward.iam.plugins.module_utils._probe.states import StepHistory, Thresholds

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.once

THRESHOLDS = Thresholds(500, 3, 3, 2, 2)
IDENTITY = ("lab", "default", "us-east-1")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give directories to others")
SPAWN = multiprocessing.get_context("spawn")


def stored(**changes: object) -> bytes:
    """A history file in which something is not as it should be."""
    step = {**StepHistory().to_json(), **changes}
    return json.dumps({"version": 1, "steps": {"CreateUser": step}}).encode()


def record(directory: Path, *statuses: StepStatus, now: float = 0.0) -> tuple[list[str | None], list[str]]:
    """The states of the first steps with these results, and the warnings."""
    names = ["CreateUser", "CreateGroup", "AddUserToGroup"]
    results = [StepResult(name, status, 100.0) for name, status in zip(names, statuses, strict=False)]
    warnings = update_states(str(directory), IDENTITY, results, now, THRESHOLDS)
    return [result.state for result in results], warnings


def history(directory: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((directory / "lab@default@us-east-1.json").read_text())
    return content


def test_states_go_on_from_run_to_run(tmp_path: Path) -> None:
    assert record(tmp_path, "failed", "ok") == (["up", "up"], [])
    assert record(tmp_path, "timeout", "ok") == (["down", "up"], [])
    assert record(tmp_path, "ok", "ok") == (["down", "up"], [])
    assert record(tmp_path, "ok", "ok") == (["up", "up"], [])


def test_a_misconfigured_run_is_no_run(tmp_path: Path) -> None:
    record(tmp_path, "failed")
    assert record(tmp_path, "misconfigured")[0] == ["misconfigured"]
    assert record(tmp_path, "failed")[0] == ["down"]


def test_a_skipped_step_keeps_its_state(tmp_path: Path) -> None:
    assert record(tmp_path, "skipped")[0] == [None]
    record(tmp_path, "failed")
    record(tmp_path, "failed")
    assert record(tmp_path, "skipped")[0] == ["down"]


@pytest.mark.parametrize(
    ("status", "state"),
    [("ok", "up"), ("failed", "down"), ("timeout", "down"), ("misconfigured", "misconfigured"), ("skipped", None)],
)
def test_without_a_directory_the_states_tell_of_this_run(status: StepStatus, state: str | None) -> None:
    result = StepResult("CreateUser", status, 100.0)
    assert update_states("", IDENTITY, [result], 0.0, THRESHOLDS) == []
    assert result.state == state


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"version": 2, "steps": {}}',
        b'{"version": 1, "steps": []}',
        b'{"version": 1, "steps": {"Dance": {}}}',
        b'{"version": 1, "steps": {"CreateUser": {}}}',
        b'{"version": 1, "steps": {"CreateUser": null}}',
        stored(down=1),
        stored(failures="1"),
        stored(extra=0),
        stored(hours={"x": [1, 2]}),
        stored(hours={"1": [1]}),
        stored(hours=[]),
        stored(hours={"1": [float("nan"), 1]}),
        stored(hours={"1": [1, float("inf")]}),
        stored(hours={"9" * 5000: [1, 1]}),
        100_000 * b"[",
        b'{"version": 1, "steps": {"CreateUser": ' + 100_000 * b'{"hours":',
        b"\xef\xbb\xbf{}",
        b"\x00" * 4096,
    ],
)
def test_a_broken_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lab@default@us-east-1.json"
    path.write_bytes(content)
    states, [warning] = record(tmp_path, "ok")
    assert states == ["up"]
    [broken] = tmp_path.glob("*.broken-*")
    assert broken.read_bytes() == content
    assert broken.name in warning
    assert record(tmp_path, "ok") == (["up"], [])


def _link(path: Path) -> None:
    (path.parent / "elsewhere").write_text("{}")
    path.symlink_to("elsewhere")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_link, "Too many levels of symbolic links"),
        (os.mkfifo, "is not a regular file"),
        (os.mkdir, "is not a regular file"),
        (lambda path: path.write_bytes(2_000_000 * b" "), "has more than 1000000 bytes"),
    ],
)
@pytest.mark.parametrize("name", ["lab@default@us-east-1.json", "lab@default@us-east-1.lock"])
def test_what_is_no_history_file_is_neither_read_nor_replaced(
    tmp_path: Path, make: Callable[[Path], object], reason: str, name: str
) -> None:
    path = tmp_path / name
    make(path)
    before = path.lstat()
    states, warnings = record(tmp_path, "failed")
    if name.endswith(".lock") and path.is_file() and not path.is_symlink():
        assert (states, warnings) == (["up"], [])
        return
    assert states == ["down"]
    assert warnings[0].startswith(
        f"the states depend on this run alone, because history_path {tmp_path} cannot be used: "
    )
    assert reason in warnings[0] or name.endswith(".lock")
    assert path.lstat().st_ino == before.st_ino


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o757])
def test_a_directory_in_which_others_can_write_is_not_used(tmp_path: Path, mode: int) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(mode)
    states, [warning] = record(shared, "failed")
    assert states == ["down"]
    assert f"other users can write in {shared} (mode {mode:04o})" in warning
    assert list(shared.iterdir()) == []


@needs_root
def test_a_directory_of_another_user_is_not_used(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, -1)
    _states, [warning] = record(tmp_path, "failed")
    assert "belongs to another user (uid 65534)" in warning
    assert list(tmp_path.iterdir()) == []


def test_what_is_made_is_private_whatever_the_umask(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        record(tmp_path / "a" / "b", "ok")
    finally:
        os.umask(umask)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*") if path.is_dir()}
    assert modes == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*") if path.is_file()} == {0o600}


def test_any_error_of_a_history_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(_probe_history.HistoryFile, "record", fail)
    states, [warning] = record(tmp_path, "failed")
    assert states == ["down"]
    assert "a bug" in warning


def test_names_of_any_kind_make_one_file(tmp_path: Path) -> None:
    update_states(str(tmp_path), ("a/../b", "C:@x", "eu"), [StepResult("CreateUser", "ok", 1.0)], 0.0, THRESHOLDS)
    [path] = tmp_path.glob("*.json")
    assert path.name == "a%2F..%2Fb@C%3A%40x@eu.json"


def _record_many(directory: Path, times: int) -> None:
    for _unused in range(times):
        _states, warnings = record(directory, "ok")
        assert warnings == []


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    writers = [SPAWN.Process(target=_record_many, args=(tmp_path, 25)) for _unused in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == 4 * [0]
    assert history(tmp_path)["steps"]["CreateUser"]["successes"] == 100


def _die_in_mid_write(directory: Path) -> None:
    def die(_descriptor: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    os.fsync = die  # type: ignore[assignment]
    record(directory, "failed")


def test_a_kill_in_mid_write_leaves_the_file_before_it(tmp_path: Path) -> None:
    record(tmp_path, "failed")
    before = history(tmp_path)
    for _unused in range(3):
        killed = SPAWN.Process(target=_die_in_mid_write, args=(tmp_path,))
        killed.start()
        killed.join()
        assert killed.exitcode == -signal.SIGKILL
        assert history(tmp_path) == before
    assert record(tmp_path, "failed") == (["down"], [])


def test_a_lock_that_is_never_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_probe_history, "_LOCK_SECONDS", 0.1)
    with (tmp_path / "lab@default@us-east-1.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        states, [warning] = record(tmp_path, "failed")
    assert states == ["down"]
    assert f"(pid {os.getpid()}) has kept {tmp_path}/lab@default@us-east-1.lock locked" in warning


def test_a_home_that_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("os.getuid", lambda: 54321)
    states, [warning] = record(Path("~/history"), "ok")
    assert states == ["up"]
    assert "home" in warning


def test_times_are_kept_by_the_hour(tmp_path: Path) -> None:
    for duration, now in ((100.0, 3600.0), (50.5, 7199.0), (7.0, 7200.0), (None, 7300.0)):
        update_states(str(tmp_path), IDENTITY, [StepResult("CreateUser", "ok", duration)], now, THRESHOLDS)
    step = history(tmp_path)["steps"]["CreateUser"]
    assert step["hours"] == {"1": [150.5, 2], "2": [7.0, 2]}


def test_runs_that_are_slow_beside_the_stored_times_are_degraded(tmp_path: Path) -> None:
    def state(duration: float) -> str | None:
        result = StepResult("CreateUser", "ok", duration)
        assert update_states(str(tmp_path), IDENTITY, [result], 0.0, THRESHOLDS) == []
        return result.state

    assert [state(duration) for duration in (100, 500, 500, 500, 100)] == ["up", "up", "up", "degraded", "degraded"]


@pytest.mark.parametrize("version", [0, -1, 2, "1", None])
def test_a_file_of_another_version_is_set_aside(tmp_path: Path, version: object) -> None:
    record(tmp_path, "failed")
    path = tmp_path / "lab@default@us-east-1.json"
    path.write_text(json.dumps({**history(tmp_path), "version": version}))
    states, [warning] = record(tmp_path, "failed")
    assert states == ["up"]
    assert "it is no history of this probe" in warning
    assert history(tmp_path)["version"] == 1
