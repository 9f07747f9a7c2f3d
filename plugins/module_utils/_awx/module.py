# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What lets the module awx_object in, and how it ends."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule

from .._common.errors import KeywardError
from .._http.environment import Spec, given_by_task, label
from .._http.request import http_options
from .._http.rest import Credentials
from .api import Api, password_credentials, token_credentials
from .manage import keep


def run_module(spec: Spec) -> None:
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    options: dict[str, t.Any] = module.params
    try:
        credentials = _credentials(spec, options)
        api = Api(options["url"], credentials, http_options(options), label(spec, "url"))
        outcome = keep(options, api, planning=module.check_mode)
    except KeywardError as error:
        module.fail_json(msg=str(error))
    if outcome.warning:
        module.warn(outcome.warning)
    module.exit_json(**outcome.result)


def _credentials(spec: Spec, options: t.Mapping[str, t.Any]) -> Credentials:
    """What the task says goes before what the environment says, and a token before a user."""
    secrets = [str(value) for value in options["secret_inputs"].values() if value]
    own = given_by_task(spec, options, ("token", "username"))
    if len(own) > 1:
        raise KeywardError(f"{' and '.join(own)} are mutually exclusive", setting="token")
    if options["token"] and "username" not in own:
        return token_credentials(options["token"], label(spec, "token"), secrets)
    pair = f"{label(spec, 'username')} and {label(spec, 'password')}"
    if options["username"] and options["password"]:
        return password_credentials(options["username"], options["password"], pair, secrets)
    raise KeywardError(f"nothing to authenticate with: set {label(spec, 'token')}, or {pair}", setting="token")
