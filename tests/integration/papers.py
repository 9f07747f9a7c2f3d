# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The documents that people write, and the blocks in them."""

from __future__ import annotations

import re
import textwrap
from typing import NamedTuple

from tools.checkout import ROOT, listed_files

_MADE = ("docs/plugins/", "docs/roles/", "docs/playbooks/", "CHANGELOG.md")
"""Written from what they document."""

PAPERS = sorted(name for name in listed_files() if name.endswith(".md") and not name.startswith(_MADE))


class Block(NamedTuple):
    paper: str
    number: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.paper}-{self.number}-{self.language}"


def blocks_of(paper: str) -> list[Block]:
    found = re.findall(r"^ *```(\w*)\n(.*?)^ *```", (ROOT / paper).read_text(), re.MULTILINE | re.DOTALL)
    return [Block(paper, number, language, textwrap.dedent(text)) for number, (language, text) in enumerate(found, 1)]
