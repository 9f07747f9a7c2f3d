# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import base64
import json
import random
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.keyward.iam.plugins.module_utils._access_keys import packing
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.packing import access_keys_of, pack, unpack

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)


@given(st.lists(st.dictionaries(st.text(), JSON)))
def test_what_is_packed_comes_back(keys: list[dict[str, Any]]) -> None:
    assert unpack(pack(keys)) == keys
    assert access_keys_of({"access_keys": [], "packed": pack(keys)}) == keys


def test_it_is_read_as_the_documentation_says() -> None:
    content = zlib.decompress(base64.b64decode(pack([{"user_name": "größe", "age_days": 3}])))
    assert json.loads(content) == [{"user_name": "größe", "age_days": 3}]
    assert "größe".encode() in content


def test_without_it_the_list_is_what_there_is() -> None:
    assert access_keys_of({"access_keys": [{"a": 1}]}) == [{"a": 1}]


@pytest.mark.parametrize(
    "text",
    [
        "no base64!",
        base64.b64encode(b"not compressed").decode(),
        base64.b64encode(zlib.compress(b"[1]")[:-2]).decode(),
        base64.b64encode(zlib.compress(b"{}")).decode(),
        base64.b64encode(zlib.compress(b"[1]")).decode(),
        base64.b64encode(zlib.compress(b"no json")).decode(),
        base64.b64encode(zlib.compress(b"\xff")).decode(),
        base64.b64encode(zlib.compress(b"[" * 100_000)).decode(),
        7,
        ["a"],
        {"a": 1},
        pack([{"a": 1}]) + "\n!",
    ],
)
def test_anything_else_is_a_value_error(text: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack(text)


def test_no_text_takes_more_memory_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1e9 <= packing._MOST_BYTES < 1.1e9
    text = pack([{"a": "x" * 1000}])
    assert unpack(text)
    monkeypatch.setattr(packing, "_MOST_BYTES", 1000)
    with pytest.raises(ValueError, match="more than 1 GB"):
        unpack(text)


def test_ten_thousand_keys_are_under_five_hundred_bytes_each() -> None:
    chosen = random.Random(7)  # noqa: S311 - the ids are those of nobody
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    keys = [
        {
            "account_id": "111122223333",
            "partition": "aws",
            "profile": "production",
            "region": "us-west-2",
            "user_name": f"user-{number}",
            "user_arn": f"arn:aws:iam::111122223333:user/engineering/user-{number}",
            "user_path": "/engineering/",
            "status": "Active",
            "root": False,
            "exempt": False,
            "access_key_id": "AKIA" + "".join(chosen.choices(letters, k=16)),
            "create_date": f"2026-{chosen.randint(1, 9):02}-{chosen.randint(10, 28)}T09:15:{chosen.randint(10, 59)}Z",
            "age_days": chosen.randint(0, 300),
        }
        for number in range(10_000)
    ]
    assert len(pack(keys)) / len(keys) < 100
