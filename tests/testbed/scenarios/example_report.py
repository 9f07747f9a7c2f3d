# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
``python -m testbed.scenarios.example_report``: writes examples/report.html, the report of the demo's accounts as of one
time, after 90 days with a report each.
"""

from __future__ import annotations

import random
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.keyward.iam.plugins.plugin_utils._report.history import DAYS, History
from ansible_collections.keyward.iam.plugins.plugin_utils._report.model import build, entries
from ansible_collections.keyward.iam.plugins.plugin_utils._report.page import html
from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import HostResult
from testbed.drivers.runs import Ansible
from testbed.fakes.aws import AwsEndpoint
from testbed.fakes.aws.seeds import demo
from testbed.scenarios.demo import write_profiles
from testbed.scenarios.results import NOW, probed, severity
from tools.checkout import ROOT

if TYPE_CHECKING:
    from datetime import datetime

EXAMPLE = ROOT / "examples" / "report.html"

_TITLE = "AWS access keys"
_JITTER_MS = 9.0


def text() -> str:
    """The page."""
    found = _collect()
    history = History(
        entry for day in range(DAYS, 0, -1) for entry in entries(build(_results(found, day), "", History(), _ago(day)))
    )
    return html(build(_results(found, 0), _TITLE, history, NOW), show_key_ids=False)


def _collect() -> dict[str, Any]:
    """The demo's accounts as the module reads them."""
    with tempfile.TemporaryDirectory() as directory, AwsEndpoint() as aws:
        aws.seed(demo())
        ansible = Ansible(Path(directory))
        ansible.set(**write_profiles(ansible.home, aws))
        return ansible.module("access_key_info", {"profiles": ["*"], "user_tags": ["owner"]})


def _results(found: dict[str, Any], day: int) -> list[HostResult]:
    """What was collected and probed so many days ago, of the keys that were there."""
    when = _ago(day)
    keys = [_aged(key, day) for key in found["access_keys"] if key["age_days"] >= day]
    result = {**found, "access_keys": keys, "timestamp": int(when.timestamp())}
    dice = random.Random(day)  # noqa: S311 - the same times in every run
    probe = {**probed(), "namespace": "demo", "timestamp": result["timestamp"]}
    for step in probe["steps"]:
        step["duration_ms"] += dice.expovariate(1 / _JITTER_MS)
    return [HostResult("localhost", result), HostResult("localhost", probe)]


def _aged(key: dict[str, Any], day: int) -> dict[str, Any]:
    """A key as it was so many days ago. Its dates count from the time of the example."""
    age = key["age_days"] - day
    used = key.get("last_used_days")
    return {
        **key,
        "create_date": f"{NOW - timedelta(days=key['age_days']):%Y-%m-%dT%H:%M:%SZ}",
        "age_days": age,
        "days_left": key["days_left"] + day,
        "severity": severity(age),
        **({} if used is None else {"last_used_date": f"{NOW - timedelta(days=used):%Y-%m-%dT%H:%M:%SZ}"}),
    }


def _ago(day: int) -> datetime:
    return NOW - timedelta(days=day)


if __name__ == "__main__":
    EXAMPLE.write_text(text(), encoding="utf-8")
