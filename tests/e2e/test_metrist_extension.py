# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""extensions/metrist/awsiam, driven by a stand-in for Metrist's orchestrator."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.probes import ACTIONS, USER_PATH, add_policy, remaining, under_way
from testbed.drivers.waiting import wait_until
from testbed.fakes.aws import Key
from testbed.fakes.metrist.orchestrator import Orchestrator, framed

if TYPE_CHECKING:
    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account, AwsEndpoint

pytestmark = pytest.mark.once

Config = dict[str, str | None]
Start = Callable[..., Orchestrator]

MONITOR = Path(__file__).parents[2] / "extensions" / "metrist" / "awsiam"


@pytest.fixture
def account(aws: AwsEndpoint) -> Account:
    account = aws.account("111122223333")
    add_policy(account)
    account.add_user("monitor", keys=[Key()])
    return account


@pytest.fixture
def config(account: Account) -> dict[str, str | None]:
    credentials = account.user("monitor").key().credentials
    return {
        "AWSAccessKeyId": credentials.access_key_id,
        "AWSSecretAccessKey": credentials.secret_access_key,
        "AWSRegion": "us-east-1",
        "Namespace": "lab",
    }


@pytest.fixture
def start(aws: AwsEndpoint, ansible: Ansible) -> Start:
    """Starts the monitor in an environment without credentials."""
    ansible.set(AWS_ENDPOINT_URL=aws.url)
    return lambda program=MONITOR, **options: Orchestrator(program, ansible.environment, **options)


@pytest.mark.parametrize("piece", [1, 65536])
def test_a_whole_conversation(aws: AwsEndpoint, account: Account, start: Start, config: Config, piece: int) -> None:
    with start(piece=piece) as orchestrator:
        orchestrator.shake_hands(**config)
        for step, action in ACTIONS.items():
            answer = orchestrator.ask(f"Run Step {step}")
            assert re.fullmatch(r"Step Time \d+\.\d", answer)
            [call] = aws.calls(action=action)
            assert call.duration_ms is not None
            assert float(answer.split()[-1]) >= call.duration_ms - 0.1
        assert orchestrator.ask("Exit 1") == "Exit"
        assert orchestrator.rest() == []
        assert orchestrator.process.returncode == 0
        assert orchestrator.process.stderr is not None
        assert orchestrator.process.stderr.read() == b""
    assert remaining(account) == []


def test_messages_that_come_at_once(account: Account, start: Start, config: Config) -> None:
    with start() as orchestrator:
        orchestrator.shake_hands(**config)
        orchestrator.send(*(f"Run Step {step}" for step in ACTIONS), "Exit 0")
        *times, end = [orchestrator.answer() for _unused in range(9)]
        assert all(answer.startswith("Step Time ") for answer in times)
        assert end == "Exit"
    assert remaining(account) == []


def test_a_step_that_fails(account: Account, start: Start, config: Config) -> None:
    """The orchestrator then ends the run, and what was made is removed."""
    account.deny("AttachUserPolicy")
    with start() as orchestrator:
        orchestrator.shake_hands(**config)
        orchestrator.ask("Run Step CreateUser")
        assert orchestrator.ask("Run Step AttachPolicy").startswith(
            "Step Error error_code=AccessDenied access denied: allow iam:AttachUserPolicy to this identity, "
            "which the playbook keyward.iam.bootstrap does (AWS: User: "
        )
        assert len(remaining(account)) == 1
        assert orchestrator.ask("Exit 0") == "Exit"
        assert remaining(account) == []
        assert orchestrator.process.wait(10) == 0


def test_waiting_is_logged_and_not_a_part_of_the_time(account: Account, start: Start, config: Config) -> None:
    account.consistency.delay["CreateUser"] = 0.4
    with start() as orchestrator:
        orchestrator.shake_hands(**config)
        orchestrator.ask("Run Step CreateUser")
        orchestrator.ask("Run Step CreateGroup")
        orchestrator.send("Run Step AddUserToGroup")
        assert re.fullmatch(
            r"Log Info AddUserToGroup: \d calls, \d+ ms until IAM saw an earlier change", orchestrator.receive()
        )
        assert float(orchestrator.receive().removeprefix("Step Time ")) < 300


@pytest.mark.parametrize("step", ["DetachPolicy", "AddUserToGroup", "DeleteUser"])
def test_a_step_out_of_order(start: Start, config: Config, step: str) -> None:
    with start() as orchestrator:
        orchestrator.shake_hands(**config)
        assert orchestrator.ask(f"Run Step {step}").startswith("Step Error error_code=Skipped skipped because the ")


def test_a_step_that_there_is_not(start: Start, config: Config) -> None:
    with start() as orchestrator:
        orchestrator.shake_hands(**config)
        assert orchestrator.ask("Run Step Dance") == "Step Error error_code=UnknownStep there is no step 'Dance'"


@pytest.mark.parametrize("step", ["CreateUser", "AddUserToGroup", "AttachPolicy"])
def test_a_lost_orchestrator(account: Account, start: Start, config: Config, step: str) -> None:
    with start() as orchestrator:
        orchestrator.shake_hands(**config)
        for name in list(ACTIONS)[: list(ACTIONS).index(step) + 1]:
            orchestrator.ask(f"Run Step {name}")
        orchestrator.hang_up()
        assert orchestrator.rest() == ["Log Error the orchestrator is gone"]
        assert orchestrator.process.returncode == 1
    assert remaining(account) == []


def test_an_orchestrator_that_no_longer_reads(account: Account, start: Start, config: Config) -> None:
    with start() as orchestrator:
        orchestrator.shake_hands(**config)
        orchestrator.stop_reading()
        orchestrator.send("Run Step CreateUser")
        assert orchestrator.process.wait(20) == 1
        assert orchestrator.process.stderr is not None
        assert b"Traceback" not in orchestrator.process.stderr.read()
    assert remaining(account) == []


def test_a_signal_while_it_waits_for_the_orchestrator(account: Account, start: Start, config: Config) -> None:
    """The orchestrator gives it one second between this signal and the last."""
    with start() as orchestrator:
        orchestrator.shake_hands(**config)
        for step in list(ACTIONS)[:3]:
            orchestrator.ask(f"Run Step {step}")
        orchestrator.process.send_signal(signal.SIGTERM)
        told = time.monotonic()
        wait_until(lambda: not remaining(account))
        assert time.monotonic() - told < 10
        [said] = orchestrator.rest()
        assert said.startswith("Log Error stopped by SIGTERM: what the steps made is removed now, or by a later run if")


def test_a_signal_during_a_step(aws: AwsEndpoint, account: Account, start: Start, config: Config) -> None:
    aws.faults.hang("CreateGroup", times=1, executed=True)
    with start() as orchestrator:
        orchestrator.shake_hands(**config)
        orchestrator.ask("Run Step CreateUser")
        orchestrator.send("Run Step CreateGroup")
        wait_until(lambda: under_way(aws, "CreateGroup"))
        orchestrator.process.send_signal(signal.SIGTERM)
        orchestrator.rest()
    assert remaining(account) == []


@pytest.mark.parametrize(("flag", "left"), [("0", ["testuser-lab-00000000000a"]), ("1", [])])
def test_leftovers_are_swept_at_the_start_and_on_demand_at_the_end(
    account: Account, start: Start, config: Config, flag: str, left: list[str]
) -> None:
    account.add_user("testuser-lab-00000000000b", path=USER_PATH, age_days=1)
    with start() as orchestrator:
        assert orchestrator.receive() == "Started 1.1"
        assert orchestrator.ask("Version 1.1") == "Ready"
        orchestrator.send(f"Config {json.dumps(config)}")
        assert orchestrator.receive() == "Log Info removed what earlier runs left: testuser-lab-00000000000b"
        assert orchestrator.receive() == "Configured"
        account.add_user("testuser-lab-00000000000a", path=USER_PATH, age_days=1)
        assert orchestrator.ask(f"Exit {flag}") == "Exit"
    assert remaining(account) == left


def test_the_environment_wins_over_the_configuration(
    aws: AwsEndpoint, ansible: Ansible, account: Account, start: Start, config: Config
) -> None:
    ansible.set(
        METRIST_AWS_ACCESS_KEY_ID=str(config["AWSAccessKeyId"]),
        METRIST_AWS_SECRET_ACCESS_KEY=str(config["AWSSecretAccessKey"]),
        METRIST_AWSIAM_NAMESPACE="prod",
        METRIST_NAMESPACE="lab",
    )
    with start() as orchestrator:
        orchestrator.shake_hands(
            AWSAccessKeyId="wrong", AWSSecretAccessKey="wrong", AWSRegion="eu-west-1", Namespace="dev"
        )
        assert orchestrator.ask("Run Step CreateUser").startswith("Step Time ")
        [user] = remaining(account)
        assert user.startswith("testuser-prod-")
    assert {call.principal for call in aws.calls()} == {"monitor"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        (
            {"AWSAccessKeyId": "AKIA0"},
            "error_code=InvalidClientTokenId region us-east-1 must be enabled and of the key's",
        ),
        ({"Namespace": "a b"}, "error_code=InvalidOption namespace 'a b' must be 1 to 42 letters"),
        ({"Namespace": None}, "error_code=MissingSetting Namespace is not set: "),
        ({"AWSRegion": None}, "error_code=MissingSetting AWSRegion is not set: "),
        ({"AWSSecretAccessKey": "<<ERROR>>"}, "error_code=InvalidSetting AWSSecretAccessKey holds a placeholder"),
    ],
)
def test_a_configuration_that_does_not_fit(start: Start, config: Config, changes: Config, error: str) -> None:
    """The handshake wants it to parse; what is wrong with it is told by the first step."""
    with start() as orchestrator:
        orchestrator.shake_hands(**{**config, **changes})
        assert orchestrator.ask("Run Step CreateUser").startswith(f"Step Error {error}")
        assert orchestrator.ask("Exit 1") == "Exit"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (framed("Config {'AWSSecretAccessKey': 'topsecret'"), "the configuration is no JSON object"),
        (framed("Config 42"), "the configuration is no JSON object"),
        (framed("Config " + 50_000 * "["), "the configuration is no JSON object"),
        (framed("Dance"), "a message of 5 bytes is of no known kind"),
        (framed('{"AWSSecretAccessKey": "topsecret"}'), "a message of 35 bytes is of no known kind"),
        (framed("Run topsecret"), "a message of 13 bytes is of no known kind"),
        (b"topsecret", "a message does not begin with its length: five digits and a space"),
        (framed("Version topsecret"), "version of the protocol is not known here"),
        (framed("Version 2.0"), "version 2.0 of the protocol is not known here"),
        (framed("Run Step CreateUser"), "a step comes before the configuration"),
    ],
)
def test_what_is_no_conversation(start: Start, content: bytes, sentence: str) -> None:
    with start() as orchestrator:
        assert orchestrator.receive() == "Started 1.1"
        orchestrator.send_raw(content)
        assert orchestrator.rest() == [f"Log Error {sentence}"]
        assert orchestrator.process.returncode == 1


def test_it_runs_through_a_link(tmp_path: Path, start: Start, config: Config) -> None:
    """As an orchestrator with local monitors wants it."""
    link = tmp_path / "awsiam" / "awsiam"
    link.parent.mkdir()
    link.symlink_to(MONITOR)
    with start(link) as orchestrator:
        orchestrator.shake_hands(**config)
        assert orchestrator.ask("Exit 0") == "Exit"


def unusable(orchestrator: Orchestrator, config: Config) -> str:
    """What the first step answers, after a handshake as usual."""
    orchestrator.shake_hands(**config)
    answer = orchestrator.ask("Run Step CreateUser")
    assert orchestrator.ask("Exit 1") == "Exit"
    assert orchestrator.process.wait(20) == 0
    return answer


@pytest.mark.parametrize(
    ("broken", "reason"),
    [(None, "ModuleNotFoundError: No module named 'botocore'"), ("1 / 0", "ZeroDivisionError"), ("def", "SyntaxError")],
)
def test_a_python_without_botocore(
    tmp_path: Path, ansible: Ansible, start: Start, config: Config, broken: str | None, reason: str
) -> None:
    bare = tmp_path / "python"
    bare.write_text('#!/bin/sh\nexec python3 -S "$@"\n')
    bare.chmod(0o755)
    if broken:
        (tmp_path / "botocore").mkdir()
        (tmp_path / "botocore" / "__init__.py").touch()
        (tmp_path / "botocore" / "session.py").write_text(broken)
        ansible.set(PYTHONPATH=str(tmp_path))
    ansible.set(KEYWARD_PYTHON=str(bare))
    with start() as orchestrator:
        answer = unusable(orchestrator, config)
    assert answer.startswith("Step Error error_code=MissingBotocore botocore cannot be loaded by ")
    assert reason in answer


@pytest.mark.parametrize("python", ["/not/there", "/bin/false", "/etc/passwd", "print('%s')"])
def test_no_python(ansible: Ansible, start: Start, config: Config, python: str) -> None:
    ansible.set(KEYWARD_PYTHON=python)
    with start(piece=7) as orchestrator:
        answer = unusable(orchestrator, {**config, "AWSRegion": 3000 * "x"})
    assert answer == (
        f"Step Error error_code=MissingPython {python} is not a Python 3.9 or newer: "
        "set KEYWARD_PYTHON to one that has botocore"
    )


@pytest.mark.parametrize("content", [b"", b"Dance", framed("Dance"), b"00020 Config"])
def test_no_python_and_no_conversation(ansible: Ansible, start: Start, content: bytes) -> None:
    ansible.set(KEYWARD_PYTHON="/not/there")
    with start() as orchestrator:
        orchestrator.send_raw(content)
        orchestrator.hang_up()
        assert orchestrator.rest() == ["Started 1.1"]
        assert orchestrator.process.returncode == 1


def test_a_helper_that_fails_is_told_by_a_step(ansible: Ansible, start: Start) -> None:
    path = ansible.home / "credentials"
    path.write_text("[default]\ncredential_process = /opt/nothere/helper x\n")
    ansible.set(AWS_SHARED_CREDENTIALS_FILE=str(path))
    with start() as orchestrator:
        answer = unusable(orchestrator, {"AWSRegion": "us-east-1", "Namespace": "lab"})
    assert answer.startswith("Step Error error_code=FileNotFoundError ")
