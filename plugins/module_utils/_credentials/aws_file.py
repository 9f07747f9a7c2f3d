# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""An AWS credentials or config file, as botocore reads it, with the lines that each section and setting takes."""

from __future__ import annotations

import codecs
import configparser
import io
import re
import typing as t
from dataclasses import dataclass, field

from .._common.errors import KeywardError

_COMMENTS = ("#", ";")
_DEFAULTS = configparser.DEFAULTSECT
_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOT_BLANK = re.compile(r"\S")


class AwsFileError(KeywardError):
    """Says what is wrong, and in which line. It quotes no line, for that may hold a secret."""


@dataclass
class Setting:
    """The lines from ``first`` to before ``after``, counted from 0: its own, and those that continue its value."""

    name: str
    indent: str
    first: int
    after: int


@dataclass
class Section:
    """The header is in the line ``first``; comments and blank lines behind the last setting are not counted in."""

    title: str
    first: int
    settings: list[Setting] = field(default_factory=list)

    @property
    def after(self) -> int:
        return self.settings[-1].after if self.settings else self.first + 1


class AwsFile:
    """Content that botocore can parse; its lines are kept as they are."""

    def __init__(self, content: bytes) -> None:
        self.lines = _lines(content)
        self.sections: list[Section] = []
        self._parse()
        parser = configparser.RawConfigParser()
        parser.read_file(self.lines)
        self.defaults = dict(parser.defaults())
        self.values = {title: dict(parser.items(title)) for title in parser.sections()}

    def find(self, wanted: t.Callable[[str], bool]) -> Section | None:
        """Return the section that has a wanted title."""
        found = [section for section in self.sections if wanted(section.title)]
        if len(found) > 1:
            raise AwsFileError(f"lines {found[0].first + 1} and {found[1].first + 1} begin sections of one profile")
        return found[0] if found else None

    def _parse(self) -> None:
        """Follow Python's configparser line by line, for it does not tell where it found what."""
        setting: Setting | None = None
        indentation = 0
        for number, line in enumerate(self.lines):
            text = line.strip()
            if not text or text.startswith(_COMMENTS):
                continue
            indent = _indent(line)
            if setting and len(indent) > indentation:
                self._continue(setting, number, text)
                continue
            indentation = len(indent)
            header = configparser.RawConfigParser.SECTCRE.match(text)
            if header:
                self._begin(header["header"], number)
                setting = None
            else:
                setting = self._add(indent, number, text)

    def _begin(self, title: str, number: int) -> None:
        if title != _DEFAULTS and any(section.title == title for section in self.sections):
            raise AwsFileError(f"line {number + 1} begins the section [{title}] a second time")
        self.sections.append(Section(title, number))

    def _add(self, indent: str, number: int, text: str) -> Setting:
        if not self.sections:
            raise AwsFileError(f"line {number + 1} comes before any section")
        parts = configparser.RawConfigParser.OPTCRE.match(text)
        name = parts["option"].rstrip().lower() if parts else ""
        if not name:
            raise AwsFileError(f"line {number + 1} is neither a section nor a setting")
        title = self.sections[-1].title
        # Only [DEFAULT] may be there twice.
        if any(name == other.name for section in self.sections if section.title == title for other in section.settings):
            raise AwsFileError(f"line {number + 1} sets {name} a second time")
        setting = Setting(name, indent, number, number + 1)
        self.sections[-1].settings.append(setting)
        return setting

    def _continue(self, setting: Setting, number: int, text: str) -> None:
        parts = configparser.RawConfigParser.OPTCRE.match(self.lines[setting.first].strip())
        # Behind a setting without a value of its own, botocore expects settings, in lines that end as any text's may.
        if parts and not parts["value"].strip() and any("=" not in line for line in text.splitlines() if line.strip()):
            raise AwsFileError(f"line {number + 1} is no setting of {setting.name}")
        setting.after = number + 1


def _lines(content: bytes) -> list[str]:
    if content.startswith(_BYTE_ORDER_MARKS):
        raise AwsFileError("it begins with a byte order mark, which AWS clients cannot read: save it as plain UTF-8")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        number = len(_lines(content[: error.start] + b"."))
        raise AwsFileError(f"line {number} is not UTF-8") from None
    return list(io.StringIO(text, newline=""))


def _indent(line: str) -> str:
    content = _NOT_BLANK.search(line)
    return line[: content.start()] if content else ""
