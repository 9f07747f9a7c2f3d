# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a host with an older Python says of a module."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tools.checkout import ROOT

_AS_OLDER = (
    "import runpy, sys; sys.version_info = (3, 8, 18, 'final', 0); "
    "runpy.run_module('ansible_collections.keyward.iam.plugins.modules.{name}', run_name='__main__')"
)
# The others are the documentation of actions.
_MODULES = [
    path.stem for path in sorted((ROOT / "plugins/modules").glob("*.py")) if "\ndef main()" in path.read_text("utf-8")
]


@pytest.mark.parametrize("name", _MODULES)
def test_a_python_that_is_too_old_is_one_sentence(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _AS_OLDER.format(name=name)], input="{}", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    result = json.loads(done.stdout)
    assert result["failed"] is True
    # ansible-core 2.20 and newer says so by itself, if a module imports it first.
    assert "Python 3.9 or newer" in result["msg"]


def test_every_module_that_runs_on_a_host_is_asked() -> None:
    assert {"access_key_info", "probe", "credentials_profile", "awx_object"} < set(_MODULES)
