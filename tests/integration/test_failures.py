# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Each failure class of docs/failures.md happens once, and every cell of its row is held against the run."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest

from testbed.drivers.probes import add_policy
from testbed.fakes.aws import AwsEndpoint, Key
from testbed.fakes.wavefront import ok, status
from tools.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from testbed.drivers.runs import Ansible, Run
    from testbed.fakes.wavefront import WavefrontReceiver

pytestmark = pytest.mark.once

NONE = "none"

RECORDER = """
import json, os
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_NAME = "recorder"

    def _record(self, result, **_options):
        fields = getattr(result, "result", None) or result._result
        with open(os.environ["RECORDED"], "a") as file:
            file.write(json.dumps(fields, default=str) + "\\n")

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_unreachable = _record
"""


def _rows() -> dict[str, dict[str, str]]:
    """The cells of the table by the name of their column, of each class."""
    lines = [line for line in (ROOT / "docs" / "failures.md").read_text().splitlines() if line.startswith("|")]
    names, _rule, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {cells[0]: dict(zip(names, cells, strict=True)) for cells in rows}


ROWS = _rows()


class Runs:
    """A run of a playbook with a report, and all signs that it gives."""

    def __init__(self, aws: AwsEndpoint, ansible: Ansible, wavefront: WavefrontReceiver, home: Path) -> None:
        self.aws, self.ansible, self.wavefront, self.home = aws, ansible, wavefront, home
        self.account = aws.account("111122223333")
        self.account.add_user("alice", keys=[Key(age_days=209)])
        add_policy(self.account, "lab")
        self.report, self.log, self.recorded = home / "keys.json", home / "log", home / "recorded"
        (home / "recorder.py").write_text(RECORDER)
        ansible.set(
            ANSIBLE_CALLBACK_PLUGINS=str(home),
            ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront,recorder",
            ANSIBLE_LOG_PATH=str(self.log),
            RECORDED=str(self.recorded),
            WAVEFRONT_URL=wavefront.url,
            WAVEFRONT_API_TOKEN="a-test-token",
        )

    def collect(self, *arguments: str, **variables: Any) -> Run:
        self._write_profiles()
        wanted = {"keyward_profiles": ["*"], "keyward_report": str(self.report), **variables}
        return self.ansible.playbook("keyward.iam.collect", *arguments, **wanted)

    def play(self, **keywords: Any) -> Run:
        """A play of one's own, with the task that collects."""
        self._write_profiles()
        collect = {"keyward.iam.access_key_info": {"profiles": ["*"]}, **keywords}
        tasks = [collect, {"keyward.iam.deliver": {}}]
        return self.ansible.playbook([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])

    def probe(self) -> Run:
        self.ansible.set(**self.aws.environment(self.account.admin_credentials))
        return self.ansible.playbook(
            "keyward.iam.probe", keyward_probe_namespace="lab", keyward_probe_consistency_timeout=1
        )

    def _write_profiles(self) -> None:
        accounts = {"production": self.account.admin_credentials}
        self.ansible.set(**self.aws.write_profiles(self.ansible.home, accounts, None))

    def fields(self) -> set[str]:
        lines = self.recorded.read_text().splitlines() if self.recorded.exists() else []
        return {sign for line in lines for sign in _signs(json.loads(line))}


def _signs(value: Any, name: str = "") -> Iterator[str]:
    """Every leaf with the way to it: C(profiles[].ok: false)."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _signs(each, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for each in value:
            yield from _signs(each, f"{name}[]")
    else:
        yield f"{name}: {value if isinstance(value, str) else json.dumps(value)}"


def profile_unread(runs: Runs) -> Run:
    runs.account.deny("ListUsers")
    return runs.collect()


def host_unreachable(runs: Runs) -> Run:
    inventory = runs.home / "hosts.ini"
    inventory.write_text(
        f"one ansible_connection=local ansible_python_interpreter={sys.executable}\n"
        "two ansible_host=127.0.0.1 ansible_port=1 ansible_connection=ssh\n"
    )
    return runs.collect("-i", str(inventory), keyward_hosts="all")


def no_host(runs: Runs) -> Run:
    return runs.collect(keyward_hosts="accounts")


def task_failed(runs: Runs) -> Run:
    return runs.collect(keyward_warn_age_days=200, keyward_max_age_days=100)


def variable_refused(runs: Runs) -> Run:
    return runs.collect(keyward_max_age_dayz=100)


def report_denied(runs: Runs) -> Run:
    runs.account.deny("GenerateCredentialReport")
    runs.account.deny("GetCredentialReport")
    return runs.collect()


def keys_due(runs: Runs) -> Run:
    return runs.collect(keyward_fail_on="expired")


def step_failed(runs: Runs) -> Run:
    runs.aws.faults.error("CreateGroup", "ServiceFailure", status=500)
    return runs.probe()


def probe_misconfigured(runs: Runs) -> Run:
    runs.account.deny("AttachUserPolicy")
    return runs.probe()


def receiver_down(runs: Runs) -> Run:
    runs.ansible.set(WAVEFRONT_DEADLINE="2")
    with runs.wavefront.down():
        return runs.collect()


def receiver_refuses(runs: Runs) -> Run:
    runs.ansible.set(WAVEFRONT_API_TOKEN="another-token")
    return runs.collect()


def point_rejected(runs: Runs) -> Run:
    # A good point between them shows that the fault is in a point. The first halves are sent until it stands alone.
    rejects = status(400, body="bad metric")
    runs.wavefront.answers(rejects, ok(), rejects, rejects, rejects)
    return runs.collect()


def result_hidden(runs: Runs) -> Run:
    return runs.play(no_log=True)


def job_not_fetched(runs: Runs) -> Run:
    return runs.play(**{"async": 60, "poll": 0})


def no_receiver(runs: Runs) -> Run:
    runs.ansible.set(WAVEFRONT_URL="")
    return runs.collect()


def report_unwritable(runs: Runs) -> Run:
    return runs.collect(keyward_report=str(runs.home / "absent" / "keys.json"))


CLASSES: dict[str, Callable[[Runs], Run]] = {
    "a profile cannot be read": profile_unread,
    "a host cannot be reached": host_unreachable,
    "no host is there": no_host,
    "the task of a host fails": task_failed,
    "a variable is refused": variable_refused,
    "the credential report is denied": report_denied,
    "access keys are due": keys_due,
    "a step of the probe fails": step_failed,
    "the probe is misconfigured": probe_misconfigured,
    "the receiver is down": receiver_down,
    "the receiver rejects the token": receiver_refuses,
    "the receiver rejects a point": point_rejected,
    "there is no receiver": no_receiver,
    "no_log hides a result": result_hidden,
    "an asynchronous job is never fetched": job_not_fetched,
    "the report cannot be written": report_unwritable,
}


def test_every_class_is_driven() -> None:
    assert list(ROWS) == list(CLASSES)


@pytest.mark.parametrize("name", CLASSES)
def test_every_cell_is_what_a_run_shows(
    aws: AwsEndpoint, ansible: Ansible, wavefront: WavefrontReceiver, tmp_path: Path, name: str
) -> None:
    row, runs = ROWS[name], Runs(aws, ansible, wavefront, tmp_path)
    run = CLASSES[name](runs)
    points = {f"{point.metric} {point.value:g}" for point in wavefront.points}
    report = set(_signs(json.loads(runs.report.read_text()))) if runs.report.exists() else set()
    log = _unbroken(runs.log.read_text())
    found = {
        "Sentence": {text for text in _texts(row["Sentence"]) if text in run},
        "Exit code": {text for text in _texts(row["Exit code"]) if text == str(run.code)},
        "Result": _among(runs.fields(), row["Result"]),
        "Metric": _texts(row["Metric"]) & points,
        "Report": _among(report, row["Report"]),
        "Log": {text for text in _texts(row["Log"]) if _unbroken(text) in log},
    }
    signals = sorted(points), sorted(report), sorted(runs.fields()), run.output
    assert found == {signal: _texts(row[signal]) for signal in found}, signals
    assert row["Metric"].startswith(NONE) == (not points)
    assert row["Report"].startswith(NONE) == (not report)
    assert row["Result"].startswith(NONE) == (not runs.recorded.exists())


def _texts(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def _among(signs: set[str], cell: str) -> set[str]:
    """Those of a cell's texts that are there; one that ends in an ellipsis is the beginning of a longer one."""
    begins = {text: text.removesuffix("…") for text in _texts(cell)}
    return {
        text
        for text, start in begins.items()
        if start in signs or (start != text and any(sign.startswith(start) for sign in signs))
    }


def _unbroken(text: str) -> str:
    return "".join(text.split())
