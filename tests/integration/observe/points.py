# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Points as the collection makes them, from results as its modules return them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery import self_metrics
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.stats import DeliveryStats
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.conversion import (
    ACCESS_KEY_INFO,
    PROBE,
    points_of_result,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point

ACCOUNT = "111122223333"
STEPS = ("CreateUser", "DeleteUser")


def key(
    name: str, age: int, *, status: str = "Active", last_used: int | None = None, profile: str = "one"
) -> dict[str, Any]:
    severity = "expired" if age >= 180 else "expiring" if age >= 150 else "ok"
    return {
        "account_id": ACCOUNT,
        "profile": profile,
        "region": "us-west-2",
        "user_name": name,
        "access_key_id": f"AKIA{name}",
        "status": status,
        "age_days": age,
        "severity": severity,
        "exempt": False,
        "root": False,
        "reactivated": False,
        "last_used_days": last_used,
    }


def collected(
    moment: int,
    *keys: dict[str, Any],
    profile: str = "one",
    ok: bool = True,
    root_keys: int = 0,
    account: str | None = ACCOUNT,
    region: str = "us-west-2",
    with_others: bool = False,
) -> Iterator[Point]:
    """One run of the collector. One that failed early knows no account."""
    outcome = {
        "profile": profile,
        "account_id": account,
        "region": region,
        "ok": ok,
        "users": 1,
        "access_keys": len(keys),
        "expired": sum(key["severity"] == "expired" for key in keys),
        "expiring": sum(key["severity"] == "expiring" for key in keys),
        "exempt": 0,
        "reactivated": 0,
        "root_keys": root_keys,
        "credential_report_age": 3600,
        "cached": 0,
        "api_calls": 3,
        "duration_ms": 500,
    }
    roots = [key("<root_account>", 900, profile=profile) | {"root": True, "slot": 1} for _number in range(root_keys)]
    other = {"type": "ssh_key", "id": "APKAEXAMPLE", "user_name": "alice", "status": "Active", "age_days": 3}
    credentials = [other | {"profile": profile, "region": region, "account_id": account}] if with_others else []
    result = {
        "access_keys": [*keys, *roots],
        "credentials": credentials,
        "profiles": [outcome],
        "timestamp": moment,
    }
    return points_of_result(ACCESS_KEY_INFO, result, moment)


def probed(
    moment: int,
    state: str = "up",
    failed: Sequence[str] = (),
    *,
    region: str = "us-west-2",
    namespace: str = "lab",
    **of_steps: Any,
) -> Iterator[Point]:
    """One run of the probe; ``of_steps`` is the same for all of its steps."""
    steps = [
        {
            "name": name,
            "status": "failed" if name in failed else "ok",
            "duration_ms": 80.5,
            "propagation_ms": 120.0,
            "state": state,
            **of_steps,
        }
        for name in STEPS
    ]
    result = {
        "steps": steps,
        "state": state,
        "swept": [],
        "leftovers": [],
        "account_id": ACCOUNT,
        "region": region,
        "namespace": namespace,
        "profile": "probe",
        "timestamp": moment,
    }
    return points_of_result(PROBE, result, moment)


def delivered(moment: int, *, dropped: int = 0) -> Iterator[Point]:
    return self_metrics.points(DeliveryStats(delivered=10, requests=1, dropped=dropped), moment)


def every_point() -> list[Point]:
    """At least one of each metric, with all of its tags."""
    return [
        *collected(0, key("alice", 200, last_used=3), root_keys=1, with_others=True),
        *probed(0),
        *points_of_result(PROBE, {"namespace": "lab", "region": "us-west-2"}, 0),
        *delivered(0),
    ]
