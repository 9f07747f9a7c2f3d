# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: wavefront_alert
short_description: Manage an alert of Wavefront
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Creates, updates or deletes an alert by version 2 of the REST API of Wavefront (VMware Aria Operations for
    Applications).
  - Wavefront chooses the ids of alerts, and allows several alerts with the same name. The module manages the alert
    with this O(name) and the O(management_tag), and fails if there are several. With O(id), it manages the alert with
    this id.
  - Only fields given in the definition are compared and changed. A field that is left out, V(null), or an empty text,
    list or object keeps its value. Fields that the server alone sets, such as what is failing, are ignored.
extends_documentation_fragment:
  - keyward.iam._attributes
  - keyward.iam._attributes.actiongroup_wavefront
  - keyward.iam._wavefront
  - keyward.iam._wavefront.modules
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - Shows the definition, and how the alert differs from it.
  idempotent:
    support: full
    details:
      - Wavefront answers a search from a cache, which does not have a new alert at once. The module waits until the
        search finds the alert, and warns if it does not within O(search_timeout).
options:
  state:
    description:
      - Whether the alert should exist.
      - V(absent) deletes it permanently, without moving it to the trash.
    type: str
    choices:
      - absent
      - present
    default: present
  name:
    description: The alert's name.
    type: str
    required: true
  id:
    description:
      - The alert's id, as in RV(id), for an alert to rename or one without the O(management_tag).
      - If no alert has this id, O(name) and O(management_tag) are used.
    type: str
  management_tag:
    description: The tag of the alerts that this module manages. Alerts without it are not changed.
    type: str
    default: keyward.iam
  definition:
    description:
      - The alert in the form of the REST API, with C(condition) and C(minutes) at least.
      - C(name) and C(id) in it are ignored; O(name) is used.
      - C(tags) may be a list, to which O(management_tag) is added.
      - An alert with the C(alertType) V(THRESHOLD) gets C(displayExpression) as its C(condition).
      - Required with O(state=present).
    type: dict
  search_timeout:
    description: How many seconds to wait until Wavefront's search finds a new alert.
    type: float
    default: 30
seealso:
  - module: keyward.iam.wavefront_dashboard
  - plugin: keyward.iam.wavefront
    plugin_type: callback
"""

EXAMPLES = r"""
- name: Send a page when IAM is down
  keyward.iam.wavefront_alert:
    url: https://example.wavefront.com
    api_token: "{{ vault_wavefront_api_token }}"
    name: IAM is down
    definition:
      alertType: CLASSIC
      severity: SEVERE
      condition: last(10m, ts("aws.iam.probe.state", step="all")) = 2
      displayExpression: last(10m, ts("aws.iam.probe.state", step="all"))
      minutes: 2
      target: target:a1B2c3D4e5F6g7H8
  register: alert

- name: Rename it
  keyward.iam.wavefront_alert:
    url: https://example.wavefront.com
    api_token: "{{ vault_wavefront_api_token }}"
    id: "{{ alert.id }}"
    name: AWS IAM is down
    definition:
      severity: SEVERE

- name: Remove it
  keyward.iam.wavefront_alert:
    url: https://example.wavefront.com
    api_token: "{{ vault_wavefront_api_token }}"
    name: AWS IAM is down
    state: absent
"""

RETURN = r"""
id:
  description: The alert's id, which Wavefront chose.
  returned: when there is an alert
  type: str
  sample: "1795327200000"
link:
  description: The alert's URL in a browser.
  returned: when there is an alert
  type: str
  sample: https://example.wavefront.com/alerts/1795327200000
"""

from ansible_collections.keyward.iam.plugins.module_utils._common.python import require_python

require_python()

from ansible_collections.keyward.iam.plugins.module_utils._wavefront.manage import keep_alert
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.module import WavefrontModule

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
    "name": {"type": "str", "required": True},
    "id": {"type": "str"},
    "management_tag": {"type": "str", "default": "keyward.iam"},
    "definition": {"type": "dict"},
    "search_timeout": {"type": "float", "default": 30},
}


def main() -> None:
    WavefrontModule(ARGUMENT_SPEC, required_if=[("state", "present", ["definition"])]).run(keep_alert)


if __name__ == "__main__":
    main()
