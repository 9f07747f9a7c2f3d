# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The users and groups that the probe makes: their names and tags, and how it knows them again."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import typing as t

from .._common.dates import iso

Kind = t.Literal["user", "group"]

_SUFFIX_BYTES = 6
_SUFFIX = re.compile(rf"[0-9a-f]{{{2 * _SUFFIX_BYTES}}}")
"""
Without a dash, so that the name before the last dash is that of one namespace and no other.
"""

_CREATOR = {"created-by": "keyward.iam.probe"}


class Entity(t.NamedTuple):
    """A user or group that the probe made."""

    kind: Kind
    name: str


class Names:
    """The names of one run's user and group, which no other run has."""

    def __init__(self, namespace: str) -> None:
        suffix = secrets.token_hex(_SUFFIX_BYTES)
        self.user = f"{_prefix('user', namespace)}-{suffix}"
        self.group = f"{_prefix('group', namespace)}-{suffix}"


def is_of_namespace(kind: Kind, name: str, namespace: str) -> bool:
    """Whether a name has the form of those that a run of this namespace, and of no other, makes."""
    prefix, dash, suffix = name.rpartition("-")
    return bool(dash) and prefix == _prefix(kind, namespace) and _SUFFIX.fullmatch(suffix) is not None


def tags(namespace: str, now: dt.datetime) -> list[dict[str, str]]:
    """The tags of a user. IAM gives groups no tags."""
    return [{"Key": key, "Value": value} for key, value in {**_marks(namespace), "created-at": iso(now)}.items()]


def is_tagged_by_probe(found: t.Sequence[t.Mapping[str, str]], namespace: str) -> bool:
    """Whether a run of this namespace tagged a user. A user without any tag may be that of a version without tags."""
    values = {tag["Key"]: tag["Value"] for tag in found}
    return not values or _marks(namespace).items() <= values.items()


def _marks(namespace: str) -> dict[str, str]:
    return {**_CREATOR, "namespace": namespace}


def _prefix(kind: Kind, namespace: str) -> str:
    return f"test{kind}-{namespace}"
