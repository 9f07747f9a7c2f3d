# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import UserError
from ansible_collections.keyward.iam.plugins.module_utils._probe.settings import Names, ProbeSettings, is_of_namespace

namespaces = st.text("ab-_=.@+1", min_size=1, max_size=42)


@given(namespaces, namespaces)
def test_a_name_is_of_its_own_namespace_only(namespace: str, other: str) -> None:
    settings = ProbeSettings(namespace)
    settings.check()
    names = Names(settings)
    for kind, name in (("user", names.user), ("group", names.group)):
        assert is_of_namespace(kind, name, namespace)
        assert is_of_namespace(kind, name, other) == (namespace == other)


@given(namespaces)
def test_iam_takes_the_names(namespace: str) -> None:
    names = Names(ProbeSettings(namespace))
    assert len(names.user) <= 64
    assert len(names.group) <= 128


def test_no_two_runs_have_the_same_names() -> None:
    settings = ProbeSettings("lab")
    assert len({Names(settings).user for _unused in range(1000)}) == 1000


@pytest.mark.parametrize("name", ["testuser-lab", "testuser-lab-", "testgroup-lab-0", "testuser-lab2-0", "lab-0", ""])
def test_what_is_nearly_a_name(name: str) -> None:
    assert not is_of_namespace("user", name, "lab")


@pytest.mark.parametrize("namespace", ["", 43 * "a", "a b", "a/b", "ä", "a,b", "a\n"])
def test_namespaces_that_iam_would_not_take(namespace: str) -> None:
    with pytest.raises(UserError, match="must be 1 to 42 letters"):
        ProbeSettings(namespace).check()


@pytest.mark.parametrize("path", ["/", "/a/", "/a/b/"])
def test_paths(path: str) -> None:
    ProbeSettings("lab", user_path=path, group_path=path).check()


@pytest.mark.parametrize("path", ["", "a/", "/a", "/a b/", "/ä/"])
def test_paths_that_iam_would_not_take(path: str) -> None:
    with pytest.raises(UserError, match="must begin and end with a slash"):
        ProbeSettings("lab", user_path=path).check()


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("group_path", "/a b/", "group_path '/a b/' must begin and end with a slash, and have no blanks"),
        ("step_timeout", 0, r"step_timeout \(0\) must be more than 0"),
        ("consistency_timeout", -0.5, r"consistency_timeout \(-0.5\) must not be negative"),
        ("sweep_after", -1, r"sweep_after \(-1\) must not be negative"),
    ],
)
def test_other_options_that_do_not_fit(option: str, value: Any, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        replace(ProbeSettings("lab"), **{option: value}).check()
