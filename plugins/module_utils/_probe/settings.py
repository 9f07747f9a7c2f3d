# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the probe is told, and what it calls the user and the group that it makes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import secrets
import typing as t

from .._access_keys.model import iso
from .._aws.errors import UserError

_NAMESPACE = re.compile(r"[\w+=.@-]{1,42}", re.ASCII)
"""
What both names and tags may hold. Of the 64 characters of a user's name, all but the namespace takes 22.
"""

_SUFFIX = re.compile(r"[0-9a-z]+")
"""
Without a dash, so that the name before the last dash is that of one namespace and no other.
Metrist's own monitor has suffixes like this, so its leftovers are swept as well.
"""

_PATH = re.compile(r"/|/[!-~]{1,510}/")


@dataclasses.dataclass(frozen=True)
class ProbeSettings:
    """The options of keyward.iam.probe that are not about the connection or the states. Times are in seconds."""

    namespace: str
    policy_arn: str | None = None
    user_path: str = "/AwsIamMonitorTestUsers/"
    group_path: str = "/AwsIamMonitorTestGroups/"
    step_timeout: float = 60
    consistency_timeout: float = 30
    sweep_after: float = 3600

    def check(self) -> None:
        """Raises UserError for what IAM would not take, or what could never end."""
        if not _NAMESPACE.fullmatch(self.namespace):
            raise _invalid(f"namespace '{self.namespace}' must be 1 to 42 letters, digits and characters of _+=.@-")
        for option in ("user_path", "group_path"):
            if not _PATH.fullmatch(getattr(self, option)):
                raise _invalid(
                    f"{option} '{getattr(self, option)}' must begin and end with a slash, and have no blanks"
                )
        if self.step_timeout <= 0:
            raise _invalid(f"step_timeout ({self.step_timeout:g}) must be more than 0")
        for option in ("consistency_timeout", "sweep_after"):
            if getattr(self, option) < 0:
                raise _invalid(f"{option} ({getattr(self, option):g}) must not be negative")


def _invalid(sentence: str) -> UserError:
    return UserError("InvalidOption", sentence)


class Names:
    """The names of one run's user and group, which no other run has."""

    def __init__(self, settings: ProbeSettings) -> None:
        suffix = secrets.token_hex(6)
        self.user = f"{_prefix('user', settings.namespace)}-{suffix}"
        self.group = f"{_prefix('group', settings.namespace)}-{suffix}"


def is_of_namespace(kind: str, name: str, namespace: str) -> bool:
    """Whether a run of this namespace, and of no other, named a C(user) or C(group) so."""
    prefix, dash, suffix = name.rpartition("-")
    return bool(dash) and prefix == _prefix(kind, namespace) and _SUFFIX.fullmatch(suffix) is not None


def _prefix(kind: str, namespace: str) -> str:
    return f"test{kind}-{namespace}"


def tags(namespace: str, now: dt.datetime) -> list[dict[str, str]]:
    """Tells whoever finds the user what it is. IAM gives groups no tags."""
    facts = {"created-by": "keyward.iam.probe", "namespace": namespace, "created-at": iso(now)}
    return [{"Key": key, "Value": value} for key, value in facts.items()]


def default_policy_arn(partition: str, account_id: str, namespace: str, region: str | None) -> str:
    """The policy that keyward.iam.bootstrap makes."""
    return f"arn:{partition}:iam::{account_id}:policy/AwsIamMonitorTestPolicies/{namespace}-{region}-awsiam-testpolicy"


Kind = t.Literal["user", "group"]


class Entity(t.NamedTuple):
    """A user or group that the probe made."""

    kind: Kind
    name: str
