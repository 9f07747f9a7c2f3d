# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The options of the module awx_object, and how it ends."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule

from .._common.errors import KeywardError
from .._http.environment import from_environment, given_by_task, label
from .._http.request import HttpOptions
from .._http.rest import Credentials
from .api import Api, password_credentials, token_credentials
from .kinds import KINDS
from .manage import keep

ARGUMENT_SPEC: dict[str, t.Any] = {
    "url": {"type": "str", "required": True, **from_environment("CONTROLLER_HOST", "TOWER_HOST")},
    "token": {"type": "str", "no_log": True, **from_environment("CONTROLLER_OAUTH_TOKEN", "TOWER_OAUTH_TOKEN")},
    "username": {"type": "str", **from_environment("CONTROLLER_USERNAME", "TOWER_USERNAME")},
    "password": {"type": "str", "no_log": True, **from_environment("CONTROLLER_PASSWORD", "TOWER_PASSWORD")},
    "kind": {"type": "str", "required": True, "choices": sorted(KINDS)},
    "name": {"type": "str", "required": True},
    "organization": {"type": "str"},
    "definition": {"type": "dict", "default": {}},
    "secret_inputs": {"type": "dict", "default": {}, "no_log": True},
    "update_secrets": {"type": "bool", "default": False, "no_log": False},
    "planned_objects": {"type": "list", "elements": "str"},
    "wait_timeout": {"type": "float", "default": 300},
    "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
    "timeout": {"type": "float", "default": 30},
    "validate_certs": {
        "type": "bool", "default": True, **from_environment("CONTROLLER_VERIFY_SSL", "TOWER_VERIFY_SSL"),
    },
    "ca_path": {"type": "path"},
}  # fmt: skip


def run_module() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    options: dict[str, t.Any] = module.params
    try:
        credentials = _credentials(options)
        http_options = HttpOptions(options["timeout"], options["validate_certs"], options["ca_path"])
        api = Api(options["url"], credentials, http_options, _label("url"))
        outcome = keep(options, api, planning=module.check_mode)
    except KeywardError as error:
        module.fail_json(msg=str(error))
    if outcome.warning:
        module.warn(outcome.warning)
    module.exit_json(**outcome.result)


def _credentials(options: t.Mapping[str, t.Any]) -> Credentials:
    """What the task says goes before what the environment says, and a token before a user."""
    if not options["timeout"] > 0:
        raise KeywardError(f"timeout must be more than 0 seconds, not {options['timeout']:g}", setting="timeout")
    secrets = [str(value) for value in options["secret_inputs"].values() if value]
    own = given_by_task(ARGUMENT_SPEC, options, ("token", "username"))
    if len(own) > 1:
        raise KeywardError("only one of token and username can be used", setting="token")
    if options["token"] and "username" not in own:
        return token_credentials(options["token"], _label("token"), secrets)
    pair = f"{_label('username')} and {_label('password')}"
    if options["username"] and options["password"]:
        return password_credentials(options["username"], options["password"], pair, secrets)
    raise KeywardError(f"nothing to authenticate with: set {_label('token')}, or {pair}", setting="token")


def _label(option: str) -> str:
    return label(ARGUMENT_SPEC, option)
