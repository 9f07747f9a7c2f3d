# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The settings of an account as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from testbed.fakes.aws.account import Account
    from testbed.fakes.aws.settings import PerAction


def configure(account: Account, settings: Mapping[str, Any]) -> None:
    """Change the settings that are given: ``{"latency_ms": 30, "throttle": {"rate": 15, "burst": 15}}``.

    A number for each action may be one for all, or an object of actions with ``default`` for the others.
    """
    unknown = settings.keys() - _SETTERS.keys()
    if unknown:
        raise ValueError(f"There is no setting {', '.join(sorted(unknown))}")
    for name, value in settings.items():
        _SETTERS[name](account, value)


def _set_per_action(setting: PerAction, value: float | Mapping[str, float]) -> None:
    if isinstance(value, int | float):
        setting.default = value
        return
    for action, number in value.items():
        if action == "default":
            setting.default = number
        else:
            setting[action] = number


def _set_throttle(account: Account, limit: Mapping[str, Any] | None) -> None:
    if limit is None:
        account.throttle.lift()
    else:
        account.throttle.limit(**limit)


def _deny(account: Account, actions: list[str]) -> None:
    account.allow_all()
    for action in actions:
        account.deny(action)


def _attribute(name: str, owner: Callable[[Account], object]) -> Callable[[Account, Any], None]:
    return lambda account, value: setattr(owner(account), name, value)


_SETTERS: dict[str, Callable[[Account, Any], None]] = {
    "assume_any_role": _attribute("assume_any_role", lambda account: account),
    "consistency_delay": lambda account, value: _set_per_action(account.consistency.delay, value),
    "deny": _deny,
    "enforce_policies": _attribute("enforce_policies", lambda account: account.authorizer),
    "latency_ms": lambda account, value: _set_per_action(account.latency_ms, value),
    "page_limit": _attribute("page_limit", lambda account: account),
    "quotas": lambda account, value: account.quotas.update(value),
    "removal_delay": lambda account, value: _set_per_action(account.consistency.removal_delay, value),
    "report_age_hours": lambda account, value: account.report.generate(value),
    "report_ready_after": _attribute("ready_after", lambda account: account.report),
    "root_mfa_active": _attribute("root_mfa_active", lambda account: account),
    "throttle": _set_throttle,
    "write_error": _attribute("write_error", lambda account: account.consistency),
}
