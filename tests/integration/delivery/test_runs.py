# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""From a real result to the receiver, as a user runs it."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from testbed.drivers import stand_in
from testbed.drivers.stand_in import collect, deliver, play
from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import Journal
    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account
    from testbed.fakes.wavefront import WavefrontReceiver

    Outage = Callable[[], AbstractContextManager[None]]

COLLECT = "keyward.iam.collect"


@pytest.fixture
def account_with_keys(account: Account, profiles: Callable[..., None]) -> Account:
    account.add_user("alice", keys=[Key(age_days=209.5, last_used_days=3)])
    account.add_user("bob=x,y.z@example_com+-", keys=[Key(age_days=1)])
    account.report.generate()
    profiles(**{"aws-profile": account})
    return account


def last_line(output: str) -> str:
    return output.rstrip().splitlines()[-1]


def test_a_collected_key_arrives_as_the_line_of_the_contract(
    shipping: Ansible, wavefront: WavefrontReceiver, account_with_keys: Account
) -> None:
    run = shipping.playbook(COLLECT, keyward_profiles=["aws-profile"])

    assert run.code == 0, run.output
    [age, other] = [line for line in wavefront.lines if line.startswith("aws.iam.accessKey ")]
    [success] = wavefront.points_of("aws.iam.collector.success")
    key_id = next(key_id for key_id, owner in account_with_keys.key_owners.items() if owner and owner.name == "alice")
    assert age == (
        f'aws.iam.accessKey 209 {success.timestamp} source="AWS" name="alice" key="{key_id[-5:]}" status="Active" '
        'profile="aws-profile" region="us-east-1" account="111122223333"'
    )
    assert 'name="bob=x,y.z@example_com+-"' in other
    assert len({point.timestamp for point in wavefront.points if "delivery" not in point.metric}) == 1
    assert last_line(run.output) == (
        f"wavefront: {len(wavefront.points) - 4} points delivered in 1 request, 0 invalid, 0 in the journal"
    )
    assert len(wavefront.requests) == 1
    assert wavefront.rejected == []


@pytest.mark.usefixtures("account_with_keys")
def test_points_wait_in_private_files_while_the_sink_is_down_and_arrive_with_the_next_run(
    shipping: Ansible, wavefront: WavefrontReceiver, outage: Outage, journal: Journal
) -> None:
    with outage():
        run = shipping.playbook(COLLECT, keyward_profiles=["aws-profile"])
    assert run.code == 2
    assert "Connection refused" in run
    assert "url (WAVEFRONT_URL)" in run
    waiting = journal.waiting()
    assert last_line(run.output).startswith(
        f"wavefront: 0 points delivered in 0 requests, 0 invalid, {waiting} in the journal"
    )
    assert {stat.S_IMODE(path.stat().st_mode) for path in journal.directory.iterdir()} == {0o600}
    assert stat.S_IMODE(journal.directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(journal.directory.parent.stat().st_mode) == 0o700

    again = shipping.playbook([play({"ansible.builtin.debug": {"msg": "a foreign play"}})])
    assert again.code == 0
    assert f"wavefront: {waiting} points delivered in 1 request, 0 invalid, 0 in the journal" in again
    assert journal.entries() == []
    assert len(wavefront.points_of("aws.iam.accessKey")) == 2


@pytest.mark.usefixtures("account_with_keys")
def test_an_ad_hoc_call_delivers_where_it_loads_callbacks(shipping: Ansible, wavefront: WavefrontReceiver) -> None:
    shipping.set(ANSIBLE_LOAD_CALLBACK_PLUGINS="1")
    arguments = json.dumps({"profiles": ["aws-profile"]})
    run = shipping.command("ansible", "localhost", "-m", "keyward.iam.access_key_info", "-a", arguments)
    assert run.code == 0, run.output
    assert last_line(run.output).endswith("points delivered in 1 request, 0 invalid, 0 in the journal")
    assert len(wavefront.points_of("aws.iam.accessKey")) == 2


def test_no_output_shows_a_token(shipping: Ansible, account_with_keys: Account) -> None:
    shipping.set(WAVEFRONT_API_TOKEN="a-wrong-and-secret-token")
    run = shipping.playbook(COLLECT, "-vvvv", keyward_profiles=["aws-profile"])
    assert run.code == 2
    assert "HTTP 401" in run
    assert "api_token (WAVEFRONT_API_TOKEN)" in run
    assert "a-wrong-and-secret-token" not in run
    assert account_with_keys.admin_credentials.secret_access_key not in run


def test_log_points_shows_every_line_as_it_is_sent(quick: Ansible, wavefront: WavefrontReceiver) -> None:
    quick.set(WRITE_INFO_LOG="true")
    run = quick.playbook([play(collect(keys=2), deliver()), play(collect(keys=1, prefix="later"))])
    assert run.code == 0, run.output
    assert len(wavefront.lines) == 2 + 1 + 2 * (stand_in.POINTS_PER_PROFILE + 4)
    assert [line for line in run.output.splitlines() if line.startswith("aws.iam.")] == wavefront.lines


def test_delivery_happens_when_a_play_ends_and_when_a_batch_is_full(
    quick: Ansible, wavefront: WavefrontReceiver
) -> None:
    quick.set(WAVEFRONT_BATCH_SIZE="50")
    run = quick.playbook([play(collect(keys=2)), play(collect(keys=100, prefix="many"), collect(keys=3, prefix="few"))])
    assert run.code == 0, run.output
    assert [request.lines for request in wavefront.requests] == [10, 50, 50, 23]
    assert last_line(run.output) == "wavefront: 129 points delivered in 4 requests, 0 invalid, 0 in the journal"
    assert wavefront.connections == 1


def test_a_run_that_found_no_key_still_delivers_its_heartbeat(quick: Ansible, wavefront: WavefrontReceiver) -> None:
    run = quick.playbook([play(collect(keys=0), deliver())])
    assert run.code == 0, run.output
    [success] = wavefront.points_of("aws.iam.collector.success")
    assert (success.value, success.tags["profile"]) == (1, "one")


def test_a_callback_without_a_url_says_so_once_and_stays_out_of_the_way(quick: Ansible, journal: Journal) -> None:
    del quick.variables["WAVEFRONT_URL"]
    run = quick.playbook([play(collect(), collect("again")), play(collect("a third time"))])
    assert run.code == 0
    assert run.count("there is no url: set WAVEFRONT_URL") == 1
    assert "points delivered" not in run
    assert not journal.directory.exists()


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"WAVEFRONT_URL": ""}, "there is no url: set WAVEFRONT_URL, or url in the section callback_wavefront"),
        ({"WAVEFRONT_URL": "example.wavefront.com"}, "url must look like https://example.wavefront.com"),
        ({"WAVEFRONT_BATCH_SIZE": "many"}, "env: WAVEFRONT_BATCH_SIZE"),
        ({"ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.oneline"}, "callbacks_enabled = keyward.iam.wavefront"),
        (
            {"ANSIBLE_CALLBACKS_ENABLED": "keyward.iam.otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://[::1"},
            "endpoint must look like https://otel.example.com",
        ),
    ],
    ids=["no url", "not a url", "not a number", "not enabled", "not an endpoint"],
)
def test_a_run_without_its_callback_does_not_look_well(quick: Ansible, variables: dict[str, str], reason: str) -> None:
    quick.set(**variables)
    run = quick.playbook([play(collect(), deliver())])
    assert run.code == 2
    assert reason in run
    assert "On AWX" in run
    assert "keyward_deliver=false" in run
    assert "Traceback" not in run


def test_a_missing_library_is_named(quick: Ansible, tmp_path: Path) -> None:
    # Python runs this before everything else.
    (tmp_path / "sitecustomize.py").write_text('import sys\nsys.modules["requests"] = None\n')
    quick.set(PYTHONPATH=str(tmp_path))
    run = quick.playbook([play(collect(), deliver())])
    assert run.code == 2
    assert "requests is missing: install it for the Python that runs Ansible" in run
    assert "Traceback" not in run


@pytest.mark.usefixtures("account_with_keys")
def test_where_only_the_table_is_wanted_nothing_fails(ansible: Ansible, wavefront: WavefrontReceiver) -> None:
    run = ansible.playbook(COLLECT, keyward_profiles=["aws-profile"], keyward_deliver=False)
    assert run.code == 0, run.output
    assert "alice" in run
    assert wavefront.requests == []


def test_deliver_fails_with_the_reason_and_the_number_left_and_says_it_once(quick: Ansible, outage: Outage) -> None:
    with outage():
        run = quick.playbook([play(collect(keys=3), deliver(ignore_errors=True, register="result"), SHOW_COUNTS)])
    assert "delivered=0 left=11 gave_up=True" in run
    assert "11 points could not be delivered" in run
    assert "[WARNING]: wavefront: 11 points" not in run
    assert last_line(run.output).startswith("wavefront: 0 points delivered in 0 requests, 0 invalid, 11 in the journal")


SHOW_COUNTS = {
    "ansible.builtin.debug": {
        "msg": "delivered={{ result.delivered }} left={{ result.left }} gave_up={{ result.exporters[0].gave_up }}"
    }
}


def test_deliver_returns_its_counts_and_runs_once_for_all_hosts(quick: Ansible, wavefront: WavefrontReceiver) -> None:
    show = {**SHOW_COUNTS, "run_once": True}
    plays = [play(collect(keys=3), deliver(register="result"), show, hosts="all", connection="local")]
    run = quick.playbook(plays, "-i", "one,two,three")
    assert run.code == 0, run.output
    assert "delivered=33 left=0 gave_up=False" in run
    assert len(wavefront.requests) == 1
    assert last_line(run.output) == "wavefront: 33 points delivered in 1 request, 0 invalid, 0 in the journal"


def test_in_check_mode_deliver_only_counts(quick: Ansible, outage: Outage) -> None:
    with outage():
        run = quick.playbook([play(collect(keys=3), deliver(check_mode=True, register="result"), SHOW_COUNTS)])
    assert run.code == 0, run.output
    assert "delivered=0 left=11 gave_up=False" in run


def test_the_journal_playbook_shows_discards_drains_and_restores(
    quick: Ansible, wavefront: WavefrontReceiver, outage: Outage, journal: Journal
) -> None:
    with outage():
        quick.playbook([play(collect(keys=3))])
        shown = quick.playbook("keyward.iam.journal")
        assert "otlp: nothing waits in" in shown
        assert "there is no endpoint" not in shown, "nobody asked for OTLP"
        assert shown.code == 0, shown.output
        assert "11 points in 1 file" in shown
        assert "Connection refused" in shown
        assert quick.playbook("keyward.iam.journal", keyward_journal="drain").code == 2

    # The receiver is up again, and still nothing is delivered that somebody wants to discard.
    discarded = quick.playbook("keyward.iam.journal", keyward_journal="discard")
    assert "nothing waits" in discarded
    assert wavefront.requests == []
    assert journal.entries() == []

    masked = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert "1 invalid (1 WF-300), 0 in the journal" in quick.playbook([play(collect(age_days=masked))])
    [path] = journal.rejected.files()
    path.write_text(path.read_text().replace(f'"{masked}"', "31"))
    assert quick.playbook("keyward.iam.journal", keyward_journal="restore").code == 0
    assert [point.value for point in wavefront.points_of("aws.iam.accessKey")] == [31]


def test_a_play_that_wants_to_see_first_needs_no_callback(ansible: Ansible, journal: Journal) -> None:
    run = ansible.playbook("keyward.iam.journal")
    assert run.code == 0, run.output
    assert f"nothing waits in {journal.directory}" in run
