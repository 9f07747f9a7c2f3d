# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: awx_object
short_description: Keep an object of AWX as code
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Makes an object of AWX what its definition says, or removes it, by version 2 of AWX's REST API.
  - The definition has the fields of the API, but names where the API has ids, and variables where the API has text.
  - The object is held against the definition wherever the definition says something. What it leaves out, or says by
    V(null), is AWX's or a person's choice.
  - Objects of the same name in other organizations are left alone.
extends_documentation_fragment:
  - keyward.iam._attributes
attributes:
  check_mode:
    support: full
    details:
      - What the definition refers to need not exist yet in check mode, since an earlier task might have made it.
  diff_mode:
    support: full
    details:
      - It shows the definition, and how the object differs from it, without secrets.
  idempotent:
    support: partial
    details:
      - AWX does not tell whether a secret is the one that it keeps. With O(update_secrets=true), secrets are given
        again each time.
options:
  url:
    description:
      - The address of AWX, as in V(https://awx.example.com).
      - The path of its API may be left out, unless it is another one than C(/api), as in
        V(https://aap.example.com/api/controller).
    type: str
    required: true
  token:
    description:
      - An OAuth 2 token of AWX, with the scope Write.
      - Either O(token), or O(username) and O(password) are required.
    type: str
  username:
    description: A user of AWX. Needs O(password).
    type: str
  password:
    description: The user's password.
    type: str
  kind:
    description: What the object is.
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
    description: The object's name.
    type: str
    required: true
  organization:
    description:
      - The name of the organization that the object belongs to, and in which names in O(definition) are looked up.
      - Credential types and execution environments belong to all of AWX, and are known by their names alone. All other
        kinds need it, except for an organization itself.
    type: str
  definition:
    description:
      - The object in the form of the REST API, with names where the API has ids.
      - Of a credential, C(credential_type) and, but for its secrets, C(inputs).
      - Of an inventory, C(variables), and C(hosts), which are names with their variables. Hosts that it leaves out are
        removed, unless it leaves out C(hosts) altogether.
      - Of a job template, C(credentials), which are all that the job template has, and C(extra_vars).
      - Of a schedule, C(unified_job_template), which must be a job template.
      - Variables are the definition's, whatever a person added to them.
    type: dict
    default: {}
  secret_inputs:
    description:
      - Those inputs of a credential which its type says are secret.
      - A blank one takes away what AWX keeps, as blank C(inputs) in O(definition) do.
    type: dict
    default: {}
  update_secrets:
    description:
      - Whether O(secret_inputs) are given to AWX also where it keeps a secret of that name already, as is needed after
        a rotation.
    type: bool
    default: false
  wait_timeout:
    description:
      - How many seconds to wait until AWX has fetched a new or changed project, without which it knows no playbooks.
    type: float
    default: 300
  state:
    description: Whether there is such an object.
    type: str
    choices:
      - absent
      - present
    default: present
  timeout:
    description: How many seconds an answer is waited for.
    type: float
    default: 30
  validate_certs:
    description: Whether the certificate of AWX must be valid.
    type: bool
    default: true
  ca_path:
    description: A file of certificates, in PEM format, that are trusted beside the system's own.
    type: path
notes:
  - HTTP proxies are taken from the environment of the module, as E(HTTPS_PROXY) and E(NO_PROXY) name them.
"""

EXAMPLES = r"""
- name: Keep AWS profiles for jobs
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

- name: Keep an inventory of one host for each account
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

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.keyward.iam.plugins.module_utils._awx.api import (
    Access,
    Api,
    AwxError,
    password_access,
    token_access,
)
from ansible_collections.keyward.iam.plugins.module_utils._awx.kinds import KINDS
from ansible_collections.keyward.iam.plugins.module_utils._awx.manage import keep
from ansible_collections.keyward.iam.plugins.module_utils._http.request import Connection

ARGUMENT_SPEC = {
    "url": {"type": "str", "required": True},
    "token": {"type": "str", "no_log": True},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "kind": {"type": "str", "required": True, "choices": sorted(KINDS)},
    "name": {"type": "str", "required": True},
    "organization": {"type": "str"},
    "definition": {"type": "dict", "default": {}},
    "secret_inputs": {"type": "dict", "default": {}, "no_log": True},
    "update_secrets": {"type": "bool", "default": False, "no_log": False},
    "wait_timeout": {"type": "float", "default": 300},
    "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
    "timeout": {"type": "float", "default": 30},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
}


def main() -> None:
    module = AnsibleModule(
        argument_spec=ARGUMENT_SPEC,
        mutually_exclusive=[("token", "username")],
        required_one_of=[("token", "username")],
        required_together=[("username", "password")],
        supports_check_mode=True,
    )
    options = module.params
    connection = Connection(options["timeout"], options["validate_certs"], options["ca_path"])
    try:
        api = Api(options["url"], _access(options["token"], options["username"], options["password"]), connection)
        outcome = keep(options, api, planning=module.check_mode)
    except AwxError as error:
        module.fail_json(msg=str(error))
    module.exit_json(
        changed=outcome.changed,
        diff={"before": outcome.before, "after": outcome.after},
        **({} if outcome.id is None else {"id": outcome.id}),
    )


def _access(token: str | None, username: str | None, password: str | None) -> Access:
    return token_access(token) if token else password_access(username or "", password or "")


if __name__ == "__main__":
    main()
