# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tools import release
from tools.checkout import ROOT

CHANGELOG = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))["releases"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """One whose version 1.2.3 is ready to publish."""
    (tmp_path / "galaxy.yml").write_text("version: 1.2.3\n")
    (tmp_path / "changelogs" / "fragments").mkdir(parents=True)
    (tmp_path / "changelogs" / "changelog.yaml").write_text("releases:\n  1.2.3:\n    changes: {}\n")
    return tmp_path


def test_a_version_is_ready_when_all_agree(checkout: Path) -> None:
    assert release.faults(checkout, "1.2.3") == []


def test_a_tag_that_is_not_the_version_is_refused(checkout: Path) -> None:
    assert release.faults(checkout, "1.2.4") == [
        "galaxy.yml has version 1.2.3, not 1.2.4.",
        "The changelog has no release 1.2.4: run 'make release'.",
    ]


def test_a_fragment_that_is_in_no_release_is_refused(checkout: Path) -> None:
    (checkout / "changelogs" / "fragments" / "late.yml").write_text("minor_changes: [something]\n")
    assert release.faults(checkout, "1.2.3") == ["Fragments are in no release: late.yml: run 'make release'."]


def test_the_version_is_the_newest_release_of_the_changelog() -> None:
    page = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest, *_older = re.findall(r"^## v(\S+)$", page.replace("\\", ""), re.MULTILINE)
    assert newest == release.version(ROOT)
    assert newest in CHANGELOG


def test_it_is_the_version_that_the_readme_installs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"keyward-iam-([\d.]+)\.tar\.gz", readme)) == {release.version(ROOT)}


def test_no_fragment_has_the_name_of_one_that_was_released() -> None:
    """The tool would take it for the other one, and drop it."""
    released = {name for each in CHANGELOG.values() for name in each["fragments"]}
    pending = {path.name for path in (ROOT / "changelogs" / "fragments").iterdir()}
    assert pending & released == set()


def test_its_texts_have_the_markup_of_changelogs_and_not_that_of_options() -> None:
    files = [ROOT / "changelogs" / "changelog.yaml", *(ROOT / "changelogs" / "fragments").iterdir()]
    texts = {path.name: re.findall(r"\b[BCEILMOPUV]\([^)]*\)", path.read_text(encoding="utf-8")) for path in files}
    assert {name: found for name, found in texts.items() if found} == {}
