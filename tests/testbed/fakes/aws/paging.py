# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Pages by MaxItems and Marker."""

from __future__ import annotations

import base64
import binascii
import hashlib
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, TypeVar

from testbed.fakes.aws.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from testbed.fakes.aws.call import Call

T = TypeVar("T")
_DEFAULT_ITEMS = 100


def page(call: Call, entries: Sequence[tuple[str, T]]) -> tuple[list[T], dict[str, Any]]:
    """The items that this call asks for out of entries sorted by key, and the fields that tell of the rest.

    The account's ``page_limit`` makes pages shorter than asked for, as AWS's may be.
    """
    marker = call.params.get("Marker")
    start = bisect_right(entries, _decode(call, marker), key=lambda entry: entry[0]) if marker else 0
    size = call.params.get("MaxItems", _DEFAULT_ITEMS)
    if call.account.page_limit is not None:
        size = min(size, call.account.page_limit)
    wanted = entries[start : start + size]
    items = [item for _unused, item in wanted]
    if start + size >= len(entries):
        return items, {"IsTruncated": False}
    return items, {"IsTruncated": True, "Marker": _encode(call, wanted[-1][0])}


def _encode(call: Call, key: str) -> str:
    return base64.urlsafe_b64encode(_seal(call, key) + key.encode()).decode()


def _decode(call: Call, marker: str) -> str:
    try:
        raw = base64.urlsafe_b64decode(marker)
        key = raw[8:].decode()
    except (binascii.Error, UnicodeDecodeError):
        raise _invalid(marker) from None
    if raw[:8] != _seal(call, key):
        raise _invalid(marker)
    return key


def _seal(call: Call, key: str) -> bytes:
    """Ties a marker to its account and action."""
    return hashlib.sha256(f"{call.account.id}/{call.action}/{key}".encode()).digest()[:8]


def _invalid(marker: str) -> AwsError:
    return AwsError("ValidationError", f"Invalid Marker: {marker}")
