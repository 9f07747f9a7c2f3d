# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Signature Version 4, verified the way AWS does: by signing the request again."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import botocore.auth
import botocore.credentials
from botocore.awsrequest import AWSRequest

from testbed.fakes.aws.errors import AwsError
from testbed.fakes.aws.models import SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from testbed.fakes.aws.cloud import Caller, Cloud

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key_id>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request,"
    r" *SignedHeaders=(?P<headers>[^,]+), *Signature=(?P<signature>[0-9a-f]{64})"
)
_SKEW = timedelta(minutes=5)
_WIRE_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class HttpRequest:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Signature:
    """What the Authorization header claims."""

    key_id: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    value: str

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Signature:
        text = headers.get("Authorization")
        if text is None:
            raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token")
        match = _AUTHORIZATION.fullmatch(text)
        if match is None:
            raise AwsError("IncompleteSignature", "Authorization header is not a complete AWS4-HMAC-SHA256 signature.")
        if match["service"] not in SERVICES:
            raise AwsError("SignatureDoesNotMatch", f"Credential should be scoped to correct service: {SERVICES}.")
        return cls(
            match["key_id"], match["region"], match["service"], tuple(match["headers"].split(";")), match["signature"]
        )


def authenticate(cloud: Cloud, request: HttpRequest, signature: Signature) -> Caller:
    """The caller whose credentials signed the request."""
    caller = cloud.caller(signature.key_id)
    token = request.headers.get("X-Amz-Security-Token")
    if caller is None or token != caller.credentials.session_token or (caller.key and caller.key.status != "Active"):
        raise AwsError("InvalidClientTokenId", "The security token included in the request is invalid.")
    if caller.expires is not None and caller.expires <= cloud.clock.now():
        raise AwsError("ExpiredToken", "The security token included in the request is expired")
    _check_time(request.headers)
    if not hmac.compare_digest(_sign(request, signature, caller), signature.value):
        raise AwsError(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
        )
    return caller


def _check_time(headers: Mapping[str, str]) -> None:
    text = headers.get("X-Amz-Date", "")
    try:
        signed_at = datetime.strptime(text, "%Y%m%dT%H%M%S%z")
    except ValueError:
        raise AwsError("IncompleteSignature", f"Date must be in ISO-8601 'basic format'. Got '{text}'.") from None
    now = datetime.now(UTC)
    if signed_at < now - _SKEW:
        oldest = (now - _SKEW).strftime(_WIRE_TIME)
        raise AwsError("SignatureDoesNotMatch", f"Signature expired: {text} is now earlier than {oldest} (5 min.)")
    if signed_at > now + _SKEW:
        latest = (now + _SKEW).strftime(_WIRE_TIME)
        raise AwsError("SignatureDoesNotMatch", f"Signature not yet current: {text} is still later than {latest}")


def _sign(request: HttpRequest, signature: Signature, caller: Caller) -> str:
    credentials = botocore.credentials.Credentials(
        caller.credentials.access_key_id, caller.credentials.secret_access_key, caller.credentials.session_token
    )
    signer = botocore.auth.SigV4Auth(credentials, signature.service, signature.region)
    signed = {name: request.headers[name] for name in signature.signed_headers if name in request.headers}
    rebuilt = AWSRequest(method=request.method, url=request.url, data=request.body, headers=signed)
    rebuilt.context["timestamp"] = request.headers["X-Amz-Date"]
    return signer.signature(signer.string_to_sign(rebuilt, signer.canonical_request(rebuilt)), rebuilt)
