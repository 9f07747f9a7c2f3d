# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A task that delivers is green only when the metrics of its run have arrived, and each of them is counted once."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from testbed.drivers.stand_in import POINTS_PER_PROFILE, collect, deliver, play
from testbed.fakes.wavefront import WavefrontReceiver, status
from tools.checkout import ROOT

if TYPE_CHECKING:
    from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import Journal
    from testbed.drivers.runs import Ansible

POINTS = POINTS_PER_PROFILE + 1
"""Of one task that finds one key."""

SEVERAL_HOSTS = ("-i", "one,two,three,")


def key_names(receiver: WavefrontReceiver) -> Counter[str]:
    """How often the age of each user's key came, repeats included."""
    return Counter(line.split('name="')[1].split('"')[0] for line in receiver.lines if "accessKey " in line)


def own_counts(receiver: WavefrontReceiver) -> Counter[str]:
    """The sums of what the delivery tells of itself."""
    counts: Counter[str] = Counter()
    for point in receiver.points:
        if ".delivery." in point.metric:
            counts[point.tags.get("outcome", "requests")] += int(point.value)
    return counts


def test_points_that_cannot_be_delivered_are_red(quick: Ansible, wavefront: WavefrontReceiver) -> None:
    quick.set(WAVEFRONT_POINT_TAGS=",".join(f"tag{number}=x" for number in range(16)))
    run = quick.playbook([play(collect(), deliver())])
    assert run.code == 2
    assert "1 point cannot be delivered (1 WF-410)" in run
    assert wavefront.metrics["aws.iam.collector.success"] == 1


def test_a_receiver_that_rejects_everything_is_red_and_nothing_goes_aside(
    quick: Ansible, wavefront: WavefrontReceiver, journal: Journal
) -> None:
    wavefront.always(status(400, body="what is this?"))
    run = quick.playbook([play(collect(), deliver())])
    assert run.code == 2
    assert f"{POINTS} points could not be delivered" in run
    assert "Check url (WAVEFRONT_URL)" in run
    assert journal.rejected.files() == []
    assert journal.waiting() == POINTS
    # What earlier runs left and this one delivers is no fault of this one.
    wavefront.calm()
    assert quick.playbook([play(collect(prefix="next"), deliver())]).code == 0
    assert key_names(wavefront) == {"user-0": 1, "next-0": 1}


def test_results_that_never_became_points_are_red(shipping: Ansible) -> None:
    run = shipping.playbook(
        [
            play(
                {"keyward.iam.access_key_info": {"profiles": ["none"]}, "async": 60, "poll": 0},
                {"keyward.iam.probe": {}, "no_log": True, "ignore_errors": True},
                deliver(),
            )
        ]
    )
    assert run.code == 2
    assert "1 result of keyward.iam.probe is hidden by no_log and gives no points. Remove no_log" in run
    assert "1 asynchronous job of keyward.iam was not fetched" in run


def test_each_attempt_of_a_task_tries_again(quick: Ansible, wavefront: WavefrontReceiver) -> None:
    quick.set(WAVEFRONT_DEADLINE="1")
    wavefront.answers(status(503), status(503))
    task = deliver(register="result", until="result is success", retries=3, delay=0)
    run = quick.playbook([play(collect(), task)])
    assert run.code == 0, run.output
    assert f"wavefront: {POINTS} points delivered in 1 request, 0 invalid, 0 in the journal, 2 requests failed" in run
    assert +own_counts(wavefront) == {"delivered": POINTS, "requests": 1}


@pytest.mark.parametrize("strategy", ["free", "host_pinned"])
def test_it_works_under_every_strategy(quick: Ansible, wavefront: WavefrontReceiver, strategy: str) -> None:
    quick.set(ANSIBLE_STRATEGY=strategy)
    plays = [play(collect(prefix="{{ inventory_hostname }}"), deliver(), hosts="all", connection="local")]
    run = quick.playbook(plays, *SEVERAL_HOSTS)
    assert run.code == 0, run.output
    assert key_names(wavefront) == {"one-0": 1, "two-0": 1, "three-0": 1}
    assert f"wavefront: {3 * POINTS} points delivered in" in run
    assert own_counts(wavefront)["delivered"] == 3 * POINTS


def test_every_point_is_counted_once_over_plays_batches_of_hosts_and_hidden_deliveries(
    quick: Ansible, wavefront: WavefrontReceiver
) -> None:
    def hosts(prefix: str, **keywords: Any) -> dict[str, Any]:
        tasks = [collect(prefix=f"{prefix}-{{{{ inventory_hostname }}}}"), deliver(**keywords)]
        return play(*tasks, hosts="all", connection="local", serial=1)

    run = quick.playbook([hosts("a"), hosts("b", no_log=True), play(collect(prefix="c"))], *SEVERAL_HOSTS)
    assert run.code == 0, run.output
    assert len(key_names(wavefront)) == 7
    counts = own_counts(wavefront)
    assert counts["delivered"] == 7 * POINTS
    assert f"wavefront: {7 * POINTS} points delivered in {counts['requests']} requests, 0 invalid" in run
    # Of two points of a series in one second, a tenant keeps one.
    moments = [point.timestamp for point in wavefront.points_of("aws.iam.delivery.requests")]
    assert len(moments) == len(set(moments)) == 7


def test_one_hidden_item_does_not_take_the_others_along(quick: Ansible, wavefront: WavefrontReceiver) -> None:
    loop = collect(prefix="{{ item }}", keywords={"loop": ["a", "b", "c"], "no_log": "{{ item == 'b' }}"})
    run = quick.playbook([play(loop, deliver())])
    assert run.code == 2
    assert key_names(wavefront) == {"a-0": 1, "c-0": 1}
    assert "1 result of keyward.iam.access_key_info is hidden by no_log" in run


def test_a_callback_that_is_enabled_twice_delivers_once(quick: Ansible, wavefront: WavefrontReceiver) -> None:
    copies = quick.home / "copies"
    copies.mkdir()
    shutil.copy(ROOT / "plugins" / "callback" / "wavefront.py", copies)
    quick.set(ANSIBLE_CALLBACK_PLUGINS=str(copies), ANSIBLE_CALLBACKS_ENABLED="wavefront,keyward.iam.wavefront")
    run = quick.playbook([play(collect(), deliver())])
    assert run.code == 0, run.output
    assert key_names(wavefront) == {"user-0": 1}
    assert run.count("this callback is enabled twice") == 1
    assert run.count("wavefront: 9 points delivered") == 1


STDOUT_FOR_PROGRAMS = """
import json

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = '''
name: parsable
type: stdout
short_description: JSON
description: JSON.
'''


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "parsable"

    def v2_playbook_on_stats(self, stats):
        self._display.display(json.dumps({"stats": sorted(stats.processed)}))
"""


def test_output_that_programs_read_stays_theirs(quick: Ansible, wavefront: WavefrontReceiver) -> None:
    (quick.home / "parsable.py").write_text(STDOUT_FOR_PROGRAMS)
    quick.set(ANSIBLE_CALLBACK_PLUGINS=str(quick.home), ANSIBLE_STDOUT_CALLBACK="parsable", WRITE_INFO_LOG="yes")
    book = quick.home / "book.yml"
    show: dict[str, Any] = {"keyward.iam.journal": {}}
    book.write_text(json.dumps([play(collect(), deliver(), show)]))
    done = subprocess.run(
        ["ansible-playbook", str(book)], env=quick.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"stats": ["localhost"]}
    for said in ("wavefront: 9 points delivered in 1 request", "nothing waits", wavefront.lines[0]):
        assert said in done.stderr


def test_a_closed_standard_output_holds_nothing_up(quick: Ansible, wavefront: WavefrontReceiver) -> None:
    book = quick.home / "book.yml"
    book.write_text(json.dumps([play(collect(), deliver())]))
    quick.timeout = 60
    quick.command("bash", "-c", 'exec ansible-playbook "$0" >&- 2>/dev/null', str(book))
    gone = quick.command("bash", "-c", 'ansible-playbook "$0" 2>/dev/null | true', str(book))
    assert gone.code == 0
    assert set(key_names(wavefront)) <= {"user-0"}


def test_check_mode_delivers_nothing_and_says_so(
    quick: Ansible, wavefront: WavefrontReceiver, journal: Journal
) -> None:
    run = quick.playbook([play(collect(), deliver())], "--check")
    assert run.code == 0, run.output
    assert f"wavefront: check mode, nothing is delivered of {POINTS} points" in run
    assert "points delivered in" not in run
    assert wavefront.requests == []
    assert journal.entries() == []


def test_what_was_collected_for_one_tenant_never_goes_to_another(
    quick: Ansible, wavefront: WavefrontReceiver, journal: Journal
) -> None:
    gone = "http://127.0.0.1:9"
    quick.set(WAVEFRONT_URL=gone, WAVEFRONT_DEADLINE="1")
    assert quick.playbook([play(collect(prefix="old"), deliver())]).code == 2

    quick.set(WAVEFRONT_URL=wavefront.url, WAVEFRONT_DEADLINE="20")
    run = quick.playbook([play(collect(prefix="new"), deliver())])
    assert run.code == 0, run.output
    assert key_names(wavefront) == {"new-0": 1}
    assert f"{POINTS} points in 1 file were collected for {gone} and are not sent to another destination" in run
    assert "keyward_journal=restore" in run
    assert journal.waiting() == POINTS

    restored = quick.playbook("keyward.iam.journal", keyward_journal="restore")
    assert restored.code == 0, restored.output
    assert key_names(wavefront) == {"new-0": 1, "old-0": 1}


def test_a_variable_that_is_blank_is_not_set_and_one_that_is_neither_true_nor_false_is_refused(
    quick: Ansible, wavefront: WavefrontReceiver
) -> None:
    blank = dict.fromkeys(("SOURCE", "POINT_TAGS", "TIMEOUT", "BATCH_SIZE", "CA_PATH", "VALIDATE_CERTS"), "")
    quick.set(**{f"WAVEFRONT_{name}": value for name, value in blank.items()}, KEYWARD_JOURNAL_MAX_MB=" ")
    run = quick.playbook([play(collect(), deliver())])
    assert run.code == 0, run.output
    assert 'source="AWS"' in wavefront.lines[0]

    quick.set(WAVEFRONT_VALIDATE_CERTS="x")
    run = quick.playbook([play(collect(), deliver())])
    assert run.code == 2
    allowed = "must be true or false (also yes, no, on, off, 1, 0), not 'x'"
    assert f"validate_certs (WAVEFRONT_VALIDATE_CERTS) {allowed}" in run
