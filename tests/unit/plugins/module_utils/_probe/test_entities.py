# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.keyward.iam.plugins.module_utils._probe.entities import (
    Names,
    is_of_namespace,
    is_tagged_by_probe,
    tags,
)

namespaces = st.text("ab-_=.@+1", min_size=1, max_size=42)
NOW = datetime(2026, 11, 26, tzinfo=UTC)


@given(namespaces, namespaces)
def test_a_name_is_of_its_own_namespace_only(namespace: str, other: str) -> None:
    names = Names(namespace)
    assert is_of_namespace("user", names.user, namespace)
    assert is_of_namespace("group", names.group, namespace)
    assert is_of_namespace("user", names.user, other) == (namespace == other)


@given(namespaces)
def test_iam_takes_the_names(namespace: str) -> None:
    names = Names(namespace)
    assert len(names.user) <= 64
    assert len(names.group) <= 128


def test_no_two_runs_have_the_same_names() -> None:
    assert len({Names("lab").user for _unused in range(1000)}) == 1000


@pytest.mark.parametrize(
    "name",
    [
        "testuser-lab",
        "testuser-lab-",
        "testgroup-lab-0123456789ab",
        "testuser-lab2-0123456789ab",
        "lab-0123456789ab",
        "",
        "testuser-lab-alice",
        "testuser-lab-2",
        "testuser-lab-backup2024",
        "testuser-lab-0123456789AB",
        "testuser-lab-0123456789a",
        "testuser-lab-0123456789abc",
        "testuser-lab-0123456789ab\n",
        "testuser-lab-deployment12",
    ],
)
def test_what_is_nearly_a_name(name: str) -> None:
    assert not is_of_namespace("user", name, "lab")


@pytest.mark.parametrize(
    ("found", "own"),
    [
        (tags("lab", NOW), True),
        ([*tags("lab", NOW), {"Key": "cost-center", "Value": "42"}], True),
        ([], True),
        (tags("lab2", NOW), False),
        ([{"Key": "owner", "Value": "alice"}], False),
        ([{"Key": "created-by", "Value": "keyward.iam.probe"}], False),
        ([{"Key": "created-by", "Value": "terraform"}, {"Key": "namespace", "Value": "lab"}], False),
    ],
)
def test_tags_tell_a_probes_user_from_a_persons(found: list[dict[str, str]], own: bool) -> None:  # noqa: FBT001
    assert is_tagged_by_probe(found, "lab") is own
