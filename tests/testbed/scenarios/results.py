# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Results of the modules as they return them, made up: for what begins at a result and needs many, or hostile ones."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 26, 6, 45, tzinfo=UTC)
MAX_AGE_DAYS = 180
_ACCOUNTS = [str(111122220000 + number) for number in range(40)]
_SERVICES = ("s3", "sts", "ec2", "lambda")
_OWNERS = ("payments", "platform", "data", "finance", "search", "")


def severity(age: int) -> str:
    return "expired" if age >= MAX_AGE_DAYS else "expiring" if age >= MAX_AGE_DAYS - 30 else "ok"


def access_key(user_name: str, age: int, **fields: Any) -> dict[str, Any]:
    """One key, active unless told otherwise."""
    return {
        "account_id": "111122223333",
        "partition": "aws",
        "profile": "production",
        "region": "us-west-2",
        "user_name": user_name,
        "user_arn": f"arn:aws:iam::111122223333:user/{user_name}",
        "user_path": "/",
        "access_key_id": "AKIA" + user_name.upper().ljust(16, "A")[:16],
        "status": "Active",
        "create_date": f"{NOW - timedelta(days=age):%Y-%m-%dT%H:%M:%SZ}",
        "age_days": age,
        "days_left": MAX_AGE_DAYS - age,
        "severity": severity(age),
        "exempt": False,
        "root": False,
        **fields,
    }


def collected(*keys: dict[str, Any], failed: dict[str, Any] | None = None, when: datetime = NOW) -> dict[str, Any]:
    """A result of access_key_info with these keys, their profiles, and perhaps one that failed."""
    of_profile: dict[tuple[str, str], list[dict[str, Any]]] = {} if keys else {("production", "111122223333"): []}
    for key in keys:
        of_profile.setdefault((key["profile"], key["account_id"]), []).append(key)
    profiles: list[dict[str, Any]] = [
        {
            "profile": profile,
            "account_id": account,
            "region": "us-west-2",
            "ok": True,
            "error": None,
            "error_code": None,
            "users": len({key["user_name"] for key in found if not key["root"]}),
            "access_keys": len(found),
        }
        for (profile, account), found in of_profile.items()
    ]
    if failed:
        profiles.append({"account_id": None, "region": None, "ok": False, "users": 0, "access_keys": 0, **failed})
    return {
        "access_keys": list(keys),
        "profiles": profiles,
        "summary": {},
        "collected_at": f"{when:%Y-%m-%dT%H:%M:%SZ}",
        "timestamp": int(when.timestamp()),
    }


def many(count: int, seed: int = 4) -> dict[str, Any]:
    """A result with so many keys of many accounts, of all kinds."""
    dice = random.Random(seed)  # noqa: S311 - the same keys each time
    keys = []
    for number in range(count):
        account = dice.randrange(len(_ACCOUNTS))
        age = dice.randrange(900) if dice.random() < 0.1 else int(abs(dice.gauss(70, 60)))
        used = min(age, int(dice.expovariate(1 / 15)))
        key = access_key(f"user-{number // 2}", age, account_id=_ACCOUNTS[account], profile=f"team-{account:02}")
        key["access_key_id"] = "AKIA" + "".join(dice.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16))
        key["status"] = "Active" if dice.random() < 0.9 else "Inactive"
        key["exempt"] = dice.random() < 0.03
        key["reactivated"] = dice.random() < 0.02
        key["tags"] = {"owner": owner} if (owner := dice.choice(_OWNERS)) else {}
        if dice.random() < 0.1:
            key["last_used_date"] = None
        else:
            key["last_used_date"] = f"{NOW - timedelta(days=used):%Y-%m-%dT%H:%M:%SZ}"
            key |= {"last_used_days": used, "last_used_service": dice.choice(_SERVICES)}
        keys.append(key)
    return collected(*keys)


def probed(state: str = "up", **step: Any) -> dict[str, Any]:
    """A result of the probe; the fields go to its first step."""
    names = ("CreateUser", "CreateGroup", "AddUserToGroup", "RemoveUserFromGroup", "DeleteGroup", "AttachPolicy")
    steps = [
        {
            "name": name,
            "status": "ok",
            "duration_ms": 20.5 + number,
            "attempts": 1,
            "propagation_ms": 0,
            "error_code": None,
            "error": None,
            "request_id": None,
            "state": "up",
        }
        for number, name in enumerate((*names, "DetachPolicy", "DeleteUser"))
    ]
    steps[0] |= step
    return {
        "steps": steps,
        "state": state,
        "swept": [],
        "leftovers": [],
        "account_id": "111122223333",
        "region": "us-east-1",
        "namespace": "lab",
        "profile": "production",
        "timestamp": int(NOW.timestamp()),
    }
