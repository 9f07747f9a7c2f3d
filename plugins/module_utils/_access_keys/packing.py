# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Many access keys as one value: Ansible looks at every value of a result several times, which costs more than the keys.

The text is the Base64 of the zlib-compressed JSON of the list, in UTF-8.
"""

from __future__ import annotations

import base64
import json
import typing as t
import zlib

_MOST_BYTES = 1 << 30
"""More than a million keys need; a text from a host may claim any size."""


def pack(keys: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    """The text of a list of access keys as the module returns them."""
    content = json.dumps(keys, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return base64.b64encode(zlib.compress(content)).decode()


def unpack(text: t.Any) -> list[dict[str, t.Any]]:
    """The list again. Raises ValueError for what is no such text."""
    decompressor = zlib.decompressobj()
    try:
        content = decompressor.decompress(base64.b64decode(text, validate=True), _MOST_BYTES)
    except (TypeError, zlib.error) as error:
        raise ValueError(f"packed access keys cannot be read: {error}") from None
    if not decompressor.eof:
        raise ValueError("packed access keys are not complete, or more than 1 GB")
    try:
        keys = json.loads(content.decode("utf-8", "surrogatepass"))
    except RecursionError:
        raise ValueError("packed access keys are no list of access keys") from None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise ValueError("packed access keys are no list of access keys")
    return keys


def access_keys_of(result: t.Mapping[str, t.Any]) -> list[t.Any]:
    """All access keys of a result, packed or not. Raises ValueError."""
    packed = result.get("packed")
    return unpack(packed) if packed else list(result["access_keys"])
