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
  - All that is not of this profile stays as it is to the byte, comments, order, and ends of lines included. So do those
    settings of the profile that this module has no option for.
  - Keys go to the credentials file, which only its owner can read before the first secret is in it. A role and the
    region go to the config file.
  - Each file is replaced in one step, so that a reader finds the old one or the new one. Writers wait for each other by
    a lock on the folder, and so nothing is lost when there are many at once.
  - A symbolic link stays one, and what it leads to is replaced. A link that leads to nothing is an error. So is one
    that another user has made in a folder where everybody may, or to what is not that user's own.
  - A file that AWS clients could not read is an error that names the line, and is left as it is.
extends_documentation_fragment:
  - keyward.iam._attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - It shows the settings of this profile only, and of those that are secret or not known to this module only the
        name.
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
      - Whether the profile is there.
      - V(absent) removes it from both files, with all of its settings. A file with nothing left in it is removed.
    type: str
    choices:
      - absent
      - present
    default: present
  aws_access_key_id:
    description:
      - The id of the access key.
      - A profile has either keys or a role. Whatever it had of the other is removed from both files.
    type: str
  aws_secret_access_key:
    description: The secret of the access key.
    type: str
  aws_session_token:
    description:
      - The session token that belongs to temporary keys.
      - When it is left out and O(aws_access_key_id) is not, the profile will have none.
    type: str
  role_arn:
    description: The ARN of the role that is assumed, with the credentials of O(source_profile) or O(credential_source).
    type: str
  source_profile:
    description: The profile whose credentials may assume the role. It need not be there yet.
    type: str
  credential_source:
    description: Where the credentials that may assume the role come from, when they are of no profile.
    type: str
    choices:
      - Ec2InstanceMetadata
      - EcsContainer
      - Environment
  region:
    description:
      - The region of the profile.
      - When it is left out, the profile keeps the one that it has.
    type: str
  path:
    description:
      - The credentials file.
      - When it is left out, the environment variable E(AWS_SHARED_CREDENTIALS_FILE) is used where it is set.
      - A folder that is missing is made, and only its owner may enter it. The one above it must be there.
      - An existing file that others may read or write is made private.
    type: path
    default: ~/.aws/credentials
  config_path:
    description:
      - The config file.
      - When it is left out, the environment variable E(AWS_CONFIG_FILE) is used where it is set.
    type: path
    default: ~/.aws/config
  owner:
    description:
      - The user, by name or number, who is to own what this module writes.
      - When it is left out, a file keeps its owner, and a new one belongs to the user who runs the module.
    type: str
  group:
    description:
      - The group, by name or number, of what this module writes.
      - When it is left out, a file keeps its group.
    type: str
seealso:
  - module: keyward.iam.access_key_info
"""

EXAMPLES = r"""
- name: Set up the profiles of a host that watches two accounts
  hosts: collectors
  tasks:
    - name: Give the first account's keys to the user who gathers
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
  description: Those of the two files that were changed, or would be in check mode.
  returned: always
  type: list
  elements: str
  sample:
    - /home/keyward/.aws/credentials
"""

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import env_fallback

from ansible_collections.keyward.iam.plugins.module_utils._credentials.files import Files
from ansible_collections.keyward.iam.plugins.module_utils._credentials.profile import SETTINGS, Profile, ProfileError
from ansible_collections.keyward.iam.plugins.module_utils._files.links import FileError
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


def main() -> None:
    module = AnsibleModule(
        argument_spec=ARGUMENT_SPEC,
        supports_check_mode=True,
        mutually_exclusive=[("aws_access_key_id", "role_arn"), ("source_profile", "credential_source")],
        required_together=[("aws_access_key_id", "aws_secret_access_key")],
        required_by={
            "aws_session_token": "aws_access_key_id",
            "source_profile": "role_arn",
            "credential_source": "role_arn",
        },
        required_if=[("state", "present", ("aws_access_key_id", "role_arn", "region"), True)],
    )
    params = module.params
    try:
        profile = Profile(params["name"], {name: params[name] for name in SETTINGS if params[name] is not None})
        # A play may make the user in a task before this one, which it does not do in check mode.
        owner = Owner.of(params["owner"], params["group"], may_be_missing=module.check_mode)
        files = Files(Path(params["path"]), Path(params["config_path"]), owner)
        changes = files.bring(profile, present=params["state"] == "present", check=module.check_mode)
    except (FileError, ProfileError) as error:
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
