# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The bound on the body of a response, for all that botocore sends: AWS services and the sources of credentials.

Botocore reads a body to its end, and whoever answers in AWS's place may never come to one.
"""

from __future__ import annotations

import io
import typing as t

from .boto import BodyTimeoutError, ConnectionClosedError, ReadTimeoutError
from .errors import RESPONSE_TOO_LONG, UserError

MOST_BYTES = 4 << 20
"""A full page of ListUsers has two megabytes where every name, path and boundary is as long as IAM allows."""

MOST_BYTES_OF_LONG = 32 << 20
_LONG = frozenset({"GetAccountAuthorizationDetails", "GetCredentialReport"})
"""What IAM puts all users of an account into, or a thousand with their policies."""

_PIECE = 1 << 16


class BoundedSession:
    """Stands in for botocore's HTTP session."""

    def __init__(self, session: t.Any) -> None:
        self._session = session

    def __getattr__(self, name: str) -> t.Any:
        return getattr(self._session, name)

    def send(self, request: t.Any) -> t.Any:
        streams, request.stream_output = request.stream_output, True
        try:
            response = self._session.send(request)
        finally:
            request.stream_output = streams
        if not streams:
            response._content = _read(response.raw, request)
        return response


def bound_client(client: t.Any) -> t.Any:
    client._endpoint.http_session = BoundedSession(client._endpoint.http_session)
    return client


def bound_providers(resolver: t.Any) -> None:
    """The providers of credentials that ask a metadata service without a client."""
    for provider in resolver.providers:
        for name in ("_role_fetcher", "_fetcher"):
            fetcher: t.Any = getattr(provider, name, None)
            if hasattr(fetcher, "_session"):
                fetcher._session = BoundedSession(fetcher._session)


def mark(request: t.Any, operation: str) -> None:
    """For botocore's event C(before-send): tell the session what the request is for."""
    request.keyward_operation = operation


def _read(raw: t.Any, request: t.Any) -> bytes:
    operation = getattr(request, "keyward_operation", None)
    most = MOST_BYTES_OF_LONG if operation in _LONG else MOST_BYTES
    content = io.BytesIO()
    for piece in _pieces(raw, request.url):
        content.write(piece)
        if content.tell() > most:
            raw.close()
            raise _too_long(operation, request.url, most)
    return content.getvalue()


def _pieces(raw: t.Any, url: str) -> t.Iterator[bytes]:
    try:
        yield from raw.stream(_PIECE)
    except BodyTimeoutError as error:
        raise ReadTimeoutError(endpoint_url=url, error=error) from error
    except Exception as error:
        # As botocore calls whatever ends a response before its end, which it tries again.
        raise ConnectionClosedError(endpoint_url=url, error=error) from error


def _too_long(operation: str | None, url: str, most: int) -> UserError:
    settings = (
        "HTTPS_PROXY, endpoint_url and AWS_ENDPOINT_URL"
        if operation
        else "AWS_EC2_METADATA_SERVICE_ENDPOINT and AWS_CONTAINER_CREDENTIALS_FULL_URI"
    )
    return UserError(
        RESPONSE_TOO_LONG,
        f"the response {f'to {operation}' if operation else f'of {url}'} is longer than {most >> 20} MiB, "
        f"what answered is not AWS: check the network, {settings}",
    )
