# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Runs the monitor from wherever the collection is, without Ansible."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path
from typing import Any


def main() -> int:
    package = types.ModuleType("keyward_iam")
    package.__path__ = [str(Path(__file__).resolve().parents[2] / "plugins" / "module_utils")]
    sys.modules[package.__name__] = package
    errors = importlib.import_module("keyward_iam._aws.errors")
    monitor = importlib.import_module("keyward_iam._metrist.monitor")
    protocol = importlib.import_module("keyward_iam._metrist.protocol")
    with open(0, "rb", buffering=0, closefd=False) as source, open(1, "wb", buffering=0, closefd=False) as sink:
        # Whatever else prints must not get between the messages.
        sys.stdout = sys.stderr
        code: int = monitor.Monitor(protocol.MessageStream(source, sink), unusable(errors)).run()
    return code


def unusable(errors: Any) -> Exception | None:
    """The orchestrator reads what a step answers, and neither standard error nor an exit code."""
    try:
        importlib.import_module("botocore.session")
    except Exception as error:  # noqa: BLE001 - a package that is broken fails in ways of its own
        sentence = (
            f"botocore cannot be loaded by {sys.executable} ({type(error).__name__}: {error}): install it there, or "
            "set KEYWARD_PYTHON to a Python that has it"
        )
        found: Exception = errors.UserError("MissingBotocore", sentence)
        return found
    return None


if __name__ == "__main__":
    sys.exit(main())
