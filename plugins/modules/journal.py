# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: journal
short_description: Show the metrics that wait for delivery, restore what was set aside, or discard all
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Prints the points that wait in the journals of the metrics callbacks, how old they are, and why they wait.
  - The callbacks do not have to be enabled in the run. Their options name the journals' directories.
  - To deliver them, use M(keyward.iam.deliver).
  - Runs on the controller. With the strategy C(linear) it runs once for all hosts of the play.
extends_documentation_fragment:
  - keyward.iam._attributes
attributes:
  check_mode:
    support: full
    details:
      - The journals are printed and nothing is changed.
  diff_mode:
    support: none
  idempotent:
    support: full
options:
  state:
    description:
      - V(listed) prints the journals.
      - V(restored) queues the points again that were set aside, and those that were collected for another destination,
        for example after correcting the URL. They are then delivered to the destination that is set now.
      - V(discarded) deletes all points that wait, for any destination, and those that were set aside.
    type: str
    choices:
      - listed
      - restored
      - discarded
    default: listed
seealso:
  - module: keyward.iam.deliver
  - plugin: keyward.iam.wavefront
    plugin_type: callback
"""

EXAMPLES = r"""
- name: Print what waits, and why
  keyward.iam.journal:

- name: Bring back what was set aside
  keyward.iam.journal:
    state: restored

- name: Deliver it
  keyward.iam.deliver:
"""

RETURN = r"""
points:
  description: How many points were restored or discarded.
  returned: always
  type: int
  sample: 0
exporters:
  description: The journals, as they are after the change.
  returned: always
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
    left:
      description: How many points wait.
      type: int
      sample: 24
    files:
      description: In how many files.
      type: int
      sample: 2
    bytes:
      description: Their size.
      type: int
      sample: 6120
    oldest:
      description: When the first of them was written, in UTC, or V(null).
      type: str
      sample: "2026-01-31T12:00:00Z"
    oldest_seconds:
      description: How long it has waited, or V(null).
      type: int
      sample: 10800
    reason:
      description: Why the last delivery failed, or V(null).
      type: str
      sample: "https://example.wavefront.com/report: HTTP 401: Unauthorized"
    failed_at:
      description: When it failed, in UTC, or V(null).
      type: str
      sample: "2026-01-31T12:00:02Z"
    aside:
      description: How many points were set aside, by the code of the reason, and how many broken files.
      type: dict
      sample:
        WF-402: 3
    elsewhere:
      description: What was collected for other destinations, and is not delivered unless it is restored.
      type: list
      elements: dict
      contains:
        destination:
          description: The address for which it was collected.
          type: str
          sample: https://old.wavefront.com
        left:
          description: How many points wait.
          type: int
          sample: 11
        files:
          description: In how many files.
          type: int
          sample: 1
    passed_over:
      description: A sentence for each file of rejected points that cannot be read. The file is not changed.
      type: list
      elements: str
      sample: []
"""
