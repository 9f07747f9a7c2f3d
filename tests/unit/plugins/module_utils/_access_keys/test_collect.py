# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.session import Session

from ansible_collections.keyward.iam.plugins.module_utils._access_keys import listing, report_fetch
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.packing import unpack
from ansible_collections.keyward.iam.plugins.module_utils._aws import profiles, responses
from ansible_collections.keyward.iam.plugins.module_utils._aws.session import ProfileSession
from testbed.drivers.waiting import running, wait_until
from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from ansible_collections.keyward.iam.plugins.module_utils._access_keys.collect import Collected
    from testbed.fakes.aws import AwsEndpoint

    from .conftest import Collect

pytestmark = pytest.mark.once


def failed(collected: Collected, name: str = "bad") -> dict[str, Any]:
    """The failed profile's entry, once it is sure that C(good) is whole and that people read one sentence."""
    entries = {entry["profile"]: entry for entry in collected.result["profiles"]}
    assert (entries["good"]["ok"], entries["good"]["access_keys"]) == (True, 1)
    assert "alice" in {key["user_name"] for key in collected.result["access_keys"] if key["profile"] == "good"}
    entry = dict(entries[name])
    assert entry["ok"] is False
    assert entry["error"].isprintable()
    assert "Traceback" not in str(collected.failures) + str(collected.warnings)
    return entry


def add_profile(home: Path, text: str, name: str = "bad") -> None:
    with (home / "config").open("a") as config:
        config.write(f"[profile {name}]\n{text}\n")


EXPIRED = (
    '/bin/echo \'{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "hunter2", '
    '"Expiration": "2020-01-01T00:00:00Z"}\''
)


@pytest.mark.parametrize(
    ("helper", "says"),
    [
        ("/opt/nothere/helper x", "(/opt/nothere/helper) cannot be started: No such file or directory"),
        ("/etc", "(/etc) cannot be started: Permission denied"),
        ("/bin/sh -c 'echo SecretAccessKey=hunter2 >&2; exit 3'", "(/bin/sh) failed with exit code 3"),
        ("/bin/sh -c 'kill -9 $$'", "failed with signal 9"),
        ("/bin/echo hunter2", "printed no JSON object"),
        ("/bin/echo '[]'", "printed no JSON object"),
        ("/bin/true", "printed nothing"),
        ("/usr/bin/yes", "printed more than a megabyte"),
        (
            '/bin/echo \'{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "hunter2", "Expiration": "soon"}\'',
            "printed an Expiration that is no date",
        ),
        ("/usr/bin/printf '\\\\377'", "printed no JSON object"),
        ('/bin/echo \'{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "hunter2"\'', "printed no JSON object"),
        ("/bin/echo '{\"Version\": 2}'", "Unsupported version"),
        (
            EXPIRED,
            "have expired already",
        ),
        (
            '/bin/echo \'{"Version": 1, "AccessKeyId": 7, "SecretAccessKey": ["hunter2"]}\'',
            "printed AccessKeyId and SecretAccessKey that is no text: correct the helper",
        ),
        ("'unbalanced", ""),
        (
            '/bin/echo \'{"Version": 1, "AccessKeyId": null, "SecretAccessKey": "hunter2"}\'',
            "aws_access_key_id is empty",
        ),
        (
            '/bin/echo \'{"Version": 1, "AccessKeyId": "A\\nB", "SecretAccessKey": "hunter2"}\'',
            "aws_access_key_id is empty or has a character that no request can carry",
        ),
    ],
)
def test_a_helper_that_fails_costs_the_others_nothing(run: Collect, shared_files: Path, helper: str, says: str) -> None:
    add_profile(shared_files, f"credential_process = {helper}")
    collected = run()
    assert says in failed(collected)["error"]
    assert "hunter2" not in str(collected)


def test_names_of_profiles_command_no_terminal(run: Collect, shared_files: Path) -> None:
    add_profile(shared_files, "credential_process = /nothere", "\x1b[2J\u202e")
    with (shared_files / "config").open("a") as config:
        config.write("[other\x9b2J]\naws_access_key_id = AKIA\n")
    collected = run()
    assert all(sentence.isprintable() for sentence in collected.failures + collected.warnings)
    assert "\\x1b[2J\\u202e: credential_process" in collected.failures[0]
    assert "[other\\x9b2J] in" in collected.warnings[0]
    failed(collected, "\x1b[2J\u202e")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            "web_identity_token_file = /nothere\nrole_arn = arn:aws:iam::999988887777:role/web",
            "/nothere does not exist: correct the setting",
        ),
        ("role_arn = arn:aws:iam::999988887777:role/x\nsource_profile = missing", "missing"),
        ("role_arn = arn:aws:iam::999988887777:role/x\nsource_profile = bad", ""),
        ("role_arn = arn:aws:iam::999988887777:role/x\ncredential_source = Nowhere", "Nowhere"),
        (
            "role_arn = arn:aws:iam::999988887777:role/x\nsource_profile = good\nmfa_serial = arn:aws:iam::1:mfa/me",
            "wants a code of the MFA device arn:aws:iam::1:mfa/me, and an unattended run has no terminal",
        ),
        (
            "sso_start_url = https://x/start\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r",
            "run 'aws sso login --profile bad'",
        ),
        ("region = us east", "us east"),
        ("metadata_service_timeout = many", "a setting of the profile or of the environment is invalid (invalid lit"),
        (
            "role_arn = arn:aws:iam::999988887777:role/x\nweb_identity_token_file = /bin/true",
            "a setting of the profile or of the environment is invalid ('utf-8' codec",
        ),
        (
            "aws_access_key_id = ASIA\naws_secret_access_key = B\naws_session_token = t\x7fk",
            "aws_session_token is empty or has a character that no request can carry",
        ),
        ("s3 = virtual\naws_access_key_id = A\naws_secret_access_key = B", "setting s3 must hold indented lines"),
        ("aws_access_key_id = AKIAHALF", ""),
    ],
)
def test_settings_that_do_not_work_cost_the_others_nothing(
    run: Collect, shared_files: Path, settings: str, says: str
) -> None:
    add_profile(shared_files, settings)
    entry = failed(run())
    assert says in entry["error"]
    if "role_arn" in settings:
        assert (entry["account_id"], entry["role_arn"][:26]) == ("999988887777", "arn:aws:iam::999988887777:"), entry


HTML = "<!DOCTYPE html>\n<html><head><title>Sign in</title><script>x()</script></head><body>Welcome</body></html>"


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (200, HTML, "HTTP 200, it says Sign in Welcome"),
        (200, "", "HTTP 200, no content"),
        (200, "<a><b/></a>", "HTTP 200"),
        (403, HTML, "HTTP 403, it says Sign in Welcome"),
        (404, "not \x1b[2Jhere", "HTTP 404, it says not \\x1b[2Jhere"),
        (302, "", "HTTP 302, no content"),
        (502, "<html>Bad gateway</html>", "failed after 2 attempts: what answered is not AWS: HTTP 502, it says Bad"),
        (
            503,
            "upstream connect error",
            "failed after 2 attempts: what answered is not AWS: HTTP 503, it says upstream",
        ),
        (503, "", "HTTP 503"),
        (429, "slow down", "HTTP 429"),
    ],
)
@pytest.mark.parametrize("action", ["ListUsers", "ListAccessKeys"])
def test_a_response_that_is_not_aws_s(
    run: Collect, aws: AwsEndpoint, shared_files: Path, action: str, status: int, body: str, says: str
) -> None:
    bad = aws.account("444455556666")
    for name in ("bob", "carol"):
        bad.add_user(name, keys=[Key()])
    aws.write_profiles(
        shared_files, {"good": aws.account("111122223333").admin_credentials, "bad": bad.admin_credentials}
    )
    times = 2 if status >= 500 or status == 429 else 1
    aws.faults.page(action, status, body, account=bad.id, times=times)
    entry = failed(run(concurrency=1))
    assert says in entry["error"]
    assert entry["error_code"] == ("TooManyRequestsException" if status == 429 else "UnreadableResponse")
    assert entry["access_keys"] == (1 if action == "ListAccessKeys" else 0), "what was found stays"
    assert entry["api_calls"] == len(aws.calls(bad.id))
    assert entry["throttled"] == (2 if status == 429 else 0)


def test_a_gateway_s_page_that_passes_is_retried(run: Collect, aws: AwsEndpoint) -> None:
    aws.faults.page("ListUsers", 503, "upstream connect error", times=1)
    aws.faults.page("ListAccessKeys", 502, HTML, times=1)
    assert run("good").result["profiles"][0]["ok"] is True


def test_pages_that_repeat_are_refused(run: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    class Turning:
        calls = 0

        def list_users(self, **_parameters: Any) -> dict[str, Any]:
            self.calls += 1
            return {"Users": [], "IsTruncated": True, "Marker": "ab"[self.calls % 2]}

    turning = Turning()
    monkeypatch.setattr(listing, "pages", lambda _client, *names, **given: responses.pages(turning, *names, **given))
    entry = run("good").result["profiles"][0]
    assert (entry["error_code"], turning.calls) == ("EndlessPages", 3)


def test_a_helper_that_hangs_ends_with_its_profile(run: Collect, shared_files: Path) -> None:
    pids = shared_files / "pids"
    add_profile(
        shared_files, f"credential_process = /bin/sh -c 'echo $$ >> {pids}; sleep 1000 & echo $! >> {pids}; wait'"
    )
    started = time.monotonic()
    entry = failed(run(profile_timeout=5))
    assert time.monotonic() - started < 30
    assert entry["error_code"] == "Timeout"
    assert "profile_timeout (5 s) is over: credential_process of profile bad (/bin/sh) did not end" in entry["error"]
    wait_until(lambda: not any(map(running, pids.read_text().split())))


def test_a_helper_has_no_terminal_and_no_input(run: Collect, shared_files: Path) -> None:
    seen = shared_files / "seen"
    add_profile(
        shared_files,
        f"credential_process = /bin/sh -c '(: < /dev/tty) 2>/dev/null && echo tty > {seen}; "
        f"read x && echo in >> {seen}; echo end >> {seen}; exit 1'",
    )
    assert "exit code 1" in failed(run())["error"]
    assert seen.read_text() == "end\n"


@pytest.mark.parametrize("what", ["trickle", "hang", "throttle"])
def test_whatever_a_profile_waits_for_ends_in_time(
    run: Collect, aws: AwsEndpoint, shared_files: Path, what: str
) -> None:
    bad = aws.account("444455556666")
    for number in range(3):
        bad.add_user(f"user-{number}", keys=[Key()])
    aws.write_profiles(
        shared_files, {"good": aws.account("111122223333").admin_credentials, "bad": bad.admin_credentials}
    )
    if what == "trickle":
        aws.faults.trickle("ListAccessKeys", 0.5, account=bad.id, skip=1)
    elif what == "hang":
        aws.faults.hang("ListAccessKeys", account=bad.id, skip=1)
    else:
        bad.throttle.limit(rate=0.001, burst=2)
    started = time.monotonic()
    entry = failed(run(profile_timeout=5, concurrency=1, config={}))
    assert time.monotonic() - started < 20
    assert (entry["error_code"], entry["users"], entry["access_keys"]) == ("Timeout", 3, 1), entry["error"]
    assert "the last call was ListAccessKeys, 3 users and 1 keys were found" in entry["error"]


@pytest.mark.parametrize("operation", ["ListUsers", "ListAccessKeys", "GetCredentialReport"])
def test_a_response_without_an_end_costs_the_others_nothing(
    run: Collect, aws: AwsEndpoint, shared_files: Path, operation: str
) -> None:
    bad = aws.account("444455556666")
    bad.add_user("bob", keys=[Key()])
    aws.write_profiles(
        shared_files, {"good": aws.account("111122223333").admin_credentials, "bad": bad.admin_credentials}
    )
    aws.faults.page(operation, 200, "x" * (33 << 20), account=bad.id)
    collected = run(credential_report=True)
    if operation == "GetCredentialReport":
        assert {entry["profile"]: entry["access_keys"] for entry in collected.result["profiles"]} == {
            "good": 1,
            "bad": 1,
        }
        assert "is longer than 32 MiB" in str(collected.warnings)
    else:
        assert f"the response to {operation} is longer than 4 MiB" in failed(collected)["error"]


def test_a_report_that_is_throttled_for_ever_holds_nothing_up(
    run: Collect, aws: AwsEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_fetch, "BUDGET_SECONDS", 3.0)
    account = aws.account("111122223333")
    account.throttle.limit(rate=0.0001, burst=1, action="GenerateCredentialReport")
    account.throttle.limit(rate=0.0001, burst=0, action="GetCredentialReport")
    started = time.monotonic()
    collected = run("good", credential_report=True)
    assert time.monotonic() - started < 20
    entry = collected.result["profiles"][0]
    assert (entry["ok"], entry["root_keys"], entry["reactivated"]) == (True, None, None)
    [warning] = collected.warnings
    assert "AWS gave none within 3 seconds" in warning
    listed = [call.started for call in aws.calls(action="ListAccessKeys")]
    assert (listed[0] - aws.calls()[0].started).total_seconds() < 3, "the listing does not wait for the report"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "no content"),
        ("<html>Sign in</html>", "has no column user, it begins with: <html>Sign in</html>"),
        ("user,arn\n", "has no column access_key_1_active"),
        ("bytes: \x00\x01", "has no column"),
    ],
)
def test_what_is_no_report_leaves_the_listing(
    run: Collect, aws: AwsEndpoint, monkeypatch: pytest.MonkeyPatch, content: str, says: str
) -> None:
    account = aws.account("111122223333")
    account.report.generate()
    report = replace(account.report.fetch(), content=content.encode())
    monkeypatch.setattr(account.report, "fetch", lambda: report)
    collected = run("good", credential_report=True)
    entry = collected.result["profiles"][0]
    assert (entry["ok"], entry["access_keys"], entry["root_keys"], entry["credential_report_age"]) == (
        True,
        1,
        None,
        None,
    )
    assert says in collected.warnings[0]
    assert says in entry["credential_report_error"]


@pytest.mark.parametrize(
    ("variable", "make", "says"),
    [
        ("AWS_CONFIG_FILE", lambda _path: None, "AWS_CONFIG_FILE names {path}, which is not there"),
        ("AWS_SHARED_CREDENTIALS_FILE", Path.mkdir, "which is a directory"),
        ("AWS_CONFIG_FILE", lambda path: path.symlink_to("nowhere"), "a symbolic link whose target does not exist"),
        ("AWS_CONFIG_FILE", os.mkfifo, "which is not a regular file"),
        ("AWS_CONFIG_FILE", lambda path: path.symlink_to(path.name), "which is not readable (Too many levels"),
    ],
)
def test_a_shared_file_that_cannot_be_read_is_no_fewer_profiles(
    run: Collect,
    aws: AwsEndpoint,
    shared_files: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    make: Any,
    says: str,
) -> None:
    path = shared_files / "other"
    make(path)
    kept = "credentials" if variable == "AWS_CONFIG_FILE" else "config"
    good = aws.account("111122223333").admin_credentials
    monkeypatch.setenv(variable, str(path))
    header = "[good]" if kept == "credentials" else "[profile good]"
    (shared_files / kept).write_text(
        f"{header}\naws_access_key_id = {good.access_key_id}\naws_secret_access_key = {good.secret_access_key}\n"
        f"aws_session_token = {good.session_token}\n"
    )
    entry = failed(run(), "*")
    assert entry["error_code"] == "SharedFileUnusable"
    assert says.format(path=path) in entry["error"]


def test_the_null_device_says_that_there_is_no_file(run: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert run().failures == []


def test_a_named_profile_names_the_file_that_hides_it(
    run: Collect, shared_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(shared_files / "nothere"))
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert "nothere, which is not there" in run("good").failures[0]


def test_excluded_profiles_are_left_out(run: Collect, shared_files: Path) -> None:
    add_profile(shared_files, "region = us-east-1", "test-1")
    add_profile(shared_files, "region = us-east-1", "default")
    collected = run("*", exclude_profiles=["test-*", "default"])
    assert [entry["profile"] for entry in collected.result["profiles"]] == ["good"]
    assert "exclude_profiles leaves no profile" in run("*", exclude_profiles=["*"]).failures[0]


def test_a_section_that_is_no_profile_is_said(run: Collect, shared_files: Path) -> None:
    with (shared_files / "config").open("a") as config:
        config.write("[audit]\nrole_arn = arn:aws:iam::1:role/x\n[preview]\ncloudfront = true\n")
    assert [warning for warning in run().warnings if "audit" in warning or "preview" in warning] == [
        f"[audit] in {shared_files}/config is no profile: call it [profile audit]"
    ]
    assert "a section [audit]" in run("audit").failures[0]


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_an_empty_profile_variable_is_named(shared_files: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "")
    sentence = profiles.unknown_profile(Session(), "").sentence
    assert sentence == f"{variable} is set and empty: unset it, or set it to the name of a profile"
    assert shared_files


def test_a_fault_of_our_own_is_one_sentence_and_keeps_its_traceback(
    run: Collect, monkeypatch: pytest.MonkeyPatch, shared_files: Path
) -> None:
    add_profile(shared_files, "region = eu-west-1")
    real = ProfileSession.region_label.fget  # type: ignore[attr-defined]

    def broken(self: Any) -> Any:
        if self.profile == "bad":
            raise KeyError("surprise")
        return real(self)

    monkeypatch.setattr(ProfileSession, "region_label", property(broken))
    collected = run()
    assert (
        failed(collected)["error"]
        == "an unexpected KeyError: 'surprise': run with -vvv for the traceback, and report it"
    )
    assert "in broken" in collected.tracebacks[0]
    assert "Traceback" not in str(collected.result)


def test_packed_keys_are_all_and_the_list_has_what_is_due(run: Collect, aws: AwsEndpoint) -> None:
    account = aws.account("111122223333")
    account.add_user("old", keys=[Key(age_days=200), Key(age_days=200, status="Inactive")])
    account.add_user("exempt", keys=[Key(age_days=200)])
    account.add_user("again", keys=[Key(age_days=20, changed_days=2)])
    account.add_root_key(Key(age_days=1))
    account.report.generate()
    options: dict[str, Any] = {"credential_report": True, "exempt_users": ["exempt"]}
    whole, packed = run("good", **options), run("good", packed=True, **options)
    assert unpack(packed.result["packed"]) == whole.result["access_keys"]
    assert [key["user_name"] for key in packed.result["access_keys"]] == ["<root_account>", "again", "old"]
    assert packed.result["summary"] == whole.result["summary"]
    assert "packed" not in whole.result
