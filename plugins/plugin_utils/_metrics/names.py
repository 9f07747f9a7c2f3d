# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The names of all metrics. Nothing else in the collection spells them but the templates of dashboards and alerts, which
the tests hold against these.
"""

from __future__ import annotations

KEY_AGE = "aws.iam.accessKey"
KEY_LAST_USED = "aws.iam.accessKey.lastUsed"

COLLECTOR_SUCCESS = "aws.iam.collector.success"
COLLECTOR_USERS = "aws.iam.collector.users"
COLLECTOR_KEYS = "aws.iam.collector.keys"
COLLECTOR_API_CALLS = "aws.iam.collector.apiCalls"
COLLECTOR_DURATION = "aws.iam.collector.duration"
COLLECTOR_REPORT_AGE = "aws.iam.collector.reportAge"
COLLECTOR_EXPIRED = "aws.iam.collector.expired"
COLLECTOR_EXPIRING = "aws.iam.collector.expiring"
COLLECTOR_EXEMPT = "aws.iam.collector.exempt"
COLLECTOR_REACTIVATED = "aws.iam.collector.reactivated"
COLLECTOR_ROOT_KEYS = "aws.iam.collector.rootKeys"

PROBE_DURATION = "aws.iam.probe.duration"
PROBE_PROPAGATION = "aws.iam.probe.propagation"
PROBE_SUCCESS = "aws.iam.probe.success"
PROBE_STATE = "aws.iam.probe.state"
PROBE_LEFTOVERS = "aws.iam.probe.leftovers"
PROBE_SWEPT = "aws.iam.probe.swept"

DELIVERY_POINTS = "aws.iam.delivery.points"
DELIVERY_REQUESTS = "aws.iam.delivery.requests"
