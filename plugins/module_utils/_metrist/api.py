# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A client of Metrist's back end, version 0 of its API: registers a monitor, removes it, tells its state."""

from __future__ import annotations

import json
import re
import typing as t
from http import HTTPStatus
from urllib.parse import urlsplit

from .._common.errors import KeywardError
from .._http.request import Answer, Connection, NoAnswerError, send
from .._probe.steps import STEPS

MONITOR = "awsiam"
"""Metrist's name for the monitor of IAM."""

STEP_TIMEOUT_SECS = 900
"""How long Metrist waits for a step of this monitor. The probe itself gives up long before."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class MetristError(KeywardError):
    """One sentence that says what failed and what to change."""


class _NotFoundError(MetristError):
    """What was asked for does not exist."""


class MonitorStatus(t.NamedTuple):
    """What the back end knows of the monitor, whoever registered it."""

    monitor_state: str | None
    last_checked: str | None


def monitor_config(interval_secs: int, run_groups: t.Sequence[str], run_type: str) -> dict[str, t.Any]:
    """What a registration says."""
    return {
        "monitor_logical_name": MONITOR,
        "interval_secs": interval_secs,
        "run_groups": list(run_groups),
        "run_spec": {"name": MONITOR, "run_type": run_type},
        "steps": [
            {
                "check_logical_name": step.name,
                "timeout_secs": STEP_TIMEOUT_SECS,
                "description": f"{step.operation.replace('_', ' ').capitalize()}, by one call of IAM",
            }
            for step in STEPS.values()
        ],
    }


class BackEnd:
    def __init__(self, api_url: str, api_token: str, connection: Connection) -> None:
        self.url = _checked_url(api_url)
        self._token = _checked_token(api_token)
        self._connection = connection

    def status(self) -> MonitorStatus | None:
        """None where the back end has no state of the monitor: it was never checked, or is not registered."""
        path = f"monitor-status?m%5B%5D={MONITOR}"
        answer = self._ask("GET", path)
        try:
            listed = [entry for entry in json.loads(answer.text) if entry["monitor_logical_name"] == MONITOR]
        except (ValueError, TypeError, KeyError):
            raise self._unexpected("GET", path, "a list of monitors", answer) from None
        return MonitorStatus(listed[0].get("state"), listed[0].get("last_checked")) if listed else None

    def register(self, config: dict[str, t.Any]) -> str:
        """The id of the new registration."""
        answer = self._ask("POST", "monitor-config", config)
        found = _plain(answer)
        if not _ID.fullmatch(found):
            raise self._unexpected("POST", "monitor-config", "an id", answer)
        return found

    def unregister(self, registration_id: str) -> None:
        """A registration that is already gone is as good as removed."""
        path = f"monitor-config/{MONITOR}/{registration_id}"
        try:
            answer = self._ask("DELETE", path)
        except _NotFoundError:
            return
        if _plain(answer) != "OK":
            raise self._unexpected("DELETE", path, "OK", answer)

    def _ask(self, method: str, path: str, content: dict[str, t.Any] | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        data = None if content is None else json.dumps(content)
        try:
            answer = send(method, self._endpoint(path), self._connection, headers, data)
        except NoAnswerError as error:
            raise MetristError(f"the Metrist back end did not answer: {error}") from None
        if not answer.ok:
            raise self._refused(method, path, answer)
        return answer

    def _endpoint(self, path: str) -> str:
        return f"{self.url}/api/v0/{path}"

    def _refused(self, method: str, path: str, answer: Answer) -> MetristError:
        outcome = f"HTTP {answer.status} to {method} {self._endpoint(path)}"
        if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return MetristError(f"the Metrist back end refused the token: check api_token ({outcome})")
        if answer.status == HTTPStatus.NOT_FOUND:
            return _NotFoundError(f"there is no Metrist API at {self.url}: check api_url ({outcome})")
        location = answer.headers.get("Location")
        if location:
            return MetristError(f"the Metrist API is elsewhere: set api_url to it ({outcome}, see {location})")
        return MetristError(f"the Metrist back end failed: {outcome}, {answer.excerpt}")

    def _unexpected(self, method: str, path: str, wanted: str, answer: Answer) -> MetristError:
        return MetristError(
            f"the answer to {method} {self._endpoint(path)} is not {wanted}: check that api_url is that of a Metrist "
            f"back end, it answered {answer.excerpt}"
        )


def _plain(answer: Answer) -> str:
    """The API documents a plain string; a JSON string is the same with quotes."""
    return answer.text.strip().strip('"')


def _checked_url(api_url: str) -> str:
    parts = urlsplit(api_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise MetristError("api_url must be the address of a Metrist back end, such as https://metrist.example.com")
    return api_url.rstrip("/")


def _checked_token(api_token: str) -> str:
    # An HTTP client quotes the header that it cannot send, in a form that no_log does not recognise.
    token = api_token.strip()
    if not re.fullmatch(r"[!-~]+", token):
        raise MetristError("api_token must be one word of printable ASCII characters")
    return token
