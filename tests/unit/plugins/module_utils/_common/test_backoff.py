# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.keyward.iam.plugins.module_utils._common.backoff import (
    LONGEST_RETRY_AFTER,
    pauses,
    retry_after,
)

_NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


def test_pauses_double_up_to_the_longest_and_are_shortened_at_random() -> None:
    for pause, full in zip(itertools.islice(pauses(1, 6), 6), (1, 2, 4, 6, 6, 6), strict=True):
        assert full / 2 <= pause <= full
    assert len({next(pauses(1, 6)) for _attempt in range(20)}) > 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        (" 30 ", 30),
        ("Tue, 14 Nov 2023 22:14:20 GMT", 60),
        ("Tue, 14 Nov 2023 22:14:20 -0000", 60),
        ("Tuesday, 14-Nov-23 22:14:20 GMT", 60),
        ("Tue, 14 Nov 2023 23:14:20 +0100", 60),
        ("Tue, 14 Nov 2023 22:12:20 GMT", 0),
    ],
)
def test_a_server_asks_in_seconds_or_by_a_date(header: str, seconds: float) -> None:
    assert retry_after(header, _NOW) == seconds


@pytest.mark.parametrize("header", ["9" * 400, "9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT", "1000000000000"])
def test_an_absurd_time_is_bounded(header: str) -> None:
    assert retry_after(header, _NOW) == LONGEST_RETRY_AFTER


@pytest.mark.parametrize(
    "header",
    [None, "", "inf", "Infinity", "nan", "-1", "+5", "1e9", "soon", "٣", "1,5", "Tue, 99 Nov 2023", "0x10", "\0"],
)
def test_what_is_neither_asks_for_nothing(header: str | None) -> None:
    assert retry_after(header, _NOW) is None


@given(st.text())
def test_no_header_does_harm(header: str) -> None:
    seconds = retry_after(header)
    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER
