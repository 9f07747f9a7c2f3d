# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the modules for Wavefront's REST API share: their options, and how they end."""

from __future__ import annotations

import functools
import typing as t

from ansible.module_utils.basic import AnsibleModule

from .._common.errors import KeywardError
from .._http.environment import from_environment, given_by_task, label
from .._http.request import http_options
from .access import CLIENT_SECRETS, TOKENS, base_url
from .api import Api
from .manage import Outcome
from .tokens import token_of


def _option(kind: str, name: str, **more: t.Any) -> dict[str, t.Any]:
    return {"type": kind, **more, **from_environment(f"WAVEFRONT_{name.upper()}")}


ACCESS_SPEC: dict[str, t.Any] = {
    "url": _option("str", "url", required=True),
    "api_token": _option("str", "api_token", no_log=True),
    "api_token_file": _option("path", "api_token_file", no_log=False),
    "csp_url": _option("str", "csp_url", default="https://console.cloud.vmware.com"),
    "csp_api_token": _option("str", "csp_api_token", no_log=True),
    "csp_api_token_file": _option("path", "csp_api_token_file", no_log=False),
    "csp_client_id": _option("str", "csp_client_id"),
    "csp_client_secret": _option("str", "csp_client_secret", no_log=True),
    "csp_client_secret_file": _option("path", "csp_client_secret_file", no_log=False),
    "csp_org_id": _option("str", "csp_org_id"),
    "timeout": _option("float", "timeout", default=10),
    "validate_certs": _option("bool", "validate_certs", default=True),
    "ca_path": _option("path", "ca_path"),
    "client_cert": _option("path", "client_cert"),
    "client_key": _option("path", "client_key", no_log=False),
}

_label = functools.partial(label, ACCESS_SPEC)


class WavefrontModule:
    def __init__(self, spec: dict[str, t.Any], **rules: t.Any) -> None:
        self.ansible = AnsibleModule(
            argument_spec={**ACCESS_SPEC, **spec},
            required_by={"client_key": ["client_cert"]},
            supports_check_mode=True,
            **rules,
        )
        self.options: dict[str, t.Any] = self.ansible.params

    def run(self, keep: t.Callable[[t.Mapping[str, t.Any], Api, bool], Outcome]) -> None:
        """Ends the module with what C(keep) makes of its options; the last argument is whether only to plan."""
        secrets: t.Sequence[str] = ()
        try:
            token = token_of(self._one_way_in(), _label)
            api = Api(base_url(_label("url"), self.options["url"]), token, http_options(self.options), _label("url"))
            try:
                outcome = keep(self.options, api, self.ansible.check_mode)
            finally:
                secrets = token.secrets
                # What was read from a file is as secret as what was given.
                self.ansible.no_log_values.update(secrets)
        except KeywardError as error:
            self.ansible.fail_json(msg=str(error))
        if outcome.warning:
            self.ansible.warn(outcome.warning)
        self.ansible.exit_json(**outcome.result)

    def _one_way_in(self) -> dict[str, t.Any]:
        """The options with one way to a token: what the task says goes before what the environment says."""
        options = {**self.options}
        for names in (TOKENS, CLIENT_SECRETS):
            given = given_by_task(ACCESS_SPEC, options, names) or [name for name in names if options[name]]
            if len(given) > 1:
                raise KeywardError(f"{' and '.join(map(_label, given))} are mutually exclusive")
            options |= {name: None for name in names if name not in given}
        if not any(options[name] for name in TOKENS):
            raise KeywardError(f"one of {', '.join(map(_label, TOKENS))} is required")
        return options
