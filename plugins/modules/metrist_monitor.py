# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: metrist_monitor
short_description: Register the IAM probe with a Metrist back end
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Registers the IAM probe as Metrist's monitor C(awsiam), so that Metrist's orchestrators run it, or removes the
    registration.
  - Metrist's API (version 0) does not change registrations. A changed registration is removed and created again.
  - If the back end lists registrations, the module finds its own there, by its id or else by its O(run_groups), and
    warns about others. If it does not, what this module registered is remembered in O(id_path), and the module warns
    about what it cannot know, such as a registration that was made elsewhere.
extends_documentation_fragment:
  - keyward.iam._attributes
attributes:
  check_mode:
    support: full
    details:
      - It asks the back end for the state of the monitor in check mode as well, so a wrong address or token is found.
  diff_mode:
    support: full
    details:
      - It shows the configuration of the registration.
  idempotent:
    support: full
    details:
      - If the back end does not list registrations, only as long as the file at O(id_path) is kept. Without it,
        O(state=present) registers a second time.
options:
  state:
    description:
      - Whether the probe should be registered.
      - V(absent) removes the registration that is remembered in O(id_path), or that has these O(run_groups). Without
        O(run_groups) it also removes the only registration of the monitor.
    type: str
    choices:
      - absent
      - present
    default: present
  api_url:
    description:
      - The address of the back end, without the C(/api/v0) of its API.
      - Falls back to E(METRIST_API_URL).
      - Metrist's own service is closed. Its back end is open source.
    type: str
    required: true
  api_token:
    description:
      - The token for the API.
      - Falls back to E(METRIST_API_TOKEN).
    type: str
    required: true
  interval_secs:
    description: The interval in which orchestrators run the probe, in seconds, from 1 to 2592000.
    type: int
    default: 120
  run_groups:
    description: The run groups. Their orchestrators run the probe.
    type: list
    elements: str
    default: []
  run_type:
    description:
      - The type of the monitor. V(exe) is an executable monitor.
    type: str
    default: exe
  id_path:
    description:
      - The file in which registrations are remembered, one for each O(api_url), on the host that the module runs on.
      - It has no secrets. Two registrations with one back end, such as those of two namespaces, need two files and two
        sets of O(run_groups).
      - It is not used if it is a link, or if other users can write in its directory.
    type: path
    default: ~/.local/state/keyward/metrist.json
  timeout:
    description: Timeout of a request in seconds.
    type: int
    default: 10
  validate_certs:
    description: Whether the certificate of the back end is verified.
    type: bool
    default: true
  ca_path:
    description: A file of certificates in PEM format to trust, instead of those of the system.
    type: path
seealso:
  - module: keyward.iam.probe
"""

EXAMPLES = r"""
- name: Register the probe from the controller
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Run the probe every five minutes on the orchestrators of the run group aws-us-west-2
      keyward.iam.metrist_monitor:
        api_url: https://metrist.example.com
        api_token: "{{ vault_metrist_api_token }}"
        interval_secs: 300
        run_groups:
          - aws-us-west-2

- name: Remove the registration
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Remove the probe from all orchestrators
      keyward.iam.metrist_monitor:
        api_url: https://metrist.example.com
        api_token: "{{ vault_metrist_api_token }}"
        state: absent
"""

RETURN = r"""
id:
  description:
    - The id of the registration.
    - If a registration would be replaced in check mode, the id of the old one.
  returned: when the probe is registered
  type: str
  sample: 11vpT2hkfP5Ph5Sci0tUrMy
monitor_state:
  description: The state of the monitor C(awsiam) in the back end.
  returned: when the back end has a state of the monitor
  type: str
  sample: up
last_checked:
  description: When the back end last had a result of the monitor.
  returned: when the back end has a state of the monitor
  type: str
  sample: "2026-11-22T06:00:00Z"
"""

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import env_fallback

from ansible_collections.keyward.iam.plugins.module_utils._common.python import require_python

require_python()

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._http.request import http_options
from ansible_collections.keyward.iam.plugins.module_utils._metrist.api import BackEnd, monitor_config
from ansible_collections.keyward.iam.plugins.module_utils._metrist.memory import Memory
from ansible_collections.keyward.iam.plugins.module_utils._metrist.registration import manage

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
    "api_url": {"type": "str", "required": True, "fallback": (env_fallback, ["METRIST_API_URL"])},
    "api_token": {"type": "str", "required": True, "no_log": True, "fallback": (env_fallback, ["METRIST_API_TOKEN"])},
    "interval_secs": {"type": "int", "default": 120},
    "run_groups": {"type": "list", "elements": "str", "default": []},
    "run_type": {"type": "str", "default": "exe"},
    "id_path": {"type": "path", "default": "~/.local/state/keyward/metrist.json"},
    "timeout": {"type": "int", "default": 10},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    params = module.params
    try:
        config = monitor_config(params["interval_secs"], params["run_groups"], params["run_type"])
        back_end = BackEnd(params["api_url"], params["api_token"], http_options(params))
        memory = Memory(params["id_path"], back_end.url)
        present = params["state"] == "present"
        outcome = manage(back_end, memory, config, present=present, check=module.check_mode)
    except KeywardError as error:
        module.fail_json(msg=str(error))
    for warning in outcome.warnings:
        module.warn(warning)
    module.exit_json(**outcome.result)


if __name__ == "__main__":
    main()
