# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The policies that the role bootstrap gives, as it renders them, for tests that do not run it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

if TYPE_CHECKING:
    from collections.abc import Iterable

TEMPLATES = Path(__file__).resolve().parents[3] / "roles" / "bootstrap" / "templates" / "policies"


def document(
    purpose: str,
    account_id: str,
    namespace: str = "lab",
    region: str = "us-east-1",
    optional_rights: Iterable[str] = (),
) -> str:
    """
    The policy of the ``collector`` or the ``probe``, or the ``test`` policy that the probe attaches. Some options need
    the optional rights of the collector.
    """
    templates = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 - no HTML
    templates.filters["to_json"] = json.dumps
    return templates.from_string((TEMPLATES / f"{purpose}.json.j2").read_text(encoding="utf-8")).render(
        __keyward_optional_rights=list(optional_rights),
        __keyward_partition="aws",
        __keyward_account=account_id,
        __keyward_namespace=namespace,
        __keyward_user_path="/AwsIamMonitorTestUsers/",
        __keyward_group_path="/AwsIamMonitorTestGroups/",
        __keyward_test_policy_arn=attached_policy_arn(account_id, namespace, region),
    )


def attached_policy_arn(account_id: str, namespace: str = "lab", region: str = "us-east-1") -> str:
    return f"arn:aws:iam::{account_id}:policy/AwsIamMonitorTestPolicies/{namespace}-{region}-awsiam-testpolicy"
