# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: awx_object
short_description: Manage an object of AWX
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Creates, updates or deletes an object of AWX, by version 2 of AWX's REST API.
  - The kinds of objects are those that the playbook C(keyward.iam.awx) needs.
  - The definition has the fields of the API, but names where the API has ids, and dictionaries where the API has text
    with variables.
  - Only fields given in the definition are compared and changed. A field that is left out or V(null) keeps its value.
  - Objects of the same name in other organizations are left alone.
extends_documentation_fragment:
  - keyward.iam._attributes
attributes:
  check_mode:
    support: full
    details:
      - Objects that the definition refers to may be missing, since an earlier task would have created them. With
        O(planned_objects), only these may be missing.
  diff_mode:
    support: full
    details:
      - Shows the definition, and how the object differs from it, without secrets.
  idempotent:
    support: partial
    details:
      - AWX does not return secrets, so they cannot be compared. With O(update_secrets=true), they are sent each time.
options:
  url:
    description:
      - The address of AWX, as in V(https://awx.example.com).
      - The path of the API can be left out, unless it is another one than C(/api), as in
        V(https://aap.example.com/api/controller).
      - If not set, the environment variable E(CONTROLLER_HOST) or E(TOWER_HOST) is used.
    type: str
    required: true
  token:
    description:
      - An OAuth 2 token of AWX, with the scope Write.
      - Either O(token), or O(username) and O(password) are required. Those that come from the environment are ignored
        if the task sets another way.
      - If not set, the environment variable E(CONTROLLER_OAUTH_TOKEN) or E(TOWER_OAUTH_TOKEN) is used.
    type: str
  username:
    description:
      - A user of AWX. Needs O(password).
      - If not set, the environment variable E(CONTROLLER_USERNAME) or E(TOWER_USERNAME) is used.
    type: str
  password:
    description:
      - The user's password.
      - If not set, the environment variable E(CONTROLLER_PASSWORD) or E(TOWER_PASSWORD) is used.
    type: str
  kind:
    description: The kind of the object.
    type: str
    required: true
    choices:
      - credential
      - credential_type
      - execution_environment
      - inventory
      - job_template
      - organization
      - project
      - schedule
  name:
    description:
      - The object's name. Blanks around it are removed, as AWX does.
    type: str
    required: true
  organization:
    description:
      - The name of the organization that the object belongs to, and in which names in O(definition) are looked up.
      - Credential types and execution environments belong to all of AWX, and are identified by their names alone. All
        other kinds need it, except for an organization itself.
    type: str
  definition:
    description:
      - The object in the form of the REST API, with names where the API has ids.
      - A credential has C(credential_type), and C(inputs) except for its secrets.
      - An inventory has C(variables), and C(hosts), which is a dictionary of names with their variables. Hosts that it
        leaves out are deleted, unless C(hosts) is left out altogether.
      - A job template has C(credentials), the names of all its credentials, and C(extra_vars).
      - A schedule has C(unified_job_template), which must be a job template, and C(rrule). The module refuses an
        C(INTERVAL) below 1, and warns about one at which AWX does not run jobs evenly.
      - Variables are replaced as a whole.
      - Values are compared in the form in which AWX keeps them, so that blanks around text, V(yes) for V(true) and
        numbers as text are not changes. A value of another type is refused, and so is a field that AWX sets itself,
        such as C(status).
    type: dict
    default: {}
  secret_inputs:
    description:
      - The inputs of a credential that its type calls secret.
      - A blank one deletes the secret that AWX keeps.
    type: dict
    default: {}
  update_secrets:
    description:
      - Whether to send O(secret_inputs) also if AWX already keeps a secret of that name. Needed after a rotation.
    type: bool
    default: false
  planned_objects:
    description:
      - The names of the objects that other tasks create.
      - In check mode, the definition and O(organization) can refer to these before they exist. If not set, they can
        refer to any object that does not exist.
      - Ignored without check mode, in which all of them must exist.
    type: list
    elements: str
  wait_timeout:
    description:
      - How many seconds to wait until AWX has fetched a new or changed project, without which it has no playbooks, and
        until an inventory of this name that AWX is deleting is gone.
    type: float
    default: 300
  state:
    description: Whether the object should exist.
    type: str
    choices:
      - absent
      - present
    default: present
  timeout:
    description:
      - Timeout of a request in seconds.
      - A request that AWX refuses because there are too many is sent again, after the pause that it asks for. So is one
        that only reads, after a server error.
    type: float
    default: 30
  validate_certs:
    description:
      - Whether to verify the certificate of AWX.
      - If not set, the environment variable E(CONTROLLER_VERIFY_SSL) or E(TOWER_VERIFY_SSL) is used.
    type: bool
    default: true
  ca_path:
    description: A file of certificates in PEM format to trust, instead of those of the system.
    type: path
notes:
  - HTTP proxies come from the environment of the module, from E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
  - Redirects are not followed.
  - AWX does not change the inputs of a credential type while credentials use it. Delete these credentials in AWX first,
    and create them again with their secrets.
"""

EXAMPLES = r"""
- name: Create a credential with AWS profiles for jobs
  keyward.iam.awx_object:
    url: https://awx.example.com
    token: "{{ vault_awx_token }}"
    kind: credential
    name: IAM readers
    organization: Security
    definition:
      credential_type: Keyward AWS profiles
      inputs:
        config: "{{ lookup('ansible.builtin.file', '~/.aws/config') }}"
    secret_inputs:
      credentials: "{{ vault_aws_credentials_file }}"

- name: Create an inventory with a host for each account
  keyward.iam.awx_object:
    url: https://awx.example.com
    token: "{{ vault_awx_token }}"
    kind: inventory
    name: AWS accounts
    organization: Security
    definition:
      variables:
        ansible_connection: local
      hosts:
        production:
          keyward_profiles:
            - production
        staging:
          keyward_profiles:
            - staging

- name: Run a job template every six hours
  keyward.iam.awx_object:
    url: https://awx.example.com
    token: "{{ vault_awx_token }}"
    kind: schedule
    name: Every 6 hours
    organization: Security
    definition:
      unified_job_template: Collect access keys
      rrule: DTSTART:20260101T001700Z RRULE:FREQ=HOURLY;INTERVAL=6
      enabled: true
"""

RETURN = r"""
id:
  description: The object's id in AWX.
  returned: when there is an object
  type: int
  sample: 17
"""

from ansible_collections.keyward.iam.plugins.module_utils._common.python import require_python

require_python()

from ansible_collections.keyward.iam.plugins.module_utils._awx.kinds import KINDS
from ansible_collections.keyward.iam.plugins.module_utils._awx.module import run_module
from ansible_collections.keyward.iam.plugins.module_utils._http.environment import from_environment

ARGUMENT_SPEC = {
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


def main() -> None:
    run_module(ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
