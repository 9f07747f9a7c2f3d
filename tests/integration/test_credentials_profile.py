# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""keyward.iam.credentials_profile as a process of its own, and in real plays."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.keyward.iam.plugins.modules import credentials_profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.runs import Ansible

    SetUp = Callable[..., dict[str, Any]]

SECRET = "our/secret+0123456789"
FOREIGN_SECRET = "their/secret+9876543210"
KEYS = {"aws_access_key_id": "AKIAOURS", "aws_secret_access_key": SECRET}
ROLE = {"role_arn": "arn:aws:iam::111122223333:role/ours", "credential_source": "Ec2InstanceMetadata"}
FOREIGN = f"# made by hand\n[theirs]\naws_secret_access_key = {FOREIGN_SECRET}\n"
NOBODY = 65534

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give files to others")

# Ends the process at an event that Python raises in the middle of its work, as a sudden end would.
_KILLED_AT = """
import os, runpy, signal, sys
def hook(event, arguments):
    if event == "{moment}":
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
os.umask(0)
runpy.run_module("ansible_collections.keyward.iam.plugins.modules.credentials_profile", run_name="__main__")
"""


@pytest.fixture
def aws_directory(ansible: Ansible) -> Path:
    return ansible.home / ".aws"


@pytest.fixture
def credentials(aws_directory: Path) -> Path:
    """A credentials file with a profile in it that was made by hand."""
    aws_directory.mkdir()
    path = aws_directory / "credentials"
    path.write_text(FOREIGN)
    path.chmod(0o600)
    return path


@pytest.fixture
def set_up(ansible: Ansible) -> SetUp:
    def run(*, check: bool = False, **options: Any) -> dict[str, Any]:
        result = ansible.module("credentials_profile", {"name": "ours", **options}, check_mode=check, diff=True)
        output = json.dumps({**result, "invocation": None})
        assert SECRET not in output
        assert FOREIGN_SECRET not in output
        return result

    return run


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _profiles(path: Path) -> dict[str, dict[str, str]]:
    parser = RawConfigParser()
    parser.read(path)
    return {title: dict(parser.items(title)) for title in parser.sections()}


def _argument_file(**options: Any) -> str:
    return json.dumps({"ANSIBLE_MODULE_ARGS": {"name": "ours", **options}})


@pytest.mark.once
def test_a_play_shows_no_secret(ansible: Ansible, set_up: SetUp, credentials: Path) -> None:
    task = {"name": "Set up", "keyward.iam.credentials_profile": {"name": "ours", **KEYS, "region": "eu-west-1"}}
    broken = {
        "name": "Refuse",
        "keyward.iam.credentials_profile": {"name": "ours", **KEYS, "path": str(ansible.home / "broken")},
        "ignore_errors": True,
    }
    (ansible.home / "broken").write_text(f"[theirs]\n{FOREIGN_SECRET}\n")
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": [task, broken]}]
    check = ansible.playbook(play, "--check", "--diff", "-vvv")
    assert credentials.read_text() == FOREIGN
    first = ansible.playbook(play, "--diff", "-vvv")
    for run in (check, first):
        assert run.code == 0, run.output
        assert "changed=1" in run
        assert SECRET not in run
        assert FOREIGN_SECRET not in run
        assert "line 2 is neither a section nor a setting" in run
    assert "+aws_secret_access_key = ********" in first
    assert "+region = eu-west-1" in first
    ours = f"[ours]\naws_access_key_id = AKIAOURS\naws_secret_access_key = {SECRET}\n"
    assert credentials.read_text() == f"{FOREIGN}\n{ours}"
    assert not set_up(**KEYS, region="eu-west-1")["changed"]


def test_what_is_returned_is_documented(set_up: SetUp) -> None:
    result = set_up(**KEYS)
    documented = yaml.safe_load(credentials_profile.RETURN)
    assert result.keys() - {"changed", "diff", "invocation", "warnings"} == documented.keys()


def test_new_files_are_private(ansible: Ansible, aws_directory: Path) -> None:
    previous = os.umask(0)
    try:
        result = ansible.module("credentials_profile", {"name": "ours", **KEYS, "region": "eu-west-1"})
    finally:
        os.umask(previous)
    assert result["changed_paths"] == [str(aws_directory / "credentials"), str(aws_directory / "config")]
    modes = {path.name: _mode(path) for path in (aws_directory, *aws_directory.iterdir())}
    assert modes == {".aws": 0o700, "credentials": 0o600, "config": 0o600}


def test_a_bare_home_is_left_bare_by_check_mode(set_up: SetUp, aws_directory: Path) -> None:
    result = set_up(check=True, owner="not-made-yet", path="/not/made/yet/credentials", **KEYS, region="eu-west-1")
    assert result["changed"]
    assert not aws_directory.exists()


@pytest.mark.once
@pytest.mark.parametrize(("before", "after"), [(0o644, 0o600), (0o400, 0o400)])
def test_credentials_are_made_private_and_no_more_open(
    set_up: SetUp, credentials: Path, before: int, after: int
) -> None:
    assert set_up(**KEYS)["changed"]
    credentials.chmod(before)
    result = set_up(**KEYS)
    assert result["changed"] == (before != after)
    assert _mode(credentials) == after


@pytest.mark.once
def test_a_config_file_keeps_its_mode(set_up: SetUp, credentials: Path) -> None:
    config = credentials.with_name("config")
    config.touch()
    config.chmod(0o664)
    set_up(region="eu-west-1")
    assert _mode(config) == 0o664


@pytest.mark.once
@needs_root
def test_files_keep_their_owner_or_are_given_one(set_up: SetUp, aws_directory: Path) -> None:
    credentials, config = aws_directory / "credentials", aws_directory / "config"
    set_up(**KEYS, owner="nobody", group=str(NOBODY))
    for path in (aws_directory, credentials):
        assert (path.stat().st_uid, path.stat().st_gid) == (NOBODY, NOBODY)
    set_up(name="another", **KEYS, region="eu-west-1")
    assert credentials.stat().st_uid == NOBODY
    assert config.stat().st_uid == 0
    result = set_up(name="another", **KEYS, region="eu-west-1", owner="nobody")
    assert result["changed_paths"] == [str(config)]
    assert config.stat().st_uid == NOBODY
    assert "there is no user or group nobody-at-all" in set_up(**KEYS, owner="nobody-at-all")["msg"]


def test_a_profile_goes_from_keys_to_a_role_and_back_and_away(set_up: SetUp, credentials: Path) -> None:
    config = credentials.with_name("config")
    set_up(**KEYS, aws_session_token="a-token", region="eu-west-1")
    assert _profiles(credentials)["ours"] == {**KEYS, "aws_session_token": "a-token"}
    set_up(**KEYS)
    assert _profiles(credentials)["ours"] == KEYS
    set_up(**ROLE)
    assert credentials.read_text() == FOREIGN
    assert _profiles(config) == {"profile ours": {"region": "eu-west-1", **ROLE}}
    set_up(**KEYS)
    assert _profiles(config) == {"profile ours": {"region": "eu-west-1"}}
    assert set_up(state="absent")["changed"]
    assert credentials.read_text() == FOREIGN
    assert not config.exists()
    assert not set_up(state="absent")["changed"]


def test_the_environment_names_the_files(ansible: Ansible, set_up: SetUp, credentials: Path) -> None:
    ansible.set(AWS_SHARED_CREDENTIALS_FILE=str(ansible.home / "keys"), AWS_CONFIG_FILE=str(ansible.home / "settings"))
    set_up(**KEYS, region="eu-west-1")
    assert _profiles(ansible.home / "keys") == {"ours": KEYS}
    assert _profiles(ansible.home / "settings") == {"profile ours": {"region": "eu-west-1"}}
    assert credentials.read_text() == FOREIGN


@pytest.mark.once
def test_a_link_stays_and_its_target_is_replaced(set_up: SetUp, credentials: Path) -> None:
    elsewhere = credentials.parents[1] / "elsewhere"
    elsewhere.mkdir()
    target = credentials.rename(elsewhere / "secrets")
    credentials.symlink_to("../elsewhere/secrets")
    set_up(**KEYS)
    assert credentials.is_symlink()
    assert _profiles(target)["ours"] == KEYS
    assert [path.name for path in elsewhere.iterdir()] == ["secrets"]


@pytest.mark.once
@pytest.mark.parametrize(
    ("target", "reason"), [("nothing", "leads to nothing"), ("credentials", "is a symbolic link in a circle")]
)
def test_a_link_to_nothing_is_refused(set_up: SetUp, aws_directory: Path, target: str, reason: str) -> None:
    aws_directory.mkdir()
    (aws_directory / "credentials").symlink_to(target)
    assert reason in set_up(**KEYS)["msg"]
    assert [path.name for path in aws_directory.iterdir()] == ["credentials"]


@pytest.mark.once
@needs_root
def test_a_link_of_a_stranger_in_a_shared_directory_is_refused(
    set_up: SetUp, credentials: Path, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    link = shared / "link"
    link.symlink_to(credentials.parent)
    os.lchown(link, NOBODY, NOBODY)
    assert (
        "created by another user in a world-writable directory" in set_up(**KEYS, path=str(link / "credentials"))["msg"]
    )
    assert credentials.read_text() == FOREIGN


@pytest.mark.once
@needs_root
def test_root_is_not_led_by_a_users_link_to_what_the_user_does_not_own(
    set_up: SetUp, credentials: Path, tmp_path: Path
) -> None:
    home = tmp_path / "of-nobody"
    home.mkdir()
    link = home / "credentials"
    link.symlink_to(credentials)
    os.lchown(link, NOBODY, NOBODY)
    assert "whose target belongs to another user" in set_up(**KEYS, path=str(link), owner="nobody")["msg"]
    assert credentials.read_text() == FOREIGN
    os.chown(credentials, NOBODY, NOBODY)
    assert set_up(**KEYS, path=str(link))["changed"]


@pytest.mark.once
def test_a_file_that_is_mounted_by_itself_says_what_to_do(ansible: Ansible, credentials: Path, tmp_path: Path) -> None:
    """As a container runtime mounts single files."""
    elsewhere = tmp_path / "on-the-host"
    elsewhere.write_text(FOREIGN)
    mount = ["unshare", "--mount", "sh", "-c", f'mount --bind {elsewhere} {credentials} && exec "$@"', "sh"]
    if subprocess.run([*mount, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this user may not mount")
    command = [*mount, sys.executable, "-m", credentials_profile.__name__]
    done = subprocess.run(
        command, env=ansible.environment, input=_argument_file(**KEYS), text=True, check=False, stdout=subprocess.PIPE
    )
    assert (
        f"cannot replace {credentials}: it is mounted by itself, as single files are" in json.loads(done.stdout)["msg"]
    )
    assert elsewhere.read_text() == FOREIGN
    assert [path.name for path in credentials.parent.iterdir()] == ["credentials"]


@pytest.mark.once
def test_what_is_no_file_is_refused(set_up: SetUp, aws_directory: Path) -> None:
    aws_directory.mkdir()
    os.mkfifo(aws_directory / "credentials")
    assert "is not a file" in set_up(**KEYS)["msg"]
    assert "cannot be both" in set_up(**KEYS, config_path="~/.aws/../.aws/credentials")["msg"]
    assert "cannot make /not/there: No such file" in set_up(**KEYS, path="/not/there/credentials")["msg"]


@pytest.mark.once
@pytest.mark.parametrize("moment", ["os.chmod", "os.rename"])
def test_a_run_that_is_killed_leaves_a_whole_file_and_bares_no_secret(
    ansible: Ansible, set_up: SetUp, credentials: Path, moment: str
) -> None:
    command = [sys.executable, "-c", _KILLED_AT.format(moment=moment)]
    killed = subprocess.run(command, env=ansible.environment, input=_argument_file(**KEYS), text=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert credentials.read_text() == FOREIGN
    [draft] = [path for path in credentials.parent.iterdir() if path != credentials]
    assert SECRET in draft.read_text()
    assert _mode(draft) == 0o600
    assert not set_up(state="absent")["changed"]
    assert not draft.exists()
    assert set_up(**KEYS)["changed"]
    assert _profiles(credentials)["ours"] == KEYS


@pytest.mark.once
def test_many_writers_at_once_lose_nothing(ansible: Ansible, credentials: Path) -> None:
    command = [sys.executable, "-m", credentials_profile.__name__]
    names = [f"profile{number}" for number in range(8)]
    writers = [
        subprocess.Popen(command, env=ansible.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _name in names
    ]
    for writer, name in zip(writers, names, strict=True):
        assert writer.stdin is not None
        writer.stdin.write(_argument_file(name=name, **KEYS, region="eu-west-1"))
        writer.stdin.close()
    assert [writer.wait(60) for writer in writers] == [0] * len(writers)
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.close()
    assert credentials.read_text().startswith(FOREIGN)
    assert _profiles(credentials).keys() == {"theirs", *names}
    assert _profiles(credentials.with_name("config")).keys() == {f"profile {name}" for name in names}
    assert {path.name for path in credentials.parent.iterdir()} == {"credentials", "config"}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "aws_access_key_id, role_arn, region"),
        ({"aws_access_key_id": "AKIA"}, "required together: aws_access_key_id, aws_secret_access_key"),
        ({**KEYS, **ROLE}, "mutually exclusive: aws_access_key_id|role_arn"),
        ({"role_arn": "arn"}, "role_arn needs source_profile or credential_source"),
        ({**KEYS, "aws_session_token": "a\nb"}, "aws_session_token must be one line"),
        ({"region": "eu-west-1", "source_profile": "theirs"}, "role_arn"),
    ],
)
def test_options_that_do_not_go_together_are_refused(set_up: SetUp, options: dict[str, str], reason: str) -> None:
    result = set_up(**options)
    assert result["failed"]
    assert reason in result["msg"]
