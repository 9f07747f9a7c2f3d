# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The endpoint as a process of its own: ``python -m testbed.fakes.aws --port-file F --seed demo``.

It ends on SIGTERM, on SIGINT, and when its standard input closes, so that it never outlives who started it.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from testbed.fakes.aws import seeds
from testbed.fakes.aws.endpoint import AwsEndpoint


def main() -> None:
    options = _parse_arguments()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    threading.Thread(target=_await_end_of_input, args=(ended,), daemon=True).start()
    with AwsEndpoint(options.port) as aws:
        if options.seed:
            aws.seed(seeds.demo() if options.seed == "demo" else json.loads(Path(options.seed).read_text()))
        if options.profiles_dir:
            options.profiles_dir.mkdir(parents=True, exist_ok=True)
            credentials = {account.alias or account.id: account.admin_credentials for account in aws.accounts}
            aws.write_profiles(options.profiles_dir, credentials)
        _write_atomically(options.port_file, f"{aws.port}\n")
        ended.wait()


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m testbed.fakes.aws", description="A test AWS on a loopback port.")
    parser.add_argument("--port", type=int, default=0, help="the port; without it a free one")
    parser.add_argument("--port-file", type=Path, required=True, help="gets the port, once everything is ready")
    parser.add_argument("--seed", help="demo, or a JSON file of accounts")
    parser.add_argument(
        "--profiles-dir", type=Path, help="gets a credentials and a config file with a profile for each account"
    )
    return parser.parse_args()


def _await_end_of_input(ended: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    ended.set()


def _write_atomically(path: Path, text: str) -> None:
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_text(text)
    unfinished.replace(path)


if __name__ == "__main__":
    main()
