# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.options import SettingError, check_texts
from testbed.drivers.deliveries import DEFINITIONS


@pytest.mark.parametrize("text", ["inf", "-Infinity", " nan ", "1e999"])
@pytest.mark.parametrize("name", ["KEYWARD_JOURNAL_MAX_MB", "WAVEFRONT_BATCH_SIZE"])
def test_a_whole_number_without_end_is_refused_with_its_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(SettingError, match=rf"\({name}\) must be a whole number, not '{text.strip()}'"):
        check_texts(DEFINITIONS)


@pytest.mark.parametrize("text", ["512", " 7 ", "", "many"])
def test_what_ansible_judges_itself_is_left_to_it(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("KEYWARD_JOURNAL_MAX_MB", text)
    check_texts(DEFINITIONS)
