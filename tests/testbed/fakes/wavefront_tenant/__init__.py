# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A test tenant of Wavefront: version 2 of its REST API, as much of it as dashboards and alerts take.

::

    with WavefrontTenant(token="a-token") as tenant:
        tenant.lag(0.5)
        tenant.answers(status(429, retry_after=1))
        requests.post(tenant.url + "/api/v2/alert", ...)
        assert [alert["name"] for alert in tenant.alerts.values()] == ["AWS IAM is down"]

What it rejects, the vendor's own models reject, or they have no such field.
"""

from __future__ import annotations

from .models import InvalidError
from .tenant import WavefrontTenant

__all__ = ["InvalidError", "WavefrontTenant"]
