# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The endpoint's own API under ``/_testbed/``, by which other processes drive it. All bodies are JSON.

=========================  ====================================================================================
GET accounts               every account with what it holds and its administrator's credentials
POST accounts              seed: ``{"accounts": [...]}``
PATCH accounts/<id>        settings, as in a seed's ``settings``
GET calls                  the calls so far; ``?account=`` and ``?action=`` (a shell pattern) select some
DELETE calls               forget them
GET faults, POST faults    the faults in force with their hits; a new one, with the fields of ``Fault``
DELETE faults              no more faults
POST clock                 ``{"hours": 4}`` (the units of timedelta) lets time pass
POST instance              ``{"account": "...", "role": "..."}`` gives the instance a role
=========================  ====================================================================================
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from testbed.fakes.aws.configuration import configure
from testbed.fakes.aws.documents import seed, show
from testbed.fakes.aws.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.fakes.aws.calls import CallLog, CallRecord
    from testbed.fakes.aws.cloud import Cloud
    from testbed.fakes.aws.faults import Faults
    from testbed.fakes.aws.imds import Instance

PREFIX = "/_testbed/"


@dataclasses.dataclass(frozen=True)
class _Order:
    rest: str
    query: dict[str, str]
    body: dict[str, Any]


class Control:
    def __init__(self, cloud: Cloud, faults: Faults, log: CallLog, instance: Instance) -> None:
        self._cloud = cloud
        self._routes: dict[tuple[str, str], Callable[[_Order], Any]] = {
            ("GET", "accounts"): lambda _unused: [show(account) for account in cloud.accounts],
            ("POST", "accounts"): lambda order: seed(cloud, order.body),
            ("PATCH", "accounts"): lambda order: configure(cloud.account(order.rest), order.body),
            ("GET", "calls"): lambda order: [_show(call) for call in log.select(**order.query)],
            ("DELETE", "calls"): lambda _unused: log.clear(),
            ("GET", "faults"): lambda _unused: [dataclasses.asdict(fault) for fault in faults],
            ("POST", "faults"): lambda order: dataclasses.asdict(faults.add(Fault(**order.body))),
            ("DELETE", "faults"): lambda _unused: faults.clear(),
            ("POST", "clock"): lambda order: cloud.clock.advance(**order.body),
            ("POST", "instance"): lambda order: instance.attach_role(
                cloud.account(order.body["account"]), order.body["role"]
            ),
        }

    async def handle(self, request: web.BaseRequest) -> web.Response:
        what, _unused, rest = request.path.removeprefix(PREFIX).partition("/")
        text = await request.text()
        try:
            order = _Order(rest, dict(request.query), json.loads(text) if text else {})
            with self._cloud.lock:
                answer = self._routes[request.method, what](order)
        except (KeyError, TypeError, ValueError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        return web.json_response(answer)


def _show(call: CallRecord) -> dict[str, Any]:
    fields = dataclasses.asdict(call)
    fields.pop("_clock")
    return {**fields, "started": call.started.isoformat(), "throttled": call.throttled}
