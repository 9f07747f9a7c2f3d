# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The cache of keys: what was written is known again, all else is set aside as it is and made anew."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.cache import CachedKey, CachedUser, KeyCache

if TYPE_CHECKING:
    from pathlib import Path

_ACCOUNT = "111122223333"
_CREATED = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
_AS_OF = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
_ARN = f"arn:aws:iam::{_ACCOUNT}:user/alice"
_USER = CachedUser(_ARN, _AS_OF, frozenset({(1, _CREATED)}), (CachedKey("AKIAIOSFODNN7EXAMPLE", "Active", _CREATED),))
_BODY = json.dumps({"AIDA2": [_ARN, 1, [[1, 2]], [["AKIAIOSFODNN7EXAMPLE", "Active", 3]]]}).encode()


def _file(body: bytes) -> bytes:
    head = {"version": 1, "account_id": _ACCOUNT, "sha256": hashlib.sha256(body).hexdigest()}
    return json.dumps(head, separators=(",", ":")).encode()[:-1] + b',"users":' + body + b"}"


SEEDS = (b"f" + _file(_BODY), b"b" + _BODY, b'b{"AIDA2":7,"AIDA1":["a",9e99,[],[]]}', b"b[]", b"f{}")
FOUND = ()


def check(data: bytes, room: Path) -> None:
    content = _file(data[1:]) if data[:1] == b"b" else data[1:]
    path = room / f"access_keys-{_ACCOUNT}.json"
    path.write_bytes(content)
    path.chmod(0o600)
    cache = KeyCache(str(room), _ACCOUNT)
    known = {name: cache.get(name) for name in ("AIDA1", "AIDA2", "")}
    for user in known.values():
        assert user is None or all(key.create_date.tzinfo for key in user.keys)
    if cache.warning:
        assert cache.warning.isprintable(), cache.warning
        [broken] = room.glob("*.broken-*")
        assert broken.read_bytes() == content
        assert set(known.values()) == {None}
    cache.update({"AIDA1": _USER}, lambda _ident, _arn: False)
    again = KeyCache(str(room), _ACCOUNT)
    assert again.warning is None
    first = known["AIDA1"]
    assert again.get("AIDA1") == (first if first is not None and first.as_of > _AS_OF else _USER)
    assert again.get("AIDA2") == known["AIDA2"]
