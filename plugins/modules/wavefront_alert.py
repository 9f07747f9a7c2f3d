# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: wavefront_alert
short_description: Keep an alert of Wavefront as code
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Makes an alert what its definition says, or removes it, by version 2 of the REST API of Wavefront (VMware Aria
    Operations for Applications).
  - Wavefront gives alerts their ids and takes any number of alerts of one name. The alert that is meant is the one of
    this O(name) that bears the O(management_tag); it is an error if there are more of them. With O(id), it is the one
    of this id.
  - The alert is held against the definition wherever the definition says something. What it leaves out, or says by
    V(null) or by an empty text, list or object, is the server's or a person's choice, and so is what the server alone
    fills in, such as what is failing.
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
      - It shows the definition, and how the alert differs from it.
  idempotent:
    support: full
    details:
      - Wavefront answers a search from a cache, in which a new alert is missing for a moment. The module waits until
        it is there, and warns if it does not come in O(search_timeout).
options:
  state:
    description:
      - Whether there is such an alert.
      - V(absent) removes it for good, past the trash.
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
      - The alert's id, as RV(id) told it, for an alert that is to be renamed or has no O(management_tag) yet.
      - Where there is no such alert any more, O(name) and O(management_tag) tell which one is meant.
    type: str
  management_tag:
    description: The tag that tells the alerts that this module keeps from others of the same name.
    type: str
    default: keyward.iam
  definition:
    description:
      - The alert in the form of the REST API, with C(condition) and C(minutes) at least.
      - C(name) is O(name), whatever the definition says, and an C(id) is not looked at.
      - C(tags) may be a list, to which O(management_tag) is added.
      - An alert whose C(alertType) is V(THRESHOLD) gets C(displayExpression) as its C(condition), as Wavefront demands.
      - Required with O(state=present).
    type: dict
  search_timeout:
    description: How many seconds to wait until Wavefront's search knows a new alert.
    type: float
    default: 30
seealso:
  - module: keyward.iam.wavefront_dashboard
  - plugin: keyward.iam.wavefront
    plugin_type: callback
"""

EXAMPLES = r"""
- name: Page somebody when IAM is down
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
  description: The id that Wavefront gave the alert.
  returned: when there is an alert
  type: str
  sample: "1795327200000"
link:
  description: The alert's address in a browser.
  returned: when there is an alert
  type: str
  sample: https://example.wavefront.com/alerts/1795327200000
"""

import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._wavefront.alerts import find_alert, is_searchable
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.api import Api
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.change import Change
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.definition import tags_of, wanted
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.module import WavefrontModule

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
    "name": {"type": "str", "required": True},
    "id": {"type": "str"},
    "management_tag": {"type": "str", "default": "keyward.iam"},
    "definition": {"type": "dict"},
    "search_timeout": {"type": "float", "default": 30},
}


def asked_of(options: dict[str, t.Any]) -> dict[str, t.Any]:
    definition = options["definition"] or {}
    threshold = str(definition.get("alertType")).upper() == "THRESHOLD"
    return wanted(
        definition,
        # One that was copied from the server names the alert that it was copied from.
        id=None,
        name=options["name"],
        tags=[*tags_of(definition), options["management_tag"]],
        **({"condition": definition.get("displayExpression")} if threshold else {}),
    )


def main() -> None:
    module = WavefrontModule(ARGUMENT_SPEC, required_if=[("state", "present", ["definition"])])
    options = module.options
    name, management_tag = options["name"], options["management_tag"]
    asked = asked_of(options) if options["state"] == "present" else None

    def work(api: Api) -> dict[str, t.Any]:
        change = Change("alert", find_alert(api, name, management_tag, options["id"]), asked)
        alert_id = module.make(change, api)
        is_new = change.id is None
        if alert_id and is_new and not is_searchable(api, name, management_tag, alert_id, options["search_timeout"]):
            module.ansible.warn(
                f"Wavefront made the alert {alert_id}, and its search does not find it yet: run this again only once "
                "it does, or with this id, since it would else be made a second time"
            )
        return {
            "changed": change.needed,
            "diff": {"before": change.before, "after": change.after},
            **({"id": alert_id, "link": f"{api.url}/alerts/{alert_id}"} if alert_id else {}),
        }

    module.run(work)


if __name__ == "__main__":
    main()
