# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""Prints lines and warnings, on the standard error if a program reads the standard output."""

from __future__ import annotations

import os
import typing as t

from ansible import constants

from ansible_collections.keyward.iam.plugins.module_utils._common.text import printable

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from ansible.utils.display import Display

# Their output is for people. That of any other may be parsed, where a line of ours would break it.
_FOR_PEOPLE = frozenset(
    f"{prefix}{name}"
    for name in ("awx_display", "debug", "default", "dense", "minimal", "oneline", "selective", "unixy", "yaml_legacy")
    for prefix in ("", "ansible.builtin.", "ansible.legacy.", "ansible.posix.", "community.general.")
)
# A line of points may have twenty long tags.
_MOST_CHARACTERS = 10_000
_NARROWEST, _NO_TERMINAL, _WIDEST = 80, 100, 200


class Output(t.NamedTuple):
    """Both take text from outside as well, of which no terminal obeys anything."""

    show: Callable[..., None]
    warn: Callable[[str], None]
    width: int = _NO_TERMINAL


def output_of(display: Display) -> Output:
    to_stderr = constants.config.get_config_value("DEFAULT_STDOUT_CALLBACK") not in _FOR_PEOPLE

    def show(line: str, color: str | None = None) -> None:
        text = line.lstrip(" ")
        indent = " " * (len(line) - len(text))
        display.display(
            indent + printable(text, _MOST_CHARACTERS), color=None if to_stderr else color, stderr=to_stderr
        )

    def warn(sentence: str) -> None:
        display.warning(printable(sentence, _MOST_CHARACTERS))

    return Output(show, warn, _width(2 if to_stderr else 1))


def _columns(descriptor: int) -> int | None:
    try:
        return os.get_terminal_size(descriptor).columns
    except OSError:
        return None


# Ansible imports this before its first fork. From ansible-core 2.19 on, a worker has no terminal of its own.
_AT_START = {descriptor: _columns(descriptor) for descriptor in (1, 2)}


def _width(descriptor: int) -> int:
    columns = _columns(descriptor) or _AT_START[descriptor]
    return min(max(columns, _NARROWEST), _WIDEST) if columns else _NO_TERMINAL
