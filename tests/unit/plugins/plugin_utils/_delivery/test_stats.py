# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The counts of a delivery add up, subtract, and become one sentence."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.stats import DeliveryStats


@pytest.mark.parametrize(
    ("stats", "waiting", "sentence"),
    [
        (DeliveryStats(), 0, "0 points delivered in 0 requests, 0 invalid, 0 in the journal"),
        (
            DeliveryStats(delivered=1, requests=1),
            2,
            "1 point delivered in 1 request, 0 invalid, 2 in the journal",
        ),
        (
            DeliveryStats(rejected=Counter({"WF-300": 2, "value": 3}), dropped=4, adjusted=5, failed_requests=1),
            None,
            (
                "0 points delivered in 0 requests, 5 invalid (3 value, 2 WF-300), the journal cannot be read, "
                "4 dropped, 5 adjusted, 1 request failed"
            ),
        ),
    ],
)
def test_the_sentence_names_what_is_unusual_only_if_it_happened(
    stats: DeliveryStats, waiting: int | None, sentence: str
) -> None:
    assert stats.sentence(waiting) == sentence


def test_what_was_added_is_what_changed_since() -> None:
    stats = DeliveryStats(delivered=3, rejected=Counter(value=1))
    before = stats.copy()
    added = DeliveryStats(delivered=2, requests=1, rejected=Counter(value=1, timestamp=2), dropped=1)
    stats.add(added)
    assert stats.since(before) == added
    assert before == DeliveryStats(delivered=3, rejected=Counter(value=1))
    assert stats.outcomes == {"delivered": 5, "invalid": 4, "dropped": 1}


def test_counts_pass_from_a_worker_as_json() -> None:
    stats = DeliveryStats(
        delivered=1,
        requests=2,
        rejected=Counter(value=3),
        rejected_of_this_run=1,
        dropped=4,
        dropped_of_this_run=2,
        adjusted=5,
        failed_requests=6,
    )
    again = DeliveryStats.from_dict(json.loads(json.dumps(stats.as_dict())))
    assert again == stats
    assert again.invalid == 3
    again.add(stats)
    assert (again.delivered, again.invalid, stats.invalid) == (2, 6, 3)


def test_a_copy_does_not_change_with_what_it_was_made_of() -> None:
    stats = DeliveryStats(rejected=Counter(value=1))
    copy = stats.copy()
    stats.rejected["value"] += 1
    stats.delivered += 1
    assert copy == DeliveryStats(rejected=Counter(value=1))


def test_a_run_begins_with_nothing() -> None:
    assert {name: value for name, value in DeliveryStats().as_dict().items() if value} == {}
