# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery import self_metrics
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.self_metrics import SelfMetrics
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.stats import DeliveryStats
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names


@pytest.mark.parametrize(
    ("stats", "told"),
    [
        (DeliveryStats(), False),
        (DeliveryStats(failed_requests=3, adjusted=2), False),
        (DeliveryStats(delivered=1), True),
        (DeliveryStats(rejected=Counter({"WF-300": 1})), True),
        (DeliveryStats(dropped=1), True),
        (DeliveryStats(requests=1), True),
    ],
)
def test_a_run_that_did_nothing_has_nothing_to_tell(stats: DeliveryStats, *, told: bool) -> None:
    assert SelfMetrics().unreported(stats) == (stats if told else None)


def test_what_was_told_is_not_told_again() -> None:
    metrics = SelfMetrics()
    metrics.reported.add(DeliveryStats(delivered=3, requests=1))
    assert metrics.unreported(DeliveryStats(delivered=3, requests=1)) is None
    assert metrics.unreported(DeliveryStats(delivered=5, requests=2)) == DeliveryStats(delivered=2, requests=1)


def test_each_outcome_is_a_point_of_the_delivery_s_own() -> None:
    stats = DeliveryStats(delivered=7, requests=2, rejected=Counter(a=2, b=1), dropped=4)
    points = SelfMetrics().points(stats)
    assert [(point.metric, point.value, point.tags) for point in points] == [
        (names.DELIVERY_POINTS, 7, {"outcome": "delivered"}),
        (names.DELIVERY_POINTS, 3, {"outcome": "invalid"}),
        (names.DELIVERY_POINTS, 4, {"outcome": "dropped"}),
        (names.DELIVERY_REQUESTS, 2, {}),
    ]
    assert all(point.own for point in points)


def test_two_reports_never_have_one_timestamp(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.9]
    monkeypatch.setattr(self_metrics, "time", SimpleNamespace(time=lambda: now[0]))
    metrics = SelfMetrics()

    def timestamps() -> set[int]:
        return {point.timestamp for point in metrics.points(DeliveryStats(delivered=1))}

    assert [timestamps(), timestamps()] == [{100}, {101}]
    now[0] = 50.0
    assert timestamps() == {102}
    now[0] = 200.0
    assert timestamps() == {200}
    assert metrics.reported_at == 200
