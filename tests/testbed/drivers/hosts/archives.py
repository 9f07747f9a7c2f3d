# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Collections as the archives that Galaxy hands out."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from testbed.drivers.runs import Ansible


def build(ansible: Ansible, collection: Path, into: Path) -> Path:
    """Return the archive of a collection: of its sources, or as it is installed, which may be without some files."""
    manifest = collection / "MANIFEST.json"
    if manifest.exists():
        about = json.loads(manifest.read_text(encoding="utf-8"))["collection_info"]
        given = {key: value for key, value in about.items() if value is not None}
        collection = shutil.copytree(collection, into / f"{about['namespace']}-{about['name']}")
        # YAML takes JSON for its own.
        (collection / "galaxy.yml").write_text(json.dumps(given), encoding="utf-8")
        (collection / "MANIFEST.json").unlink()
        (collection / "FILES.json").unlink()
    before = set(into.glob("*.tar.gz"))
    done = ansible.command("ansible-galaxy", "collection", "build", str(collection), "--output-path", str(into))
    if done.code:
        raise RuntimeError(done.output)
    [archive] = set(into.glob("*.tar.gz")) - before
    return archive
