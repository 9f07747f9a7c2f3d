# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
A host with cron and without Internet, that another user works on: from bare to collecting, and back.

Each fixture is a stage of its life, and the tests look at what it left.
"""

from __future__ import annotations

import re
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest

from testbed.drivers.deployment import GIVE_UP, PROGRAM, Deployment
from testbed.drivers.hosts.files import Entry, holding, snapshot
from testbed.drivers.hosts.processes import ProcessWatch
from testbed.fakes.aws import AwsEndpoint
from testbed.fakes.otlp import OtlpReceiver
from testbed.fakes.wavefront import WavefrontReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from testbed.drivers.hosts import CronHost
    from testbed.drivers.runs import Ansible, Run

TOKEN = "c0ffee-the-token-of-the-tenant"
API_KEY = "dec0de-the-key-of-the-opentelemetry-receiver"
USER = "watcher"
HOME = "/var/lib/keyward"
TEXTFILES = "srv/textfiles"

CREDENTIALS = """\
# By hand. Do not sort.
[theirs]
aws_secret_access_key=theirSecret
aws_access_key_id = AKIATHEIRSTHEIRSTHEI ; old

#[retired]
"""
CONFIG = "[profile theirs]\noutput = text\n\n"
CRONTAB = "# m h dom mon dow command\n17 4 * * 1  /usr/bin/true  # theirs\n"

# What logging in, Ansible and logrotate leave; passwd- and its like are copies that the system makes.
_NOT_OURS = re.compile(
    r"home/admin/\.ansible.*|var/log(/.*)?|etc/(passwd|group|g?shadow|sub[ug]id)-|var/lib/(sudo|logrotate).*"
)


class Watched(NamedTuple):
    """A run, and what the host's processes showed of themselves meanwhile."""

    run: Run
    processes: ProcessWatch


def _disk(host: CronHost) -> dict[str, Entry]:
    return {path: entry for path, entry in snapshot(host.root).items() if not _NOT_OURS.fullmatch(path)}


@pytest.fixture(scope="module")
def wavefront(cron_host: CronHost) -> Iterator[WavefrontReceiver]:
    with WavefrontReceiver(host=cron_host.gateway, token=TOKEN) as receiver:
        yield receiver


@pytest.fixture(scope="module")
def host(cron_host: CronHost) -> CronHost:
    """With a user who has AWS profiles and a crontab."""
    home = cron_host.root / "home" / USER
    assert cron_host.run("useradd", "--create-home", USER).code == 0
    (home / ".aws").mkdir()
    (home / ".aws" / "credentials").write_text(CREDENTIALS)
    (home / ".aws" / "credentials").chmod(0o600)
    (home / ".aws" / "config").write_text(CONFIG)
    (home / "crontab").write_text(CRONTAB)
    (cron_host.root / "etc/cron.d/theirs").write_text(f"# theirs\n5 5 * * * {USER} /usr/bin/true\n")
    # As the package of node_exporter makes it.
    (cron_host.root / TEXTFILES).mkdir(mode=0o755)
    (cron_host.root / TEXTFILES / "theirs.prom").write_text("theirs 1\n")
    (cron_host.root / "etc/keyward").mkdir()
    (cron_host.root / "etc/keyward/ca.pem").write_text("theirs")
    assert cron_host.run("chown", "--recursive", f"{USER}:{USER}", f"/home/{USER}").code == 0
    assert cron_host.run("crontab", "-u", USER, f"/home/{USER}/crontab").code == 0
    return cron_host


@pytest.fixture(scope="module")
def otlp(cron_host: CronHost) -> Iterator[OtlpReceiver]:
    with OtlpReceiver({"api-key": API_KEY}, host=cron_host.gateway) as receiver:
        yield receiver


@pytest.fixture(scope="module")
def deployment(
    host: CronHost, controller: Ansible, wavefront: WavefrontReceiver, otlp: OtlpReceiver, wheels: Path
) -> Iterator[Deployment]:
    variables = {
        "collector_otlp_endpoint": otlp.endpoint,
        "collector_otlp_headers": f"api-key={API_KEY}",
        "collector_prometheus_textfile_dir": f"/{TEXTFILES}",
        "collector_user": USER,
        "collector_log": "file",
        "collector_offline": True,
        "collector_wheels": str(wheels),
        "collector_mailto": "ops@example.com",
    }
    with AwsEndpoint(host=host.gateway) as aws:
        yield Deployment(host, aws, wavefront, controller, variables=variables)


@pytest.fixture(scope="module")
def before(host: CronHost, deployment: Deployment) -> dict[str, Entry]:  # noqa: ARG001 - it has written its inventory
    return _disk(host)


@pytest.fixture(scope="module")
def checked(deployment: Deployment, before: dict[str, Entry]) -> Run:  # noqa: ARG001 - before anything was done
    return deployment.deploy("--check", "--diff", collector_keys_every_minutes=360, collector_probe_every_minutes=2)


@pytest.fixture(scope="module")
def deployed(host: CronHost, deployment: Deployment, checked: Run) -> Watched:  # noqa: ARG001 - the host is bare still
    with ProcessWatch(host) as processes:
        return Watched(deployment.deploy("--diff", "-vvv"), processes)


@pytest.fixture(scope="module")
def first_minute(host: CronHost, deployment: Deployment, deployed: Watched) -> Watched:
    """Cron runs the jobs for the first time, while a probe that was started by hand is under way."""
    assert deployed.run.code == 0, deployed.run.output
    deployment.aws.faults.hang("CreateGroup", times=1)
    runs: list[Run] = []
    by_hand = threading.Thread(
        target=lambda: runs.append(host.run("runuser", "-u", USER, "--", PROGRAM, "probe", timeout=GIVE_UP))
    )
    started = time.time()
    with ProcessWatch(host) as processes:
        by_hand.start()
        deployment.wait_for_ages(started)
        deployment.wait_until(lambda: "skipped" in _log(host, "probe"))
    by_hand.join()
    return Watched(runs[0], processes)


@pytest.fixture(scope="module")
def outage(host: CronHost, deployment: Deployment, first_minute: Watched) -> int:  # noqa: ARG001 - it is over
    """Wavefront is down while cron runs, then the host reboots, then Wavefront is back. The time of the failed run."""
    with deployment.wavefront.down():
        deployment.wait_until(lambda: "keys: failed" in _log(host, "keys"))
        until_it_failed, _failed, _since = _log(host, "keys").partition("keys: failed")
        collected = re.findall(r"in 1 profile at (\S+):", until_it_failed)[-1]
        host.stop()
        host.start()
    deployment.wait_for_ages(time.time())
    return int(datetime.fromisoformat(collected).timestamp())


@pytest.fixture(scope="module")
def again(deployment: Deployment, outage: int) -> Run:  # noqa: ARG001 - no run of that time is under way
    return deployment.deploy(collector_verify=False)


@pytest.fixture(scope="module")
def stopped(host: CronHost, deployment: Deployment, again: Run) -> Run:  # noqa: ARG001 - the settings are as deployed
    """A run that AWS keeps waiting for longer than it may take, without cron's in its way."""
    assert host.run("pkill", "-x", "cron").code == 0
    assert host.run("flock", "/var/lib/keyward/lock/keys", "true", timeout=GIVE_UP).code == 0
    environment = host.root / "etc/keyward/environment"
    environment.write_text(re.sub(r"\[keys\]=\d+", "[keys]=5", environment.read_text()))
    deployment.aws.faults.hang("ListAccessKeys", times=1)
    return host.run("runuser", "-u", USER, "--", PROGRAM, "keys", timeout=GIVE_UP)


@pytest.fixture(scope="module")
def killed(host: CronHost, deployment: Deployment, stopped: Run) -> Run:  # noqa: ARG001 - its processes have ended
    """A run whose ansible-playbook is killed while it collects."""
    environment = host.root / "etc/keyward/environment"
    environment.write_text(re.sub(r"\[keys\]=\d+", "[keys]=3600", environment.read_text()))
    deployment.wait_until(lambda: "access_key_info" not in host.run("ps", "-eo", "args").output)
    deployment.aws.forget_calls()
    deployment.aws.faults.hang("ListAccessKeys", times=1)
    runs: list[Run] = []
    by_hand = threading.Thread(
        target=lambda: runs.append(host.run("runuser", "-u", USER, "--", PROGRAM, "keys", timeout=GIVE_UP))
    )
    assert host.run("chown", "root", f"{HOME}/last/identities").code == 0
    by_hand.start()
    deployment.wait_until(lambda: deployment.aws.calls(action="ListAccessKeys"))
    playbook = "^/opt/keyward/.*/venv/bin/python .*/ansible-playbook keyward.iam.collect"
    assert host.run("pkill", "-KILL", "--oldest", "--full", playbook).code == 0
    by_hand.join()
    assert host.run("chown", USER, f"{HOME}/last/identities").code == 0
    return runs[0]


@pytest.fixture(scope="module")
def half_removed(host: CronHost, deployment: Deployment, killed: Run) -> Run:  # noqa: ARG001 - it has ended
    """It is taken away while the user has a credentials file that is none, and links among the data."""
    credentials = host.root / "home" / USER / ".aws/credentials"
    credentials.write_text(credentials.read_text() + "neither a section nor a setting\n")
    for command in (f"mv {HOME}/last /srv/theirs", f"ln -s /srv/theirs {HOME}/last", f"ln -s /etc {HOME}/.cache"):
        assert host.run("sh", "-c", command).code == 0
    return deployment.remove()


@pytest.fixture(scope="module")
def removed(host: CronHost, deployment: Deployment, half_removed: Run) -> Run:  # noqa: ARG001 - it is mended
    credentials = host.root / "home" / USER / ".aws/credentials"
    credentials.write_text(credentials.read_text().removesuffix("neither a section nor a setting\n"))
    assert host.run("rm", "--recursive", "/srv/theirs").code == 0
    return deployment.remove()


def _log(host: CronHost, job: str) -> str:
    path = host.root / "var/log/keyward" / f"{job}.log"
    return path.read_text() if path.exists() else ""


def test_what_the_host_does_not_have_is_told_of(deployment: Deployment) -> None:
    run = deployment.deploy("--check", collector_schedule="systemd")
    assert run.code == 2
    assert "The host runs no systemd but" in run
    run = deployment.deploy("--check", collector_log="journal")
    assert run.code == 2
    assert "set collector_log to file" in run
    run = deployment.deploy("--check", collector_python="/bin/false")
    assert run.code == 2
    assert "/bin/false is no Python from 3.11 to 3.14: install one and set collector_python to its path" in run


def test_a_profile_of_somebody_else_is_not_taken_over(deployment: Deployment) -> None:
    run = deployment.deploy("--check", collector_profiles=[{"name": "theirs", "region": "us-east-1"}])
    assert run.code == 2
    assert f"theirs in /home/{USER}/.aws is not the role's" in run


def test_check_mode_on_a_bare_host(host: CronHost, checked: Run, before: dict[str, Entry]) -> None:
    assert checked.code == 0, checked.output
    assert re.search(r"changed=[1-9]", checked.output)
    assert re.search(rf"^\+[0-5]?\d [0-5](,\d+){{3}} \* \* \* {USER} {PROGRAM} keys$", checked.output, re.MULTILINE)
    assert re.search(rf"^\+[01]-59/2 \* \* \* \* {USER} {PROGRAM} probe$", checked.output, re.MULTILINE)
    assert _disk(host) == before


def test_the_end_of_the_run_tells_what_was_set_up(
    deployed: Watched, deployment: Deployment, otlp: OtlpReceiver
) -> None:
    run = deployed.run
    assert run.code == 0, run.output
    assert f"On collector-1, as the user {USER}, by cron:" in run
    assert "production: account 111122223333, arn:aws:sts::111122223333:" in run
    # Jobs at once deliver each other's points.
    for job in ("keys", "probe"):
        assert re.search(rf"{job}: \d+ points? delivered in \d requests?, 0 invalid, 0 in the journal", run.output)
    assert deployment.wavefront.points_of("aws.iam.collector.success")
    assert otlp.values("aws.iam.collector.success")


def test_cron_runs_the_jobs(deployment: Deployment, first_minute: Watched) -> None:
    ages = deployment.wavefront.points_of("aws.iam.accessKey")
    assert {(point.value, point.tags["profile"], point.tags["name"]) for point in ages} == {
        (209, "production", "alice")
    }
    assert any(f"{PROGRAM} keys" in command for command in first_minute.processes.commands)
    assert any("ansible-playbook keyward.iam.collect" in command for command in first_minute.processes.commands)
    assert any("timeout --kill-after=30s 3600s" in command for command in first_minute.processes.commands)


def test_a_run_is_skipped_while_another_is_under_way(host: CronHost, first_minute: Watched) -> None:
    log = _log(host, "probe")
    assert re.search(r"^\S+Z probe: skipped: the previous run holds the lock$", log, re.MULTILINE)
    # The run by hand was the one that waited for AWS, and ended as that made it end.
    assert first_minute.run.code == 2
    assert "CreateGroup" in first_minute.run


def test_no_process_shows_a_secret(deployed: Watched, first_minute: Watched, deployment: Deployment) -> None:
    for shown in (deployed.processes, first_minute.processes):
        for text in shown.commands | shown.environments:
            assert TOKEN not in text
            assert API_KEY not in text
            assert deployment.credentials.secret_access_key not in text


def test_no_output_shows_a_secret(checked: Run, deployed: Watched, deployment: Deployment) -> None:
    for run in (checked, deployed.run):
        assert TOKEN not in run
        assert API_KEY not in run
        assert deployment.credentials.secret_access_key not in run


@pytest.mark.usefixtures("first_minute")
def test_no_file_that_others_may_read_holds_a_secret(host: CronHost, deployment: Deployment) -> None:
    watcher = int(host.run("id", "-u", USER).output)
    for secret, name in ((TOKEN, "wavefront_api_token"), (API_KEY, "keyward_otlp_headers")):
        assert {path: (entry.mode, entry.owner) for path, entry in holding(host.root, secret).items()} == {
            f"etc/keyward/secrets/{name}": ("-rw-------", watcher)
        }
    keys = holding(host.root, deployment.credentials.secret_access_key)
    assert {path: (entry.mode, entry.owner) for path, entry in keys.items()} == {
        f"home/{USER}/.aws/credentials": ("-rw-------", watcher)
    }


@pytest.mark.usefixtures("deployed")
def test_text_files_are_in_the_directory_of_others(host: CronHost) -> None:
    assert host.run("ls", f"/{TEXTFILES}").output.split() == [
        "keyward_collect.prom",
        "keyward_probe.prom",
        "theirs.prom",
    ]
    assert host.run("stat", "--format=%U %G %a", f"/{TEXTFILES}").output == f"root {USER} 775\n"


@pytest.mark.usefixtures("deployed")
def test_the_cron_file(host: CronHost) -> None:
    lines = (host.root / "etc/cron.d/keyward-collector").read_text().splitlines()
    assert 'MAILTO="ops@example.com"' in lines
    assert any(line.startswith("PATH=") for line in lines)
    assert f"0-59/1 * * * * {USER} {PROGRAM} keys" in lines


def test_nothing_is_lost_while_wavefront_is_down_and_the_host_reboots(deployment: Deployment, outage: int) -> None:
    [point] = [point for point in deployment.wavefront.points_of("aws.iam.accessKey") if point.timestamp == outage]
    assert point.value == 209
    assert deployment.wavefront.arrivals(point) == 1


@pytest.mark.usefixtures("outage")
def test_a_run_that_fails_says_why_in_the_log(host: CronHost) -> None:
    assert re.search(r"^\S+Z keys: failed with exit code 2$", _log(host, "keys"), re.MULTILINE)
    # Of two jobs at once, the other one may have found the journal busy.
    assert re.search(r"points could not be delivered: .*Connection refused", _log(host, "keys") + _log(host, "probe"))


@pytest.mark.usefixtures("outage")
def test_logs_are_rotated(host: CronHost) -> None:
    rotated = host.run("logrotate", "--force", "/etc/logrotate.d/keyward-collector")
    assert rotated.code == 0, rotated.output
    assert "keys: started" in (host.root / "var/log/keyward/keys.log.1").read_text()


def test_a_second_run_changes_nothing(again: Run) -> None:
    assert again.code == 0, again.output
    assert "changed=0" in again


def test_a_run_that_takes_too_long_is_stopped(host: CronHost, deployment: Deployment, stopped: Run) -> None:
    assert stopped.code == 124
    assert "keys: stopped, since it took longer than 5 s" in _log(host, "keys")
    deployment.wait_until(lambda: host.run("flock", "--nonblock", "/var/lib/keyward/lock/keys", "true").code == 0)
    deployment.wait_until(lambda: "access_key_info" not in host.run("ps", "-eo", "args").output)


def test_a_run_that_is_killed_leaves_no_process_and_no_lock(host: CronHost, killed: Run) -> None:
    assert killed.code == 137
    assert re.search(r"ending processes that have outlived their run: \d", killed.output)
    assert "killed after" in killed
    assert "by hand or by the kernel when memory ran out" in killed
    assert "took longer" not in killed
    assert "access_key_info" not in host.run("ps", "-eo", "args").output
    assert host.run("flock", "--nonblock", f"{HOME}/lock/keys", "true").code == 0


def test_a_file_of_another_user_is_named(killed: Run) -> None:
    assert f"warning: {HOME}/last/identities belongs to root, not to {USER}: remove it, or change its owner" in killed


@pytest.mark.usefixtures("killed")
def test_a_run_of_another_user_is_refused(host: CronHost) -> None:
    for user in ("root", "admin", "nobody"):
        run = host.run("runuser", "-u", user, "--", PROGRAM, "keys")
        assert run.code == 77
        assert "run this as" in run
    assert host.run("find", HOME, "!", "-user", USER).output == ""


@pytest.mark.usefixtures("killed")
@pytest.mark.parametrize(
    ("lay", "code", "sentence"),
    [
        ("mkfifo $lock", 73, "is no regular file: remove it"),
        ("ln -s /etc/passwd $lock", 73, "is no regular file: remove it"),
        ("mkdir $lock", 73, "is no regular file: remove it"),
        ("rm -f $lock; chmod 500 ${lock%/*}", 73, "cannot be opened: watcher must own it"),
        ("touch $lock; chown root $lock; chmod 600 $lock", 73, "cannot be opened: watcher must own it"),
        ("rmdir ${lock%/*}; touch ${lock%/*}", 73, "cannot be made"),
    ],
)
def test_a_lock_that_cannot_be_opened_is_an_error(host: CronHost, lay: str, code: int, sentence: str) -> None:
    script = (
        f"lock={HOME}/lock/keys; mv {HOME}/lock {HOME}/aside; install -d -o {USER} -m 700 {HOME}/lock; {lay}; "
        f"runuser -u {USER} -- {PROGRAM} keys; code=$?; rm -r {HOME}/lock; mv {HOME}/aside {HOME}/lock; exit $code"
    )
    run = host.run("sh", "-c", script)
    assert (run.code, sentence in run) == (code, True), run.output
    assert sentence in _log(host, "keys").splitlines()[-1]


@pytest.mark.usefixtures("killed")
def test_a_lock_that_is_held_too_long_is_an_error(host: CronHost) -> None:
    lock = f"{HOME}/lock/keys"
    hold = f"touch --date '2 hours ago' {lock}; flock {lock} runuser -u {USER} -- {PROGRAM} keys"
    run = host.run("sh", "-c", hold)
    assert run.code == 76
    assert re.search(rf"process \d+ has held {lock} for 72\d\d s, and a run may take 3660 s: end it", run.output)
    assert "has held" in _log(host, "keys").splitlines()[-1]


def test_what_cannot_be_removed_is_named_and_the_rest_is_gone(host: CronHost, half_removed: Run) -> None:
    assert half_removed.code == 2
    assert re.search(r"profiles: \S*/\.aws/credentials is left as it is: line \d+ is neither", half_removed.output)
    assert f"The AWS profiles production stay in /home/{USER}/.aws." in half_removed
    left = ("opt/keyward", "etc/keyward/secrets", "etc/cron.d/keyward-collector", HOME[1:])
    assert [path for path in left if (host.root / path).exists()] == []
    assert (host.root / "etc/keyward/state.json").exists()


@pytest.mark.usefixtures("half_removed")
def test_root_removes_nothing_behind_a_link(host: CronHost) -> None:
    assert (host.root / "etc/passwd").exists()
    assert (host.root / "srv/theirs/keys").exists()


@pytest.mark.usefixtures("again")
def test_what_is_somebody_elses_stays(host: CronHost) -> None:
    home = host.root / "home" / USER
    assert (home / ".aws" / "credentials").read_text().startswith(CREDENTIALS)
    assert (home / ".aws" / "config").read_text().startswith(CONFIG)
    assert host.run("crontab", "-u", USER, "-l").output == CRONTAB


def test_nothing_is_left_of_it(host: CronHost, removed: Run, before: dict[str, Entry]) -> None:
    assert removed.code == 0, removed.output
    left = _disk(host)
    assert {path: entry for path, entry in left.items() if before.get(path) != entry} == {}
    assert set(before) - set(left) == set()
    assert not (host.root / "var/log/keyward").exists()
