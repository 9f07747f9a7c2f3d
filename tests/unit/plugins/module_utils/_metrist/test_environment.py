# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import UserError
from ansible_collections.keyward.iam.plugins.module_utils._aws.session import ConnectionSettings
from ansible_collections.keyward.iam.plugins.module_utils._metrist.environment import with_metrist_settings

WHOLE = {
    "METRIST_AWS_ACCESS_KEY_ID": "AKIA0",
    "METRIST_AWS_SECRET_ACCESS_KEY": "a-secret",
    "METRIST_AWS_REGION": "eu-west-1",
}


def test_they_fill_what_is_not_set() -> None:
    settings = with_metrist_settings(ConnectionSettings(session_token="of-others"), WHOLE, wants_credentials=True)
    assert (settings.access_key_id, settings.secret_access_key) == ("AKIA0", "a-secret")
    assert (settings.session_token, settings.region) == (None, "eu-west-1")


def test_explicit_settings_come_first() -> None:
    given = ConnectionSettings(access_key_id="AKIA1", secret_access_key="b", region="us-west-2")
    assert with_metrist_settings(given, WHOLE, wants_credentials=False) == given


@pytest.mark.parametrize("half", ["METRIST_AWS_ACCESS_KEY_ID", "METRIST_AWS_SECRET_ACCESS_KEY"])
def test_half_a_key_is_refused(half: str) -> None:
    with pytest.raises(UserError, match="go together: set both or neither"):
        with_metrist_settings(ConnectionSettings(), {**WHOLE, half: ""}, wants_credentials=True)
