# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
HTTP by the library requests: bounded in time, and with errors that a person can act on.

Loaded when there is something to send, since loading requests takes longer than all else that a run without points
asks of the callback.
"""

from __future__ import annotations

import contextlib
import email.utils
import os
import ssl
import time
import typing as t

from ._http import FaultError, PassingFaultError, Reply, Tls, TlsFaultError

# Whoever makes a connection has looked whether the library is there.
with contextlib.suppress(ImportError):
    import requests
    import requests.adapters
    import urllib3.exceptions
    from urllib3.util import Timeout

if t.TYPE_CHECKING:
    from collections.abc import Mapping

_READ_BODY = 16384


class RequestsConnection:
    """
    Retries are the delivery's: urllib3's Retry knows no deadline over several requests, cannot halve a body, and would
    send a renewed token's request with the old header. So are redirects, which would turn a POST into a GET.
    """

    def __init__(self, tls: Tls) -> None:
        self._tls = tls
        self._session: requests.Session | None = None
        self._pid = 0

    def post(
        self,
        url: str,
        until: float,
        *,
        data: bytes | Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        bearer: str | None = None,
        basic: tuple[str, str] | None = None,
    ) -> Reply:
        """One attempt, which ends at ``until`` on the monotonic clock. Raises FaultError."""
        try:
            with self._open().post(
                url,
                data=data,
                headers=headers,
                params=params,
                auth=basic or _Bearer(bearer),
                # An object of urllib3's is taken as well, and is the only way to bound connecting and waiting together.
                timeout=Timeout(total=max(0.001, until - time.monotonic())),  # type: ignore[arg-type]
                verify=self._tls.verify,
                cert=self._tls.client_cert,
                allow_redirects=False,
                stream=True,
            ) as response:
                text = _read(response, until) or response.reason
                return Reply(response.status_code, text, _retry_after(response.headers.get("Retry-After")))
        except (requests.RequestException, OSError) as error:
            raise _fault(error) from error

    def close(self) -> None:
        if self._session is not None and self._pid == os.getpid():
            self._session.close()
        self._session = None

    def _open(self) -> requests.Session:
        # A connection that a fork inherited is still its parent's.
        if self._session is None or self._pid != os.getpid():
            self._session = requests.Session()
            self._pid = os.getpid()
            adapter = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=1)
            self._session.mount("https://", adapter)
            self._session.mount("http://", adapter)
            self._session.headers["User-Agent"] = "keyward.iam"
        return self._session


class _Bearer:
    """Given even without a token: requests would else look for a password in ~/.netrc."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _read(response: requests.Response, until: float) -> str:
    """The start of the body, as far as it comes in time; the status has already told what counts."""
    body = b""
    try:
        for byte in response.iter_content(1):
            body += byte
            if len(body) >= _READ_BODY or time.monotonic() >= until:
                break
    except (requests.RequestException, urllib3.exceptions.HTTPError):
        pass
    return body.decode("utf-8", "replace").strip()


def _retry_after(value: str | None) -> float | None:
    """Seconds or a date; what is neither asks for nothing."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _fault(error: Exception) -> FaultError:
    cause = _cause(error)
    text = getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) or str(cause)
    cut_off = isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
    if isinstance(cause, ssl.SSLError) and not cut_off:
        return TlsFaultError(f"TLS failed: {text}")
    if isinstance(error, requests.Timeout):
        return PassingFaultError("no answer in time")
    if isinstance(error, requests.ConnectionError):
        return PassingFaultError(f"no connection: {text}")
    if isinstance(error, requests.RequestException):
        return FaultError(str(error))
    # What requests does not wrap is a file that it cannot find.
    return TlsFaultError(str(error))


def _cause(error: BaseException) -> BaseException:
    """What the operating system or the TLS library said, without the layers around it."""
    while True:
        layers = (error.__cause__, error.__context__, getattr(error, "reason", None), *error.args[-1:])
        inner = next((layer for layer in layers if isinstance(layer, BaseException)), None)
        if inner is None:
            return error
        error = inner
