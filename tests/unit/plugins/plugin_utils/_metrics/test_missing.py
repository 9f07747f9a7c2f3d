# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Results that never became points are named in one sentence each, with what to do."""

from __future__ import annotations

from collections import Counter

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.missing import Missing


def test_nothing_missing_has_no_sentence() -> None:
    assert list(Missing().sentences()) == []


def test_each_kind_has_a_sentence_in_the_right_number() -> None:
    one = list(Missing(Counter(probe=1), Counter(probe=1), 1).sentences())
    assert [sentence.split(".")[0] for sentence in one] == [
        "1 result of probe is hidden by no_log and gives no points",
        "1 result of probe could not be turned into points",
        "1 asynchronous job of keyward",
    ]
    assert "was not fetched" in one[2]
    several = " ".join(Missing(Counter(probe=2), Counter(probe=2), 2).sentences())
    assert "are hidden by no_log and give no points. Remove no_log" in several
    for part in ("2 results of probe are hidden", "2 results of probe could not", "2 asynchronous jobs", "were not"):
        assert part in several
