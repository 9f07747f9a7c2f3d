# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import yaml

from ansible_collections.keyward.iam.plugins.callback import wavefront as callback


def test_every_option_has_a_variable_and_a_line_in_the_configuration_file() -> None:
    options = yaml.safe_load(callback.DOCUMENTATION)["options"]
    special = {
        "log_points": "WRITE_INFO_LOG",
        "journal_dir": "KEYWARD_JOURNAL_DIR",
        "journal_max_mb": "KEYWARD_JOURNAL_MAX_MB",
    }
    for name, about in options.items():
        assert about["env"] == [{"name": special.get(name, f"WAVEFRONT_{name.upper()}")}]
        assert about["ini"] == [{"section": "callback_wavefront", "key": name}]
    assert {name for name, about in options.items() if about.get("secret")} == {
        "api_token",
        "csp_api_token",
        "csp_client_secret",
    }
