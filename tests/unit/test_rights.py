# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Files and directories that a user has no right to: each is named in a sentence, and what else is there is used."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.collect import Collected, collect
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.model import AgeLimits
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.request import CollectRequest
from ansible_collections.keyward.iam.plugins.module_utils._aws.session import ConnectionSettings
from ansible_collections.keyward.iam.plugins.module_utils._files import state
from ansible_collections.keyward.iam.plugins.module_utils._probe.history import update_states
from ansible_collections.keyward.iam.plugins.module_utils._probe.result import StepResult
from ansible_collections.keyward.iam.plugins.module_utils._probe.states import Thresholds
from ansible_collections.keyward.iam.plugins.plugin_utils._journal import maintenance
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import Journal
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.records import StorageError
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.rejected import RejectedPoint
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point
from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import HostResult
from ansible_collections.keyward.iam.plugins.plugin_utils._report.write import ReportError, Settings, write_report
from testbed.drivers.rights import without_rights
from testbed.fakes.aws import Key
from testbed.scenarios.results import NOW, access_key, collected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from testbed.fakes.aws import AwsEndpoint

pytestmark = pytest.mark.once

MODES = [0o000, 0o300, 0o400, 0o500]


@pytest.fixture
def place() -> Iterator[Path]:
    """Below no directory that only this user may enter, as pytest's own are."""
    with tempfile.TemporaryDirectory(prefix="keyward-rights-") as name:
        Path(name).chmod(0o755)
        (Path(name) / "own").mkdir()
        yield Path(name) / "own"


@contextlib.contextmanager
def mode(path: Path, bits: int) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(bits)
    try:
        yield
    finally:
        with contextlib.suppress(FileNotFoundError):
            path.chmod(before)


def collect_all() -> Collected:
    settings = ConnectionSettings(config={"retries": {"total_max_attempts": 1, "mode": "standard"}})
    return collect(
        ["*"], CollectRequest(settings, AgeLimits(150, 180), dt.datetime.now(dt.UTC), credential_report=False)
    )


@pytest.mark.parametrize(
    ("kept_out", "says", "good"),
    [
        ("credentials", "AWS_SHARED_CREDENTIALS_FILE names {}/credentials, which is not readable", False),
        ("config", "AWS_CONFIG_FILE names {}/config, which is not readable (Permission denied)", True),
        (".", "AWS_CONFIG_FILE names {}/config, which is not readable (Permission denied)", False),
        ("helper", "({}/helper) cannot be started: Permission denied", True),
        ("token", "{}/token cannot be used: Permission denied", True),
    ],
)
def test_what_profiles_name(
    place: Path, aws: AwsEndpoint, monkeypatch: pytest.MonkeyPatch, kept_out: str, says: str, *, good: bool
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    account = aws.account("111122223333")
    account.add_user("alice", keys=[Key(age_days=3)])
    for name, value in aws.write_profiles(place, {"good": account.admin_credentials}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    (place / "helper").write_text("#!/bin/sh\nexit 1\n")
    (place / "helper").chmod(0o700)
    (place / "token").write_text("a token of the provider")
    with (place / "config").open("a") as config:
        config.write(f"[profile helped]\ncredential_process = {place}/helper\n[profile web]\n")
        config.write(f"role_arn = arn:aws:iam::111122223333:role/x\nweb_identity_token_file = {place}/token\n")
    collect_all()
    with without_rights(place), mode(place / kept_out, 0):
        found = collect_all()
    assert says.format(place) in "\n".join(found.failures)
    assert found.tracebacks == []
    entries = {entry["profile"]: entry["ok"] for entry in found.result["profiles"]}
    assert entries.get("good", False) is good
    assert len(found.result["access_keys"]) == good


def points(name: str) -> list[Point]:
    return [Point("aws.iam.accessKey", age, 1_800_000_000, {"name": name}, "AWS") for age in range(3)]


@pytest.mark.parametrize("bits", MODES, ids=oct)
@pytest.mark.parametrize("kept_out", ["wavefront", "", "entry", "aside", "aside entry", ".lock", ".last-failure"])
def test_a_journal(place: Path, kept_out: str, bits: int) -> None:
    journal = Journal(place / "journal" / "wavefront", 1 << 20, "https://one.example.com")
    journal.write(points("kept"))
    [entry] = journal.entries()
    odd = journal.rejected.add([RejectedPoint(points("odd")[0], "value", "no number")], journal.new_stem())
    journal.note_failure("connection refused")
    with journal.lock(0):
        pass
    paths = {"wavefront": journal.directory, "": journal.directory.parent, "entry": entry.path, "aside entry": odd}

    def lock() -> None:
        with journal.lock(0):
            pass

    with without_rights(place), mode(paths.get(kept_out) or journal.directory / kept_out, bits):
        for attempt in (
            lambda: journal.write(points("new")),
            journal.entries,
            lambda: journal.read(entry),
            lock,
            lambda: maintenance.lines({"name": "wavefront", **maintenance.about(journal)}),
            lambda: journal.note_failure("no route"),
            journal.make_room,
            lambda: maintenance.restore(journal),
        ):
            try:
                attempt()
            except StorageError as error:
                assert "Permission denied" in str(error) or "no right to" in str(error)  # noqa: PT017
                assert str(journal.directory) in str(error)  # noqa: PT017
    assert journal.read(entry) == points("kept")


@pytest.mark.parametrize("bits", MODES, ids=oct)
def test_histories(place: Path, bits: int) -> None:
    (place / "reports").mkdir()
    page = place / "reports" / "r.html"
    settings = Settings([page], "Keys", False, place / "history")  # noqa: FBT003
    source = HostResult("h", collected(access_key("alice", 200), when=NOW))

    def remember() -> list[str]:
        result = StepResult("CreateUser", "ok", 100.0)
        identity, thresholds = ("lab", "default", "us-east-1"), Thresholds(500, 3, 3, 2, 2)
        warnings = update_states(str(place / "probe"), identity, [result], 1_800_000_000.0, thresholds)
        assert result.state == "up"
        return warnings + write_report([source], settings, NOW, dry_run=False).warnings

    assert remember() == []
    probe = "probe/lab@default@us-east-1"
    with without_rights(place):
        for name in ("probe", f"{probe}.json", f"{probe}.lock", "history", "history/history.jsonl", "history/.lock"):
            with mode(place / name, bits):
                for warning in remember():
                    assert "cannot be used" in warning
                    assert "Permission denied" in warning
                    assert "history_path" in warning
        with mode(place / "reports", bits):
            try:
                remember()
            except ReportError as error:
                assert f"{page} cannot be written: Permission denied: set path" in str(error)  # noqa: PT017
        assert remember() == []


@pytest.mark.parametrize("umask", [0o077, 0o777], ids=oct)
def test_a_state_directory_is_the_user_s_whatever_the_umask(place: Path, umask: int) -> None:
    with without_rights(place):
        before = os.umask(umask)
        try:
            directory = state.prepare(place / "a" / "b")
            (directory / "file").touch()
        finally:
            os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in (directory, directory.parent)] == [0o700, 0o700]
