# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What each run of Ansible loads before its first task does not keep every run waiting."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_PLUGINS = Path(__file__).parents[2] / "plugins"
_SLOW = ("boto3", "botocore", "requests", "opentelemetry", "prometheus_client")
"""Libraries that take longer to import than an action takes to run."""


@pytest.mark.parametrize("kind", ["action", "callback"])
def test_no_action_or_callback_imports_a_slow_library(kind: str) -> None:
    names = sorted(path.stem for path in (_PLUGINS / kind).glob("*.py"))
    imports = "; ".join(f"import ansible_collections.keyward.iam.plugins.{kind}.{name}" for name in names)
    code = f"import sys; {imports}; print(*(name for name in {_SLOW} if name in sys.modules))"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert names
    assert process.stdout.strip() == ""
