# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What root installs on a host is known by its hash."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from pathlib import Path

import pytest
import yaml

from tools.checkout import ROOT
from tools.pin_hashes import CONSTRAINTS, PROCESSORS, PYTHONS

COMPILED = ("cffi", "charset-normalizer", "MarkupSafe", "PyYAML")


def pins(path: Path) -> dict[str, set[str]]:
    blocks = re.findall(r"^(\S+) == \S+((?: \\\n    --hash=sha256:[0-9a-f]{64})*)$", path.read_text(), re.MULTILINE)
    return {name: set(re.findall(r"[0-9a-f]{64}", hashes)) for name, hashes in blocks}


@pytest.mark.parametrize("name", ["common.txt", "ansible-2.19.txt", "ansible-2.21.txt"])
def test_each_package_has_hashes(name: str) -> None:
    lines = [line for line in (CONSTRAINTS / name).read_text().splitlines() if re.match(r"\w", line)]
    found = pins(CONSTRAINTS / name)
    assert len(found) == len(lines) > 0
    assert [package for package, hashes in found.items() if not hashes] == []


def test_compiled_packages_have_one_for_each_python_and_processor() -> None:
    found = pins(CONSTRAINTS / "common.txt")
    assert {len(found[package]) for package in COMPILED} == {len(PYTHONS) * len(PROCESSORS)}


def test_the_collection_is_known_by_its_list_of_files() -> None:
    variables = yaml.safe_load((ROOT / "roles/collector/vars/main.yml").read_text())
    spec = importlib.util.find_spec("ansible_collections")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    places = [Path(place) / "amazon/aws" for place in spec.submodule_search_locations]
    installed = next(place for place in places if (place / "MANIFEST.json").exists())
    about = json.loads((installed / "MANIFEST.json").read_text())["collection_info"]
    if about["version"] != variables["__collector_amazon_aws"]:
        pytest.skip(f"here is amazon.aws {about['version']}")
    digest = hashlib.sha256((installed / "FILES.json").read_bytes()).hexdigest()
    assert digest in variables["__collector_amazon_aws_checksum"]
