# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: credentials_profile
short_description: Set up one profile in the AWS credentials and config files
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Sets up one AWS profile, with static keys or with a role that is assumed, in the shared files of AWS clients, or
    removes it.
  - Other profiles, comments, the order and the line endings do not change. Settings of the profile that this module has
    no option for do not change either.
  - Keys go to the credentials file. Only its owner can read it, from its first byte on. A role and the region go to the
    config file.
  - Each file is replaced in one step, so that a reader finds the old file or the new one. Several writers wait for each
    other by a lock on the directory, for at most 60 seconds.
  - A symbolic link is kept, and its target is replaced. The module fails if a link leads to nothing, if another user
    created it in a world-writable directory, or if its target belongs to another user than the link.
  - The module fails if a file has a line that AWS clients cannot read, names the line, and does not change the file.
  - A file that is mounted by itself, as single files are into containers, cannot be replaced. Mount its directory
    instead.
extends_documentation_fragment:
  - keyward.iam._attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - It shows the settings of this profile only. For settings that are secret, or not known to this module, it shows
        only the name.
  idempotent:
    support: full
options:
  name:
    description:
      - The name of the profile.
    type: str
    required: true
  state:
    description:
      - Whether the profile should exist.
      - V(absent) removes it from both files, with all of its settings. A file with nothing left in it is removed.
    type: str
    choices:
      - absent
      - present
    default: present
  aws_access_key_id:
    description:
      - The id of the access key.
      - A profile has either keys or a role. The settings of the other kind are removed from both files.
    type: str
  aws_secret_access_key:
    description: The secret of the access key.
    type: str
  aws_session_token:
    description:
      - The session token that belongs to temporary keys.
      - If O(aws_access_key_id) is set and this is not, a session token that the profile has is removed.
    type: str
  role_arn:
    description: The ARN of the role that is assumed, with the credentials of O(source_profile) or O(credential_source).
    type: str
  source_profile:
    description: The profile that has the credentials to assume the role. It does not have to exist yet.
    type: str
  credential_source:
    description: The source of the credentials to assume the role, if they do not come from a profile.
    type: str
    choices:
      - Ec2InstanceMetadata
      - EcsContainer
      - Environment
  region:
    description:
      - The region of the profile.
      - If it is not set, the region of the profile does not change.
    type: str
  path:
    description:
      - The credentials file.
      - Falls back to E(AWS_SHARED_CREDENTIALS_FILE).
      - If its directory is missing, it is created with mode 0700. The parent of the directory must exist.
      - If other users can read or write an existing file, they no longer can afterwards.
    type: path
    default: ~/.aws/credentials
  config_path:
    description:
      - The config file.
      - Falls back to E(AWS_CONFIG_FILE).
    type: path
    default: ~/.aws/config
  owner:
    description:
      - The owner, by name or number, of the files and the directory that this module writes.
      - If it is not set, a file keeps its owner, and a new file belongs to the user that runs the module.
    type: str
  group:
    description:
      - The group, by name or number, of the files and the directory that this module writes.
      - If it is not set, a file keeps its group.
    type: str
seealso:
  - module: keyward.iam.access_key_info
"""

EXAMPLES = r"""
- name: Set up the profiles of a host that watches two accounts
  hosts: collectors
  tasks:
    - name: Give the first account's keys to the user that collects
      keyward.iam.credentials_profile:
        name: production
        aws_access_key_id: "{{ vault_production_access_key_id }}"
        aws_secret_access_key: "{{ vault_production_secret_access_key }}"
        region: us-west-2
        path: /home/keyward/.aws/credentials
        config_path: /home/keyward/.aws/config
        owner: keyward
        group: keyward

    - name: Reach the second account by a role
      keyward.iam.credentials_profile:
        name: staging
        role_arn: arn:aws:iam::444455556666:role/keyward-collector
        source_profile: production
        path: /home/keyward/.aws/credentials
        config_path: /home/keyward/.aws/config
        owner: keyward
        group: keyward

    - name: Forget an account
      keyward.iam.credentials_profile:
        name: legacy
        state: absent
"""

RETURN = r"""
credentials_path:
  description: The credentials file.
  returned: always
  type: str
  sample: /home/keyward/.aws/credentials
config_path:
  description: The config file.
  returned: always
  type: str
  sample: /home/keyward/.aws/config
changed_paths:
  description: The files that were changed, or would be changed in check mode.
  returned: always
  type: list
  elements: str
  sample:
    - /home/keyward/.aws/credentials
"""

import typing as t
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import env_fallback

from ansible_collections.keyward.iam.plugins.module_utils._common.python import require_python

require_python()

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._credentials.files import Files
from ansible_collections.keyward.iam.plugins.module_utils._credentials.profile import SETTINGS, Profile
from ansible_collections.keyward.iam.plugins.module_utils._files.private_file import Owner

ARGUMENT_SPEC = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
    "aws_access_key_id": {"type": "str", "no_log": False},
    "aws_secret_access_key": {"type": "str", "no_log": True},
    "aws_session_token": {"type": "str", "no_log": True},
    "role_arn": {"type": "str"},
    "source_profile": {"type": "str"},
    "credential_source": {"type": "str", "choices": ["Ec2InstanceMetadata", "EcsContainer", "Environment"]},
    "region": {"type": "str"},
    "path": {
        "type": "path",
        "default": "~/.aws/credentials",
        "fallback": (env_fallback, ["AWS_SHARED_CREDENTIALS_FILE"]),
    },
    "config_path": {"type": "path", "default": "~/.aws/config", "fallback": (env_fallback, ["AWS_CONFIG_FILE"])},
    "owner": {"type": "str"},
    "group": {"type": "str"},
}


CONSTRAINTS: dict[str, t.Any] = {
    "mutually_exclusive": [("aws_access_key_id", "role_arn"), ("source_profile", "credential_source")],
    "required_together": [("aws_access_key_id", "aws_secret_access_key")],
    "required_by": {
        "aws_session_token": "aws_access_key_id",
        "source_profile": "role_arn",
        "credential_source": "role_arn",
    },
    "required_if": [("state", "present", ("aws_access_key_id", "role_arn", "region"), True)],
}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True, **CONSTRAINTS)
    params = module.params
    try:
        profile = Profile(params["name"], {name: params[name] for name in SETTINGS if params[name] is not None})
        # A play may make the user in a task before this one, which it does not do in check mode.
        owner = Owner.of(params["owner"], params["group"], may_be_missing=module.check_mode)
        files = Files(Path(params["path"]), Path(params["config_path"]), owner)
        changes = files.apply(profile, present=params["state"] == "present", check=module.check_mode)
    except KeywardError as error:
        module.fail_json(msg=str(error))
    module.exit_json(
        changed=bool(changes),
        credentials_path=params["path"],
        config_path=params["config_path"],
        changed_paths=[str(change.path) for change in changes],
        diff=[change.difference for change in changes],
    )


if __name__ == "__main__":
    main()
