# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""``python -m testbed.scenarios.example_report``: writes examples/report.html, of the same keys at the same time."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import HostResult
from ansible_collections.keyward.iam.plugins.plugin_utils._report.write import Settings, write_report
from testbed.scenarios.results import NOW, many, probed
from tools.checkout import ROOT

EXAMPLE = ROOT / "examples" / "report.html"
KEYS = 60


def write(path: Path) -> None:
    settings = Settings([path], "AWS access keys", show_key_ids=False, history=None)
    sources = [HostResult("localhost", many(KEYS)), HostResult("localhost", probed())]
    write_report(sources, settings, NOW, dry_run=False)


if __name__ == "__main__":
    write(EXAMPLE)
