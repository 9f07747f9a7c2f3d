# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Why an EC2 instance's metadata service gives no credentials, which botocore keeps to itself."""

from __future__ import annotations

import http.client
import json
import os
import typing as t
import urllib.error
import urllib.request

from .._common.text import cleaned

_ENDPOINT = "http://169.254.169.254"
_ROLES = "/latest/meta-data/iam/security-credentials/"
_SECONDS = 1.0
_MOST_BYTES = 65536


def missing_because(environment: t.Mapping[str, str] | None = None) -> str | None:
    """A reason to go with "no credentials", or None where there is no metadata service to ask."""
    environment = os.environ if environment is None else environment
    if environment.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
        return None
    endpoint = (environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT") or _ENDPOINT).rstrip("/")
    try:
        return _ask(endpoint)
    except (OSError, ValueError, http.client.HTTPException):
        return (
            "the instance metadata service does not answer: this is no EC2 instance, or a container that its hop "
            "limit keeps out"
        )


def _ask(endpoint: str) -> str | None:
    status, token = _request(endpoint + "/latest/api/token", "PUT", {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    if status != http.HTTPStatus.OK:
        return f"the instance metadata service refuses a token (HTTP {status}): enable it for the instance"
    headers = {"X-aws-ec2-metadata-token": token}
    status, roles = _request(endpoint + _ROLES, "GET", headers)
    if status == http.HTTPStatus.NOT_FOUND or (status == http.HTTPStatus.OK and not roles.split()):
        return "the instance has no role: attach an instance profile to it"
    if status != http.HTTPStatus.OK:
        return f"the instance metadata service failed with HTTP {status}"
    role = cleaned(roles.split()[0])
    status, text = _request(endpoint + _ROLES + role, "GET", headers)
    if status != http.HTTPStatus.OK:
        return f"the instance metadata service gives no credentials of role {role} (HTTP {status})"
    return _code_of(text, role)


def _code_of(text: str, role: str) -> str | None:
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        return f"the instance metadata service gives no JSON for role {role}"
    code = cleaned(str(answer.get("Code") or "no code"))
    if code == "AssumeRoleUnauthorizedAccess":
        return f"role {role} does not trust EC2: name ec2.amazonaws.com in its trust policy"
    if code == "InstanceProfileNotFound":
        return "the instance profile was deleted: attach one to the instance"
    return None if code == "Success" else f"the instance metadata service says {code} of role {role}"


def _request(url: str, method: str, headers: dict[str, str]) -> tuple[int, str]:
    request = urllib.request.Request(url, method=method, headers=headers)  # noqa: S310 - the environment's endpoint
    # No proxy leads to the metadata service of this host.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_SECONDS) as response:
            return response.status, response.read(_MOST_BYTES).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, ""
