# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
A host with systemd that reaches a package index and a Galaxy, and a user made for the collector: from bare to
collecting, and back.

Each fixture is a stage of its life, and the tests look at what it left.
"""

from __future__ import annotations

import hashlib
import re
import tarfile
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from testbed.drivers.deployment import PROGRAM, Deployment
from testbed.drivers.hosts import Galaxy, PackageIndex, build_archive
from testbed.drivers.hosts.files import Entry, holding, snapshot
from testbed.drivers.hosts.processes import ProcessWatch
from testbed.fakes.aws import AwsEndpoint
from testbed.fakes.otlp import OtlpReceiver
from testbed.fakes.wavefront import Csp, WavefrontReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from testbed.drivers.hosts import SystemdHost
    from testbed.drivers.runs import Ansible, Run

TOKEN = "c0ffee-the-token-of-the-tenant"
API_TOKEN = "f00d-the-api-token-of-the-cloud-services"
API_KEY = "dec0de-the-key-of-the-opentelemetry-receiver"
TEXTFILES = "var/lib/node-exporter/textfiles"
OTHER_TEXTFILES = "srv/textfiles"
UNIT = "keyward-collector@keys"
PYTHON = "usr/local/bin/python-of-ours"

# The most that systemd-analyze may make of the unit's exposure, of 10.
EXPOSURE = 1.5

# What systemd keeps of itself, and copies that the system makes of its files.
_NOT_OURS = re.compile(
    r"var/log(/.*)?|etc/(passwd|group|g?shadow|sub[ug]id)-|var/lib/systemd(/.*)?|var/cache(/.*)?|root/\.ansible.*"
)


class UnderWay(NamedTuple):
    """What was seen while AWS kept a run waiting that a timer had started."""

    processes: ProcessWatch
    status: str
    by_hand: Run
    write: Run


def _secret_files(host: SystemdHost, secret: str) -> dict[str, tuple[str, int]]:
    """Mode and owner of files that hold a secret, but for those that systemd makes for the time of a run."""
    found = holding(host.root, secret)
    passed = {path for path in found if path.startswith("run/credentials/")}
    assert {found[path].mode for path in passed} <= {"-r--------", "-r--r-----"}
    return {path: (entry.mode, entry.owner) for path, entry in found.items() if path not in passed}


def _disk(host: SystemdHost) -> dict[str, Entry]:
    return {path: entry for path, entry in snapshot(host.root).items() if not _NOT_OURS.fullmatch(path)}


@pytest.fixture(scope="module")
def wavefront(systemd_host: SystemdHost) -> Iterator[WavefrontReceiver]:
    with WavefrontReceiver(host=systemd_host.gateway, token=TOKEN, csp=Csp(api_token=API_TOKEN)) as receiver:
        yield receiver


@pytest.fixture(scope="module")
def otlp(systemd_host: SystemdHost) -> Iterator[OtlpReceiver]:
    with OtlpReceiver({"api-key": API_KEY}, host=systemd_host.gateway) as receiver:
        yield receiver


@pytest.fixture(scope="module")
def sources(systemd_host: SystemdHost, controller: Ansible, wheels: Path, amazon_aws: Path) -> Iterator[dict[str, str]]:
    """Where the host gets packages and collections from."""
    archive = build_archive(controller, amazon_aws, controller.home)
    with PackageIndex(wheels, systemd_host.gateway) as index, Galaxy([archive], systemd_host.gateway) as galaxy:
        trusted = f"[global]\ntrusted-host = {systemd_host.gateway}\n"
        (systemd_host.root / "etc/pip.conf").write_text(trusted)
        with tarfile.open(archive) as tar:
            listed = tar.extractfile("FILES.json")
            assert listed is not None
            checksum = hashlib.sha256(listed.read()).hexdigest()
        yield {
            "collector_index_url": index.url,
            "collector_galaxy_server": galaxy.url,
            "collector_amazon_aws_checksum": checksum,
        }


@pytest.fixture(scope="module")
def deployment(
    systemd_host: SystemdHost,
    controller: Ansible,
    wavefront: WavefrontReceiver,
    otlp: OtlpReceiver,
    sources: dict[str, str],
) -> Iterator[Deployment]:
    # As the package of node_exporter makes it.
    (systemd_host.root / OTHER_TEXTFILES).mkdir(mode=0o755)
    variables = {
        "collector_schedule": "systemd",
        "collector_otlp_endpoint": otlp.endpoint,
        "collector_otlp_headers": f"api-key={API_KEY}",
        "collector_otlp_deadline": 15,
        "collector_prometheus_textfile_dir": f"/{TEXTFILES}",
        **sources,
    }
    with AwsEndpoint(host=systemd_host.gateway) as aws:
        yield Deployment(systemd_host, aws, wavefront, controller, user="root", variables=variables)


@pytest.fixture(scope="module")
def before(systemd_host: SystemdHost, deployment: Deployment) -> dict[str, Entry]:  # noqa: ARG001 - it is ready
    return _disk(systemd_host)


@pytest.fixture(scope="module")
def deployed(deployment: Deployment, before: dict[str, Entry]) -> Run:  # noqa: ARG001 - the host is bare still
    return deployment.deploy()


@pytest.fixture(scope="module")
def under_way(systemd_host: SystemdHost, deployment: Deployment, deployed: Run) -> UnderWay:
    """A timer starts a run, AWS keeps it waiting, and another is started meanwhile."""
    assert deployed.code == 0, deployed.output
    deployment.aws.forget_calls()
    # Which the probe does not call.
    deployment.aws.faults.delay("ListAccessKeys", 15, times=1)
    started = time.time()
    with ProcessWatch(systemd_host) as processes:
        deployment.wait_until(lambda: deployment.aws.calls(action="ListAccessKeys"))
        main = systemd_host.run("systemctl", "show", "--property=MainPID", "--value", UNIT).output.strip()
        status = (systemd_host.root / "proc" / main / "status").read_text()
        by_hand = systemd_host.run("runuser", "-u", "keyward", "--", PROGRAM, "keys")
        write = systemd_host.run("nsenter", "--mount", "--target", main, "touch", "/etc/keyward/touched")
        deployment.wait_for_ages(started)
    return UnderWay(processes, status, by_hand, write)


@pytest.fixture(scope="module")
def again(deployment: Deployment, under_way: UnderWay) -> Run:  # noqa: ARG001 - the run is over
    return deployment.deploy(collector_verify=False)


@pytest.fixture(scope="module")
def changed(systemd_host: SystemdHost, deployment: Deployment, again: Run) -> Run:  # noqa: ARG001 - it was the same
    """Another Python, other credentials for Wavefront, no OTLP, and no probe any more."""
    (systemd_host.root / PYTHON).symlink_to("/usr/bin/python3")
    return deployment.deploy(
        collector_python=f"/{PYTHON}",
        collector_probe=False,
        collector_wavefront_api_token="",
        collector_wavefront_csp_api_token=API_TOKEN,
        collector_wavefront_csp_url=deployment.wavefront.url,
        collector_otlp_endpoint="",
    )


@pytest.fixture(scope="module")
def by_cron(systemd_host: SystemdHost, deployment: Deployment, changed: Run) -> Run:  # noqa: ARG001 - systemd had the schedule
    """Another schedule, other destinations, a draft that a killed run has left, and points that wait."""
    (systemd_host.root / TEXTFILES / ".keyward_collect.prom.99-c0ffee").touch()
    left = "/var/lib/keyward/journal/wavefront/1.points"
    assert systemd_host.run("runuser", "-u", "keyward", "--", "touch", left).code == 0
    return deployment.deploy(
        collector_schedule="cron",
        collector_probe=False,
        collector_wavefront_url="",
        collector_prometheus_textfile_dir=f"/{OTHER_TEXTFILES}",
    )


@pytest.fixture(scope="module")
def removed(systemd_host: SystemdHost, deployment: Deployment, otlp: OtlpReceiver, by_cron: Run) -> Run:  # noqa: ARG001 - it is of no use
    """It is taken away after a run that could not deliver."""
    otlp.down()
    assert systemd_host.run("runuser", "-u", "keyward", "--", PROGRAM, "keys").code == 2
    otlp.up()
    return deployment.remove()


@pytest.fixture(scope="module")
def discarded(systemd_host: SystemdHost, deployment: Deployment, removed: Run) -> Run:  # noqa: ARG001 - some is left
    """And once more, with the points that it has left."""
    (systemd_host.root / PYTHON).unlink()
    return deployment.remove(collector_keep_journal=False)


def test_the_end_of_the_run_tells_what_was_set_up(deployment: Deployment, otlp: OtlpReceiver, deployed: Run) -> None:
    assert deployed.code == 0, deployed.output
    assert "On collector-1, as the user keyward, by systemd:" in deployed
    assert "production: account 111122223333, arn:aws:sts::111122223333:" in deployed
    # Jobs at once deliver each other's points.
    for job in ("keys", "probe"):
        delivered = rf"{job}: \d+ points? delivered in \d requests?, 0 invalid, 0 in the journal"
        assert len(re.findall(delivered, deployed.output)) == 3
    for destination in (deployment.wavefront.url, otlp.endpoint, f"/{TEXTFILES}"):
        assert f"Delivery to {destination}:" in deployed


def test_the_packages_are_all_that_they_need(systemd_host: SystemdHost, deployed: Run) -> None:
    assert deployed.code == 0, deployed.output
    check = systemd_host.run("/opt/keyward/current/venv/bin/python", "-m", "pip", "check")
    assert check.output == "No broken requirements found.\n"


def test_timers_run_the_jobs(
    systemd_host: SystemdHost, deployment: Deployment, otlp: OtlpReceiver, under_way: UnderWay
) -> None:
    assert any(f"{PROGRAM} keys" in command for command in under_way.processes.commands)
    ages = deployment.wavefront.points_of("aws.iam.accessKey")
    assert {(point.value, point.tags["profile"]) for point in ages} == {(209, "production")}
    assert set(otlp.values("aws.iam.accessKey")) == {209}
    journal = systemd_host.run("journalctl", "--identifier=keyward-keys", "--output=cat", "--no-pager").output
    assert "keys: started" in journal
    assert "keys: done" in journal
    timers = systemd_host.run("systemctl", "list-timers", "--no-pager", "keyward-collector@*").output
    assert "keyward-collector@keys.timer" in timers
    assert "keyward-collector@probe.timer" in timers


def test_a_run_is_skipped_while_another_is_under_way(under_way: UnderWay) -> None:
    assert under_way.by_hand.code == 75
    assert "keys: skipped: the previous run holds the lock" in under_way.by_hand


def test_the_hardening_is_in_force(systemd_host: SystemdHost, under_way: UnderWay) -> None:
    assert re.search(r"^NoNewPrivs:\s1$", under_way.status, re.MULTILINE)
    assert re.search(r"^Seccomp:\s2$", under_way.status, re.MULTILINE)
    assert re.search(r"^CapBnd:\s0+$", under_way.status, re.MULTILINE)
    assert "Read-only file system" in under_way.write
    analysis = systemd_host.run("systemd-analyze", "security", "--no-pager", f"{UNIT}.service").output
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", analysis)
    assert exposure
    assert float(exposure[1]) <= EXPOSURE, analysis


@pytest.mark.parametrize(
    ("value", "name"), [(TOKEN, "wavefront_api_token"), (API_KEY, "keyward_otlp_headers")], ids=["wavefront", "otlp"]
)
def test_the_token_comes_by_load_credential(
    systemd_host: SystemdHost, under_way: UnderWay, value: str, name: str
) -> None:
    secret = f"etc/keyward/secrets/{name}"
    assert _secret_files(systemd_host, value) == {secret: ("-rw-------", 0)}
    assert systemd_host.run("runuser", "-u", "keyward", "--", "cat", f"/{secret}").code != 0
    directory = f"/run/credentials/{UNIT}.service"
    assert any(f"{name.upper()}_FILE={directory}" in text for text in under_way.processes.environments)


def test_no_process_shows_the_token(under_way: UnderWay) -> None:
    shown = under_way.processes.commands | under_way.processes.environments
    assert not any(secret in text for text in shown for secret in (TOKEN, API_KEY))


@pytest.mark.usefixtures("under_way")
def test_everyone_reads_the_text_files_of_both_jobs(systemd_host: SystemdHost) -> None:
    for job, series in (("collect", 'aws_iam_access_key_age_days{.*profile="production".*} 209'), ("probe", "state")):
        path = f"/{TEXTFILES}/keyward_{job}.prom"
        read = systemd_host.run("runuser", "-u", "nobody", "--", "cat", path)
        assert (read.code, bool(re.search(series, read.output))) == (0, True), read.output
        assert systemd_host.run("stat", "--format=%U %a", path).output == "keyward 644\n"


def test_a_second_run_changes_nothing(again: Run) -> None:
    assert again.code == 0, again.output
    assert "changed=0" in again


def test_another_python_makes_another_runtime(systemd_host: SystemdHost, changed: Run) -> None:
    assert changed.code == 0, changed.output
    [runtime] = (systemd_host.root / "opt/keyward").glob("runtime-*")
    assert PYTHON in (runtime / "venv/pyvenv.cfg").read_text()


def test_a_callback_that_is_switched_off_leaves_no_secret(
    systemd_host: SystemdHost, changed: Run, otlp: OtlpReceiver
) -> None:
    assert otlp.endpoint not in changed
    assert _secret_files(systemd_host, API_KEY) == {}


def test_cloud_services_take_the_place_of_the_token(systemd_host: SystemdHost, changed: Run) -> None:
    assert re.search(r"keys: \d+ points delivered in \d request", changed.output)
    assert _secret_files(systemd_host, TOKEN) == {}
    assert list(_secret_files(systemd_host, API_TOKEN)) == ["etc/keyward/secrets/wavefront_csp_api_token"]


def test_a_job_that_is_switched_off_runs_no_more(systemd_host: SystemdHost, changed: Run) -> None:
    assert "probe: every" not in changed
    timers = systemd_host.run("systemctl", "list-timers", "--all", "--no-pager", "keyward-collector@*").output
    assert "keyward-collector@keys.timer" in timers
    assert "keyward-collector@probe.timer" not in timers
    # Its last word would stay in Prometheus.
    assert systemd_host.run("ls", f"/{TEXTFILES}").output == "keyward_collect.prom\n"


def test_cron_takes_over_from_systemd(systemd_host: SystemdHost, by_cron: Run) -> None:
    assert by_cron.code == 0, by_cron.output
    assert "On collector-1, as the user keyward, by cron:" in by_cron
    timers = systemd_host.run("systemctl", "list-timers", "--all", "--no-pager", "keyward-collector@*").output
    assert "keyward-collector" not in timers
    said = systemd_host.run("journalctl", "--identifier=keyward-keys", "_COMM=logger", "--output=cat", "--no-pager")
    assert "keys: done" in said


def test_it_works_without_wavefront(systemd_host: SystemdHost, deployment: Deployment, by_cron: Run) -> None:
    assert deployment.wavefront.url not in by_cron
    assert "Points wait in /var/lib/keyward/journal for wavefront, which is switched off." in by_cron
    assert _secret_files(systemd_host, API_TOKEN) == _secret_files(systemd_host, TOKEN) == {}
    assert list(_secret_files(systemd_host, API_KEY)) == ["etc/keyward/secrets/keyward_otlp_headers"]


@pytest.mark.usefixtures("by_cron")
def test_another_directory_takes_the_place_of_that_of_the_text_files(systemd_host: SystemdHost) -> None:
    assert not (systemd_host.root / TEXTFILES).parent.exists()
    assert systemd_host.run("stat", "--format=%U %G %a", f"/{OTHER_TEXTFILES}").output == "root keyward 775\n"
    assert systemd_host.run("ls", f"/{OTHER_TEXTFILES}").output == "keyward_collect.prom\n"


def test_points_that_wait_stay(systemd_host: SystemdHost, removed: Run) -> None:
    assert removed.code == 0, removed.output
    assert "Points that wait for delivery stay in /var/lib/keyward/journal." in removed
    journal = systemd_host.root / "var/lib/keyward/journal/otlp"
    assert {path.stat().st_uid for path in journal.glob("*.points")} == {0}
    assert systemd_host.run("id", "keyward").code == 1


def test_nothing_is_left_of_it(systemd_host: SystemdHost, discarded: Run, before: dict[str, Entry]) -> None:
    assert discarded.code == 0, discarded.output
    left = _disk(systemd_host)
    assert {path: entry for path, entry in left.items() if before.get(path) != entry} == {}
    assert set(before) - set(left) == set()
    assert not list((systemd_host.root / "var/lib/systemd/timers").glob("*keyward*"))
    assert systemd_host.run("systemctl", "list-units", "--all", "--no-legend", "keyward*").output == ""
    assert systemd_host.run("systemctl", "is-system-running").output == "running\n"
