# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Ready-made accounts. Ages are relative to today and everything else is the same in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from testbed.fakes.aws.documents import Document

PRODUCTION, STAGING = "111122223333", "444455556666"

_PROBE_POLICY = {"name": "demo-us-east-1-awsiam-testpolicy", "path": "/AwsIamMonitorTestPolicies/"}


def demo() -> Document:
    """A company's two accounts, with what one finds in such: forgotten keys, toggled keys, a key of the root user."""
    return {"accounts": [_production(), _staging()]}


def _production() -> Document:
    return {
        "id": PRODUCTION,
        "alias": "example-production",
        "policies": [_PROBE_POLICY],
        "root_keys": [_key(412, used=198, service="iam")],
        "users": [
            _user("ada.okafor", _key(12, used=0)),
            _user("bjorn.lind", _key(47, used=1, service="ec2")),
            _user("chen.wei", _key(161, used=2, service="lambda"), owner="shop"),
            _user("deploy-bot", _key(209, used=0, service="sts"), _key(3, used=0), path="/service/", owner="infra"),
            _user("elena.popescu", _key(176, used=15), _key(402, used=390, status="Inactive")),
            _user("farid.haddad", _key(388, used=4, service="dynamodb", changed=20), owner="data"),
            _user("grace.mbeki"),
            _user("hugo.martin", _key(95)),
            _user("invoice-export", _key(341, used=1), path="/service/", owner="sales"),
            _user("jun.tanaka", _key(30, used=3), _key(152, used=33)),
            _user("kavya.rao", _key(180, used=6, service="cloudformation")),
            _user("legacy-backup", _key(412, used=275), path="/service/", owner="infra"),
        ],
    }


def _staging() -> Document:
    return {
        "id": STAGING,
        "alias": "example-staging",
        "policies": [_PROBE_POLICY],
        "roles": [{"name": "keyward-collector"}],
        "users": [
            _user("ada.okafor", _key(8, used=1)),
            _user("chen.wei", _key(118, used=9), owner="shop"),
            _user("ci-runner", _key(187, used=0, service="ecr"), path="/service/", owner="infra"),
            _user("jun.tanaka", _key(66, used=2)),
            _user("load-test", _key(233, status="Inactive", used=229), path="/service/", owner="infra"),
            _user("maria.silva", _key(155, used=5)),
        ],
    }


def _user(name: str, *keys: Document, path: str = "/people/", owner: str = "web") -> Document:
    return {"name": name, "path": path, "tags": {"owner": owner}, "keys": list(keys)}


def _key(
    age: float, *, used: float | None = None, service: str = "s3", status: str = "Active", changed: float | None = None
) -> Document:
    key: dict[str, Any] = {"age_days": age, "status": status, "last_used_service": service}
    if used is not None:
        key["last_used_days"] = used
    if changed is not None:
        key["changed_days"] = changed
    return key
