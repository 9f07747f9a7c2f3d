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
as the other side's headers are there, or the cause why there are none, and one with the begin of the answer's text, and
whether that is all that was sent.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import ssl
import sys
import typing as t
import zlib

# The program that starts this has checked that the library is there.
with contextlib.suppress(ImportError):
    import requests
    import requests.adapters
    import urllib3
    import urllib3.exceptions

_MOST_LAYERS = 20


class Posts:
    """
    One kept-alive connection. Retries are the delivery's: urllib3's Retry knows no deadline over several requests,
    cannot halve a body, and would send a renewed token's request with the old header. So are redirects, which would
    turn a POST into a GET.
    """

    def __init__(self) -> None:
        self._session = requests.Session()
        # Else the library reads the whole body of a redirect, also of one that it does not follow.
        self._session.get_redirect_target = lambda _resp: None  # type: ignore[method-assign,assignment]
        self._session.headers["User-Agent"] = "keyward.iam"
        adapter = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=1)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def answer(self, about: dict[str, t.Any], body: bytes) -> None:
        signal.setitimer(signal.ITIMER_REAL, about["seconds"])
        try:
            response = self._session.request(
                about["method"],
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
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent is to know it
            text, whole = "", False
            _tell({"cause": _cause(error)})
        else:
            with response:
                headers = {
                    "retry_after": response.headers.get("Retry-After"),
                    "location": response.headers.get("Location"),
                }
                _tell({"status": response.status_code, "reason": response.reason, **headers})
                text, whole = _text(response, about["most_bytes"])
        # Before the parent knows that this one is over: it may send the next one at once.
        signal.setitimer(signal.ITIMER_REAL, 0)
        _tell({"text": text, "whole": whole})


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
    line = memoryview(json.dumps(fact).encode() + b"\n")
    try:
        while line:
            line = line[os.write(sys.stdout.fileno(), line) :]
    except BrokenPipeError:
        # The parent is gone.
        sys.exit()


def _text(response: requests.Response, most: int) -> tuple[str, bool]:
    """The body's start, as far as it comes and can be read, a character for each byte; whether it is the whole body."""
    text = bytearray()
    whole = False
    packed = response.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "deflate")
    # The library's own has no bound, and undoes one encoding after the other.
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 32) if packed else None
    with contextlib.suppress(OSError, urllib3.exceptions.HTTPError, zlib.error):
        for piece in response.raw.stream(1024, decode_content=False):
            text += decoder.decompress(piece, most) if decoder else piece
            if len(text) >= most:
                break
        else:
            # Older libraries take a body that ends early for a whole one.
            whole = not response.raw.length_remaining and (decoder is None or decoder.eof)
    return text.decode("latin-1"), whole


def _cause(error: Exception) -> dict[str, t.Any]:
    """What the operating system, the TLS library or the HTTP library said, for the parent to interpret."""
    cause = _innermost(error)
    tls = isinstance(cause, ssl.SSLError)
    return {
        "kind": type(cause).__name__,
        "text": getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) or str(cause) or repr(cause),
        "number": None if tls else getattr(cause, "errno", None),
        "reason": (getattr(cause, "reason", None) or "") if tls else "",
        "tls": tls,
        "timeout": isinstance(error, requests.Timeout) or isinstance(cause, TimeoutError),
        "names": isinstance(cause, OSError) and type(cause).__name__ in {"gaierror", "herror"},
    }


def _innermost(error: BaseException) -> BaseException:
    """Without the layers that libraries put around it."""
    for _layer in range(_MOST_LAYERS):
        layers = (error.__cause__, error.__context__, getattr(error, "reason", None), *error.args[-1:])
        inner = next((layer for layer in layers if isinstance(layer, BaseException)), None)
        if inner is None:
            break
        error = inner
    return error


if __name__ == "__main__":
    main()
