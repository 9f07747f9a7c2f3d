# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The process that searches for one target, by the code that its inputs reach."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

_INSTRUMENTED = ["ansible_collections.keyward.iam", "botocore.parsers", "configparser", "prometheus_client.parser"]


def main(name: str, corpus: Path, arguments: list[str]) -> None:
    with atheris.instrument_imports(include=_INSTRUMENTED):
        from fuzz.target import load  # noqa: PLC0415 - what is imported here is watched

        target = load(name)
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate((*target.seeds, *target.found)):
        (corpus / f"seed-{number}").write_bytes(seed)
    with tempfile.TemporaryDirectory(prefix="keyward-fuzz-") as room:
        atheris.Setup([sys.argv[0], *arguments, str(corpus)], lambda data: target.run(data, Path(room)))
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
