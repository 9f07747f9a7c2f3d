# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The delivery with its real exporter and journal, against the real receiver."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import threading
import time
from typing import TYPE_CHECKING

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point
from testbed.drivers.deliveries import Run, ages, some
from testbed.fakes.wavefront import (
    WavefrontReceiver,
    drop_after_record,
    status,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def test_a_normal_run_is_one_request_and_one_connection(run: Callable[..., Run], wavefront: WavefrontReceiver) -> None:
    this = run(point_tags="team=security")
    this.delivery.drain(retry=False)
    this.delivery.add(some(2))
    this.delivery.add(some(1, "other", team="mine"))
    assert this.finish() == "wavefront: 3 points delivered in 1 request, 0 invalid, 0 in the journal"
    assert this.said == [this.said[-1]]
    [request] = wavefront.requests
    assert (request.compressed, request.content_type) == (True, "application/octet-stream")
    assert [point.tags for point in wavefront.points_of("aws.iam.accessKey")] == [
        {"name": "user0", "team": "security"},
        {"name": "user1", "team": "security"},
        {"name": "other0", "team": "mine"},
    ]
    outcomes = {point.tags["outcome"]: point.value for point in wavefront.points_of("aws.iam.delivery.points")}
    assert outcomes == {"delivered": 3, "invalid": 0, "dropped": 0}
    assert [point.value for point in wavefront.points_of("aws.iam.delivery.requests")] == [1]


def test_a_run_without_any_of_our_results_sends_nothing(run: Callable[..., Run], wavefront: WavefrontReceiver) -> None:
    this = run()
    this.delivery.drain(retry=False)
    assert this.finish() == ""
    assert this.said == []
    assert wavefront.requests == []


def test_points_that_another_task_adds_meanwhile_are_delivered_too(
    run: Callable[..., Run], wavefront: WavefrontReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under a strategy that is not linear, a host's points arrive while another host's task delivers."""
    this = run()
    this.delivery.add(some(2))
    late = [list(some(3, "late")), list(some(1, "later"))]
    deliver = this.delivery.drain

    def drain(**keywords: bool) -> None:
        deliver(**keywords)
        if late:
            this.delivery.add(late.pop(0))

    monkeypatch.setattr(this.delivery, "drain", drain)
    assert this.delivery.flush() == 0
    assert ages(wavefront) == 6


def test_points_that_stay_are_not_tried_for_ever(run: Callable[..., Run], wavefront: WavefrontReceiver) -> None:
    wavefront.always(status(404))
    this = run()
    this.delivery.add(some(2))
    assert this.delivery.flush() == 2
    assert len(wavefront.requests) == 1


def test_a_request_holds_no_more_than_a_batch(run: Callable[..., Run], wavefront: WavefrontReceiver) -> None:
    this = run(batch_size=10)
    this.delivery.add(some(95))
    this.delivery.add(some(5, "late"))
    assert this.finish() == "wavefront: 100 points delivered in 10 requests, 0 invalid, 0 in the journal"
    # The last batch is full, so the run's own metrics have a request of their own.
    assert [request.lines for request in wavefront.requests] == [10] * 10 + [4]
    assert wavefront.connections == 1


def test_a_full_batch_is_handed_over_at_once_and_no_more_of_it(
    run: Callable[..., Run], wavefront: WavefrontReceiver
) -> None:
    this = run(batch_size=10)
    this.delivery.add(some(9))
    assert wavefront.requests == []
    this.delivery.add(some(25, "more"))
    assert len(wavefront.requests) == 1


def test_a_handover_that_fails_is_not_tried_again_before_the_play_ends(
    run: Callable[..., Run], wavefront: WavefrontReceiver
) -> None:
    wavefront.always(status(503))
    this = run(batch_size=10)
    for number in range(5):
        this.delivery.add(some(10, f"n{number}-"))
    assert len(wavefront.requests) == 1
    wavefront.calm()
    assert (
        this.finish() == "wavefront: 50 points delivered in 5 requests, 0 invalid, 0 in the journal, 1 request failed"
    )


def test_a_full_batch_that_is_refused_holds_no_play_up(run: Callable[..., Run], wavefront: WavefrontReceiver) -> None:
    wavefront.bounds.lines = 6
    this = run(batch_size=10)
    for number in range(5):
        this.delivery.add(some(10, f"n{number}-"))
    assert len(wavefront.requests) == 1
    assert re.match("wavefront: 50 points delivered in .* 0 invalid, 0 in the journal", this.finish())


def test_a_sink_that_is_down_costs_a_run_one_deadline(run: Callable[..., Run], wavefront: WavefrontReceiver) -> None:
    this = run(deadline=2.0)
    with wavefront.down():
        started = time.monotonic()
        this.delivery.drain(retry=False)
        for _play in range(5):
            this.delivery.add(some())
            this.delivery.drain()
        assert this.finish().startswith("wavefront: 0 points delivered in 0 requests, 0 invalid, 15 in the journal")
        assert time.monotonic() - started < 8
    assert "Connection refused" in this.warnings
    assert "url (WAVEFRONT_URL)" in this.warnings
    assert str(this.journal.directory) in this.warnings
    assert run().finish().startswith("wavefront: 15 points delivered in 1 request, 0 invalid, 0 in the journal")


def test_what_was_kept_is_sent_as_the_identical_line_even_with_other_options(
    run: Callable[..., Run], wavefront: WavefrontReceiver
) -> None:
    wavefront.answers(drop_after_record())
    this = run(deadline=1.0, source="one", point_tags="team=red")
    this.delivery.add(some())
    assert "3 in the journal" in this.finish()
    run(source="two", point_tags="team=blue").finish()
    [first, second] = [[line for line in wavefront.lines if "accessKey" in line][n : n + 3] for n in (0, 3)]
    assert first == second
    assert 'source="one"' in first[0]
    assert 'team="red"' in first[0]


def test_invalid_points_are_set_aside_counted_by_reason_and_hold_nothing_back(
    run: Callable[..., Run], wavefront: WavefrontReceiver
) -> None:
    now = int(time.time())
    this = run()
    this.delivery.add(
        [
            *some(2),
            Point("aws.iam.accessKey", "31", now, {"name": "masked"}),
            Point("aws.iam.accessKey", 5, now - 9000 * 3600, {"name": "old"}),
            Point("aws.iam.accessKey", 5, now, {"name": "back\\"}),
        ]
    )
    last = this.finish()
    assert "3 points delivered in 1 request, 2 invalid (1 WF-300, 1 WF-402), 0 in the journal, 1 adjusted" in last
    assert "the value '31' is not a finite number" in this.warnings
    assert wavefront.rejected == []
    outcomes = {point.tags["outcome"]: point.value for point in wavefront.points_of("aws.iam.delivery.points")}
    assert outcomes["invalid"] == 2


def test_invalid_points_are_set_aside_once_while_the_sink_is_down(
    run: Callable[..., Run], wavefront: WavefrontReceiver
) -> None:
    with wavefront.down():
        this = run(deadline=1.0)
        this.delivery.add([*some(2), Point("aws.iam.accessKey", "31", int(time.time()), {"name": "masked"})])
        assert "1 invalid (1 WF-300), 2 in the journal" in this.finish()
    assert "2 points delivered in 1 request, 0 invalid, 0 in the journal" in run().finish()
    assert this.journal.rejected.counts()[0] == {"WF-300": 1}


def test_no_thread_is_left_for_ansible_to_fork_with(run: Callable[..., Run], wavefront: WavefrontReceiver) -> None:
    before = set(threading.enumerate())
    this = run()
    this.delivery.add(some())
    this.delivery.drain()
    assert len(wavefront.requests) == 1
    assert set(threading.enumerate()) == before


def test_lines_are_shown_as_they_are_sent(run: Callable[..., Run], wavefront: WavefrontReceiver) -> None:
    this = run(log_points=True)
    this.delivery.add(some())
    this.finish()
    assert this.said[:-1] == wavefront.lines


def test_broken_newer_and_foreign_files_are_said_and_lose_no_others(
    run: Callable[..., Run], wavefront: WavefrontReceiver
) -> None:
    with wavefront.down():
        before = run(deadline=1.0)
        for number in range(3):
            before.delivery.add(some(2, f"n{number}-"))
        before.finish()
    entries = [entry for entry in before.journal.entries() if entry.collected]
    entries[0].path.write_bytes(entries[0].path.read_bytes()[:-20])
    entries[1].path.write_text('{"format": 99, "points": 2}\n')
    (before.journal.directory / "README").write_text("mine")

    this = run()
    this.delivery.add(some(1, "new"))
    assert this.finish() == "wavefront: 3 points delivered in 1 request, 0 invalid, 2 in the journal"
    assert ages(wavefront) == 3
    for said in ("cut short", "moved to", "newer keyward.iam", "such as README", "cannot be read"):
        assert said in this.warnings


def test_a_bound_that_is_met_is_said_and_counted(run: Callable[..., Run], wavefront: WavefrontReceiver) -> None:
    with wavefront.down():
        this = run(deadline=1.0, journal_max_mb=1, batch_size=5000)
        for number in range(4):
            this.delivery.add(some(5000, f"a-rather-long-name-to-fill-the-journal-{number}-"))
        last = this.finish()
    assert "10000 in the journal, 10000 dropped" in last
    assert "Check journal_max_mb (KEYWARD_JOURNAL_MAX_MB)" in this.warnings


def test_without_a_journal_points_are_still_delivered(
    run: Callable[..., Run], wavefront: WavefrontReceiver, tmp_path: Path
) -> None:
    (tmp_path / "journal").write_text("a file where the directory should be")
    wavefront.answers(status(503))
    this = run()
    this.delivery.add(some())
    assert "3 points delivered in 1 request" in this.finish()
    assert "Points are sent without the journal" in this.warnings


def test_points_that_no_journal_takes_and_no_sink_gets_are_lost_and_said(
    run: Callable[..., Run], wavefront: WavefrontReceiver, tmp_path: Path
) -> None:
    (tmp_path / "journal").write_text("a file where the directory should be")
    with wavefront.down():
        this = run(deadline=1.0)
        this.delivery.add(some())
        assert "3 dropped" in this.finish()
    assert "are lost" in this.warnings


def test_a_file_system_without_locks_is_said_and_points_wait_there(
    run: Callable[..., Run], wavefront: WavefrontReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    this = run()
    this.delivery.add(some())
    assert "3 in the journal" in this.finish()
    assert f"{this.journal.directory} cannot be locked: No locks available" in this.warnings
    assert "Check journal_dir (KEYWARD_JOURNAL_DIR)" in this.warnings
    assert wavefront.requests == []


def test_as_many_tags_as_points_may_have_do_no_harm_to_what_waited(
    run: Callable[..., Run], wavefront: WavefrontReceiver
) -> None:
    with wavefront.down():
        run(deadline=1.0).delivery.add(some())
    this = run(point_tags=",".join(f"tag{n}=x" for n in range(20)))
    this.delivery.add(some(1, "new"))
    assert "3 points delivered in 1 request, 1 invalid (1 WF-410), 0 in the journal" in this.finish()
    assert "tags, and the maximum is 20" in this.warnings
    assert ages(wavefront) == 3
    run().finish()
    assert this.journal.rejected.counts()[0]["WF-410"] > 1
