# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""How a module's result becomes points. The only place that knows both."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator, Mapping

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.packing import access_keys_of

from . import names as metrics
from .point import Point

ACCESS_KEY_INFO = "keyward.iam.access_key_info"
PROBE = "keyward.iam.probe"

Result = Mapping[str, t.Any]

_COUNTS = {
    "users": metrics.COLLECTOR_USERS,
    "access_keys": metrics.COLLECTOR_KEYS,
    "expired": metrics.COLLECTOR_EXPIRED,
    "expiring": metrics.COLLECTOR_EXPIRING,
    "exempt": metrics.COLLECTOR_EXEMPT,
    "reactivated": metrics.COLLECTOR_REACTIVATED,
    "root_keys": metrics.COLLECTOR_ROOT_KEYS,
    "cached": metrics.COLLECTOR_CACHED,
    "credential_report_age": metrics.COLLECTOR_REPORT_AGE,
}
"""What a profile that was collected whole tells, by the fields of its result."""

_OWN_TAGS = frozenset(
    {"account", "host", "key", "metric", "name", "namespace", "outcome", "profile", "region", "source", "status"}
    | {"step", "type"}
)
"""Names of tags that points have, and those that stand for something else in a point."""

STATES = {"up": 0, "degraded": 1, "down": 2, "misconfigured": 3}


def points_of_result(
    action: str, result: Result, received: int, places: Iterable[Mapping[str, str]] = ({},)
) -> Iterator[Point]:
    """
    The points of one finished result of one of the modules in ``POINTS_OF``.

    A result that failed before it could tell its own time and place has ``received``, the epoch second of its arrival,
    and ``places``, the tags of what its task was about.
    """
    return _POINTS_OF[action](result, received, [dict(place) for place in places])


def action_of_shape(result: Result) -> str | None:
    """The module whose result this is, by fields that no other has."""
    if "access_keys" in result and "profiles" in result:
        return ACCESS_KEY_INFO
    return PROBE if "steps" in result and "leftovers" in result else None


def _points_of_access_keys(result: Result, received: int, places: list[dict[str, str]]) -> Iterator[Point]:
    if "profiles" not in result:
        yield from (Point(metrics.COLLECTOR_SUCCESS, 0, received, place) for place in places)
        return
    timestamp = result["timestamp"]
    for key in access_keys_of(result):
        yield from _points_of_key(key, timestamp)
    for credential in result.get("credentials") or ():
        yield from _points_of_credential(credential, timestamp)
    for profile in result["profiles"]:
        yield from _points_of_profile(profile, timestamp, places[0])


def _points_of_key(key: Result, timestamp: int) -> Iterator[Point]:
    tags = _tags(
        name=key["user_name"],
        key=f"root-{key['slot']}" if key.get("root") else key["access_key_id"][-5:],
        status=key["status"],
        profile=key.get("profile"),
        region=key.get("region"),
        account=key.get("account_id"),
    )
    tags = {**_tags(**_user_tags(key.get("tags") or {})), **tags}
    ages = {metrics.KEY_AGE: key.get("age_days"), metrics.KEY_LAST_USED: key.get("last_used_days")}
    yield from _known(ages, timestamp, tags)


def _points_of_credential(credential: Result, timestamp: int) -> Iterator[Point]:
    # A certificate has no id here, and a user may have two.
    key = f"cert-{credential['slot']}" if credential.get("slot") else str(credential.get("id") or "")[-5:]
    tags = _tags(
        type=credential["type"],
        name=credential["user_name"],
        key=key,
        status=credential["status"],
        profile=credential.get("profile"),
        region=credential.get("region"),
        account=credential.get("account_id"),
    )
    yield from _known({metrics.CREDENTIAL_AGE: credential.get("age_days")}, timestamp, tags)


def _user_tags(tags: Mapping[str, t.Any]) -> dict[str, str]:
    """Tags of IAM as tags of points, under names that points do not have already."""
    return {f"tag_{name}" if name.lower() in _OWN_TAGS else name: value for name, value in tags.items()}


def _points_of_profile(profile: Result, timestamp: int, place: dict[str, str]) -> Iterator[Point]:
    tags = _tags(profile=profile.get("profile"), region=profile.get("region"), account=profile.get("account_id"))
    # Without a name it is known by its host, as it is when that cannot be reached.
    named = tags if "profile" in tags else place | tags
    yield Point(metrics.COLLECTOR_SUCCESS, int(bool(profile["ok"])), timestamp, named)
    values: dict[str, t.Any] = {
        metrics.COLLECTOR_API_CALLS: profile.get("api_calls"),
        metrics.COLLECTOR_DURATION: profile.get("duration_ms"),
    }
    # The counts of a profile that failed half-way would be of a part, and look like those of the whole.
    if profile["ok"]:
        values |= {metric: profile.get(field) for field, metric in _COUNTS.items()}
    yield from _known(values, timestamp, tags)


def _points_of_probe(result: Result, received: int, places: list[dict[str, str]]) -> Iterator[Point]:
    namespace = result.get("namespace")
    place = {"profile": result.get("profile"), "region": result.get("region"), "account": result.get("account_id")}
    if "steps" not in result:
        place = place if place["profile"] else {**place, **places[0]}
        yield Point(metrics.PROBE_SUCCESS, 0, received, _tags(step="all", namespace=namespace, **place))
        return
    timestamp = result["timestamp"]
    for step in result["steps"]:
        tags = _tags(step=step["name"], namespace=namespace, **place)
        measured = {
            metrics.PROBE_DURATION: step.get("duration_ms"),
            metrics.PROBE_PROPAGATION: step.get("propagation_ms"),
            metrics.PROBE_STATE: STATES.get(step.get("state") or ""),
        }
        # A skipped step was neither a success nor a failure.
        if step["status"] != "skipped":
            measured[metrics.PROBE_SUCCESS] = int(step["status"] == "ok")
        yield from _known(measured, timestamp, tags)
    yield from _known(
        {metrics.PROBE_STATE: STATES.get(result.get("state") or "")},
        timestamp,
        _tags(step="all", namespace=namespace, **place),
    )
    yield from _known(
        {metrics.PROBE_SWEPT: _count(result.get("swept")), metrics.PROBE_LEFTOVERS: _count(result.get("leftovers"))},
        timestamp,
        _tags(namespace=namespace, **place),
    )


def _known(values: Mapping[str, t.Any], timestamp: int, tags: dict[str, str]) -> Iterator[Point]:
    return (Point(metric, value, timestamp, tags) for metric, value in values.items() if value is not None)


def _count(value: t.Any) -> t.Any:
    """The probe names what it swept or left behind; the metric counts it."""
    return len(value) if isinstance(value, list) else value


def _tags(**tags: str | None) -> dict[str, str]:
    return {name: str(value) for name, value in tags.items() if value not in {None, ""}}


_POINTS_OF: dict[str, t.Callable[[Result, int, list[dict[str, str]]], Iterator[Point]]] = {
    ACCESS_KEY_INFO: _points_of_access_keys,
    PROBE: _points_of_probe,
}
POINTS_OF = frozenset(_POINTS_OF)
"""The modules whose results become points, by their full names."""
