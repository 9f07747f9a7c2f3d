# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
A program that posts over HTTP for its parent, by the library requests.

Time-outs of HTTP clients are for each read, so that a server which trickles its headers outlasts them, and looking up a
name knows none at all. A process can be ended at any moment, whatever it waits for. The kernel's alarm does that, also
for one whose parent is gone.

A request is a line of JSON, which tells its body's length, and that body. An answer is two lines of JSON: one as soon
as the other side's headers are there, or a fault is, and one with the text of the answer or the fault.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import ssl
import sys
import typing as t

# Whoever starts this has looked whether the library is there.
with contextlib.suppress(ImportError):
    import requests
    import requests.adapters
    import urllib3
    import urllib3.exceptions

_MOST_TEXT = 16384


class Posts:
    """
    One kept-alive connection. Retries are the delivery's: urllib3's Retry knows no deadline over several requests,
    cannot halve a body, and would send a renewed token's request with the old header. So are redirects, which would
    turn a POST into a GET.
    """

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "keyward.iam"
        adapter = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=1)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def answer(self, about: dict[str, t.Any], body: bytes) -> None:
        signal.setitimer(signal.ITIMER_REAL, about["seconds"])
        try:
            response = self._session.post(
                about["url"],
                data=body,
                headers=about["headers"],
                # Without any, requests would look for a password in ~/.netrc, and put it in the token's place.
                auth=_as_it_is,
                timeout=about["seconds"],
                verify=about["verify"],
                cert=about["cert"] and tuple(about["cert"]),
                allow_redirects=False,
                stream=True,
            )
        except (OSError, urllib3.exceptions.HTTPError) as error:
            fault, text = _fault(error)
            _tell({"fault": fault})
        else:
            with response:
                retry_after = response.headers.get("Retry-After")
                _tell({"status": response.status_code, "reason": response.reason, "retry_after": retry_after})
                text = _text(response)
        # Before the parent knows that this one is over: it may send the next one at once.
        signal.setitimer(signal.ITIMER_REAL, 0)
        _tell(text)


def main() -> None:
    # Who wants no certificate verified has said so.
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    # The terminal sends it to parent and child; what it means is the parent's to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    posts = Posts()
    for line in sys.stdin.buffer:
        about = json.loads(line)
        posts.answer(about, sys.stdin.buffer.read(about["length"]))


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _tell(fact: t.Any) -> None:
    try:
        os.write(sys.stdout.fileno(), json.dumps(fact).encode() + b"\n")
    except BrokenPipeError:
        # Nobody is left to tell it to.
        sys.exit()


def _text(response: requests.Response) -> str:
    """The body's start, as far as it comes: the status has already told what counts."""
    text = b""
    with contextlib.suppress(OSError, urllib3.exceptions.HTTPError):
        for piece in response.iter_content(1024):
            text += piece
            if len(text) >= _MOST_TEXT:
                break
    return text.decode("utf-8", "replace").strip()


def _fault(error: Exception) -> tuple[str, str]:
    cause = _cause(error)
    text = getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) or str(cause)
    cut_off = isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
    if isinstance(cause, ssl.SSLError) and not cut_off:
        return "trust", f"TLS failed: {text}"
    if isinstance(error, requests.Timeout):
        return "timeout", "no answer in time"
    if isinstance(error, requests.ConnectionError):
        return "passing", f"no connection: {text}"
    if isinstance(error, (requests.RequestException, urllib3.exceptions.HTTPError)):
        return "lasting", str(error)
    # What requests does not wrap is a file that it cannot find.
    return "trust", str(error)


def _cause(error: BaseException) -> BaseException:
    """What the operating system or the TLS library said, without the layers around it."""
    while True:
        layers = (error.__cause__, error.__context__, getattr(error, "reason", None), *error.args[-1:])
        inner = next((layer for layer in layers if isinstance(layer, BaseException)), None)
        if inner is None:
            return error
        error = inner


if __name__ == "__main__":
    main()
