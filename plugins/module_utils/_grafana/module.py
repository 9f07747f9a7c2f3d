# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What lets the module grafana_dashboard in, and how it ends."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule

from .._common.errors import KeywardError
from .._files.text_file import read_text
from .._http.environment import Spec, given_by_task, label
from .._http.request import http_options
from .._http.rest import FixedCredentials, checked_token
from .api import Api
from .manage import keep

_TOKENS = ("api_token", "api_token_file")


def run_module(spec: Spec, **rules: t.Any) -> None:
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True, **rules)
    options: dict[str, t.Any] = module.params
    try:
        credentials = _credentials(spec, options)
        # What was read from a file is as secret as what was given.
        module.no_log_values.update(credentials.secrets)
        outcome = keep(
            options,
            Api(options["url"], credentials, http_options(options), label(spec, "url")),
            planning=module.check_mode,
        )
    except KeywardError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**outcome.result)


def _credentials(spec: Spec, options: t.Mapping[str, t.Any]) -> FixedCredentials:
    """What the task says goes before what the environment says."""
    given = given_by_task(spec, options, _TOKENS) or [name for name in _TOKENS if options[name]]
    if len(given) != 1:
        names = " and ".join(label(spec, name) for name in given or _TOKENS)
        raise KeywardError(f"{names} are mutually exclusive" if given else f"one of {names} is required")
    setting = label(spec, given[0])
    value = options[given[0]]
    token = checked_token(read_text(value) if given[0] == "api_token_file" else value, setting)
    return FixedCredentials(setting, f"Bearer {token}", [token])
