# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What is left of earlier runs, and what a run replaces: in the text file, by the points of real results."""

from __future__ import annotations

import stat
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import ExportStatus
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point
from testbed.scenarios.prometheus import (
    ACCOUNT,
    AGE,
    FAILURE,
    SUCCESS,
    TIME,
    ages,
    collected,
    crashed,
    delivered,
    encoded,
    export,
    exporter,
    probed,
    series,
    unreachable,
)


def test_a_collection_is_a_file_for_everybody_to_read(tmp_path: Path) -> None:
    assert export(tmp_path, collected(("alice", 209))).status is ExportStatus.ACCEPTED
    (file,) = tmp_path.iterdir()
    assert file.name == "keyward_collect.prom"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    text = file.read_text(encoding="utf-8")
    assert (
        f'{AGE}{{account="{ACCOUNT}",key="12345",name="alice",profile="p",region="us-east-1",status="Active"}} 209.0\n'
        in text
    )
    assert f"# HELP {AGE} Age of an access key.\n# TYPE {AGE} gauge\n" in text
    assert series(tmp_path)[TIME, "p", ACCOUNT] == 100


def test_the_series_of_a_deleted_key_end_with_the_next_good_run(tmp_path: Path) -> None:
    export(tmp_path, collected(("alice", 209), ("bob", 3)))
    export(tmp_path, collected(("bob", 4), at=200))
    assert ages(tmp_path) == {"bob": 4}


def test_a_profile_that_failed_keeps_its_last_good_series(tmp_path: Path) -> None:
    export(tmp_path, collected(("alice", 209), ("bob", 3)))
    export(tmp_path, collected(("alice", 210), ok=False, at=200))
    assert ages(tmp_path) == {"alice": 209, "bob": 3}
    found = series(tmp_path)
    assert (found[SUCCESS, "p", ACCOUNT], found[TIME, "p", ACCOUNT]) == (0, 100)
    assert found["aws_iam_collector_users", "p", ACCOUNT] == 2
    export(tmp_path, collected(("alice", 211), at=300))
    assert ages(tmp_path) == {"alice": 211}
    assert series(tmp_path)[SUCCESS, "p", ACCOUNT] == 1


def test_a_failure_that_names_no_account_is_that_of_the_profile(tmp_path: Path) -> None:
    export(tmp_path, collected(("alice", 209)))
    export(tmp_path, collected(ok=False, account=None, at=200))
    assert ages(tmp_path) == {"alice": 209}
    assert {key: value for key, value in series(tmp_path).items() if key[0] == SUCCESS} == {(SUCCESS, "p", ACCOUNT): 0}


def test_a_profile_that_never_was_read_tells_that_it_failed(tmp_path: Path) -> None:
    export(tmp_path, collected(ok=False, account=None))
    assert series(tmp_path)[SUCCESS, "p"] == 0
    export(tmp_path, collected(("alice", 1), at=200))
    assert (SUCCESS, "p") not in series(tmp_path)


def test_what_is_older_than_what_is_there_changes_nothing(tmp_path: Path) -> None:
    export(tmp_path, collected(("bob", 4), at=200))
    export(tmp_path, collected(("alice", 209), ("bob", 3), at=100))
    export(tmp_path, collected(ok=False, at=150))
    export(tmp_path, collected(ok=False, account=None, at=160))
    assert ages(tmp_path) == {"bob": 4}
    assert series(tmp_path)[SUCCESS, "p", ACCOUNT] == 1


@pytest.mark.parametrize("account", [ACCOUNT, None])
def test_what_was_collected_before_a_failure_does_not_hide_it(tmp_path: Path, account: str | None) -> None:
    export(tmp_path, collected(ok=False, account=account, at=200))
    export(tmp_path, collected(("alice", 209), at=100))
    assert ages(tmp_path) == {"alice": 209}
    found = series(tmp_path)
    assert (found[SUCCESS, "p", ACCOUNT], found[TIME, "p", ACCOUNT]) == (0, 100)
    assert found[FAILURE, "p", ACCOUNT] == 200
    assert (SUCCESS, "p") not in found


def test_a_batch_may_hold_more_than_one_collection_of_a_profile(tmp_path: Path) -> None:
    export(tmp_path, [*collected(ok=False, at=200), *collected(("alice", 209), at=100)])
    assert ages(tmp_path) == {"alice": 209}
    assert series(tmp_path)[SUCCESS, "p", ACCOUNT] == 0
    export(tmp_path, [*collected(("alice", 210), at=300), *collected(ok=False, account=None, at=250)])
    assert series(tmp_path)[SUCCESS, "p", ACCOUNT] == 1
    assert not [key for key in series(tmp_path) if key[0] == FAILURE]


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    st.lists(st.sampled_from(["good", "failed", "no account"]), min_size=1, max_size=5).flatmap(
        lambda kinds: st.tuples(
            st.just(list(enumerate(kinds, start=1))),
            st.permutations(list(enumerate(kinds, start=1))),
            st.lists(st.booleans(), min_size=len(kinds), max_size=len(kinds)),
        )
    )
)
def test_the_order_and_the_batches_of_arrival_make_no_difference(
    tmp_path_factory: pytest.TempPathFactory, history: tuple[Any, Any, list[bool]]
) -> None:
    in_order, arriving, ends_batch = history

    def points(event: tuple[int, str]) -> list[Point]:
        time, kind = event
        if kind == "good":
            return collected((f"user-{time}", time), ("bob", time), at=time)
        return collected(ok=False, account=ACCOUNT if kind == "failed" else None, at=time)

    straight, shuffled = tmp_path_factory.mktemp("straight"), tmp_path_factory.mktemp("shuffled")
    for event in in_order:
        export(straight, points(event))
    batch: list[Point] = []
    for event, ends in zip(arriving, ends_batch, strict=True):
        batch += points(event)
        if ends:
            export(shuffled, batch)
            batch = []
    export(shuffled, batch)
    assert series(shuffled) == series(straight)


def test_accounts_and_profiles_stand_side_by_side(tmp_path: Path) -> None:
    export(tmp_path, collected(("alice", 1)) + collected(("bob", 2), profile="q") + collected(("cyd", 3), account="4"))
    export(tmp_path, collected(("bob", 3), profile="q", at=200))
    assert ages(tmp_path) == {"alice": 1, "bob": 3, "cyd": 3}


def test_another_job_s_file_is_not_touched_and_no_series_is_in_both(tmp_path: Path) -> None:
    other = tmp_path / "node.prom"
    other.write_text("node_other 1\n", encoding="utf-8")
    own = delivered(3, at=100)
    export(tmp_path, [*collected(("alice", 1)), *own])
    before = (tmp_path / "keyward_collect.prom").read_bytes()
    export(tmp_path, [*probed(), *own], job="probe")
    assert other.read_text(encoding="utf-8") == "node_other 1\n"
    assert (tmp_path / "keyward_collect.prom").read_bytes() == before
    lines = [line for file in tmp_path.glob("keyward_*.prom") for line in file.read_text().splitlines()]
    samples = [line.rpartition(" ")[0] for line in lines if not line.startswith("#")]
    assert len(samples) == len(set(samples))


def test_a_probe_replaces_its_steps_and_one_that_crashed_leaves_them(tmp_path: Path) -> None:
    export(tmp_path, probed(), job="probe")
    duration = ("aws_iam_probe_duration_seconds", "p", ACCOUNT, "CreateUser")
    assert series(tmp_path, "probe")[duration] == 0.25
    export(tmp_path, crashed(at=200), job="probe")
    found = series(tmp_path, "probe")
    assert found[duration] == 0.25
    assert 0 in {value for key, value in found.items() if key[0] == "aws_iam_probe_success"}
    export(tmp_path, probed(at=300), job="probe")
    assert series(tmp_path, "probe")["aws_iam_probe_timestamp_seconds", "p", ACCOUNT] == 300


@pytest.mark.parametrize(
    "content", [b"", b"\xff\x00", b"no metrics {", f"{AGE}{{ 1\n".encode(), f"{AGE} {'9' * 400}\n".encode()]
)
def test_a_file_that_cannot_be_read_is_made_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "keyward_collect.prom").write_bytes(content)
    export(tmp_path, collected(("alice", 1)))
    assert ages(tmp_path) == {"alice": 1}


def test_a_file_that_has_a_series_twice_or_with_odd_labels_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "keyward_collect.prom"
    path.write_text(f'{AGE}{{profile="q",name="a"}} 1\n{AGE}{{profile="q",name="a"}} 2\n{{"{AGE}","a b"="c"}} 3\n')
    export(tmp_path, collected(("alice", 209)))
    assert ages(tmp_path) == {"alice": 209, "a": 2}
    assert "a_b" not in path.read_text()


@pytest.mark.parametrize("place", ["file", "missing"])
def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    result = export(tmp_path / place, collected(("alice", 1)))
    assert result.status is ExportStatus.STOP
    assert "cannot be written" in result.reason
    assert result.setting == "textfile_dir"


@given(st.text(max_size=40), st.text(min_size=1, max_size=20))
def test_any_text_in_a_label_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, name: str, tag: str
) -> None:
    directory = tmp_path_factory.mktemp("any")
    point: Any = Point(names.KEY_AGE, 7, 100, {"profile": "p", "account": "1", "name": name, tag: "x"})
    success = Point(names.COLLECTOR_SUCCESS, 1, 100, {"profile": "p", "account": "1"})
    for _turn in range(2):
        assert export(directory, [point, success]).status is ExportStatus.ACCEPTED
    text = (directory / "keyward_collect.prom").read_bytes().decode()
    (sample,) = [s for f in text_string_to_metric_families(text) for s in f.samples if s.name == AGE]
    assert sample.labels.get("name", "") in {name, "x"}


def test_a_collection_that_is_larger_than_a_batch_is_written_whole(tmp_path: Path) -> None:
    export(tmp_path, collected(("gone", 1), at=50))
    made = exporter(tmp_path)
    samples = encoded(made, collected(("alice", 1), ("bob", 2), ("cyd", 3)))
    for start in range(0, len(samples), 2):
        assert made.export(samples[start : start + 2], 5).status is ExportStatus.ACCEPTED
    assert ages(tmp_path) == {"alice": 1, "bob": 2, "cyd": 3}
    assert series(tmp_path)["aws_iam_collector_users", "p", ACCOUNT] == 3


def test_what_a_host_has_collected_without_a_profile_is_its_account_s(tmp_path: Path) -> None:
    export(tmp_path, collected(("alice", 1), profile=None))
    assert ages(tmp_path) == {"alice": 1}
    export(tmp_path, unreachable("h", at=200))
    assert ages(tmp_path) == {"alice": 1}
    assert {key[1:]: value for key, value in series(tmp_path).items() if key[0] == SUCCESS} == {
        (ACCOUNT, "h"): 0,
        ("h",): 0,
    }
    export(tmp_path, collected(("alice", 2), profile=None, at=300) + delivered(1, at=301))
    assert {key[1:]: value for key, value in series(tmp_path).items() if key[0] == SUCCESS} == {(ACCOUNT, "h"): 1}


def test_hosts_that_cannot_be_reached_one_after_the_other_are_all_named(tmp_path: Path) -> None:
    export(tmp_path, unreachable("a", at=100) + unreachable("b", at=101) + delivered(2, at=102))
    assert {key[1:] for key in series(tmp_path) if key[0] == SUCCESS} == {("a",), ("b",)}


def test_a_host_that_an_earlier_run_could_not_reach_is_not_held_against_this_one(tmp_path: Path) -> None:
    now = int(time.time()) + 1
    export(tmp_path, unreachable("a", at=100) + collected(("alice", 1), at=now) + delivered(2, at=now))
    assert {key[1:] for key in series(tmp_path) if key[0] == SUCCESS} == {("p", ACCOUNT)}


@pytest.mark.parametrize("first", ["good", "failed"])
def test_two_of_one_second_are_one_file_that_can_be_read(tmp_path: Path, first: str) -> None:
    good, failed = collected(("alice", 1)), collected(ok=False)
    export(tmp_path, good + failed if first == "good" else failed + good)
    assert ages(tmp_path) == {"alice": 1}
    assert series(tmp_path)[SUCCESS, "p", ACCOUNT] == (first == "failed")
    assert ((FAILURE, "p", ACCOUNT) in series(tmp_path)) == (first == "good")
