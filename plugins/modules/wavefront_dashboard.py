# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: wavefront_dashboard
short_description: Manage a dashboard of Wavefront
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Creates, updates or deletes a dashboard by version 2 of the REST API of Wavefront (VMware Aria Operations for
    Applications).
  - The definition is the dashboard in the form of the API and of the dashboard editor's JSON view.
  - Only fields given in the definition are compared and changed. A field that is left out, V(null), or an empty text,
    list or object keeps its value. Fields that the server alone sets, such as the number of views, are ignored.
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
      - Shows the definition, and how the dashboard differs from it.
  idempotent:
    support: full
options:
  state:
    description:
      - Whether the dashboard should exist.
      - V(absent) deletes it permanently, without moving it to the trash. V(present) restores it from the trash if it is
        there.
    type: str
    choices:
      - absent
      - present
    default: present
  id:
    description:
      - The dashboard's id. It is also the last part of the dashboard's URL.
    type: str
    required: true
  definition:
    description:
      - The dashboard in the form of the REST API, with C(name) and C(sections) at least.
      - C(id) and C(url) in it are ignored; O(id) is used.
      - C(tags) may be a list.
      - Required with O(state=present).
    type: dict
seealso:
  - module: keyward.iam.wavefront_alert
  - plugin: keyward.iam.wavefront
    plugin_type: callback
"""

EXAMPLES = r"""
- name: Keep a dashboard that was copied from the JSON view of its editor
  keyward.iam.wavefront_dashboard:
    url: https://example.wavefront.com
    api_token: "{{ vault_wavefront_api_token }}"
    id: iam-overview
    definition: "{{ lookup('ansible.builtin.file', 'iam-overview.json') | from_json }}"

- name: Keep several objects with one access token
  module_defaults:
    group/keyward.iam.wavefront:
      url: https://example.wavefront.com
      csp_api_token: "{{ vault_csp_api_token }}"
  block:
    - name: Keep a dashboard of one chart
      keyward.iam.wavefront_dashboard:
        id: iam-users
        definition:
          name: IAM users
          tags:
            - iam
          sections:
            - name: Users
              rows:
                - charts:
                    - name: Users
                      summarization: LAST
                      chartSettings:
                        type: line
                      sources:
                        - name: users
                          query: last(13h, ts("aws.iam.collector.users"))

    - name: Remove a dashboard
      keyward.iam.wavefront_dashboard:
        id: iam-overview
        state: absent
"""

RETURN = r"""
id:
  description: The dashboard's id.
  returned: success
  type: str
  sample: iam-overview
link:
  description: The dashboard's URL in a browser.
  returned: with O(state=present)
  type: str
  sample: https://example.wavefront.com/dashboards/iam-overview
"""

from ansible_collections.keyward.iam.plugins.module_utils._common.python import require_python

require_python()

from ansible_collections.keyward.iam.plugins.module_utils._wavefront.manage import keep_dashboard
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.module import WavefrontModule

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
    "id": {"type": "str", "required": True},
    "definition": {"type": "dict"},
}


def main() -> None:
    WavefrontModule(ARGUMENT_SPEC, required_if=[("state", "present", ["definition"])]).run(keep_dashboard)


if __name__ == "__main__":
    main()
