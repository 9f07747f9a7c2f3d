# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The options of the probe, and the values that they may have."""

from __future__ import annotations

import dataclasses
import re

from .._aws.errors import UserError

_NAMESPACE = re.compile(r"[\w+=.@-]{1,42}", re.ASCII)
"""
What both names and tags may hold. Of the 64 characters of a user's name, all but the namespace takes 22.
"""

_PATH = re.compile(r"/|/[!-~]{1,510}/")

_RANGES = {
    "step_timeout": (0.001, 3600),
    "consistency_timeout": (0, 3600),
    "sweep_after": (0, 1_000_000_000),
}
"""In seconds. What is longer could not end a run, or is before the beginning of the calendar."""


@dataclasses.dataclass(frozen=True)
class ProbeSettings:
    """
    The options of keyward.iam.probe that are not about the connection or the states. Times are in seconds.

    Raises UserError for what IAM would refuse, and for what could never end.
    """

    namespace: str
    policy_arn: str | None = None
    user_path: str = "/AwsIamMonitorTestUsers/"
    group_path: str = "/AwsIamMonitorTestGroups/"
    step_timeout: float = 60
    consistency_timeout: float = 30
    sweep_after: float = 3600

    def __post_init__(self) -> None:
        if not _NAMESPACE.fullmatch(self.namespace):
            raise invalid_option(
                f"namespace '{self.namespace}' must be 1 to 42 letters, digits and characters of _+=.@-"
            )
        for option in ("user_path", "group_path"):
            if not _PATH.fullmatch(getattr(self, option)):
                raise invalid_option(
                    f"{option} '{getattr(self, option)}' must begin and end with a slash, and have no blanks"
                )
        for option, (least, most) in _RANGES.items():
            check_range(option, getattr(self, option), least, most)


def check_range(option: str, value: float, least: float, most: float) -> None:
    """Raises UserError, also for what is no number."""
    if not least <= value <= most:
        raise invalid_option(f"{option} ({value:g}) must be between {least:g} and {most:.0f}")


def invalid_option(sentence: str) -> UserError:
    return UserError("InvalidOption", sentence)


def default_policy_arn(partition: str, account_id: str, namespace: str, region: str | None) -> str:
    """The policy that keyward.iam.bootstrap makes."""
    return f"arn:{partition}:iam::{account_id}:policy/AwsIamMonitorTestPolicies/{namespace}-{region}-awsiam-testpolicy"
