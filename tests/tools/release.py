# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Turns the fragments of the changelog into the release that galaxy.yml names, and writes CHANGELOG.md.

It can run again for a release that is not yet published: fragments that came later are added to it. With
``--check VERSION`` it changes nothing, and fails unless that version is ready to publish.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tools import environment
from tools.checkout import ROOT
from tools.stage import Stage

_CHANGELOGS = Path("changelogs")
_WRITTEN = (Path("CHANGELOG.md"), _CHANGELOGS / "changelog.yaml")


def main(arguments: list[str]) -> int:
    """Make the release, or say what is missing for it."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--check", metavar="VERSION")
    chosen = parser.parse_args(arguments)
    if chosen.check is not None:
        missing = faults(ROOT, chosen.check)
        print("\n".join(missing) or f"{chosen.check} is ready to publish.")
        return 1 if missing else 0
    stage = Stage(environment.for_lint())
    with environment.locked(stage.path):
        stage.prepare()
        _release(stage)
    print(f"{version(ROOT)} is in {_WRITTEN[0]}: commit it with what else changed in {_CHANGELOGS}.")
    return 0


def faults(root: Path, wanted: str) -> list[str]:
    """Return what keeps a checkout from being published as a version."""
    missing = []
    if version(root) != wanted:
        missing.append(f"galaxy.yml has version {version(root)}, not {wanted}.")
    changelog = yaml.safe_load((root / _WRITTEN[1]).read_text(encoding="utf-8"))
    if wanted not in changelog["releases"]:
        missing.append(f"The changelog has no release {wanted}: run 'make release'.")
    if pending := [path.name for path in _fragments(root)]:
        missing.append(f"Fragments are in no release: {', '.join(pending)}: run 'make release'.")
    return missing


def version(root: Path) -> str:
    """Return the version of a checkout."""
    found: str = yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    return found


def _fragments(root: Path) -> list[Path]:
    return sorted((root / _CHANGELOGS / "fragments").glob("*.yml"))


def _release(stage: Stage) -> None:
    before = {path.name: _texts(path) for path in _fragments(stage.collection)}
    # The tool finds plugins below ansible_collections only, and lists those that are new.
    done = subprocess.run(
        ["antsibull-changelog", "release", "--update-existing"],
        cwd=stage.collection,
        env=os.environ | stage.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise environment.SetupError(done.stdout + done.stderr)
    released = yaml.safe_load((stage.collection / _WRITTEN[1]).read_text(encoding="utf-8"))["releases"]
    held = set(_strings(released[version(stage.collection)]["changes"]))
    # A fragment is known by its name: one that was released and comes again with other changes would be dropped.
    for name, texts in before.items():
        if lost := texts - held:
            raise environment.SetupError(f"{name} was in this release before: give it another name. {sorted(lost)}")
    for path in _WRITTEN:
        shutil.copyfile(stage.collection / path, ROOT / path)
    for name in before.keys() - {path.name for path in _fragments(stage.collection)}:
        (ROOT / _CHANGELOGS / "fragments" / name).unlink()


def _texts(fragment: Path) -> set[str]:
    return set(_strings(yaml.safe_load(fragment.read_text(encoding="utf-8"))))


def _strings(changes: dict[str, str | list[str]]) -> list[str]:
    return [text for value in changes.values() for text in ([value] if isinstance(value, str) else value)]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except environment.SetupError as error:
        sys.exit(str(error))
