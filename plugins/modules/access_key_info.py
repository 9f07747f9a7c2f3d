# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: access_key_info
short_description: Collect the access keys of all IAM users, with their age
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Collects the access keys of all IAM users in any number of AWS profiles in parallel, with the age of each key.
  - A key's age is the number of whole days from its C(CreateDate) to the time of the call, both in UTC.
  - The failure of one profile, whatever it is, leaves the results of the others complete. The keys of a failed profile
    that were found before it failed are returned as well, and its entry in RV(profiles) has RV(profiles[].ok=false).
  - Nothing asks on a terminal. A helper (C(credential_process)) runs without one, and a profile that needs the code of
    an MFA device fails at once.
  - The module ends when the connection to the controller ends, together with the helpers that it started.
  - When AWS throttles, calls slow down to the rate that AWS admits, and are sent again, instead of failing.
  - With O(method=report), the cost follows what changed since the last run.
  - If the module runs on the controller and takes longer than five seconds, it prints a progress line to the standard
    error every five seconds, with the numbers of finished profiles, users and access keys.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - keyward.iam._attributes
  - keyward.iam._attributes.actiongroup_aws
  - keyward.iam._attributes.info_module
options:
  profiles:
    description:
      - The names of the AWS profiles to collect.
      - V(*) stands for every profile of the shared credentials and config files, except O(exclude_profiles). A file
        that cannot be read is then a failure, in an entry of RV(profiles) that is called V(*).
      - Without it and without O(profile), the credentials come from the task's options, the environment, or the
        instance role, as boto3 finds them, and the profile is called V(default).
      - Mutually exclusive with O(profile), O(access_key), O(secret_key) and O(session_token). Named profiles take
        precedence over credentials in the environment.
      - A profile with C(role_arn) and C(source_profile) or C(credential_source) reaches another account.
    type: list
    elements: str
  exclude_profiles:
    description:
      - Shell patterns of profile names that V(*) in O(profiles) leaves out, case sensitive.
    type: list
    elements: str
    default: []
  role_arns:
    description:
      - The ARNs of roles to assume, one in each account to collect. Mutually exclusive with more than one profile in
        O(profiles).
      - They are assumed from the one profile, or from the credentials that the task's options, the environment or the
        instance role give. These are looked up once.
      - A role that cannot be assumed fails on its own, like a profile. All roles have the name of the profile that they
        are assumed from, and differ in RV(profiles[].role_arn) and RV(profiles[].account_id).
      - The source needs C(sts:AssumeRole) on them.
    type: list
    elements: str
    default: []
  external_id:
    description:
      - The external id that the trust policies of O(role_arns) ask for. The same for all of them.
      - AWS does not treat it as a secret, and neither does this module.
    type: str
  role_session_name:
    description: The name of the sessions of O(role_arns), which CloudTrail shows in the accounts.
    type: str
    default: keyward
  profile_concurrency:
    description: Number of profiles, or of roles in O(role_arns), that are collected at the same time.
    type: int
    default: 8
  profile_timeout:
    description:
      - Timeout of one profile in seconds. It includes helpers, endpoints that do not respond, and throttling.
      - A profile that takes longer fails with V(Timeout) and keeps the keys found so far. Its helpers are ended, and
        the other profiles go on.
    type: float
    default: 900
  max_age_days:
    description: The age in days from which a key is V(expired).
    type: int
    default: 180
  warn_age_days:
    description:
      - The age in days from which a key is V(expiring). At most O(max_age_days).
      - The default is 30 days less than O(max_age_days), and not below 0.
    type: int
  age_rules:
    description:
      - Age limits of some users, such as 90 days for people and 365 days for machines.
      - The first rule of which all conditions match a user gives the limits of the user's keys. A rule without
        conditions matches every user. Users that no rule matches have O(max_age_days) and O(warn_age_days).
    type: list
    elements: dict
    default: []
    suboptions:
      users:
        description: Shell patterns of user names, case sensitive, of which one must match.
        type: list
        elements: str
      path_prefix:
        description: The path that the user is under.
        type: str
      tags:
        description:
          - Shell patterns of values by tag key, which must all match. A user without one of the tags does not match.
          - They are read as for O(user_tags).
        type: dict
      max_age_days:
        description: The age in days from which a key is V(expired). The default is the module's O(max_age_days).
        type: int
      warn_age_days:
        description:
          - The age in days from which a key is V(expiring).
          - The default is 30 days less than O(age_rules[].max_age_days), and not below 0.
        type: int
  path_prefix:
    description:
      - Only the users under this path.
      - The root user is under no path, its keys are returned with V(/) only.
    type: str
    default: /
  exempt_users:
    description:
      - Shell patterns of user names, case sensitive.
      - The keys of these users are returned with RV(access_keys[].exempt=true) and counted as exempt only.
    type: list
    elements: str
    default: []
  exempt_tag:
    description:
      - The key of an IAM tag that exempts the user who has it, as O(exempt_users) does.
      - A date, such as V(2027-03-31), is the last day of the exemption, in UTC. After it, the user is not exempt, the
        keys have RV(access_keys[].exempt_expired=true), and the module warns. Any other value exempts without an end.
      - The tag with C(-reason) after this key, such as C(keyward-exempt-reason), has the reason.
      - It is read as for O(user_tags).
    type: str
  credentials:
    description:
      - What to collect beside access keys, which are always collected. It is returned in RV(credentials).
      - V(password) and V(signing_certificate) come from the credential report and cost no call. If there is no report,
        the profile fails.
      - V(service_specific) costs one call for each 1000 of them, or one for each user with a botocore that has no
        C(AllUsers). Needs C(iam:ListServiceSpecificCredentials).
      - V(ssh_key) costs one call for each user. Needs C(iam:ListSSHPublicKeys).
    type: list
    elements: str
    choices: [access_key, password, signing_certificate, ssh_key, service_specific]
    default: [access_key]
  user_tags:
    description:
      - The keys of IAM tags to return with each key in RV(access_keys[].tags). The callbacks add them to the points of
        the key. A tag with the name of one of the points' own tags, such as V(status), is called C(tag_status) there.
      - IAM's tag keys are case insensitive, and so is this.
      - Needs C(iam:GetAccountAuthorizationDetails), and C(iam:ListUserTags) for users that are created meanwhile. It
        costs one call for each 1000 users.
      - If tags cannot be read, the profile fails, and its keys are returned without what depends on tags.
    type: list
    elements: str
    default: []
  method:
    description:
      - How keys are found.
      - V(list) lists all users and then each user's keys. It is exact, and costs one call for each user and one for
        each 1000 users.
      - V(report) reads the credential report first, lists all users, and then only the keys of those users that are
        new, changed or younger than the report. What the report shows unchanged comes from the cache in O(cache_path).
        If nothing changed, that is one call for each 1000 users and up to three more, and a few more if AWS takes
        longer than a second to make a new report.
      - With V(report), ages are as exact as with V(list). A change of a key's status, a new key of an old user, and the
        deletion of a key are seen when AWS's next report shows them. AWS makes a new one every four hours at most.
      - With V(report), every user is listed if the report is denied, not ready, older than a day, or unreadable. This
        is a warning, and RV(profiles[].method) is V(list).
    type: str
    choices:
      - list
      - report
    default: list
  cache_path:
    description:
      - The directory of the cache for O(method=report), one file for each account.
      - It contains the ids, status and dates of access keys, and no secret. Only the user that runs the module can read
        it. A file that is broken, of another account, or of another version is kept beside a new one.
      - If it cannot be used, the keys are listed, and the module warns.
    type: path
    default: ~/.cache/keyward
  credential_report:
    description:
      - Whether to read the account's credential report, which adds the last use of keys, their reactivation, and the
        root user's keys.
      - Needs C(iam:GetCredentialReport) and C(iam:GenerateCredentialReport). If these are denied, or AWS has no
        report ready within 35 seconds, the module warns and returns the rest.
      - What is odd in a report is a warning too, and what it leaves open is left out or null.
    type: bool
    default: true
  packed:
    description:
      - Whether to return all access keys as one value, RV(packed). RV(access_keys) then has only the keys that need
        attention. These are active keys that are expired or expiring and not exempt, reactivated keys, and those of the
        root user.
      - Ansible looks at every value of a result several times. With thousands of keys, this is most of the time of a
        play.
      - The callbacks, M(keyward.iam.show) and M(keyward.iam.report) take both forms alike.
    type: bool
    default: false
  concurrency:
    description: Number of calls that are under way at the same time for each profile.
    type: int
    default: 16
  fail_on_profile_error:
    description:
      - Whether the task fails at its end when a profile failed. The other profiles' data is in the result either way.
      - With V(false) the failure is a warning.
    type: bool
    default: true
notes:
  - The region is a label of the results and selects the partition. It is not required in the C(aws) partition.
    The module uses O(region), else the profile's region, else the environment's, else the region of IAM's endpoint.
  - O(endpoint_url), and the environment variables E(AWS_ENDPOINT_URL) and E(AWS_ENDPOINT_URL_IAM) select another
    endpoint.
requirements:
  - boto3
  - botocore
seealso:
  - module: amazon.aws.iam_access_key_info
    description: Lists the keys of one user.
  - plugin: keyward.iam.wavefront
    plugin_type: callback
    description: Delivers the result as metrics.
"""

EXAMPLES = r"""
- name: Collect the keys of the account that the environment's credentials belong to
  keyward.iam.access_key_info:

- name: Collect the keys of all profiles of ~/.aws/credentials and ~/.aws/config but those for tests
  keyward.iam.access_key_info:
    profiles: ['*']
    exclude_profiles:
      - test-*
  register: collected

- name: Show what is over 180 days old
  ansible.builtin.debug:
    msg: "{{ collected.access_keys | selectattr('severity', 'equalto', 'expired') | map(attribute='user_name') }}"

- name: Collect two accounts, and go on when one of them cannot be read
  keyward.iam.access_key_info:
    profiles:
      - production
      - staging
    max_age_days: 90
    warn_age_days: 75
    exempt_users:
      - break-glass-*
    fail_on_profile_error: false

- name: Let machines keep their keys longer than people, and exempt users by a tag
  keyward.iam.access_key_info:
    max_age_days: 90
    age_rules:
      - path_prefix: /machines/
        max_age_days: 365
      - tags:
          kind: machine
        max_age_days: 180
        warn_age_days: 160
    exempt_tag: keyward-exempt
    user_tags: [team]

- name: Collect the accounts of an organization, each by a role
  keyward.iam.access_key_info:
    profiles: [audit]
    role_arns:
      - arn:aws:iam::111122223333:role/keyward-collector
      - arn:aws:iam::444455556666:role/keyward-collector
    external_id: keyward-7f3a
    method: report

- name: Collect a large account every hour, and list only the users that changed
  keyward.iam.access_key_info:
    method: report
    cache_path: /var/cache/keyward
"""

RETURN = r"""
access_keys:
  description: The access keys, in the order of profile, user name and creation. With O(packed=true), only some of them.
  returned: always, unless the options are not valid
  type: list
  elements: dict
  contains:
    account_id:
      description: The id of the AWS account; null if it is not known.
      returned: always
      type: str
      sample: "123456789012"
    partition:
      description: The AWS partition; null if it is not known.
      returned: always
      type: str
      sample: aws
    profile:
      description: The AWS profile.
      returned: always
      type: str
      sample: production
    region:
      description: The region of the profile.
      returned: always
      type: str
      sample: us-west-2
    user_name:
      description: The name of the user; V(<root_account>) for the root user.
      returned: always
      type: str
      sample: alice
    user_arn:
      description: The ARN of the user.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:user/engineering/alice
    user_path:
      description: The path of the user.
      returned: always
      type: str
      sample: /engineering/
    access_key_id:
      description: The id of the key. The credential report, from which the root user's keys come, has no ids.
      returned: for keys of users
      type: str
      sample: AKIAIOSFODNN7EXAMPLE
    slot:
      description: Which of the root user's two keys it is.
      returned: for keys of the root user
      type: int
      sample: 1
    status:
      description: V(Active), V(Inactive) or V(Expired), as IAM states it.
      returned: always
      type: str
      sample: Active
    create_date:
      description:
        - When the key was created, in UTC.
        - For a key of the root user, when it was created or last changed. AWS does not distinguish these.
      returned: if known, which is always the case for keys of users
      type: str
      sample: "2026-04-27T09:15:00Z"
    age_days:
      description: The number of whole days since RV(access_keys[].create_date).
      returned: with RV(access_keys[].create_date)
      type: int
      sample: 209
    days_left:
      description: The number of days until the key reaches O(max_age_days) or its rule's age; negative when it is over.
      returned: with RV(access_keys[].create_date), unless O(age_rules) depend on tags that could not be read
      type: int
      sample: -29
    severity:
      description: V(ok), V(expiring) or V(expired), by age alone.
      returned: with RV(access_keys[].days_left)
      type: str
      sample: expired
    exempt:
      description: Whether O(exempt_users) or O(exempt_tag) exempts the user; null if the tag could not be read.
      returned: always
      type: bool
      sample: false
    exempt_until:
      description: The last day of the exemption by O(exempt_tag), in UTC, also when it is over.
      returned: if the tag has a date
      type: str
      sample: "2027-03-31"
    exempt_reason:
      description: The reason for the exemption.
      returned: if the user has O(exempt_tag) and the tag of the reason
      type: str
      sample: vendor contract, replaced in March
    exempt_expired:
      description: Whether the exemption is over. The key counts like any other then.
      returned: with RV(access_keys[].exempt_until)
      type: bool
      sample: false
    max_age_days:
      description: The age from which the key is V(expired).
      returned: if one of O(age_rules) gave it
      type: int
      sample: 90
    tags:
      description: Those of O(user_tags) that the user has.
      returned: if O(user_tags) is not empty
      type: dict
      sample:
        team: payments
    root:
      description: Whether the key is the root user's.
      returned: always
      type: bool
      sample: false
    reactivated:
      description:
        - Whether the key was changed after it was created, such as by being made inactive and active again.
        - The credential report shows it. A key younger than the report is not in it.
      returned: for keys of users that are in the credential report
      type: bool
      sample: false
    last_used_date:
      description:
        - When the key was last used, in UTC; null for a key that was never used.
        - Omitted if it is not known. The credential report contains no key ids. If a user has two keys, and the report
          does not show which one was used, it is omitted.
      returned: for keys that are in the credential report
      type: str
      sample: "2026-11-20T17:30:00Z"
    inactive_days:
      description:
        - The number of whole days since an inactive key was made inactive, which the credential report shows as its
          last change.
      returned: for inactive keys that were changed after they were created, if they are in the credential report
      type: int
      sample: 41
    last_used_days:
      description: The number of whole days since RV(access_keys[].last_used_date).
      returned: for keys that were used
      type: int
      sample: 1
    last_used_service:
      description: The service the key was last used with.
      returned: for keys that were used, if AWS states it
      type: str
      sample: s3
    last_used_region:
      description: The region the key was last used in.
      returned: for keys that were used, if AWS states it
      type: str
      sample: us-west-2
packed:
  description:
    - All access keys, as the Base64 of the zlib-compressed JSON of the list that RV(access_keys) would be.
    - Python reads it with C(json.loads(zlib.decompress(base64.b64decode(packed)))).
  returned: with O(packed=true)
  type: str
  sample: eJyLjgUAARUAuQ==
credentials:
  description: The other credentials of O(credentials), in the order of profile, type and user name.
  returned: always, unless the options are not valid
  type: list
  elements: dict
  contains:
    type:
      description: V(password), V(signing_certificate), V(ssh_key) or V(service_specific).
      returned: always
      type: str
      sample: ssh_key
    user_name:
      description: The name of the user.
      returned: always
      type: str
      sample: alice
    account_id:
      description: The id of the AWS account; null if it is not known.
      returned: always
      type: str
      sample: "123456789012"
    profile:
      description: The AWS profile.
      returned: always
      type: str
      sample: production
    region:
      description: The region of the profile.
      returned: always
      type: str
      sample: us-west-2
    status:
      description: V(Active) or V(Inactive), and V(Expired) for service-specific ones.
      returned: always
      type: str
      sample: Active
    id:
      description: The id of the credential.
      returned: for SSH keys and service-specific ones
      type: str
      sample: APKAEIBAERJR7EXAMPLE
    slot:
      description: Which of the user's two certificates it is. The credential report has no ids.
      returned: for signing certificates
      type: int
      sample: 1
    service:
      description: The service it is for.
      returned: for service-specific ones
      type: str
      sample: codecommit.amazonaws.com
    create_date:
      description: When it was created or uploaded, in UTC.
      returned: for SSH keys and service-specific ones
      type: str
      sample: "2026-04-27T09:15:00Z"
    last_changed_date:
      description: When it was created or last changed, in UTC. AWS does not distinguish these.
      returned: for passwords and signing certificates, if known
      type: str
      sample: "2026-04-27T09:15:00Z"
    expiration_date:
      description: When it expires, in UTC.
      returned: for service-specific ones that expire
      type: str
      sample: "2027-04-27T09:15:00Z"
    age_days:
      description: The number of whole days since it was created or last changed.
      returned: with either date
      type: int
      sample: 209
    last_used_date:
      description: When it was last used, in UTC; null if it never was.
      returned: for passwords, if known
      type: str
      sample: "2026-11-20T17:30:00Z"
profiles:
  description: The outcome and the counts of each profile, in the order of their names.
  returned: always, unless the options are not valid
  type: list
  elements: dict
  contains:
    profile:
      description: The AWS profile.
      returned: always
      type: str
      sample: production
    account_id:
      description:
        - The id of the AWS account, from AWS or the profile's C(role_arn); null if neither has it.
      returned: always
      type: str
      sample: "123456789012"
    role_arn:
      description: The role of O(role_arns), or that the profile assumes; null if there is none.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:role/auditor
    region:
      description: The region of the profile; null if the profile could not be read.
      returned: always
      type: str
      sample: us-west-2
    ok:
      description: Whether everything was collected. If V(false), keys and counts are incomplete.
      returned: always
      type: bool
      sample: true
    error:
      description: One sentence that says what failed and what to change; null if nothing failed.
      returned: always
      type: str
      sample: "access denied: allow iam:ListUsers to this identity"
    error_code:
      description: AWS's error code, or the name of an error that does not come from AWS; null if nothing failed.
      returned: always
      type: str
      sample: AccessDenied
    error_message:
      description:
        - The message of AWS, or of the library that raised the error, without secrets and control characters; null if
          there is none.
      returned: always
      type: str
      sample: "User: arn:aws:iam::123456789012:user/collector is not authorized to perform: iam:ListUsers"
    request_id:
      description: AWS's id of the request that failed; null if there is none.
      returned: always
      type: str
      sample: 7a62c49f-347e-4fc4-9331-6e8eEXAMPLE
    users:
      description: The number of users.
      returned: always
      type: int
      sample: 12
    access_keys:
      description: The number of access keys, those of the root user included.
      returned: always
      type: int
      sample: 15
    active:
      description: The number of active keys. Like the counts below, without keys of O(exempt_users).
      returned: always
      type: int
      sample: 13
    expired:
      description: The number of active keys that are V(expired).
      returned: always
      type: int
      sample: 2
    expiring:
      description: The number of active keys that are V(expiring).
      returned: always
      type: int
      sample: 1
    exempt:
      description: The number of keys of O(exempt_users).
      returned: always
      type: int
      sample: 1
    reactivated:
      description: The number of keys that were changed after they were created; null without a credential report.
      returned: always
      type: int
      sample: 0
    root_keys:
      description: The number of access keys of the root user; null if it is not known.
      returned: always
      type: int
      sample: 0
    method:
      description:
        - How the keys were found, as in O(method); null if the profile failed before that.
        - V(list) with O(method=report) if there was no usable credential report.
      returned: always
      type: str
      sample: list
    cached:
      description: The number of keys that came from the cache. V(0) with O(method=list).
      returned: always
      type: int
      sample: 0
    credential_report_age:
      description: The age of the credential report in seconds; null if none was read.
      returned: always
      type: int
      sample: 5400
    credential_report_error:
      description:
        - What the credential report should have told and did not, and why; null if nothing is missing, if it was not
          wanted, or if the profile failed.
        - It never fails the profile.
      returned: always
      type: str
      sample: null
    api_calls:
      description: The number of requests sent for this profile, retries and those to STS included.
      returned: always
      type: int
      sample: 14
    throttled:
      description: How many of RV(profiles[].api_calls) AWS throttled.
      returned: always
      type: int
      sample: 0
    duration_ms:
      description: How long the profile took, in milliseconds.
      returned: always
      type: int
      sample: 412
summary:
  description:
    - Counts over all profiles.
    - Keys of O(exempt_users) count in RV(summary.access_keys) and RV(summary.exempt), and nowhere else.
  returned: always, unless the options are not valid
  type: dict
  contains:
    users:
      description: The number of users.
      returned: always
      type: int
      sample: 12
    access_keys:
      description: The number of access keys.
      returned: always
      type: int
      sample: 15
    active:
      description: The number of active keys.
      returned: always
      type: int
      sample: 13
    expired:
      description: The number of active keys that are V(expired).
      returned: always
      type: int
      sample: 2
    expiring:
      description: The number of active keys that are V(expiring).
      returned: always
      type: int
      sample: 1
    exempt:
      description: The number of keys of O(exempt_users).
      returned: always
      type: int
      sample: 1
    reactivated:
      description: The number of keys that were changed after they were created.
      returned: always
      type: int
      sample: 0
    root_keys:
      description: The number of keys of root users.
      returned: always
      type: int
      sample: 0
    oldest_age_days:
      description: The age of the oldest key, whatever its status.
      returned: if there is a key
      type: int
      sample: 412
collected_at:
  description: The time that all ages refer to, in UTC.
  returned: always, unless the options are not valid
  type: str
  sample: "2026-11-22T06:00:00Z"
timestamp:
  description: RV(collected_at) in seconds since the epoch.
  returned: always, unless the options are not valid
  type: int
  sample: 1795327200
"""

import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._common.python import require_python

require_python()

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.collect import collect
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.request import CollectRequest
from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import UserError
from ansible_collections.keyward.iam.plugins.module_utils._aws.helpers import end_all_helpers
from ansible_collections.keyward.iam.plugins.module_utils._aws.module import (
    aws_module,
    connection_settings,
    exit_module,
    named_profiles,
    own_directory,
)
from ansible_collections.keyward.iam.plugins.module_utils._common.parent import end_with_parent

ARGUMENT_SPEC: dict[str, dict[str, t.Any]] = {
    "profiles": {"type": "list", "elements": "str"},
    "exclude_profiles": {"type": "list", "elements": "str", "default": []},
    "role_arns": {"type": "list", "elements": "str", "default": []},
    "external_id": {"type": "str"},
    "role_session_name": {"type": "str", "default": "keyward"},
    "profile_concurrency": {"type": "int", "default": 8},
    "profile_timeout": {"type": "float", "default": 900},
    "max_age_days": {"type": "int", "default": 180},
    "warn_age_days": {"type": "int"},
    "path_prefix": {"type": "str", "default": "/"},
    "exempt_users": {"type": "list", "elements": "str", "default": []},
    "age_rules": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "users": {"type": "list", "elements": "str"},
            "path_prefix": {"type": "str"},
            "tags": {"type": "dict"},
            "max_age_days": {"type": "int"},
            "warn_age_days": {"type": "int"},
        },
    },
    "credentials": {
        "type": "list",
        "elements": "str",
        "choices": ["access_key", "password", "signing_certificate", "ssh_key", "service_specific"],
        "default": ["access_key"],
    },
    "exempt_tag": {"type": "str"},
    "user_tags": {"type": "list", "elements": "str", "default": []},
    "method": {"type": "str", "choices": ["list", "report"], "default": "list"},
    "cache_path": {"type": "path", "default": "~/.cache/keyward"},
    "packed": {"type": "bool", "default": False},
    "credential_report": {"type": "bool", "default": True},
    "concurrency": {"type": "int", "default": 16},
    "fail_on_profile_error": {"type": "bool", "default": True},
}


def main() -> None:
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    profiles = named_profiles(module)
    try:
        request = CollectRequest.from_options(module.params, connection_settings(module))
    except UserError as error:
        module.fail_json(msg=error.sentence)
    end_with_parent(end_all_helpers)
    request.progress.write_to(own_directory(module))
    collected = collect(profiles, request)
    fatal = module.params["fail_on_profile_error"]
    exit_module(
        module,
        collected.result,
        failures=collected.failures if fatal else [],
        warnings=collected.warnings if fatal else [*collected.warnings, *collected.failures],
        tracebacks=collected.tracebacks,
    )


if __name__ == "__main__":
    main()
