# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Credentials and config files: only the profile changes, AWS clients read the result, and no secret is quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.configloader import raw_config_parse
from botocore.exceptions import ConfigParseError

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._credentials.profile import Profile

if TYPE_CHECKING:
    from pathlib import Path

_KEYS = {"aws_access_key_id": "AKIAOURS", "aws_secret_access_key": "ours/secret+of=it"}
_ROLE = {"role_arn": "arn:aws:iam::111122223333:role/ours", "source_profile": "another", "region": "eu-west-1"}
_SECRET = "THEIRSECRET"

SEEDS = (
    b"k[default]\naws_access_key_id = AKIA\naws_secret_access_key = THEIRSECRET\n\n[ours]\nregion = x\n",
    b"k[ours]\naws_session_token: THEIRSECRET\n  ; c\ns3 =\n  a = b\n",
    b"c[profile ours]\r\nrole_arn = x\r\n[profile 'ours']\r\n",
    b"c[default]\nregion = a\n[sso-session ours]\nsso_region = b\n[profile ours]\noutput = json",
    b"d[ours]\naws_access_key_id = AKIA\n[DEFAULT]\nx = 1\n",
    b"d[profile ours]\n",
)
FOUND = (
    b"k[ours]\nx=\n   s3\x1d=\n = b\n",
    b"k[other]\naws_access_key_id = A\n[DEFAULT]\nx = 0\n",
)


def _botocore(path: Path, content: bytes) -> dict[str, Any]:
    path.write_bytes(content)
    parsed: dict[str, Any] = raw_config_parse(str(path))
    return parsed


def check(data: bytes, room: Path) -> None:
    form, content = data[:1], data[1:]
    profile = Profile("ours", _ROLE if form == b"c" else _KEYS)
    share = profile.config(present=True) if form == b"c" else profile.credentials(present=form != b"d")
    try:
        changed = share.apply(content)
    except KeywardError as error:
        assert error.sentence
        assert _SECRET not in error.sentence
        return
    try:
        before = _botocore(room / "before", content)
    except (ConfigParseError, ValueError):
        assert changed == content, "a file was changed that AWS clients cannot read"
        return
    after = _botocore(room / "after", changed)
    section = next((title for title in before if share.is_title(title)), share.title)
    theirs, ours = before.pop(section, None), after.pop(section, {})
    assert after == before
    if share.wanted is None:
        assert ours == {}
    else:
        kept = {name: value for name, value in (theirs or {}).items() if name not in share.unwanted}
        assert ours.items() >= (kept | dict(share.wanted)).items()
        # A new section has what [DEFAULT] holds.
        assert theirs is None or len(ours) == len(kept | dict(share.wanted))
        assert share.apply(changed) == changed
        assert all(_SECRET not in text for text in share.compare(content, changed))
