# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the modules for Wavefront's REST API share: their options, and how they end."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule

from .._http.request import Connection
from .access import CLIENT_SECRETS, TOKENS, AccessError, base_url
from .api import Api, ApiError
from .change import Change
from .tokens import token_source

ACCESS_SPEC: dict[str, t.Any] = {
    "url": {"type": "str", "required": True},
    "api_token": {"type": "str", "no_log": True},
    "api_token_file": {"type": "path", "no_log": False},
    "csp_url": {"type": "str", "default": "https://console.cloud.vmware.com"},
    "csp_api_token": {"type": "str", "no_log": True},
    "csp_api_token_file": {"type": "path", "no_log": False},
    "csp_client_id": {"type": "str"},
    "csp_client_secret": {"type": "str", "no_log": True},
    "csp_client_secret_file": {"type": "path", "no_log": False},
    "csp_org_id": {"type": "str"},
    "timeout": {"type": "float", "default": 10},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "client_cert": {"type": "path"},
    "client_key": {"type": "path", "no_log": False},
}


class WavefrontModule:
    """An AnsibleModule whose work may raise ApiError or AccessError."""

    def __init__(self, spec: dict[str, t.Any], **rules: t.Any) -> None:
        self.ansible = AnsibleModule(
            argument_spec={**ACCESS_SPEC, **spec},
            mutually_exclusive=[TOKENS, CLIENT_SECRETS],
            required_one_of=[TOKENS],
            required_by={"client_key": ["client_cert"], **{name: ["csp_client_id"] for name in CLIENT_SECRETS}},
            supports_check_mode=True,
            **rules,
        )
        self.options: dict[str, t.Any] = self.ansible.params

    def run(self, work: t.Callable[[Api], dict[str, t.Any]]) -> None:
        """Ends the module with the result that C(work) returns, or fails it."""
        connection = Connection(*(self.options[name] for name in Connection._fields))
        try:
            source = token_source(self.options, connection)
            result = work(Api(base_url("url", self.options["url"]), source, connection))
        except (ApiError, AccessError) as error:
            self.ansible.fail_json(msg=str(error))
        self.ansible.exit_json(**result)

    def make(self, change: Change, api: Api) -> str | None:
        """The id of the object that there is when the change was made, or, in check mode, that there is."""
        return change.apply(api) if change.needed and not self.ansible.check_mode else change.id
