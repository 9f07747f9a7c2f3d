# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Runs the monitor from wherever the collection is, without Ansible."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from pathlib import Path


def main() -> int | str:
    if importlib.util.find_spec("botocore") is None:
        return f"botocore is not installed for {sys.executable}: install it there, or set KEYWARD_PYTHON to another"
    package = types.ModuleType("keyward_iam")
    package.__path__ = [str(Path(__file__).resolve().parents[2] / "plugins" / "module_utils")]
    sys.modules[package.__name__] = package
    monitor = importlib.import_module("keyward_iam._metrist.monitor")
    wire = importlib.import_module("keyward_iam._metrist.protocol")
    with open(0, "rb", buffering=0, closefd=False) as source, open(1, "wb", buffering=0, closefd=False) as sink:
        # Whatever else prints must not get between the messages.
        sys.stdout = sys.stderr
        code: int = monitor.Monitor(wire.Wire(source, sink)).run()
    return code


if __name__ == "__main__":
    sys.exit(main())
