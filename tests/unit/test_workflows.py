# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The workflows for the public forge run what a person runs: targets of the Makefile, and nothing beside them."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tools.checkout import ROOT

TARGETS = set(re.findall(r"^([a-z-]+):.* ## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
# What only the forge does: an empty container has no git, and a release goes to Galaxy.
OF_THE_FORGE = ("apt-get update && apt-get install ", ".venv-lint/bin/ansible-galaxy collection publish ")


def workflow(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    return loaded


def commands(name: str) -> list[str]:
    return [step["run"] for job in workflow(name)["jobs"].values() for step in job["steps"] if "run" in step]


def made(name: str) -> list[str]:
    return [match[1] for command in commands(name) if (match := re.match(r"make ([a-z-]+)( |$)", command))]


@pytest.mark.parametrize("name", ["ci.yml", "release.yml"])
def test_they_run_targets_of_the_makefile_only(name: str) -> None:
    others = [command for command in commands(name) if not command.startswith(("make ", *OF_THE_FORGE))]
    assert others == []
    assert set(made(name)) <= TARGETS


def test_a_push_runs_what_the_checkouts_own_ci_runs() -> None:
    own = re.findall(r"^make (.*)$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)
    targets = {word for line in own for word in line.split() if not word.startswith("-")}
    jobs = workflow("ci.yml")["jobs"]
    weekly = [name for name, job in jobs.items() if job.get("if") == "github.event_name == 'schedule'"]
    assert weekly == ["matrix"]
    whole = [step["run"] for step in jobs["matrix"]["steps"] if "run" in step]
    assert whole == ["make sanity", "make test-matrix"]
    assert set(made("ci.yml")) == targets | {"sanity", "test-matrix"}


def test_a_release_is_checked_and_built_before_it_is_published() -> None:
    steps = commands("release.yml")
    assert made("release.yml") == ["release", "lint", "build"]
    assert "--check $GITHUB_REF_NAME" in steps[0]
    assert "collection publish" in steps[-1]


@pytest.mark.parametrize("name", ["ci.yml", "release.yml"])
def test_what_they_take_from_others_is_pinned_and_may_only_read(name: str) -> None:
    used = [step["uses"] for job in workflow(name)["jobs"].values() for step in job["steps"] if "uses" in step]
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action)] == []
    assert workflow(name)["permissions"] == {"contents": "read"}
