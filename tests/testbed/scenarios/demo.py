# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
``python -m testbed.scenarios.demo``: an AWS with two accounts, a Wavefront, an OTLP receiver and an exporter of text
files, all embedded, and the real playbooks with the real callbacks between them. Ends with 0 only if every point that
had to arrive has arrived at each of the three. With the variable ``KEEP`` they stay up until Ctrl-C.
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
from typing import TYPE_CHECKING, NamedTuple

from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural
from ansible_collections.keyward.iam.plugins.module_utils._probe.steps import STEPS
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.names import DESCRIPTIONS, KEY_AGE, PROBE_SUCCESS
from testbed.drivers.runs import Ansible
from testbed.fakes.aws import AwsEndpoint
from testbed.fakes.aws.seeds import PRODUCTION, STAGING, demo
from testbed.fakes.node_exporter import TextfileExporter, scrape
from testbed.fakes.otlp import OtlpReceiver
from testbed.fakes.wavefront import WavefrontReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prometheus_client.samples import Sample

    from testbed.fakes.aws import Account
    from testbed.fakes.otlp import DataPoint

PLAYBOOK = "keyward.iam.demo"
REPORT = Path("demo-report.html")
TOKEN = "a-token-of-the-demo"
PROFILES = {"production": PRODUCTION, "staging": STAGING}

_NEXT = """
Next:
  {report}
                     open it in a browser: what is due, who owns it, and what to do about it
  make demo KEEP=1   keeps the AWS and the receivers running, to try the playbooks against
  README.md          Install, and collect from your own accounts
  docs/accounts.md   several accounts; docs/host.md: on a schedule; docs/awx.md: in AWX"""
_KEPT = """
All servers run until Ctrl-C. In another terminal:

  . {file}
  ansible-playbook keyward.iam.collect -e '{{"keyward_profiles": ["*"]}}'
  ansible-playbook keyward.iam.probe -e keyward_probe_profile=production

What arrived at Wavefront, what arrived by OTLP, and what Prometheus would scrape:

  curl --noproxy '*' '{wavefront}/_testbed/points?metric=aws.iam.accessKey'
  curl --noproxy '*' '{otlp}/_testbed/points?metric=aws.iam.accessKey'
  curl --noproxy '*' {prometheus}"""


class Doors(NamedTuple):
    """Where the metrics arrive."""

    wavefront: WavefrontReceiver
    otlp: OtlpReceiver
    prometheus: TextfileExporter


class Age(NamedTuple):
    account: str
    name: str
    key: str
    status: str
    days: float


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="keyward-demo-") as directory:
        home = Path(directory)
        textfiles = home / "textfile"
        textfiles.mkdir()
        with (
            AwsEndpoint() as aws,
            WavefrontReceiver(token=TOKEN) as wavefront,
            OtlpReceiver(headers={"api-key": TOKEN}) as otlp,
            TextfileExporter(textfiles) as prometheus,
        ):
            aws.seed(demo())
            _take_its_time(aws.account(PRODUCTION))
            doors = Doors(wavefront, otlp, prometheus)
            ansible = _prepare(home, aws, doors)
            ansible.set(KEYWARD_TEXTFILE_DIR=str(textfiles))
            return _run(ansible, aws, doors)


def _run(ansible: Ansible, aws: AwsEndpoint, doors: Doors) -> int:
    print(f"AWS         {aws.url}  accounts {PRODUCTION} and {STAGING}, the latter through a role")
    print(f"Wavefront   {doors.wavefront.url}")
    print(f"OTLP        {doors.otlp.endpoint}")
    print(f"Prometheus  {doors.prometheus.url}")
    print(f"\n$ ansible-playbook {PLAYBOOK}", flush=True)
    environment = ansible.environment
    if sys.stdout.isatty():
        del environment["ANSIBLE_NOCOLOR"]
    report = REPORT.resolve()
    command = ["ansible-playbook", PLAYBOOK, "-e", json.dumps({"__keyward_demo_report": [str(report)]})]
    code = subprocess.run(command, env=environment, check=False).returncode
    code = _verdict(code, aws, doors)
    if os.environ.get("KEEP"):
        print(f"The report is {report}")
        _keep(ansible, doors)
    else:
        print(_NEXT.format(report=report))
    return code


def _take_its_time(account: Account) -> None:
    """IAM needs a moment for each call, and longer until a new user is seen everywhere."""
    account.latency_ms.default = 20
    account.latency_ms["CreateUser"] = 90
    account.latency_ms["DeleteUser"] = 60
    account.consistency.delay["CreateUser"] = 0.4


def write_profiles(home: Path, aws: AwsEndpoint) -> dict[str, str]:
    """The shared files of both accounts, and the variables that lead to them."""
    variables = aws.write_profiles(home, {"production": aws.account(PRODUCTION).admin_credentials}, "us-west-2")
    with (home / "config").open("a") as config:
        config.write(
            f"[profile staging]\nregion = eu-west-1\nsource_profile = production\n"
            f"role_arn = arn:aws:iam::{STAGING}:role/keyward-collector\n"
        )
    return variables


def _prepare(home: Path, aws: AwsEndpoint, doors: Doors) -> Ansible:
    ansible = Ansible(home)
    ansible.set(
        **write_profiles(home, aws),
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront,keyward.iam.otlp,keyward.iam.prometheus",
        WAVEFRONT_URL=doors.wavefront.url,
        WAVEFRONT_API_TOKEN=TOKEN,
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=doors.otlp.endpoint,
        OTEL_EXPORTER_OTLP_METRICS_HEADERS=f"api-key={TOKEN}",
        ANSIBLE_REMOTE_TEMP=str(home / ".ansible" / "tmp"),
    )
    return ansible


def _keep(ansible: Ansible, doors: Doors) -> None:
    """Leave the servers up, and the settings that lead to them in a file for a shell."""
    probe = {"METRIST_NAMESPACE": "demo", "METRIST_AWS_REGION": "us-east-1"}
    settings = {"HOME": str(ansible.home), "PATH": ansible.environment["PATH"], **ansible.variables, **probe}
    file = ansible.home / "environment"
    file.touch(mode=0o600)
    file.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in settings.items()))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        addresses = {name: door.url for name, door in doors._asdict().items()}
        print(_KEPT.format(file=file, **addresses), flush=True)
        signal.pause()
    except KeyboardInterrupt:
        print("\nStopped, and removed what the demo made.")


def _verdict(code: int, aws: AwsEndpoint, doors: Doors) -> int:
    """Hold what arrived against what the accounts hold, independently of what the collection says of itself."""
    wavefront, otlp = doors.wavefront, doors.otlp
    series = scrape(doors.prometheus.url)
    lines = wavefront.points_of(KEY_AGE)
    decoded = [point for point in otlp.points if point.metric == KEY_AGE]
    scraped = [sample for sample in series if sample.name == DESCRIPTIONS[KEY_AGE].prometheus]
    arrived = {
        "Wavefront": {_age(point.tags, point.value) for point in lines},
        "OTLP": {_age(point.attributes, point.value) for point in decoded},
        "Prometheus": {_age(sample.labels, sample.value) for sample in scraped},
    }
    [moment] = {point.timestamp for point in lines} or {0}
    expected = set(_expected(aws, datetime.fromtimestamp(moment, UTC)))
    successes = wavefront.points_of(PROBE_SUCCESS)
    probed = {point.tags["step"] for point in successes if point.value == 1}
    left = aws.account(PRODUCTION).user_names("/AwsIamMonitorTestUsers/")
    common = expected.intersection(*arrived.values())

    print(f"\nThe receiver took {wavefront.accepted} valid lines and refused {len(wavefront.rejected)}.")
    print(f"  {wavefront.lines[0] if wavefront.lines else 'nothing'}")
    print(f"The OTLP receiver decoded {len(otlp.points)} data points in {plural(len(otlp.requests), 'request')}.")
    print(f"  {_data_point(decoded[0]) if decoded else 'nothing'}")
    print(f"A scrape of the text file found {sum(sample.name.startswith('aws_iam_') for sample in series)} series.")
    print(f"  {_series(scraped[0]) if scraped else 'nothing'}")
    print(f"The age of {len(common)} of {len(expected)} access keys arrived at all three.")
    print(f"The time of {len(probed)} of {len(STEPS)} steps of the probe arrived; it left {len(left)} users behind.")
    if code:
        print(f"The playbook ended with {code}.")
    for door, ages in arrived.items():
        if ages != expected:
            print(f"{door}: MISSING {sorted(expected - ages)}\nUNEXPECTED {sorted(ages - expected)}")
    complete = probed == STEPS.keys() and not left and not wavefront.rejected
    return code or int(not complete or any(ages != expected for ages in arrived.values()))


def _age(tags: Mapping[str, str], value: float) -> Age:
    return Age(tags["account"], tags["name"], tags["key"], tags["status"], value)


def _data_point(point: DataPoint) -> str:
    return f"{point.metric} {point.value:g} {point.unit} at {point.timestamp} ns {json.dumps(point.attributes)}"


def _series(sample: Sample) -> str:
    labels = ",".join(f"{name}={json.dumps(text)}" for name, text in sample.labels.items())
    return f"{sample.name}{{{labels}}} {sample.value:g}"


def _expected(aws: AwsEndpoint, now: datetime) -> Iterator[Age]:
    for account_id in PROFILES.values():
        account = aws.account(account_id)
        for owner in {owner.name: owner for owner in account.key_owners.values() if owner is not None}.values():
            for key in account.keys_of(owner).items(now):
                yield Age(account_id, owner.name, key.id[-5:], key.status, (now - key.created).days)
        for key in account.root_keys.items(now):
            yield Age(account_id, "<root_account>", f"root-{key.slot}", key.status, (now - key.created).days)


if __name__ == "__main__":
    sys.exit(main())
