# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Names of variables that nothing reads: those that look like a known one are mistakes, and others are a user's own.

A mistyped name would be ignored, and another account be read or another limit be used.
"""

from __future__ import annotations

import typing as t
from difflib import get_close_matches

PREFIX = "keyward_"
_SIMILARITY = 0.75


class UnknownNames(t.NamedTuple):
    """``misspelled`` maps a name to the known one that was probably meant."""

    misspelled: dict[str, str]
    foreign: list[str]


def unknown_names(given: t.Iterable[str], known: t.Collection[str]) -> UnknownNames:
    found = UnknownNames({}, [])
    for name in sorted(name for name in given if name.startswith(PREFIX) and name not in known):
        meant = closest(name, known)
        if meant is None:
            found.foreign.append(name)
        else:
            found.misspelled[name] = meant
    return found


def closest(name: str, known: t.Iterable[str]) -> str | None:
    """The known name that is spelled nearly the same, or that has the same words and more, or fewer."""
    given = _words(name)
    words = {_words(one): one for one in sorted(known) if one.startswith(PREFIX)}
    spelled = {"_".join(one): one for one in words}
    close = [spelled[match] for match in get_close_matches("_".join(given), spelled, cutoff=_SIMILARITY)]
    # Of names that are spelled alike, the one that has all words: keyward_probe_timeout lacks a word of
    # keyward_probe_step_timeout, and is a letter or two from keyward_profile_timeout.
    for one in close:
        if len(given) > 1 and set(given) <= set(one):
            return words[one]
    if close:
        return words[close[0]]
    related = [one for one in words if _holds(one, given) or _holds(given, one)]
    return words[min(related, key=lambda one: abs(len(one) - len(given)))] if related else None


def _words(name: str) -> tuple[str, ...]:
    return tuple(name.removeprefix(PREFIX).lower().split("_"))


def _holds(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(words[start : start + len(part)] == part for start in range(len(words) - len(part) + 1))
