# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A client of Metrist's back end, version 0 of its API: registers a monitor, removes it, lists it, tells its state."""

from __future__ import annotations

import contextlib
import re
import typing as t

from .._common.errors import KeywardError
from .._http.request import HttpOptions, Response
from .._http.rest import FixedCredentials, NotFoundError, RestClient, Service, base_url, checked_token, parsed
from .._probe.settings import check_range
from .._probe.steps import STEPS

MONITOR = "awsiam"
"""Metrist's name for the monitor of IAM."""

STEP_TIMEOUT_SECS = 900
"""How long Metrist waits for a step of this monitor. The probe itself gives up long before."""

_LONGEST_INTERVAL_SECS = 30 * 86_400
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


Config = dict[str, t.Any]


class Registration(t.NamedTuple):
    id: str
    config: Config


class MetristError(KeywardError):
    """What failed with a registration."""


class MonitorStatus(t.NamedTuple):
    """The state of the monitor in the back end."""

    monitor_state: str | None
    last_checked: str | None


def monitor_config(interval_secs: int, run_groups: t.Sequence[str], run_type: str) -> Config:
    """What a registration says. Raises KeywardError."""
    check_range("interval_secs", interval_secs, 1, _LONGEST_INTERVAL_SECS)
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


def same(one: Config, other: Config) -> bool:
    """Whether two say the same. A back end keeps no descriptions, and no order of run groups."""
    return _essence(one) == _essence(other)


def _essence(config: Config) -> tuple[t.Any, ...]:
    run_spec, steps = config.get("run_spec") or {}, config.get("steps") or []
    return (
        config.get("interval_secs"),
        sorted(config.get("run_groups") or []),
        (run_spec.get("name"), run_spec.get("run_type")),
        [(step.get("check_logical_name"), step.get("timeout_secs")) for step in steps],
    )


_SERVICE = Service(
    "the Metrist back end",
    "api_url",
    "there is no Metrist API here: check api_url",
    "check {}",
    "check {}",
    "there is no Metrist API here: check api_url",
    lambda _text: True,
    lambda text: text,
)


class BackEnd:
    """Raises KeywardError in every method."""

    def __init__(self, api_url: str, api_token: str, options: HttpOptions) -> None:
        self.url = base_url(api_url, "api_url", "https://metrist.example.com")
        token = checked_token(api_token, "api_token")
        credentials = FixedCredentials("api_token", f"Bearer {token}", [token])
        self._client = RestClient(_SERVICE, self.url, "api/v0", credentials, options)

    def status(self) -> MonitorStatus | None:
        """None where the back end has no state of the monitor: it was never checked, or is not registered."""
        path = f"monitor-status?m%5B%5D={MONITOR}"
        answer = self._client.ask("GET", path)
        try:
            listed = [entry for entry in parsed(answer.text) if entry["monitor_logical_name"] == MONITOR]
        except (TypeError, KeyError):
            raise self._unexpected("GET", path, "a list of monitors", answer) from None
        return MonitorStatus(listed[0].get("state"), listed[0].get("last_checked")) if listed else None

    def registrations(self) -> list[Registration] | None:
        """Those of the monitor; None if the back end does not list them."""
        path = f"monitor-config?monitor={MONITOR}"
        try:
            answer = self._client.ask("GET", path)
        except NotFoundError:
            return None
        try:
            entries = [entry for entry in parsed(answer.text) if entry["monitor_logical_name"] == MONITOR]
            return [_registration(entry) for entry in entries]
        except (TypeError, KeyError, AttributeError, ValueError):
            raise self._unexpected("GET", path, "a list of registrations", answer) from None

    def register(self, config: dict[str, t.Any]) -> str:
        """The id of the new registration."""
        answer = self._client.ask("POST", "monitor-config", config)
        found = _plain(answer)
        if not _ID.fullmatch(found):
            raise self._unexpected("POST", "monitor-config", "an id", answer)
        return found

    def unregister(self, registration_id: str) -> None:
        """A registration that is already gone is as good as removed."""
        path = f"monitor-config/{MONITOR}/{registration_id}"
        with contextlib.suppress(NotFoundError):
            answer = self._client.ask("DELETE", path)
            if _plain(answer) != "OK":
                raise self._unexpected("DELETE", path, "OK", answer)

    def _unexpected(self, method: str, path: str, wanted: str, answer: Response) -> MetristError:
        outcome = self._client.outcome(method, path, answer)
        return MetristError(
            f"the answer is not {wanted}: check that api_url is a Metrist back end ({outcome})",
            setting="api_url",
        )


def _registration(entry: t.Any) -> Registration:
    """Raises an exception for what is no registration."""
    if not _ID.fullmatch(entry["id"]):
        raise ValueError("this is no id")
    config = {name: value for name, value in entry.items() if name != "id"}
    config["run_groups"] = [str(group) for group in config.get("run_groups") or []]
    _essence(config)
    return Registration(entry["id"], config)


def _plain(answer: Response) -> str:
    """The API documents a plain string; a JSON string is the same with quotes."""
    return answer.text.strip().strip('"')
