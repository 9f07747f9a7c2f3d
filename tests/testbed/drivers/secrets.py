# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The forms in which a secret travels, and a server that answers with all that it was sent, in each of them."""

from __future__ import annotations

import base64
import contextlib
import html
import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FORMS: dict[str, Callable[[str], str]] = {
    "bare": str,
    "stripped": str.strip,
    "percent": lambda secret: urllib.parse.quote(secret, safe=""),
    "percent in lower case": lambda secret: urllib.parse.quote(secret, safe="").lower(),
    "percent twice": lambda secret: urllib.parse.quote(urllib.parse.quote(secret, safe=""), safe=""),
    "form": urllib.parse.quote_plus,
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "JSON in JSON": lambda secret: json.dumps(json.dumps(secret)[1:-1])[1:-1],
    "HTML": html.escape,
    "HTML by numbers": lambda secret: "".join(f"&#{ord(c)};" if c in "<>&\"'" else c for c in secret),
    "Python": lambda secret: repr(secret)[1:-1],
    "Python's ASCII": lambda secret: ascii(secret)[1:-1],
    "Python's bytes": lambda secret: repr(secret.encode())[2:-1],
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "basic authentication": lambda secret: base64.b64encode(f"an-id:{secret}".encode()).decode(),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "upper case": str.upper,
    "lower case": str.lower,
}


def leaks(text: str, secret: str) -> list[str]:
    """The forms in which a text holds a secret."""
    return [form for form, write in FORMS.items() if write(secret.strip()) in text]


class Parrot(ThreadingHTTPServer):
    """Refuses every request by quoting its secrets in every form, and tries to command a terminal."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Quoting)
        self.requests = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"


@contextlib.contextmanager
def parrot() -> Iterator[Parrot]:
    with Parrot() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Quoting(BaseHTTPRequestHandler):
    server: Parrot

    def handle_one_request(self) -> None:
        self.close_connection = True
        super().handle_one_request()

    def _refuse(self) -> None:
        self.server.requests += 1
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        sent = [value for name, value in self.headers.items() if name.lower() in _QUOTED]
        parts = [*(part for value in sent for part in _secrets_of(value)), *dict(urllib.parse.parse_qsl(body)).values()]
        quoted = [write(part) for part in [*parts, body[:2000]] for write in FORMS.values()]
        # The first words are what fits into most messages.
        text = "\x1b[2J\x9b1mok: [forged]\nfailed=0 \u202e" + " ".join(f"<{part}>" for part in quoted)
        content = json.dumps({"status": {"code": _REFUSED, "message": text}, "detail": text}).encode()
        self.send_response(_REFUSED)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _refuse  # noqa: N815

    def log_message(self, *_arguments: object) -> None:
        """Nothing is said."""


def _secrets_of(value: str) -> Iterator[str]:
    scheme, _blank, credentials = value.partition(" ")
    yield value
    yield credentials or value
    if scheme == "Basic":
        yield base64.b64decode(credentials).decode("utf-8", "replace").partition(":")[2]


_REFUSED = 400
_QUOTED = {"authorization", "x-amz-security-token", "proxy-authorization"}
