# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Changes of one section of an AWS file that leave every other byte as it is."""

from __future__ import annotations

import re
import typing as t

from .aws_file import AwsFile, AwsFileError

if t.TYPE_CHECKING:
    from .aws_file import Section, Setting

_ASSIGNMENT = re.compile(r"[^=:]*[=:]\s*")
_LINE_END = re.compile(r"\r\n|\r|\n")


class Draft:
    """A file in the making."""

    def __init__(self, file: AwsFile) -> None:
        self._file = file
        self._lines = list(file.lines)
        ends = _LINE_END.search(self._lines[0]) if self._lines else None
        self._end = ends[0] if ends else "\n"
        # A file without an end of its last line stays one.
        self._is_open = bool(self._lines) and not _LINE_END.search(self._lines[-1])
        if self._is_open:
            self._lines[-1] += self._end

    def content(self) -> bytes:
        text = "".join(self._lines)
        return (text[: -len(self._end)] if self._is_open and text else text).encode()

    def add(self, title: str, values: t.Mapping[str, str]) -> None:
        """Add a section at the end, with a blank line before it."""
        if self._lines:
            self._lines.append(self._end)
        self._lines.append(f"[{title}]{self._end}")
        self._lines += self._assignments("", values)

    def remove(self, section: Section) -> None:
        """Remove a section, and the blank line that parts it from the one before, or else the one behind."""
        first, after = section.first, section.after
        if first and not self._lines[first - 1].strip():
            first -= 1
        elif not first and not "".join(self._lines[after : after + 1]).strip():
            after += 1
        del self._lines[first:after]

    def change(self, section: Section, wanted: t.Mapping[str, str], unwanted: t.Collection[str]) -> None:
        """Give settings of a section other values, and remove some."""
        present = {setting.name: setting for setting in section.settings}
        missing = {name: value for name, value in wanted.items() if name not in present}
        self._lines[section.after : section.after] = self._assignments(self._indent(section), missing)
        for setting in reversed(section.settings):
            if setting.name in unwanted:
                del self._lines[setting.first : setting.after]
            elif setting.name in wanted:
                self._assign(setting, wanted[setting.name])

    def _assign(self, setting: Setting, value: str) -> None:
        line = self._lines[setting.first]
        end = t.cast("re.Match[str]", _LINE_END.search(line))
        assignment = t.cast("re.Match[str]", _ASSIGNMENT.match(line[: end.start()]))
        self._lines[setting.first : setting.after] = [f"{assignment[0]}{value}{end[0]}"]

    def _assignments(self, indent: str, values: t.Mapping[str, str]) -> list[str]:
        return [f"{indent}{name} = {value}{self._end}" for name, value in values.items()]

    def _indent(self, section: Section) -> str:
        """Return the indentation by which a new setting continues no value, and is continued by no line behind it."""
        if section.settings:
            return section.settings[-1].indent
        following = (line for line in self._file.lines[section.after :] if line.strip())
        return next((line[: len(line) - len(line.lstrip())] for line in following if line.lstrip()[0] == "["), "")


def edit(
    file: AwsFile,
    section: Section | None,
    title: str,
    wanted: t.Mapping[str, str],
    unwanted: t.Collection[str],
) -> bytes:
    """Return the file with some settings of a section set and others gone; the section, too, when nothing is left."""
    before = file.values[section.title] if section else file.defaults
    after = {name: value for name, value in before.items() if name not in unwanted} | dict(wanted)
    draft = Draft(file)
    if section is None:
        if not wanted:
            return draft.content()
        draft.add(title, wanted)
    elif section.settings and not after:
        draft.remove(section)
    else:
        changed = {name: value for name, value in wanted.items() if before.get(name) != value}
        draft.change(section, changed, unwanted)
    return _checked(file, draft, section.title if section else title, after)


def remove(file: AwsFile, section: Section) -> bytes:
    """Return the file without a section."""
    draft = Draft(file)
    draft.remove(section)
    return _checked(file, draft, section.title, {})


def _checked(file: AwsFile, draft: Draft, title: str, wanted: t.Mapping[str, str]) -> bytes:
    """Return what was drafted if it is read as it should be, which indented lines and [DEFAULT] can prevent."""
    content = draft.content()
    others = {other: values for other, values in file.values.items() if other != title}
    found = AwsFile(content).values
    if found.pop(title, {}) != wanted or found != others:
        raise AwsFileError(f"cannot edit [{title}] safely: remove indented lines and the [DEFAULT] section")
    return content
