# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: wavefront_dashboard
short_description: Keep a dashboard of Wavefront as code
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Makes a dashboard what its definition says, or removes it, by version 2 of the REST API of Wavefront (VMware Aria
    Operations for Applications).
  - The definition is the dashboard as the API and the dashboard editor's JSON view have it.
  - The dashboard is held against the definition wherever the definition says something. What it leaves out, or says by
    V(null) or by an empty text, list or object, is the server's or a person's choice, and so is what the server alone
    fills in, such as the number of views.
extends_documentation_fragment:
  - keyward.iam._attributes
  - keyward.iam._attributes.actiongroup_wavefront
  - keyward.iam._wavefront
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - It shows the definition, and how the dashboard differs from it.
  idempotent:
    support: full
options:
  state:
    description:
      - Whether there is such a dashboard.
      - V(absent) removes it for good, past the trash. V(present) takes it out of the trash if need be.
    type: str
    choices:
      - absent
      - present
    default: present
  id:
    description:
      - The dashboard's id, which is also the last part of its address.
    type: str
    required: true
  definition:
    description:
      - The dashboard in the form of the REST API, with C(name) and C(sections) at least.
      - C(id) and C(url) are O(id), whatever the definition says.
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
  description: The dashboard's address in a browser.
  returned: when there is, or in check mode would be, a dashboard
  type: str
  sample: https://example.wavefront.com/dashboards/iam-overview
"""

import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._wavefront.api import Api
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.change import Change, path_of
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.definition import wanted
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.module import WavefrontModule

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
    "id": {"type": "str", "required": True},
    "definition": {"type": "dict"},
}


def main() -> None:
    module = WavefrontModule(ARGUMENT_SPEC, required_if=[("state", "present", ["definition"])])
    present, dashboard_id = module.options["state"] == "present", module.options["id"]
    asked = wanted(module.options["definition"] or {}, id=dashboard_id, url=dashboard_id) if present else None

    def work(api: Api) -> dict[str, t.Any]:
        change = Change("dashboard", api.find(path_of("dashboard", dashboard_id)), asked)
        module.make(change, api)
        return {
            "changed": change.needed,
            "diff": {"before": change.before, "after": change.after},
            "id": dashboard_id,
            **({"link": f"{api.url}/dashboards/{dashboard_id}"} if present else {}),
        }

    module.run(work)


if __name__ == "__main__":
    main()
