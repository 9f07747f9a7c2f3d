# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
``python -m testbed.scenarios.demo``: an AWS with two accounts and a Wavefront, both embedded, and the real playbooks
with the real callback between them. Ends with 0 only if every point that had to arrive has arrived. With the variable
``KEEP`` both stay up until Ctrl-C.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.keyward.iam.plugins.module_utils._probe.steps import STEPS
from testbed.drivers.runs import Ansible
from testbed.fakes.aws import AwsEndpoint
from testbed.fakes.aws.seeds import PRODUCTION, STAGING, demo
from testbed.fakes.wavefront import WavefrontReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from testbed.fakes.aws import Account

PLAYBOOK = "keyward.iam.demo"
REPORT = Path("demo-report.html")
TOKEN = "a-token-of-the-demo"
PROFILES = {"production": PRODUCTION, "staging": STAGING}

_NEXT = """
Next:
  {report}
                     open it in a browser: what is due, who owns it, and what to do about it
  make demo KEEP=1   keeps this AWS and this Wavefront running, to try the playbooks against
  README.md          Install, and collect from your own accounts
  docs/accounts.md   several accounts; docs/host.md: on a schedule; docs/awx.md: in AWX"""
_KEPT = """
Both servers run until Ctrl-C. In another terminal:

  . {file}
  ansible-playbook keyward.iam.collect -e '{{"keyward_profiles": ["*"]}}'
  ansible-playbook keyward.iam.probe -e keyward_probe_profile=production"""


def main() -> int:
    with (
        AwsEndpoint() as aws,
        WavefrontReceiver(token=TOKEN) as wavefront,
        tempfile.TemporaryDirectory(prefix="keyward-demo-") as directory,
    ):
        aws.seed(demo())
        _take_its_time(aws.account(PRODUCTION))
        ansible = _prepare(Path(directory), aws, wavefront)
        print(f"AWS        {aws.url}  accounts {PRODUCTION} and {STAGING}, the latter through a role")
        print(f"Wavefront  {wavefront.url}")
        print(f"\n$ ansible-playbook {PLAYBOOK}", flush=True)
        environment = ansible.environment
        if sys.stdout.isatty():
            del environment["ANSIBLE_NOCOLOR"]
        report = REPORT.resolve()
        command = ["ansible-playbook", PLAYBOOK, "-e", json.dumps({"__keyward_demo_report": [str(report)]})]
        code = subprocess.run(command, env=environment, check=False).returncode
        code = _verdict(code, aws, wavefront)
        if os.environ.get("KEEP"):
            print(f"The report is {report}")
            _keep(ansible)
        else:
            print(_NEXT.format(report=report))
    return code


def _take_its_time(account: Account) -> None:
    """IAM needs a moment for each call, and longer until a new user is seen everywhere."""
    account.latency_ms.default = 20
    account.latency_ms["CreateUser"] = 90
    account.latency_ms["DeleteUser"] = 60
    account.consistency.delay["CreateUser"] = 0.4


def _prepare(home: Path, aws: AwsEndpoint, wavefront: WavefrontReceiver) -> Ansible:
    ansible = Ansible(home)
    credentials = aws.account(PRODUCTION).admin_credentials
    ansible.set(
        **aws.write_profiles(home, {"production": credentials}, "us-west-2"),
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront",
        WAVEFRONT_URL=wavefront.url,
        WAVEFRONT_API_TOKEN=TOKEN,
        ANSIBLE_REMOTE_TEMP=str(home / ".ansible" / "tmp"),
    )
    with (home / "config").open("a") as config:
        config.write(
            f"[profile staging]\nregion = eu-west-1\nsource_profile = production\n"
            f"role_arn = arn:aws:iam::{STAGING}:role/keyward-collector\n"
        )
    return ansible


def _keep(ansible: Ansible) -> None:
    """Leave the servers up, and the settings that lead to them in a file for a shell."""
    probe = {"METRIST_NAMESPACE": "demo", "METRIST_AWS_REGION": "us-east-1"}
    settings = {"HOME": str(ansible.home), "PATH": ansible.environment["PATH"], **ansible.variables, **probe}
    file = ansible.home / "environment"
    file.touch(mode=0o600)
    file.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in settings.items()))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        print(_KEPT.format(file=file), flush=True)
        signal.pause()
    except KeyboardInterrupt:
        print("\nStopped, and removed what the demo made.")


def _verdict(code: int, aws: AwsEndpoint, wavefront: WavefrontReceiver) -> int:
    """Hold what arrived against what the accounts hold, independently of what the collection says of itself."""
    arrived = {
        (point.tags["account"], point.tags["name"], point.tags["key"], point.tags["status"], point.value)
        for point in wavefront.points_of("aws.iam.accessKey")
    }
    [moment] = {point.timestamp for point in wavefront.points_of("aws.iam.accessKey")} or {0}
    expected = set(_expected(aws, datetime.fromtimestamp(moment, UTC)))
    probed = {point.tags["step"] for point in wavefront.points_of("aws.iam.probe.success") if point.value == 1}
    left = aws.account(PRODUCTION).user_names("/AwsIamMonitorTestUsers/")
    print(f"\nThe receiver took {wavefront.accepted} valid lines and refused {len(wavefront.rejected)}.")
    print(f"The age of {len(expected & arrived)} of {len(expected)} access keys arrived.")
    print(f"The time of {len(probed)} of {len(STEPS)} steps of the probe arrived; it left {len(left)} users behind.")
    print(f"  {wavefront.lines[0] if wavefront.lines else 'nothing'}")
    if code:
        print(f"The playbook ended with {code}.")
    complete = arrived == expected and probed == STEPS.keys() and not left and not wavefront.rejected
    if not complete:
        print(f"MISSING {sorted(expected - arrived)}\nUNEXPECTED {sorted(arrived - expected)}")
    return code or int(not complete)


def _expected(aws: AwsEndpoint, now: datetime) -> Iterator[tuple[str, str, str, str, float]]:
    for account_id in PROFILES.values():
        account = aws.account(account_id)
        for owner in {owner.name: owner for owner in account.key_owners.values() if owner is not None}.values():
            for key in account.keys_of(owner).items(now):
                yield account_id, owner.name, key.id[-5:], key.status, (now - key.created).days
        for key in account.root_keys.items(now):
            yield account_id, "<root_account>", f"root-{key.slot}", key.status, (now - key.created).days


if __name__ == "__main__":
    sys.exit(main())
