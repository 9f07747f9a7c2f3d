# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: probe
short_description: Take a test user and a test group through their life cycle in IAM, and time each step
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Creates a user and a group, adds the user to the group, attaches a policy to the user, and removes all of it again.
    Each of these eight steps is timed.
  - Each step is one API call on a connection that is already open. Its time is from the first byte of the request to
    the last byte of the response, of the call that succeeded, or of the last one.
  - A call is repeated only if IAM does not see an earlier change yet, or throttles. The number of calls and the time
    until the change was visible are returned separately.
  - A step that depends on a failed step is skipped.
  - The credentials are resolved once, before the first step. If that fails, or takes longer than O(step_timeout) (at
    least 5 and at most 30 seconds), no step runs, and RV(state) is V(misconfigured).
  - What the steps created is removed at the end, also after an error, and after C(SIGTERM), C(SIGINT) or C(SIGHUP). A
    run that is killed (C(SIGKILL)) cannot do that. A later run removes what it left, see O(sweep_after).
  - The task fails if a step failed. The result is complete in any case.
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
      - Creates and removes nothing. Looks up the account of the credentials and the policy, and returns what it would
        do. All RV(steps) are skipped.
  diff_mode:
    support: N/A
    details:
      - Nothing that it creates stays.
  idempotent:
    support: full
    details:
      - Nothing that it creates stays. It reports a change if it removed something of an earlier run, or if something of
        this run is left.
options:
  namespace:
    description:
      - Distinguishes the users and groups of this probe from those of other probes in the same account.
      - Falls back to E(METRIST_NAMESPACE).
      - At most 42 letters, digits and characters of C(_+=.@-).
    type: str
    required: true
  policy_arn:
    description:
      - The ARN of the policy to attach and detach.
      - The default is the policy that the playbook C(keyward.iam.bootstrap) creates, with the path
        C(/AwsIamMonitorTestPolicies/) and the name C(<namespace>-<region>-awsiam-testpolicy).
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
      - Timeout of a step in seconds, all attempts and pauses included, from 0.001 to 3600.
      - It also ends a call to an endpoint that does not answer, or that sends its response very slowly.
    type: float
    default: 60
  consistency_timeout:
    description:
      - How long a step waits until IAM sees an earlier change, or stops throttling, in seconds, from 0 to 3600.
      - If it is not known whether something was created, the clean-up looks for it for as long.
    type: float
    default: 30
  sweep_after:
    description:
      - The age in seconds from which a user or group of this O(namespace) is removed as a leftover of an earlier run,
        from 0 to 1000000000.
      - If several runs take place at once, it must be longer than a run takes.
      - A user is a leftover only if it has the path, the form of the name and the tags of this probe, see the notes. A
        user without any tag is one as well, since users may be older than the tags.
      - A user that has access keys, a password or anything else that the probe does not create is not removed, and
        nothing is detached from it. A group with members is not removed. Both are returned as RV(leftovers).
    type: float
    default: 3600
  history_path:
    description:
      - The directory in which the results of each namespace, profile and region are kept for the states.
      - If it is empty, nothing is kept, and the states are those of this run alone. The same applies if the directory
        cannot be used, or if other users can write in it; then there is a warning.
    type: path
    default: ~/.local/state/keyward/probe
  degraded_percent:
    description:
      - Threshold for a slow run, in percent of the seven-day average of the step.
      - Slow runs do not count in the average, so that a step that runs once a day can become degraded as well.
    type: int
    default: 500
  degraded_after:
    description: Number of consecutive slow runs after which a step is V(degraded).
    type: int
    default: 3
  recovered_after:
    description: Number of consecutive normal runs after which it recovers.
    type: int
    default: 3
  down_after:
    description:
      - Number of consecutive failures after which a step is V(down). A run of over 900 seconds is V(down) at once.
    type: int
    default: 2
  up_after:
    description: Number of consecutive successes after which it is no longer V(down).
    type: int
    default: 2
notes:
  - Credentials and region also come from E(METRIST_AWS_ACCESS_KEY_ID), E(METRIST_AWS_SECRET_ACCESS_KEY) and
    E(METRIST_AWS_REGION). They rank below the options of the task, and above AWS's own environment variables and files.
  - The user has the tags C(created-by), C(namespace) and C(created-at). IAM gives groups no tags.
  - The names are C(testuser-<namespace>-<suffix>) and C(testgroup-<namespace>-<suffix>). The suffix has exactly 12
    hexadecimal digits.
  - Needs C(iam:CreateUser), C(iam:TagUser), C(iam:DeleteUser), C(iam:AttachUserPolicy), C(iam:DetachUserPolicy),
    C(iam:ListUsers), C(iam:ListUserTags), C(iam:ListGroupsForUser), C(iam:ListAttachedUserPolicies),
    C(iam:ListUserPolicies), C(iam:ListAccessKeys), C(iam:GetLoginProfile), C(iam:ListMFADevices),
    C(iam:ListSSHPublicKeys), C(iam:ListServiceSpecificCredentials) and C(iam:ListSigningCertificates) on the user path,
    C(iam:CreateGroup), C(iam:DeleteGroup), C(iam:AddUserToGroup), C(iam:RemoveUserFromGroup) and C(iam:ListGroups) on
    the group path, and for check mode C(iam:GetPolicy) on the policy.
  - To use another endpoint, set O(endpoint_url), or the environment variable E(AWS_ENDPOINT_URL) or
    E(AWS_ENDPOINT_URL_IAM).
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

- name: Probe IAM with a profile and another policy
  keyward.iam.probe:
    profile: production
    namespace: prod-1
    policy_arn: arn:aws:iam::123456789012:policy/monitoring/innocent
    step_timeout: 10

- name: Show what a probe would do
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
        - V(failed) after a fault of the service or of the network, also after throttling or inconsistency that did not
          end in time.
        - V(timeout) after more than O(step_timeout).
        - V(misconfigured) if permissions, quotas, credentials or options are wrong, which is no fault of the service.
        - V(skipped) if a step that it depends on failed, if the credentials could not be resolved, if a signal ended
          the run, and in check mode.
      returned: always
      type: str
      sample: ok
    duration_ms:
      description: Duration of the successful call, or else of the last one, in milliseconds; null if none was sent.
      returned: always
      type: float
      sample: 41.7
    attempts:
      description: Number of calls.
      returned: always
      type: int
      sample: 2
    propagation_ms:
      description: For how many milliseconds an earlier change was not visible; null if the step did not run.
      returned: always
      type: float
      sample: 153.4
    error_code:
      description: AWS's error code, or the name of an error that is not AWS's; null without an error.
      returned: always
      type: str
      sample: AccessDenied
    error:
      description: What failed and what to change, or why the step was skipped; null if it is V(ok).
      returned: always
      type: str
      sample: >-
        access denied: allow iam:CreateUser to this identity, which the playbook keyward.iam.bootstrap does
    request_id:
      description: The id that AWS gave the request; null without a response.
      returned: always
      type: str
      sample: 6c1a9a37-3e0f-4a2b-9a8b-0123456789ab
    state:
      description:
        - V(up), V(degraded) or V(down) by the results so far, V(misconfigured) by this result.
        - null if the step was skipped and has no earlier results, and if the run was interrupted.
      returned: always
      type: str
      sample: up
state:
  description:
    - The worst of the steps' states. V(down) is worse than V(misconfigured), which is worse than V(degraded).
    - V(misconfigured) if no step could run.
    - null in check mode, and if the run was interrupted.
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
  description: The id of the AWS account; null if it is not known.
  returned: always, unless the options are not valid
  type: str
  sample: "123456789012"
region:
  description: The region of the credentials. It is a label, and a part of the name of the default policy.
  returned: always, unless the options are not valid
  type: str
  sample: us-west-2
namespace:
  description: The namespace.
  returned: always, unless the options are not valid
  type: str
  sample: lab
profile:
  description: The AWS profile; V(default) if the credentials do not come from a profile.
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

from ansible_collections.keyward.iam.plugins.module_utils._common.python import require_python

require_python()

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
