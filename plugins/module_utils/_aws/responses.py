# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Responses that are not AWS's, and pages without end.

A proxy, a captive portal or a gateway answers with HTML, plain text or nothing, with any status. Botocore's parsers
raise exceptions of many kinds for these, past its retries. Here they become errors like AWS's own: retried where the
status says that it may pass, and told with the status and the first words of the body.
"""

from __future__ import annotations

import re
import typing as t

from .._common.text import cleaned
from .boto import ClientError, ResponseParserFactory
from .errors import UNREADABLE_RESPONSE, UserError

_TOO_MANY_REQUESTS = 429
_FIRST_ERROR_STATUS = 300
_MARKUP = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_QUOTED_BYTES = 4096
_QUOTED_CHARACTERS = 120

MOST_PAGES = 10_000

_NEEDED = {"GetCallerIdentity": ("Arn",), "GetPolicy": ("Policy",)}
_NEEDED_IN = {
    "AccessKeyMetadata": ("AccessKeyId", "CreateDate", "Status"),
    "AttachedPolicies": ("PolicyArn",),
    "Groups": ("CreateDate", "GroupName", "Path"),
    "Policy": ("IsAttachable",),
    "ServiceSpecificCredentials": ("CreateDate", "ServiceSpecificCredentialId", "Status", "UserName"),
    "SSHPublicKeys": ("SSHPublicKeyId", "Status", "UserName"),
    "Tags": ("Key", "Value"),
    "UserDetailList": ("Arn",),
    "Users": ("Arn", "CreateDate", "Path", "UserId", "UserName"),
}
"""Members of responses, by the name of what they are in: botocore leaves out what an answer does not have."""


class TolerantParserFactory(ResponseParserFactory):
    """Makes parsers that take any bytes at all."""

    def create_parser(self, protocol_name: str) -> t.Any:
        return _TolerantParser(super().create_parser(protocol_name))


class _TolerantParser:
    def __init__(self, parser: t.Any) -> None:
        self._parser = parser

    def __getattr__(self, name: str) -> t.Any:
        return getattr(self._parser, name)

    def parse(self, response: dict[str, t.Any], shape: t.Any) -> t.Any:
        status = response["status_code"]
        # Botocore parses an error once more for the fields that its model adds.
        fields_only = shape is not None and shape.metadata.get("exception", False)
        try:
            parsed = self._parser.parse(response, shape)
        except Exception:  # noqa: BLE001 - a parser raises what its input makes it
            return {} if fields_only else _unreadable(response)
        if fields_only or status < _FIRST_ERROR_STATUS or _is_error_of_aws(parsed, status):
            return parsed
        return _unreadable(response)


def _is_error_of_aws(parsed: t.Any, status: int) -> bool:
    error = parsed.get("Error") if isinstance(parsed, dict) else None
    # Botocore's stand-in for a page has the status as its code.
    return isinstance(error, dict) and isinstance(error.get("Code"), str) and error["Code"] not in ("", str(status))


def _unreadable(response: dict[str, t.Any]) -> dict[str, t.Any]:
    status = response["status_code"]
    headers = {str(name).lower(): value for name, value in (response.get("headers") or {}).items()}
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": headers}
    if headers.get("x-amzn-requestid"):
        metadata["RequestId"] = headers["x-amzn-requestid"]
    code = "TooManyRequestsException" if status == _TOO_MANY_REQUESTS else UNREADABLE_RESPONSE
    error = {"Code": code, "Message": first_words(response.get("body"))}
    return {"Error": error, "ResponseMetadata": metadata, UNREADABLE_RESPONSE: True}


def first_words(body: t.Any) -> str:
    """The beginning of what a page says, without its markup."""
    text = bytes(body[:_QUOTED_BYTES]).decode("utf-8", "replace") if isinstance(body, (bytes, bytearray)) else ""
    return cleaned(" ".join(_MARKUP.sub(" ", text).split()), limit=_QUOTED_CHARACTERS)


def refuse_unreadable(parsed: t.Any, model: t.Any, **_kwargs: t.Any) -> None:
    """For botocore's event C(after-call): a response with a good status that is not AWS's is an error all the same."""
    if not isinstance(parsed, dict):
        return
    missing = None if "Error" in parsed else _missing(parsed, model.name)
    if missing:
        error = {"Code": UNREADABLE_RESPONSE, "Message": missing}
        parsed = {"Error": error, "ResponseMetadata": parsed.get("ResponseMetadata", {}), UNREADABLE_RESPONSE: True}
    if parsed.get(UNREADABLE_RESPONSE):
        raise ClientError(t.cast("t.Any", parsed), model.name)


def _missing(parsed: dict[str, t.Any], operation: str) -> str | None:
    """What a response does not have that AWS's always has, and that is read here."""
    for name in _NEEDED.get(operation, ()):
        if name not in parsed:
            return f"{operation} without {name}"
    for name in _NEEDED_IN.keys() & parsed.keys():
        found = parsed[name]
        for item in found if isinstance(found, list) else [found]:
            for needed in _NEEDED_IN[name]:
                if needed not in item:
                    return f"{name} without {needed}"
            if "Tags" in item and (missing := _missing(item, "")):
                return missing
    return None


def pages(client: t.Any, operation: str, list_name: str, **parameters: t.Any) -> t.Iterator[list[dict[str, t.Any]]]:
    """The items of each page of one of IAM's operations, by Marker and IsTruncated."""
    markers: set[str] = set()
    call = getattr(client, operation)
    while len(markers) < MOST_PAGES:
        page = call(**parameters)
        if not isinstance(page.get(list_name), list):
            raise UserError(UNREADABLE_RESPONSE, f"the response of {operation} has no {list_name}: check endpoint_url")
        yield page[list_name]
        if not page.get("IsTruncated"):
            return
        marker = page.get("Marker")
        if not marker or marker in markers:
            break
        markers.add(marker)
        parameters["Marker"] = marker
    raise UserError(
        "EndlessPages",
        f"the pages of {operation} do not end, page {len(markers) + 1} repeats an earlier Marker or has none",
    )
