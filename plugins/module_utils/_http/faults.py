# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Why there was no answer, in one sentence, and the setting that can help."""

from __future__ import annotations

import errno
import ssl
import typing as t
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from .._common.errors import KeywardError
from .._common.text import cleaned

_NO_TLS = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")
_UNREACHABLE = frozenset({errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ECONNRESET, errno.EPIPE})

_FILES = frozenset({errno.ENOENT, errno.EACCES, errno.EISDIR})
_CUT_OFF = frozenset({"SSLEOFError", "SSLZeroReturnError"})


class NoAnswerError(KeywardError):
    """There was no answer, or none that can be used."""

    passing = False
    """Whether the same request may succeed later."""

    def __init__(self, url: str, fault: str, advice: str, setting: str, evidence: str = "") -> None:
        said = f" ({evidence})" if evidence else ""
        super().__init__(f"{url}: {fault}: {advice}{said}", setting=setting, evidence=evidence)
        self.fault = f"{fault}{said}"
        """What happened, without the advice."""


class NoAnswerYetError(NoAnswerError):
    passing = True


class Settings(t.NamedTuple):
    """What the options are called where there is advice to change them."""

    url: str = "url"
    timeout: str = "timeout"
    ca_path: str = "ca_path"
    client_cert: str = "client_cert"


SETTINGS = Settings()


class Cause(t.NamedTuple):
    """What the operating system, the TLS library or the HTTP library said; another process may have told it."""

    kind: str
    """The name of the exception's class."""
    text: str
    number: int | None = None
    """Of the operating system's error."""
    reason: str = ""
    """The TLS library's own word for it."""
    tls: bool = False
    timeout: bool = False
    names: bool = False
    """Whether a name could not be resolved."""


def cause_of(error: BaseException) -> Cause:
    return Cause(
        type(error).__name__,
        getattr(error, "verify_message", "") or getattr(error, "strerror", None) or str(error) or type(error).__name__,
        getattr(error, "errno", None) if not isinstance(error, ssl.SSLError) else None,
        getattr(error, "reason", None) or "" if isinstance(error, ssl.SSLError) else "",
        isinstance(error, ssl.SSLError),
        isinstance(error, TimeoutError),
        type(error).__name__ in {"gaierror", "herror", "NameResolutionError"},
    )


def timed_out(url: str, seconds: float, settings: Settings = SETTINGS) -> NoAnswerError:
    proxy = _proxy_of(url)
    fault = f"no answer in time, within {seconds:.3g} s{f' by the proxy {proxy}' if proxy else ''}"
    return NoAnswerYetError(url, fault, f"raise {settings.timeout}, or check the network", settings.timeout)


def no_answer(url: str, cause: Cause, settings: Settings = SETTINGS) -> NoAnswerError:
    """The error for a request that failed, in words of its cause."""
    evidence = cleaned(cause.text)
    if cause.tls and cause.kind not in _CUT_OFF:
        return _tls_failed(url, cause, evidence, settings)
    if cause.kind == "FileNotFoundError" or cause.number in _FILES or "TLS" in cause.text:
        files = f"{settings.ca_path} and {settings.client_cert}"
        return NoAnswerError(url, "a certificate file cannot be read", f"check {files}", files, evidence)
    fault, advice, setting = _way_there(url, cause, settings)
    return NoAnswerYetError(url, fault, advice, setting, evidence)


def _way_there(url: str, cause: Cause, settings: Settings) -> tuple[str, str, str]:
    """What is wrong between here and there, and the setting for it."""
    proxy = _proxy_of(url)
    if proxy:
        variables = "HTTP_PROXY, HTTPS_PROXY and NO_PROXY"
        return f"the proxy {proxy} gave no connection", f"check {variables}", variables
    if cause.names:
        return "the name cannot be resolved", f"check {settings.url} and the name server", settings.url
    if cause.kind in {"BadStatusLine", "RemoteDisconnected"} and url.startswith("http:"):
        return (
            "the connection ended without an answer",
            f"check {settings.url}: it may need https instead of http",
            settings.url,
        )
    if cause.kind == "IncompleteRead":
        return "the answer was cut off", "check the network", settings.url
    if cause.number in _UNREACHABLE or cause.kind in {"RemoteDisconnected", *_CUT_OFF}:
        return "cannot be reached", "check the address and the network", settings.url
    return "no usable answer", f"check {settings.url} and the network", settings.url


def _tls_failed(url: str, cause: Cause, evidence: str, settings: Settings) -> NoAnswerError:
    if cause.reason in _NO_TLS:
        fault = "the server does not speak TLS on this port"
        return NoAnswerError(
            url, fault, f"check {settings.url}: it may need http instead of https", settings.url, evidence
        )
    if "CERTIFICATE_REQUIRED" in cause.reason or "HANDSHAKE_FAILURE" in cause.reason:
        advice = f"the server may want a client certificate: check {settings.client_cert}"
        return NoAnswerError(url, "TLS failed", advice, settings.client_cert, evidence)
    advice = f"check {settings.ca_path}, and {settings.client_cert} where the server wants one"
    trust = f"{settings.ca_path} and {settings.client_cert}"
    return NoAnswerError(url, "TLS verification failed", advice, trust, evidence)


def _proxy_of(url: str) -> str:
    """The proxy that the environment names for this address, without its password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.hostname or ""):
        return ""
    return cleaned(proxy if "://" in proxy else f"http://{proxy}")
