# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the stand-in gives a job by a credential is what AWX's own code gives it."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from awx_plugins.interfaces import _temporary_private_api as awx_api
from awx_plugins.interfaces._temporary_private_inject_api import inject_credential

from testbed.fakes.awx import CREDENTIAL_TYPES, inject

if TYPE_CHECKING:
    from collections.abc import Mapping

ABSENT = object()
VALUES = (ABSENT, "", "plain", "{{ url }} {% raw %} 'quoted' \"twice\"\n[ü]\n")
MOST_ODD = 3
"""So many fields of a type take every value; the others are in step with one of them."""


def contents(environment: Mapping[str, str], root: str, directory: Path) -> dict[str, str]:
    """The environment, with what is in a file in place of its path."""
    return {
        name: f"file: {(directory / value.removeprefix(f'{root}/')).read_text()}" if value.startswith(root) else value
        for name, value in environment.items()
    }


def by_awx(kind: str, inputs: dict[str, str], directory: Path) -> dict[str, str]:
    definition = CREDENTIAL_TYPES[kind]
    (directory / "env").mkdir(parents=True, exist_ok=True)
    environment: dict[str, Any] = {}
    inject_credential(
        awx_api.ManagedCredentialType(
            kind, definition["name"], definition["kind"], definition["inputs"], definition["injectors"]
        ),
        awx_api.Credential({**inputs}),
        environment,
        {},
        [],
        str(directory),
    )
    return contents(environment, "/runner", directory)


@pytest.mark.parametrize("kind", sorted(CREDENTIAL_TYPES))
def test_a_credential_gives_the_same_as_in_awx(kind: str, tmp_path: Path) -> None:
    fields = [field["id"] for field in CREDENTIAL_TYPES[kind]["inputs"]["fields"]]
    here = tmp_path / "stand-in"
    here.mkdir()
    for chosen in product(VALUES, repeat=min(MOST_ODD, len(fields))):
        inputs = {
            name: value for name, value in zip(fields, chosen * len(fields), strict=False) if isinstance(value, str)
        }
        given = contents(inject(CREDENTIAL_TYPES[kind], inputs, here), str(here), here)
        assert given == by_awx(kind, inputs, tmp_path / "awx"), inputs
