# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile

from fuzz.target import MOST_BYTES, MOST_SECONDS, NAMES
from testbed.drivers.runs import FOREIGN
from tools.checkout import ROOT

_MOST_MEGABYTES = 1024
_KEPT = ROOT / ".cache" / "fuzz"


def main() -> int:
    """Search for some targets one after the other, and show what breaks one as it belongs into its FOUND."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description="Searches for input that breaks its reader.")
    parser.add_argument("--seconds", type=int, default=240, help="for each target")
    parser.add_argument("targets", nargs="*", metavar="target", help=", ".join(NAMES))
    options = parser.parse_args()
    if unknown := set(options.targets) - set(NAMES):
        parser.error(f"no target {', '.join(sorted(unknown))}: there are {', '.join(NAMES)}")
    broken = [name for name in options.targets or NAMES if not _search(name, options.seconds)]
    print(f"broken: {', '.join(broken)}" if broken else "nothing found", flush=True)
    return 1 if broken else 0


def _search(name: str, seconds: int) -> bool:
    print(f"{name}: searching for {seconds} s", flush=True)
    room = _KEPT / name
    room.mkdir(parents=True, exist_ok=True)
    log = room / "log"
    command = [
        *(sys.executable, "-m", "fuzz.search", name, str(room / "corpus"), f"-max_total_time={seconds}"),
        *(f"-timeout={MOST_SECONDS * 2:g}", f"-rss_limit_mb={_MOST_MEGABYTES}", f"-max_len={MOST_BYTES}"),
        *(f"-artifact_prefix={room}/found-", "-print_final_stats=1", "-verbosity=1"),
    ]
    with log.open("wb") as output, tempfile.TemporaryDirectory(prefix="keyward-fuzz-") as home:
        environ = {name: value for name, value in os.environ.items() if not name.startswith((*FOREIGN, "AWS_"))}
        environ.update(HOME=home, TMPDIR=home, PYTHONPATH=str(ROOT / "tests"), AWS_EC2_METADATA_DISABLED="true")
        done = subprocess.run(command, env=environ, stdout=output, stderr=output, check=False, cwd=home)
    lines = log.read_text(errors="replace").splitlines()
    print("\n".join(line for line in lines if line.startswith("stat::number_of_executed_units")))
    if done.returncode == 0:
        return True
    print("\n".join(lines[-60:]))
    for path in sorted(room.glob("found-*")):
        print(f"{path}: {path.read_bytes()!r}"[:5000])
    return False


if __name__ == "__main__":
    sys.exit(main())
