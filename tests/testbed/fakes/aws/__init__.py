# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A test AWS: IAM and STS as clients meet them, with paging, throttling, late consistency and every kind of fault.

::

    with AwsEndpoint() as aws:
        account = aws.account("111122223333")
        account.add_user("alice", path="/eng/", keys=[Key(age_days=200, last_used_days=3)])
        account.throttle.limit(rate=15, burst=15)
        aws.faults.error("ListUsers", "ServiceFailure", times=1)
        client = boto3.client("iam", endpoint_url=aws.url, **account.admin_credentials.client_options())
"""

from __future__ import annotations

from testbed.fakes.aws.account import Account, Key
from testbed.fakes.aws.calls import CallRecord
from testbed.fakes.aws.credentials import Credentials
from testbed.fakes.aws.endpoint import AwsEndpoint
from testbed.fakes.aws.faults import Fault

__all__ = ["Account", "AwsEndpoint", "CallRecord", "Credentials", "Fault", "Key"]
