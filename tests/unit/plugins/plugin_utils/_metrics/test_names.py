# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import re

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names

METRICS = {value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)}


def test_every_metric_is_described() -> None:
    assert names.DESCRIPTIONS.keys() | names.PROMETHEUS_ONLY.keys() == METRICS - {names.PROBE_PREFIX}


def test_no_two_have_the_same_name_for_prometheus() -> None:
    spelled = [each.prometheus for each in (names.DESCRIPTIONS | names.PROMETHEUS_ONLY).values()]
    assert len(set(spelled)) == len(spelled)
    assert all(re.fullmatch(r"aws_iam_[a-z_]+[a-z]", name) for name in spelled)


def test_names_for_prometheus_end_in_their_unit() -> None:
    endings = {"d": "_days", "s": "_seconds", "ms": "_seconds"}
    for each in names.DESCRIPTIONS.values():
        assert each.prometheus.endswith(endings.get(each.unit, ""))
        assert each.unit in {"1", *endings}
        assert each.meaning.endswith(".")
