# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bench import delivery, report

if TYPE_CHECKING:
    from bench.measure import Benchmark

BENCHMARKS: dict[str, Benchmark] = {**delivery.BENCHMARKS, **report.BENCHMARKS}


def main(names: list[str]) -> int:
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    met = True
    for name in names or BENCHMARKS:
        for measured in BENCHMARKS[name]():
            print(measured, flush=True)
            met &= measured.met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
