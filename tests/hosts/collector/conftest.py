# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.hosts import build_archive, download_wheels
from testbed.drivers.runs import Ansible
from tools.checkout import ROOT

if TYPE_CHECKING:
    from testbed.drivers.hosts import Image

CONSTRAINTS = ROOT / "roles" / "collector" / "files" / "constraints"


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection as it is installed from its archive, whatever happens to the checkout meanwhile."""
    home = tmp_path_factory.mktemp("collections")
    ansible = Ansible(home)
    archive = build_archive(ansible, ROOT, home)
    install = ("ansible-galaxy", "collection", "install", "--no-deps", "--offline", "--force", str(archive))
    run = ansible.command(*install, "--collections-path", str(home))
    assert run.code == 0, run.output
    return home


@pytest.fixture(scope="module")
def controller(tmp_path_factory: pytest.TempPathFactory, collections: Path) -> Ansible:
    """Who deploys."""
    ansible = Ansible(tmp_path_factory.mktemp("controller"), timeout=600)
    ansible.set(ANSIBLE_COLLECTIONS_PATH=str(collections))
    return ansible


@pytest.fixture(scope="session")
def wheels(image: Image) -> Path:
    """The packages that the role pins."""
    core = "2.19" if image.python == "3.11" else "2.21"
    return download_wheels(image.python, CONSTRAINTS / f"ansible-{core}.txt")


@pytest.fixture(scope="session")
def amazon_aws() -> Path:
    """Where the collection is in this environment."""
    series = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return Path(sys.prefix) / "lib" / series / "site-packages" / "ansible_collections" / "amazon" / "aws"
