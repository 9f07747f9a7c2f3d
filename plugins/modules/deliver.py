# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: deliver
short_description: Deliver the metrics that wait, and fail when any did not arrive
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Delivers what waits in the journal of every metrics callback of this run, and fails when metrics of this run did not
    arrive.
  - It fails if points are left, rejected or dropped, if C(no_log) hides a result, if the result of an asynchronous job
    was not fetched, if a result could not become points, or if a callback was not loaded or has a wrong setting.
  - Use it as the last task of a play. A callback cannot fail a run. The task has what is left of the deadline that the
    callback's options give to the run. With C(until) or C(retries), each further attempt has that time of its own.
  - Points that other runs add to the same journal at the same time do not count as left, nor do files of other users
    that cannot be read. Points that were collected for another destination are reported and not delivered.
  - Runs on the controller, under every strategy. With the strategy C(linear) it runs once for all hosts of the play.
    With other strategies it runs for each host, and the first one delivers.
extends_documentation_fragment:
  - keyward.iam._attributes
attributes:
  check_mode:
    support: full
    details:
      - Nothing is sent by this task. What waits is counted, and is no failure.
  diff_mode:
    support: none
  idempotent:
    support: full
options: {}
seealso:
  - plugin: keyward.iam.wavefront
    plugin_type: callback
  - module: keyward.iam.journal
"""

EXAMPLES = r"""
- name: Collect the access keys of all profiles
  keyward.iam.access_key_info:
    profiles: ['*']

- name: Fail unless their metrics arrive
  keyward.iam.deliver:
"""

RETURN = r"""
delivered:
  description: How many points this task delivered, those that earlier runs left among them.
  returned: when a callback takes part
  type: int
  sample: 12
requests:
  description: How many requests brought them.
  returned: when a callback takes part
  type: int
  sample: 1
invalid:
  description: How many points were rejected, and so will never be delivered.
  returned: when a callback takes part
  type: int
  sample: 0
dropped:
  description: How many points were dropped because the journal exceeded its maximum size.
  returned: when a callback takes part
  type: int
  sample: 0
left:
  description: How many points are left. V(null) when the journal cannot be read.
  returned: when a callback takes part
  type: int
  sample: 0
exporters:
  description: The same for each callback, with its reasons.
  returned: when a callback takes part
  type: list
  elements: dict
  contains:
    name:
      description: The callback's name.
      type: str
      sample: wavefront
    journal:
      description: The directory of its journal.
      type: str
      sample: /home/keyward/.local/state/keyward/journal/wavefront
    destination:
      description: The address that points are sent to.
      type: str
      sample: https://example.wavefront.com
    delivered:
      description: How many points were delivered.
      type: int
      sample: 12
    requests:
      description: How many requests brought them.
      type: int
      sample: 1
    failed_requests:
      description: How many requests were not accepted.
      type: int
      sample: 0
    invalid:
      description: How many points were rejected.
      type: int
      sample: 0
    rejected:
      description: How many points were rejected, by the code of the reason.
      type: dict
      sample: {}
    adjusted:
      description: How many delivered points had a name or a tag that had to be adjusted to what the other side takes.
      type: int
      sample: 0
    dropped:
      description: How many points were dropped.
      type: int
      sample: 0
    left:
      description: How many points are left. V(null) when the journal cannot be read.
      type: int
      sample: 0
    reason:
      description: Why points are left, or V(null).
      type: str
      sample: null
    setting:
      description: The option to check, or V(null).
      type: str
      sample: null
    gave_up:
      description: Whether the run makes no further attempt, because its deadline was exhausted without success.
      type: bool
      sample: false
    seconds:
      description: How long it took.
      type: float
      sample: 0.042
"""
