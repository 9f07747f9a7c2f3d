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
  - Metrist's API (version 0) neither lists registrations nor changes them. What this module registered is remembered
    in O(id_path), and a changed registration is removed and made anew.
  - Where that leaves something that cannot be known, the module warns. Such is a registration that was made elsewhere,
    or one of its own that was removed elsewhere.
extends_documentation_fragment:
  - keyward.iam._attributes
attributes:
  check_mode:
    support: full
    details:
      - It asks the back end for the state of the monitor also in check mode, so a wrong address or token shows.
  diff_mode:
    support: full
    details:
      - It shows what the registration says.
  idempotent:
    support: partial
    details:
      - As long as the file at O(id_path) is kept. Without it, O(state=present) registers a second time.
options:
  state:
    description:
      - Whether the probe is registered.
      - V(absent) removes the registration that is remembered in O(id_path), and no other.
    type: str
    choices:
      - absent
      - present
    default: present
  api_url:
    description:
      - The address of the back end, without the C(/api/v0) of its API.
      - Metrist's own service is closed. Its back end is open source.
    type: str
    required: true
  api_token:
    description: The token that the API is called with.
    type: str
    required: true
  interval_secs:
    description: How often orchestrators run the probe, in seconds.
    type: int
    default: 120
  run_groups:
    description: The run groups whose orchestrators run the probe.
    type: list
    elements: str
    default: []
  run_type:
    description:
      - How orchestrators run the probe.
      - V(exe) is an executable monitor.
    type: str
    default: exe
  id_path:
    description:
      - The file that remembers registrations, one for each O(api_url), on the host the module runs on.
      - It holds no secret. Two registrations with one back end, such as those of two namespaces, need two files.
    type: path
    default: ~/.local/state/keyward/metrist.json
  timeout:
    description: How many seconds an answer of the back end is waited for.
    type: int
    default: 10
  validate_certs:
    description: Whether the back end's certificate is checked.
    type: bool
    default: true
  ca_path:
    description: A file of certificates, in PEM format, that are trusted beside the system's own.
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
    - name: Let no orchestrator run the probe
      keyward.iam.metrist_monitor:
        api_url: https://metrist.example.com
        api_token: "{{ vault_metrist_api_token }}"
        state: absent
"""

RETURN = r"""
id:
  description:
    - The id of the registration.
    - When a registration is replaced in check mode, the id of the one that would be removed.
  returned: when the probe is registered
  type: str
  sample: 11vpT2hkfP5Ph5Sci0tUrMy
monitor_state:
  description: The state of the monitor C(awsiam) as the back end had it, whoever registered it.
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

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._http.request import http_options
from ansible_collections.keyward.iam.plugins.module_utils._metrist.api import BackEnd, monitor_config
from ansible_collections.keyward.iam.plugins.module_utils._metrist.registration import Change, Memory

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
    "api_url": {"type": "str", "required": True},
    "api_token": {"type": "str", "required": True, "no_log": True},
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
    if params["interval_secs"] < 1:
        module.fail_json(msg=f"interval_secs ({params['interval_secs']}) must be at least 1")
    wanted = monitor_config(params["interval_secs"], params["run_groups"], params["run_type"])
    try:
        back_end = BackEnd(params["api_url"], params["api_token"], http_options(params))
        memory = Memory(params["id_path"], back_end.url)
        change = Change(memory.recall(), wanted if params["state"] == "present" else None)
        status = back_end.status()
        doubt = change.doubt(status)
        if doubt:
            module.warn(doubt)
        registration_id = change.before.id if change.before else None
        if change.needed and not module.check_mode:
            registration_id = change.apply(back_end, memory)
    except KeywardError as error:
        module.fail_json(msg=str(error))
    module.exit_json(
        changed=change.needed,
        diff={"before": change.before.config if change.before else {}, "after": change.wanted or {}},
        **({"id": registration_id} if registration_id else {}),
        **(status._asdict() if status else {}),
    )


if __name__ == "__main__":
    main()
