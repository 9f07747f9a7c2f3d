# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: probe
short_description: Walk a throw-away user and group through IAM's life cycle, and time each step
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Makes a user and a group, puts one into the other, attaches a policy, undoes it all, and times each of these eight
    steps.
  - Each step is one API call on a warm connection. Its time is that from the request's first byte to the answer's
    last, of the one call that succeeded, or of the last one.
  - A call is only repeated where IAM says that an earlier change is not visible yet, or that it is throttling. How
    often, and how long that took, is told apart from the step's time.
  - A step that depends on a failed one is skipped.
  - Whatever happens, what was made is removed at the end, also when the module gets C(SIGTERM), C(SIGINT) or C(SIGHUP).
    What a killed run left is removed by the next one after O(sweep_after).
  - The task fails when a step failed, and the result holds everything all the same.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - keyward.iam._attributes
  - keyward.iam._attributes.actiongroup_aws
attributes:
  check_mode:
    support: full
    details:
      - Makes and removes nothing. Finds out whose the credentials are and whether the policy exists, and says what it
        would do. RV(steps) are all skipped.
  diff_mode:
    support: N/A
    details:
      - Nothing that it makes lasts.
  idempotent:
    support: full
    details:
      - Nothing that it makes lasts. It reports a change where something of an earlier run was removed, or something of
        this one was left.
options:
  namespace:
    description:
      - Tells the users and groups of this probe from those of others in the same account.
      - Falls back to E(METRIST_NAMESPACE).
      - At most 42 letters, digits and characters of C(_+=.@-).
    type: str
    required: true
  policy_arn:
    description:
      - The policy to attach and detach.
      - The default is the one that the playbook C(keyward.iam.bootstrap) makes, under the path
        C(/AwsIamMonitorTestPolicies/) and with the name C(<namespace>-<region>-awsiam-testpolicy).
    type: str
  user_path:
    description: The path of the user.
    type: str
    default: /AwsIamMonitorTestUsers/
  group_path:
    description: The path of the group.
    type: str
    default: /AwsIamMonitorTestGroups/
  step_timeout:
    description:
      - How many seconds a step may take, all waiting included.
      - It also ends a call whose endpoint takes the request and hangs, or sends its answer bit by bit.
    type: float
    default: 60
  consistency_timeout:
    description:
      - For how many seconds a step waits until IAM sees an earlier change, or stops throttling.
      - Where it is not known whether something was made, the clean-up looks for it for as long.
    type: float
    default: 30
  sweep_after:
    description:
      - How old in seconds a user or group of this O(namespace) must be to be removed as a leftover of an earlier run.
      - It must be longer than a run takes where several run at once.
    type: float
    default: 3600
  history_path:
    description:
      - The folder in which the results of each namespace, profile and region are kept for the states.
      - When empty, nothing is kept, and the states tell of this run alone.
    type: path
    default: ~/.local/state/keyward/probe
  degraded_percent:
    description:
      - A time is slow when it is at least this many percent of the step's average over seven days.
      - Slow times do not count in the average, so that a step that runs once a day can be degraded as well.
    type: int
    default: 500
  degraded_after:
    description: So many slow times in a row make a step V(degraded).
    type: int
    default: 3
  recovered_after:
    description: So many times in a row that are not slow end that.
    type: int
    default: 3
  down_after:
    description: So many failures in a row make a step V(down). One that takes over 900 seconds does so at once.
    type: int
    default: 2
  up_after:
    description: So many successes in a row end that.
    type: int
    default: 2
notes:
  - Credentials and region also come from E(METRIST_AWS_ACCESS_KEY_ID), E(METRIST_AWS_SECRET_ACCESS_KEY) and
    E(METRIST_AWS_REGION). They rank below the options of the task, and above AWS's own environment variables and files.
  - The user has the tags C(created-by), C(namespace) and C(created-at). IAM gives groups no tags.
  - The names are C(testuser-<namespace>-<suffix>) and C(testgroup-<namespace>-<suffix>), where the suffix has letters
    and digits only.
  - Needs C(iam:CreateUser), C(iam:TagUser), C(iam:DeleteUser), C(iam:AttachUserPolicy), C(iam:DetachUserPolicy),
    C(iam:ListUsers), C(iam:ListUserTags), C(iam:ListGroupsForUser), C(iam:ListAttachedUserPolicies),
    C(iam:ListUserPolicies), C(iam:ListAccessKeys), C(iam:GetLoginProfile), C(iam:ListMFADevices),
    C(iam:ListSSHPublicKeys), C(iam:ListServiceSpecificCredentials) and C(iam:ListSigningCertificates) on the user path,
    C(iam:CreateGroup), C(iam:DeleteGroup), C(iam:AddUserToGroup), C(iam:RemoveUserFromGroup) and C(iam:ListGroups) on
    the group path, and for check mode C(iam:GetPolicy) on the policy.
  - O(endpoint_url), and the environment variables E(AWS_ENDPOINT_URL) and E(AWS_ENDPOINT_URL_IAM) lead to another
    endpoint.
requirements:
  - boto3
  - botocore
seealso:
  - plugin: keyward.iam.wavefront
    plugin_type: callback
    description: Delivers the result as metrics.
  - module: keyward.iam.metrist_monitor
"""

EXAMPLES = r"""
- name: Probe IAM with the credentials of the environment
  keyward.iam.probe:
    namespace: lab

- name: Probe IAM by a profile, with a policy of one's own
  keyward.iam.probe:
    profile: production
    namespace: prod-1
    policy_arn: arn:aws:iam::123456789012:policy/monitoring/innocent
    step_timeout: 10

- name: Say what a probe would do
  keyward.iam.probe:
    namespace: lab
  check_mode: true
"""

RETURN = r"""
steps:
  description: The eight steps in their order.
  returned: always, unless the options are not valid
  type: list
  elements: dict
  contains:
    name:
      description:
        - V(CreateUser), V(CreateGroup), V(AddUserToGroup), V(RemoveUserFromGroup), V(DeleteGroup), V(AttachPolicy),
          V(DetachPolicy) or V(DeleteUser).
      returned: always
      type: str
      sample: CreateUser
    status:
      description:
        - V(ok).
        - V(failed) by a fault of the service or on the way to it, throttling and inconsistency that last included.
        - V(timeout) where it took longer than O(step_timeout).
        - V(misconfigured) where permissions, quotas, credentials or options are wrong, which the service is not to
          blame for.
        - V(skipped) where what it depends on failed, where a signal ended the run, and in check mode.
      returned: always
      type: str
      sample: ok
    duration_ms:
      description: What the one successful call, or else the last one, took in milliseconds; null where none was sent.
      returned: always
      type: float
      sample: 41.7
    attempts:
      description: How many calls were made.
      returned: always
      type: int
      sample: 2
    propagation_ms:
      description: For how many milliseconds an earlier change was not visible; null where the step did not run.
      returned: always
      type: float
      sample: 153.4
    error_code:
      description: AWS's error code, or the name of the error where it is not AWS's; null where there is none.
      returned: always
      type: str
      sample: AccessDenied
    error:
      description: What went wrong and what to change, or why the step was skipped; null where it is V(ok).
      returned: always
      type: str
      sample: >-
        access denied: allow iam:CreateUser to this identity, which the playbook keyward.iam.bootstrap does
    request_id:
      description: The id that AWS gave the request; null where there was no answer.
      returned: always
      type: str
      sample: 6c1a9a37-3e0f-4a2b-9a8b-0123456789ab
    state:
      description:
        - V(up), V(degraded) or V(down) by the results so far, V(misconfigured) by this one.
        - null where the step was skipped and has no earlier results, and where the run was interrupted.
      returned: always
      type: str
      sample: up
state:
  description:
    - The worst of the steps' states. V(down) is worse than V(misconfigured), which is worse than V(degraded).
    - null in check mode, and where the run was interrupted.
  returned: always, unless the options are not valid
  type: str
  sample: up
swept:
  description: The names of the users and groups of earlier runs that were removed.
  returned: always, unless the options are not valid
  type: list
  elements: str
  sample:
    - testuser-lab-0a1b2c3d4e5f
leftovers:
  description: The names of the users and groups, of this run and of earlier ones, that could not be removed.
  returned: always, unless the options are not valid
  type: list
  elements: str
  sample: []
account_id:
  description: The id of the AWS account; null where it cannot be told.
  returned: always, unless the options are not valid
  type: str
  sample: "123456789012"
region:
  description: The region of the credentials, which is a label, and a part of the default policy's name.
  returned: always, unless the options are not valid
  type: str
  sample: us-west-2
namespace:
  description: The namespace.
  returned: always, unless the options are not valid
  type: str
  sample: lab
profile:
  description: The AWS profile; V(default) where the credentials come from none.
  returned: always, unless the options are not valid
  type: str
  sample: production
timestamp:
  description: When the run began, in seconds since the epoch.
  returned: always, unless the options are not valid
  type: int
  sample: 1795327200
"""

import dataclasses
import os
import typing as t

from ansible.module_utils.common.parameters import env_fallback

from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import UserError
from ansible_collections.keyward.iam.plugins.module_utils._aws.module import (
    aws_module,
    connection_settings,
    explicit_option,
    named_profiles,
    warn,
)
from ansible_collections.keyward.iam.plugins.module_utils._metrist import environment
from ansible_collections.keyward.iam.plugins.module_utils._probe.execute import ProbeRequest
from ansible_collections.keyward.iam.plugins.module_utils._probe.settings import ProbeSettings
from ansible_collections.keyward.iam.plugins.module_utils._probe.states import Thresholds

if t.TYPE_CHECKING:
    from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

    from ansible_collections.keyward.iam.plugins.module_utils._aws.session import ConnectionSettings

ARGUMENT_SPEC: dict[str, t.Any] = {
    "namespace": {"type": "str", "required": True, "fallback": (env_fallback, [environment.NAMESPACE])},
    "policy_arn": {"type": "str"},
    "user_path": {"type": "str", "default": "/AwsIamMonitorTestUsers/"},
    "group_path": {"type": "str", "default": "/AwsIamMonitorTestGroups/"},
    "step_timeout": {"type": "float", "default": 60},
    "consistency_timeout": {"type": "float", "default": 30},
    "sweep_after": {"type": "float", "default": 3600},
    "history_path": {"type": "path", "default": "~/.local/state/keyward/probe"},
    "degraded_percent": {"type": "int", "default": 500},
    "degraded_after": {"type": "int", "default": 3},
    "recovered_after": {"type": "int", "default": 3},
    "down_after": {"type": "int", "default": 2},
    "up_after": {"type": "int", "default": 2},
}


def main() -> None:
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    try:
        request = _request(module)
    except UserError as error:
        module.fail_json(msg=str(error))
    outcome = request.dry_run() if module.check_mode else request.run()
    for sentence in outcome.warnings:
        warn(module, sentence)
    finish = module.fail_json if outcome.failed else module.exit_json
    finish(**outcome.result)


def _request(module: AnsibleAWSModule) -> ProbeRequest:
    settings, thresholds = (
        {field.name: module.params[field.name] for field in dataclasses.fields(kind)}
        for kind in (ProbeSettings, Thresholds)
    )
    profile = next(iter(named_profiles(module)), None)
    return ProbeRequest(
        profile=profile,
        connection=_connection_settings(module, profile),
        settings=ProbeSettings(**settings),
        thresholds=Thresholds(**thresholds),
        history_path=module.params["history_path"],
    )


def _connection_settings(module: AnsibleAWSModule, profile: str | None) -> ConnectionSettings:
    explicit = profile is not None or explicit_option(module, "access_key") is not None
    settings = connection_settings(module)
    return environment.with_metrist_settings(settings, os.environ, wants_credentials=not explicit)


if __name__ == "__main__":
    main()
