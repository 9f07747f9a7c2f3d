# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The receiver as a process of its own; it ends when its stdin closes or on SIGTERM."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from .receiver import WavefrontReceiver


def main() -> None:
    parser = argparse.ArgumentParser(prog="testbed.fakes.wavefront", description=__doc__)
    parser.add_argument("--port-file", type=Path, required=True, help="where the port is written once it listens")
    parser.add_argument("--token-file", type=Path, help="the Bearer token to demand; without it, a proxy is played")
    parser.add_argument("--port", type=int, default=0, help="a fixed port instead of a free one")
    parser.add_argument("--counts-only", action="store_true", help="keep no lines and points, only their counts")
    options = parser.parse_args()

    token = None if options.token_file is None else options.token_file.read_text(encoding="utf-8").strip()
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    signal.signal(signal.SIGINT, lambda *_: ended.set())
    threading.Thread(target=_at_end_of_stdin, args=(ended,), daemon=True).start()
    with WavefrontReceiver(token=token, port=options.port, keep=not options.counts_only) as receiver:
        _write(options.port_file, f"{receiver.port}\n")
        ended.wait()


def _at_end_of_stdin(ended: threading.Event) -> None:
    # Not through sys.stdin: its lock, held by this thread, would abort the interpreter's exit.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    ended.set()


def _write(path: Path, text: str) -> None:
    """At once or not at all, since somebody waits for the file."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


if __name__ == "__main__":
    main()
