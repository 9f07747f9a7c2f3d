# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
``python -m tools.debian``: installs Debian's packages for those tests that are skipped without them. It needs root and
apt; elsewhere it says that those tests are skipped, and changes nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PROGRAMS = {
    "chromium": "chromium",
    "poppler-utils": "pdftotext",
    "prometheus": "prometheus",
    "prometheus-node-exporter": "prometheus-node-exporter",
    "prometheus-pushgateway": "prometheus-pushgateway",
}
"""By package, the program that shows that it is there."""


def main() -> int:
    missing = [package for package, program in PROGRAMS.items() if shutil.which(program) is None]
    if not missing:
        return 0
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"Only root on Debian can install {', '.join(missing)}: the tests that need them are skipped.")
        return 0
    print(f"Installing {', '.join(missing)} for the tests that need them", flush=True)
    # In runlevel 1, a package starts no service.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *missing]):
        done = subprocess.run(["apt-get", *arguments], env=environment, check=False)
        if done.returncode:
            print(f"apt-get {arguments[0]} failed with {done.returncode}", file=sys.stderr)
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
