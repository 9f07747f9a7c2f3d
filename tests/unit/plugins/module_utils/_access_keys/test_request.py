# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.request import CollectRequest
from ansible_collections.keyward.iam.plugins.module_utils._aws.session import ConnectionSettings
from ansible_collections.keyward.iam.plugins.modules.access_key_info import ARGUMENT_SPEC

USUAL = {name: spec.get("default") for name, spec in ARGUMENT_SPEC.items()}


@pytest.mark.parametrize(("max_days", "warn_days"), [(90, 60), (180, 150), (30, 0), (7, 0), (0, 0)])
def test_the_warning_follows_the_limit_alone(max_days: int, warn_days: int) -> None:
    request = CollectRequest.from_options({**USUAL, "max_age_days": max_days}, ConnectionSettings())
    assert (request.limits.warn_days, request.limits.max_days) == (warn_days, max_days)


@pytest.mark.parametrize("name", ["cache_path", "path_prefix", "exempt_tag", "external_id"])
def test_an_empty_text_is_no_setting(name: str) -> None:
    request = CollectRequest.from_options({**USUAL, name: ""}, ConnectionSettings())
    default = next(field.default for field in dataclasses.fields(CollectRequest) if field.name == name)
    assert getattr(request, name) == default
