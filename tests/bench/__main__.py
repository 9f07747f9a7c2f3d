# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import argparse
import functools
import sys
from typing import TYPE_CHECKING

from bench import delivery, report
from bench.accounts import accounts
from bench.page import Page
from bench.stages import stages, startup
from bench.users import users

if TYPE_CHECKING:
    from bench.measure import Benchmark

PAGE = ["users", "accounts", "stages", "startup"]
"""What docs/performance.md is written from."""


def main() -> int:
    names = [*delivery.BENCHMARKS, *report.BENCHMARKS, *PAGE]
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures what is promised in numbers.")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="some benchmarks")
    parser.add_argument("--users", type=_numbers, default=[10, 100, 1000, 5000], help="sizes of an account: 10,100")
    parser.add_argument("--accounts", type=_numbers, default=[1, 10, 100, 1000], help="sizes of an organization: 1,10")
    parser.add_argument("--rounds", type=int, default=3, help="of the faster ways; the median counts")
    parser.add_argument("--custodian", help="the command of Cloud Custodian, for users")
    parser.add_argument("--prowler", help="the command of prowler, for users")
    parser.add_argument("--write", action="store_true", help=f"write docs/performance.md, from {', '.join(PAGE)}")
    parser.add_argument("--shared", action="store_true", help="say that other work ran on the machine")
    options = parser.parse_args()
    if options.write and not set(PAGE) <= set(options.only):
        parser.error(f"--write needs {', '.join(PAGE)}")
    page = Page(shared=options.shared)
    peers = {"custodian": options.custodian, "prowler": options.prowler}
    benchmarks: dict[str, Benchmark] = {
        **delivery.BENCHMARKS,
        **report.BENCHMARKS,
        "users": functools.partial(users, options.users, options.rounds, page, **peers),
        "accounts": functools.partial(accounts, options.accounts, page),
        "stages": functools.partial(stages, options.rounds, page),
        "startup": functools.partial(startup, options.rounds, page),
    }
    met = True
    for name in options.only:
        for measured in benchmarks[name]():
            print(measured, flush=True)
            met &= measured.met
    if options.write:
        sizes = [f"--{name} {','.join(map(str, getattr(options, name)))}" for name in ("users", "accounts")]
        tools = ["--custodian /tmp/c7n/bin/custodian"] * bool(options.custodian)
        tools += ["--prowler /tmp/prowler/bin/prowler"] * bool(options.prowler)
        page.write([f"--only {' '.join(PAGE)}", *sizes, f"--rounds {options.rounds}", *tools, "--write"])
    return 0 if met else 1


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
