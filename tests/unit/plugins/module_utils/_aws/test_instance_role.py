# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._aws.instance_role import missing_because

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Answers = dict[str, tuple[int, str]]
TOKEN = {"/latest/api/token": (200, "token")}
ROLES = "/latest/meta-data/iam/security-credentials/"


@pytest.fixture
def reason() -> Iterator[Callable[[Answers], str | None]]:
    """What is said of a metadata service that answers each path so."""
    answers: Answers = {}

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = answers.get(self.path, (404, ""))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        do_PUT = do_GET  # noqa: N815 - its name for http.server

        def log_message(self, *_arguments: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def ask(given: Answers) -> str | None:
            answers.update(given)
            return missing_because({"AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://127.0.0.1:{server.server_port}"})

        yield ask
        server.shutdown()


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"/latest/api/token": (403, "")}, "refuses a token (HTTP 403)"),
        (TOKEN, "the instance has no role: attach an instance profile"),
        ({**TOKEN, ROLES: (200, "")}, "the instance has no role"),
        ({**TOKEN, ROLES: (500, "")}, "failed with HTTP 500"),
        ({**TOKEN, ROLES: (200, "collector")}, "gives no credentials of role collector (HTTP 404)"),
        ({**TOKEN, ROLES: (200, "collector"), ROLES + "collector": (200, "<html>")}, "gives no JSON"),
        (
            {
                **TOKEN,
                ROLES: (200, "collector"),
                ROLES + "collector": (200, json.dumps({"Code": "AssumeRoleUnauthorizedAccess"})),
            },
            "does not trust EC2",
        ),
        (
            {**TOKEN, ROLES: (200, "collector"), ROLES + "collector": (200, json.dumps({"Code": "Failed\x1b[2J"}))},
            "says Failed\\x1b[2J of role collector",
        ),
    ],
)
def test_the_cause_is_told_where_the_service_tells(
    reason: Callable[[Answers], str | None], answers: Answers, says: str
) -> None:
    assert says in str(reason(answers))


def test_credentials_that_are_there_are_no_cause(reason: Callable[[Answers], str | None]) -> None:
    assert reason({**TOKEN, ROLES: (200, "r"), ROLES + "r": (200, json.dumps({"Code": "Success"}))}) is None


def test_no_service_and_none_wanted() -> None:
    endpoint = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1"}
    assert "does not answer" in str(missing_because(endpoint))
    assert missing_because({**endpoint, "AWS_EC2_METADATA_DISABLED": "True"}) is None
