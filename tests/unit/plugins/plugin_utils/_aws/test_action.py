# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A controller without amazon.aws, with Ansible's own command."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tools.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_ALONE = "from ansible.cli.adhoc import main; main()"


@pytest.mark.parametrize(("name", "arguments"), [("access_key_info", ""), ("probe", "namespace=lab")])
def test_a_controller_without_amazon_aws_says_so(tmp_path: Path, name: str, arguments: str) -> None:
    collections = tmp_path / "collections" / "ansible_collections" / "keyward"
    collections.mkdir(parents=True)
    (collections / "iam").symlink_to(ROOT, target_is_directory=True)
    done = subprocess.run(
        [sys.executable, "-c", _ALONE, "localhost", "-m", f"keyward.iam.{name}", "-a", arguments],
        env={
            "HOME": str(tmp_path),
            "PATH": os.defpath,
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(tmp_path / "collections"),
            "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
            "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "the collection amazon.aws is not installed on the controller" in done.stdout + done.stderr
    assert "ansible-galaxy collection install amazon.aws" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
