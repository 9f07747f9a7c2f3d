# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The names of all metrics. Nothing else in the collection spells them but the templates of dashboards and alerts, which
the tests hold against these.
"""

from __future__ import annotations

import typing as t

KEY_AGE = "aws.iam.accessKey"
KEY_LAST_USED = "aws.iam.accessKey.lastUsed"
CREDENTIAL_AGE = "aws.iam.credential.age"

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
COLLECTOR_CACHED = "aws.iam.collector.cached"

PROBE_DURATION = "aws.iam.probe.duration"
PROBE_PROPAGATION = "aws.iam.probe.propagation"
PROBE_SUCCESS = "aws.iam.probe.success"
PROBE_STATE = "aws.iam.probe.state"
PROBE_LEFTOVERS = "aws.iam.probe.leftovers"
PROBE_SWEPT = "aws.iam.probe.swept"

DELIVERY_POINTS = "aws.iam.delivery.points"
DELIVERY_REQUESTS = "aws.iam.delivery.requests"

# Where points have no timestamps of their own, the time of a collection is a metric.
COLLECTOR_TIMESTAMP = "aws.iam.collector.timestamp"
COLLECTOR_FAILURE = "aws.iam.collector.failureTimestamp"
PROBE_TIMESTAMP = "aws.iam.probe.timestamp"
PROBE_FAILURE = "aws.iam.probe.failureTimestamp"
PROBE_PREFIX = "aws.iam.probe."


class Description(t.NamedTuple):
    """What a metric is to those who name it otherwise, or want to know its unit."""

    unit: str
    """As OpenTelemetry writes it: d, ms, s, or 1 for a number without one."""
    prometheus: str
    """Its name there, where times are in seconds."""
    meaning: str


DESCRIPTIONS: dict[str, Description] = {
    KEY_AGE: Description("d", "aws_iam_access_key_age_days", "Age of an access key."),
    KEY_LAST_USED: Description("d", "aws_iam_access_key_last_used_days", "Time since an access key was last used."),
    CREDENTIAL_AGE: Description(
        "d", "aws_iam_credential_age_days", "Age of a password, certificate or other credential."
    ),
    COLLECTOR_SUCCESS: Description("1", "aws_iam_collector_success", "Whether a profile was read whole."),
    COLLECTOR_USERS: Description("1", "aws_iam_collector_users", "Users of a profile's account."),
    COLLECTOR_KEYS: Description("1", "aws_iam_collector_access_keys", "Access keys of a profile's account."),
    COLLECTOR_EXPIRED: Description("1", "aws_iam_collector_expired", "Active access keys over their age limit."),
    COLLECTOR_EXPIRING: Description("1", "aws_iam_collector_expiring", "Active access keys near their age limit."),
    COLLECTOR_EXEMPT: Description("1", "aws_iam_collector_exempt", "Access keys of exempt users."),
    COLLECTOR_REACTIVATED: Description(
        "1", "aws_iam_collector_reactivated", "Access keys that were changed after their creation."
    ),
    COLLECTOR_ROOT_KEYS: Description("1", "aws_iam_collector_root_keys", "Access keys of the root user."),
    COLLECTOR_CACHED: Description("1", "aws_iam_collector_cached", "Access keys that were not listed anew."),
    COLLECTOR_API_CALLS: Description("1", "aws_iam_collector_api_calls", "Requests sent to AWS for a profile."),
    COLLECTOR_DURATION: Description("ms", "aws_iam_collector_duration_seconds", "Time it took to read a profile."),
    COLLECTOR_REPORT_AGE: Description("s", "aws_iam_collector_report_age_seconds", "Age of the credential report."),
    PROBE_DURATION: Description("ms", "aws_iam_probe_duration_seconds", "Time of a step's successful or last call."),
    PROBE_PROPAGATION: Description(
        "ms", "aws_iam_probe_propagation_seconds", "Time until IAM saw everywhere what a step needs."
    ),
    PROBE_SUCCESS: Description("1", "aws_iam_probe_success", "Whether a step of the IAM probe succeeded."),
    PROBE_STATE: Description("1", "aws_iam_probe_state", "State of a step: 0 up, 1 degraded, 2 down, 3 misconfigured."),
    PROBE_LEFTOVERS: Description("1", "aws_iam_probe_leftovers", "Entities that a run of the IAM probe left behind."),
    PROBE_SWEPT: Description("1", "aws_iam_probe_swept", "Entities of earlier runs that the IAM probe removed."),
    DELIVERY_POINTS: Description("1", "aws_iam_delivery_points", "Points of a run, by what became of them."),
    DELIVERY_REQUESTS: Description("1", "aws_iam_delivery_requests", "Accepted requests of a run."),
}

PROMETHEUS_ONLY: dict[str, Description] = {
    COLLECTOR_TIMESTAMP: Description(
        "s", "aws_iam_collector_timestamp_seconds", "Time of the last collection of a profile that succeeded."
    ),
    COLLECTOR_FAILURE: Description(
        "s", "aws_iam_collector_failure_timestamp_seconds", "Time of the last collection of a profile, if it failed."
    ),
    PROBE_TIMESTAMP: Description("s", "aws_iam_probe_timestamp_seconds", "Time of the last run of the IAM probe."),
    PROBE_FAILURE: Description(
        "s", "aws_iam_probe_failure_timestamp_seconds", "Time of the last run of the IAM probe, if it crashed."
    ),
}
