# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import pickle

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError


def test_an_error_is_its_sentence() -> None:
    error = KeywardError("the request failed", setting="url", evidence="HTTP 500")
    assert str(error) == error.sentence == "the request failed"
    assert (error.setting, error.evidence) == ("url", "HTTP 500")


def test_setting_and_evidence_outlive_the_way_to_another_process() -> None:
    error = pickle.loads(pickle.dumps(KeywardError("it failed", setting="url", evidence="no")))  # noqa: S301
    assert (str(error), error.setting, error.evidence) == ("it failed", "url", "no")
