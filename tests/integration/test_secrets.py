# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""No secret is shown in any form, whatever fails, and whoever quotes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from testbed.drivers.runs import Ansible
from testbed.drivers.secrets import FORMS, leaks, parrot

if TYPE_CHECKING:
    from pathlib import Path

    from testbed.drivers.runs import Run

# Those that travel in a header are of what a header can hold.
_PLANTED = {
    "wavefront token": "wf-T0ken/of+all=sorts&<'\">",
    "token file": "file/T0ken+'&\"<%41>",
    "csp token file": "csp-f1le/T0ken+'&<%41>",
    "csp secret": "csp secret \"&<'>%/+ö",
    "AWX password": "awx pass\\word\"&<'>%/+ö:x",
    "AWX token": "awx-T0ken/'&\"<%41>",
    "Metrist token": "metr1st/T0ken'&\"<%41>",
    "secret key option": "option+S3cret/key\"'<&>",
    "secret key in a file": "in/a+fileS3cretAccessKey0000000000000000",
    "session token with a stray byte": "sess10n/token+with\x7fa-stray-byte",
    "probe's secret in the environment": "metr1st+env/secret\"'<&>",
    "secret of a helper": "helper/S3cret+that-is-printed",
    "proxy password": "hunter2/xyz#?@:odd",
    "part of the proxy password": "hunter2",
    "endpoint password": "endp0int/pass#word",
    "Grafana token": "glsa-T0ken/'&\"<%41>",
    "OTLP header": "0tlp/header'&\"<>",
    "Pushgateway password": "push/pass+w0rd'&\"<%41>",
    "written secret": "wr1tten/secret+\"'<&>",
}
_ENDED = re.compile(r"PLAY RECAP|unreachable=")


def _files(ansible: Ansible, address: str) -> None:
    home = ansible.home
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(
        "[quoted]\naws_access_key_id = AKIAQUOTED0000000000\n"
        f"aws_secret_access_key = {_PLANTED['secret key in a file']}\n"
        "[stray]\naws_access_key_id = ASIASTRAY00000000000\naws_secret_access_key = x/y\n"
        f"aws_session_token = {_PLANTED['session token with a stray byte']}\n"
    )
    helper = home / "helper"
    helper.write_text(f"#!/bin/sh\necho 'SecretAccessKey={_PLANTED['secret of a helper']}' >&2\nexit 1\n")
    helper.chmod(0o700)
    (home / ".aws/config").write_text(f"[profile helper]\ncredential_process = {helper}\n")
    for name in ("token file", "csp token file", "Grafana token", "Pushgateway password"):
        (home / name.replace(" ", "-")).write_text(f"{_PLANTED[name]}\n")
    (home / "OTLP-header").write_text(f"api-key={quote(_PLANTED['OTLP header'])}\n")
    ansible.set(
        WAVEFRONT_URL=f"http://{address}",
        WAVEFRONT_API_TOKEN_FILE=str(home / "token-file"),
        WAVEFRONT_DEADLINE="3",
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=f"http://{address}/v1/metrics",
        KEYWARD_OTLP_HEADERS_FILE=str(home / "OTLP-header"),
        KEYWARD_OTLP_DEADLINE="3",
        KEYWARD_PUSHGATEWAY_URL=f"http://{address}",
        KEYWARD_PUSHGATEWAY_USERNAME="me",
        KEYWARD_PUSHGATEWAY_PASSWORD_FILE=str(home / "Pushgateway-password"),
        KEYWARD_PROMETHEUS_DEADLINE="3",
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront,keyward.iam.otlp,keyward.iam.prometheus",
        ANSIBLE_LOG_PATH=str(home / "log"),
        KEYWARD_JOURNAL_DIR=str(home / "journal"),
        HTTPS_PROXY=f"http://me:{_PLANTED['proxy password']}@127.0.0.1:9",
        METRIST_AWS_ACCESS_KEY_ID="AKIAMETRIST000000000",
        METRIST_AWS_SECRET_ACCESS_KEY=_PLANTED["probe's secret in the environment"],
    )


def _tasks(home: Path, address: str) -> list[dict[str, Any]]:
    url = f"http://{address}"
    quick = {"credential_report": False, "profile_timeout": 8, "aws_config": {"retries": {"total_max_attempts": 1}}}
    definition = {"name": "a", "url": "a"}
    tasks: list[tuple[str, dict[str, Any], dict[str, str]]] = [
        ("access_key_info", {"profiles": ["*"], "endpoint_url": url, **quick}, {}),
        ("access_key_info", {"profiles": ["quoted"], **quick}, {}),
        (
            "access_key_info",
            {"profile": "quoted", "endpoint_url": f"http://me:{_PLANTED['endpoint password']}@{address}", **quick},
            {},
        ),
        (
            "access_key_info",
            {"access_key": "AKIAOPTION0000000000", "secret_key": _PLANTED["secret key option"], "endpoint_url": url}
            | quick,
            {},
        ),
        ("probe", {"namespace": "lab", "endpoint_url": url, "step_timeout": 2, "history_path": ""}, {}),
        ("probe", {"namespace": "lab", "profile": "stray", "endpoint_url": url, "history_path": ""}, {}),
        ("probe", {"namespace": "lab", "profile": "helper", "endpoint_url": url, "history_path": ""}, {}),
        (
            "credentials_profile",
            {
                "name": "written",
                "aws_access_key_id": "AKIAWRITTEN000000000",
                "aws_secret_access_key": _PLANTED["written secret"],
                "path": str(home / "written"),
                "config_path": "/dev/null/config",
            },
            {},
        ),
        (
            "credentials_profile",
            {
                "name": "written",
                "aws_access_key_id": "AKIAWRITTEN000000000",
                "aws_secret_access_key": _PLANTED["written secret"],
                "path": str(home / "written"),
                "config_path": str(home / "written-config"),
            },
            {},
        ),
        (
            "wavefront_dashboard",
            {"url": url, "api_token": _PLANTED["wavefront token"], "definition": definition},
            {"WAVEFRONT_API_TOKEN_FILE": ""},
        ),
        (
            "wavefront_dashboard",
            {"url": url, "csp_url": url, "csp_api_token_file": str(home / "csp-token-file"), "definition": definition},
            {"WAVEFRONT_API_TOKEN_FILE": ""},
        ),
        (
            "wavefront_dashboard",
            {"url": url, "csp_url": url, "csp_client_id": "me", "csp_client_secret": _PLANTED["csp secret"]}
            | {"definition": definition},
            {"WAVEFRONT_API_TOKEN_FILE": ""},
        ),
        (
            "awx_object",
            {"url": url, "username": "me", "password": _PLANTED["AWX password"], "kind": "organization", "name": "x"},
            {},
        ),
        ("awx_object", {"url": url, "token": _PLANTED["AWX token"], "kind": "organization", "name": "x"}, {}),
        (
            "metrist_monitor",
            {"api_url": url, "api_token": _PLANTED["Metrist token"], "id_path": str(home / "id"), "interval": 120},
            {},
        ),
        (
            "grafana_dashboard",
            {"url": url, "api_token_file": str(home / "Grafana-token"), "uid": "iam", "definition": {"title": "IAM"}},
            {},
        ),
        (
            "grafana_dashboard",
            {"url": url, "api_token": _PLANTED["Grafana token"], "uid": "iam", "state": "absent"},
            {},
        ),
        ("journal", {}, {}),
        ("deliver", {}, {}),
    ]
    return [
        {f"keyward.iam.{name}": arguments, "environment": environment, "ignore_errors": True}
        for name, arguments, environment in tasks
    ]


def _everything_failed(ansible: Ansible) -> tuple[Run, str, int]:
    """The run, all that it left in files, and how many requests the server had."""
    with parrot() as server:
        _files(ansible, server.address)
        tasks = _tasks(ansible.home, server.address)
        run = ansible.playbook([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], "-vvvv", "--diff")
        requests = server.requests
    inputs = {
        "playbook.yml",
        "helper",
        "token-file",
        "csp-token-file",
        "OTLP-header",
        "Grafana-token",
        "Pushgateway-password",
        "written",
    }
    kept = [
        path.read_text("utf-8", "replace")
        for path in sorted(ansible.home.glob("**/*"))
        if path.is_file() and path.name not in inputs and ".aws" not in path.parts
    ]
    return run, "\n".join(kept), requests


# One test, since each worker of a parallel run would wait for a run of its own.
@pytest.mark.once
def test_everything_fails_and_shows_no_secret_in_any_form(tmp_path: Path) -> None:
    run, kept, requests = _everything_failed(Ansible(tmp_path))
    assert run.count("...ignoring") >= 15
    assert requests > 12
    assert "keyward" in kept
    shown = {name: leaks(run.output, secret) + leaks(kept, secret) for name, secret in _PLANTED.items()}
    assert {name: found for name, found in shown.items() if found} == {}
    # No terminal obeys what a server says.
    assert not re.findall("[\x1b\x9b\u202e]", run.output + kept)
    assert not re.search(r"^(?:ok: \[forged\]|failed=0)", run.output, re.MULTILINE)


@pytest.mark.once
def test_the_search_finds_every_form() -> None:
    secret = _PLANTED["AWX password"]
    assert all(leaks(f"before {write(secret)} after", secret) for write in FORMS.values())
