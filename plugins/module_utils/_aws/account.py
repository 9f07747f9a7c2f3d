# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Tells which account and partition a profile is in."""

from __future__ import annotations

import re
import typing as t

from .boto import Config

if t.TYPE_CHECKING:
    from .session import ProfileSession

CONTROL_PLANE_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""Where IAM is, per partition."""

_ARN = re.compile(r"arn:(?P<partition>aws[a-z-]*):(?:iam|sts)::(?P<account_id>\d{12}):")


class Account(t.NamedTuple):
    account_id: str | None
    partition: str | None

    @property
    def control_plane_region(self) -> str:
        return CONTROL_PLANE_REGIONS.get(self.partition or "aws", CONTROL_PLANE_REGIONS["aws"])


UNKNOWN_ACCOUNT = Account(None, None)


def account_in(text: str | None) -> Account | None:
    """The account of the first IAM or STS ARN in a text."""
    arn = _ARN.search(text or "")
    return Account(arn["account_id"], arn["partition"]) if arn else None


def ask_account(session: ProfileSession) -> Account:
    """Asks STS, which every identity may. One short try: it is the last resort, and IAM may be all there is."""
    sts = session.create_client(
        "sts", config=Config(connect_timeout=5, read_timeout=5, retries={"total_max_attempts": 1})
    )
    return account_in(sts.get_caller_identity()["Arn"]) or UNKNOWN_ACCOUNT
