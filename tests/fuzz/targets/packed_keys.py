# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Packed access keys, as any host may give them."""

from __future__ import annotations

import base64
import contextlib
import json
import zlib
from typing import TYPE_CHECKING

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.packing import access_keys_of, pack

if TYPE_CHECKING:
    from pathlib import Path

_KEYS = [{"user_name": "alice", "access_key_id": "AKIAALICEALICE000001", "age_days": 209, "tags": {"team": "a"}}]

SEEDS = (
    b"t" + pack(_KEYS).encode(),
    b"j" + json.dumps(_KEYS).encode(),
    b"z" + zlib.compress(json.dumps(_KEYS).encode()),
    b"v" + json.dumps([_KEYS, 7, None]).encode(),
)
FOUND = (b"v[7]", b"v7", b"j" + b"[" * 9000)


def check(data: bytes, _room: Path) -> None:
    """Only ValueError is raised, and what is read is a list of access keys, which can be packed again."""
    form, rest = data[:1], data[1:]
    result: dict[str, object] = {"access_keys": []}
    if form == b"j":
        result["packed"] = base64.b64encode(zlib.compress(rest)).decode()
    elif form == b"z":
        result["packed"] = base64.b64encode(rest).decode()
    elif form == b"v":
        with contextlib.suppress(ValueError, RecursionError):
            result["packed"] = json.loads(rest)
    else:
        result["packed"] = rest.decode("latin-1")
    try:
        keys = access_keys_of(result)
    except ValueError as error:
        assert str(error)
        return
    assert isinstance(keys, list)
    assert all(isinstance(key, dict) for key in keys)
    assert access_keys_of({"packed": pack(keys)}) == keys or b"NaN" in rest or form != b"j"
