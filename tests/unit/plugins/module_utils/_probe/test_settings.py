# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import UserError
from ansible_collections.keyward.iam.plugins.module_utils._probe.settings import ProbeSettings


@pytest.mark.parametrize("namespace", ["", 43 * "a", "a b", "a/b", "ä", "a,b", "a\n"])
def test_namespaces_that_iam_would_not_take(namespace: str) -> None:
    with pytest.raises(UserError, match="must be 1 to 42 letters"):
        ProbeSettings(namespace)


@pytest.mark.parametrize("path", ["/", "/a/", "/a/b/"])
def test_paths(path: str) -> None:
    ProbeSettings("lab", user_path=path, group_path=path)


@pytest.mark.parametrize("path", ["", "a/", "/a", "/a b/", "/ä/"])
def test_paths_that_iam_would_not_take(path: str) -> None:
    with pytest.raises(UserError, match="must begin and end with a slash"):
        ProbeSettings("lab", user_path=path)


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("group_path", "/a b/", "group_path '/a b/' must begin and end with a slash, and have no blanks"),
        *(
            (option, value, f"{option} .* must be between ")
            for option in ("step_timeout", "consistency_timeout", "sweep_after")
            for value in (-1, -0.5, float("inf"), float("-inf"), float("nan"), 1e12)
        ),
        ("step_timeout", 0, r"step_timeout \(0\) must be between 0.001 and 3600"),
    ],
)
def test_other_options_that_do_not_fit(option: str, value: Any, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        replace(ProbeSettings("lab"), **{option: value})
