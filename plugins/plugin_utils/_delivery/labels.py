# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""How messages name the options of a callback, derived from its documentation."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Mapping


class Labels:
    """How messages call an option, by its documentation: its name, and the variable that sets it."""

    def __init__(self, definitions: Mapping[str, Mapping[str, t.Any]], destination: str = "url") -> None:
        self._definitions = definitions
        self.destination = self(destination) if destination in definitions else destination

    def __call__(self, *names: str) -> str:
        """As in C(url (WAVEFRONT_URL)), or for several C(a and b (A, B))."""
        variables = [each["name"] for name in names for each in self._definitions[name].get("env", ())[:1]]
        listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        return f"{listed} ({', '.join(variables)})" if variables else listed
