# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The base of all errors that are written for people."""

from __future__ import annotations


class KeywardError(Exception):
    """
    What failed, in one sentence.

    ``setting`` names what to change, where a setting helps. ``evidence`` is what the other side said, in its own words
    and already cleaned.
    """

    def __init__(self, sentence: str = "", *, setting: str | None = None, evidence: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.setting = setting
        self.evidence = evidence
