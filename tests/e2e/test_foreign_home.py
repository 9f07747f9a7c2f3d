# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Tests pass for a user without rights, and neither read nor write a home in which everything is set up otherwise."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.awx_jobs.sandbox import CAPABILITIES
from tools.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

# Of each kind: what runs in this process, modules, playbooks, jobs of AWX.
SELECTION = [
    "unit/plugins/plugin_utils/_metrics",
    "unit/plugins/module_utils/_files",
    "unit/plugins/plugin_utils/_report",
    "integration/test_access_key_docs.py",
    "integration/delivery/test_runs.py::test_a_collected_key_arrives_as_the_line_of_the_contract",
    "integration/awx/test_jobs.py::test_a_job_that_a_schedule_launched",
]
TRAPS = {
    ".ansible.cfg": "[defaults]\ncollections_path = /nowhere\ncallbacks_enabled = no.such.callback\nforks = many\n",
    ".aws/config": "this is no configuration",
    ".aws/credentials": "nor are these credentials",
    ".boto": "[Boto]\nproxy = 127.0.0.1\nproxy_port = 1\n",
    ".netrc": "machine 127.0.0.1 login stranger password secret\n",
}
SETTINGS = {
    "ANSIBLE_CONFIG": "/nowhere",
    "ANSIBLE_STDOUT_CALLBACK": "no.such.callback",
    "AWS_PROFILE": "no-such-profile",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "KEYWARD_JOURNAL_DIR": "/nowhere",
    "WAVEFRONT_URL": "http://127.0.0.1:1",
}


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that another user can enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="keyward-foreign-") as name:
        place = Path(name)
        place.chmod(0o755)
        (place / "own").mkdir()
        if os.geteuid() == 0:
            os.chown(place / "own", 65534, 65534)
        yield place


@pytest.fixture
def home(place: Path) -> Path:
    home = place / "home"
    for name, text in TRAPS.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    for path in (home / ".aws", home):
        path.chmod(0o555)
    return home


@pytest.mark.once
@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="needs setpriv to be another user")
def test_the_tests_need_nothing_of_the_users(home: Path, place: Path) -> None:
    own = place / "own"
    tests = [str(ROOT / "tests" / name) for name in SELECTION]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={ROOT}"]
    command += [f"--config-file={ROOT / 'pyproject.toml'}", f"--basetemp={own / 'tests'}", *tests]
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *CAPABILITIES, "--", *command]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {
        **SETTINGS,
        "HOME": str(home),
        "TMPDIR": str(own),
        "PYTHONDONTWRITEBYTECODE": "1",
        # The checkout may belong to another user, which git minds.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
    done = subprocess.run(command, cwd=own, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = {str(path.relative_to(home)) for path in home.rglob("*")}
    assert found == {*TRAPS, ".aws"}
    assert [name for name, text in TRAPS.items() if (home / name).read_text() != text] == []
