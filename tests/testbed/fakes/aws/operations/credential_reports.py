# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The credential report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from testbed.fakes.aws.operations.registry import iam

if TYPE_CHECKING:
    from testbed.fakes.aws.call import Call


@iam
def generate_credential_report(call: Call) -> dict[str, str]:
    return call.account.report.request()


@iam
def get_credential_report(call: Call) -> dict[str, Any]:
    report = call.account.report.fetch()
    return {"Content": report.content, "ReportFormat": "text/csv", "GeneratedTime": report.generated}
