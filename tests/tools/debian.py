# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
``python -m tools.debian``: installs Debian's packages for those tests that are skipped without them. It needs root and
apt; elsewhere it says that those tests are skipped, and changes nothing. A package that is too old in Debian 12 is
unpacked below the checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tools.checkout import ROOT

PROGRAMS = {
    "chromium": "chromium",
    "poppler-utils": "pdftotext",
    "prometheus": "prometheus",
    "prometheus-node-exporter": "prometheus-node-exporter",
    "prometheus-pushgateway": "prometheus-pushgateway",
    "prometheus-alertmanager": "prometheus-alertmanager",
}
"""By package, the program that shows that it is there."""

UNPACKED = ROOT / ".cache" / "debian"
_RELEASE = "trixie"
_PACKAGE = "victoria-metrics"
"""A database that takes OTLP: that of Debian 12 does not yet. The program needs no other package."""

_SOURCES = f"""\
Types: deb
URIs: {{}}
Suites: {_RELEASE}
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""


def main() -> int:
    return install() or unpack()


def install() -> int:
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


def unpack() -> int:
    """
    A program of another release, which is not installed. The tests do without it, and so it is no failure where it
    cannot be had.
    """
    archive = _archive()
    if (UNPACKED / "usr" / "bin" / _PACKAGE).exists() or not archive:
        return 0
    shutil.rmtree(UNPACKED, ignore_errors=True)
    apt = UNPACKED / "apt"
    for directory in ("sources", "lists/partial", "archives/partial"):
        (apt / directory).mkdir(parents=True)
    (apt / "sources" / "release.sources").write_text(_SOURCES.format(archive), encoding="utf-8")
    options = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": apt / "sources",
        "Dir::State::lists": apt / "lists",
        "Dir::Cache": apt,
        "APT::Sandbox::User": "root",
    }
    command = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]
    print(f"Unpacking {_PACKAGE} of Debian {_RELEASE} for the tests that need it", flush=True)
    for arguments in (["update"], ["download", _PACKAGE]):
        if subprocess.run([*command, *arguments], cwd=UNPACKED, check=False).returncode:
            print(f"apt-get {arguments[0]} failed: the tests that need it are skipped.")
            return 0
    for file in UNPACKED.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", file, UNPACKED], check=True)
        file.unlink()
    shutil.rmtree(apt)
    return 0


def _archive() -> str:
    """Where this machine has Debian's packages from."""
    if shutil.which("apt-get") is None:
        return ""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    return next((address for address in found if address.endswith("/debian/")), "")


if __name__ == "__main__":
    sys.exit(main())
