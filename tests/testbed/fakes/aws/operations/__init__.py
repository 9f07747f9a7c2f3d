# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The actions of IAM and STS. Importing the modules registers them."""

from __future__ import annotations

from testbed.fakes.aws.operations import (
    access_keys,
    account_wide,
    attachments,
    credential_reports,
    groups,
    inline_policies,
    other_credentials,
    policies,
    roles,
    sessions,
    tags,
    users,
)
from testbed.fakes.aws.operations.registry import find

__all__ = [
    "access_keys",
    "account_wide",
    "attachments",
    "credential_reports",
    "find",
    "groups",
    "inline_policies",
    "other_credentials",
    "policies",
    "roles",
    "sessions",
    "tags",
    "users",
]
