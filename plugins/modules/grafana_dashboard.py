# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: grafana_dashboard
short_description: Manage a dashboard of Grafana
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Creates, updates or deletes a dashboard by the HTTP API of Grafana.
  - Only fields given in the definition are compared. C(id) and C(version), which the server sets, are ignored.
extends_documentation_fragment:
  - keyward.iam._attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  state:
    description: Whether the dashboard should exist.
    type: str
    choices:
      - absent
      - present
    default: present
  uid:
    description: The dashboard's uid, 1 to 40 letters, digits and characters of C(_-). It is part of its URL.
    type: str
    required: true
  definition:
    description:
      - The dashboard in the form of Grafana's JSON model, with C(title) at least. C(uid) in it is ignored.
      - Required with O(state=present).
    type: dict
  text_boxes:
    description: Default values of the dashboard's variables of the type text box, by name.
    type: dict
    default: {}
  folder:
    description:
      - The title of the folder that holds the dashboard. It is created if it does not exist.
      - If not set, a new dashboard has no folder, and one that exists stays where it is.
    type: str
  url:
    description: The address of Grafana, as in V(https://grafana.example.com). If not set, E(GRAFANA_URL) is used.
    type: str
    required: true
  api_token:
    description:
      - The token of a service account with the role Editor. If not set, E(GRAFANA_API_TOKEN) is used.
      - One of O(api_token) and O(api_token_file) is required. Those that come from the environment are ignored if the
        task sets one.
    type: str
  api_token_file:
    description: A file with O(api_token) and nothing else. If not set, E(GRAFANA_API_TOKEN_FILE) is used.
    type: path
  timeout:
    description: Timeout of a request in seconds. If not set, E(GRAFANA_TIMEOUT) is used.
    type: float
    default: 10
  validate_certs:
    description: Whether to verify the certificate of the server. If not set, E(GRAFANA_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - A file of certificates in PEM format to trust, instead of those of the system.
      - If not set, E(GRAFANA_CA_PATH) is used.
    type: path
  client_cert:
    description: A client certificate in PEM format, with or without its key.
    type: path
  client_key:
    description: The key of O(client_cert), if it is in a file of its own. It must not have a passphrase.
    type: path
notes:
  - Files are read on the host that the module runs on.
  - HTTP proxies come from the environment of the module, from E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
  - Redirects are not followed.
  - Grafana refuses to change a dashboard that it was given by provisioning.
seealso:
  - plugin: keyward.iam.prometheus
    plugin_type: callback
  - module: keyward.iam.wavefront_dashboard
"""

EXAMPLES = r"""
- name: Keep a dashboard that was copied from its JSON model
  keyward.iam.grafana_dashboard:
    url: https://grafana.example.com
    api_token_file: ~/.config/keyward/grafana-token
    uid: iam-overview
    folder: Security
    definition: "{{ lookup('ansible.builtin.file', 'iam-overview.json') | from_json }}"

- name: Remove a dashboard
  keyward.iam.grafana_dashboard:
    url: https://grafana.example.com
    api_token_file: ~/.config/keyward/grafana-token
    uid: iam-overview
    state: absent
"""

RETURN = r"""
uid:
  description: The dashboard's uid.
  returned: success
  type: str
  sample: iam-overview
link:
  description: The dashboard's URL in a browser.
  returned: with O(state=present)
  type: str
  sample: https://grafana.example.com/d/iam-overview/iam-overview
"""

from ansible_collections.keyward.iam.plugins.module_utils._common.python import require_python

require_python()

from ansible_collections.keyward.iam.plugins.module_utils._grafana.module import run_module
from ansible_collections.keyward.iam.plugins.module_utils._http.environment import from_environment

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
    "uid": {"type": "str", "required": True},
    "definition": {"type": "dict"},
    "text_boxes": {"type": "dict", "default": {}},
    "folder": {"type": "str"},
    "url": {"type": "str", "required": True, **from_environment("GRAFANA_URL")},
    "api_token": {"type": "str", "no_log": True, **from_environment("GRAFANA_API_TOKEN")},
    "api_token_file": {"type": "path", "no_log": False, **from_environment("GRAFANA_API_TOKEN_FILE")},
    "timeout": {"type": "float", "default": 10, **from_environment("GRAFANA_TIMEOUT")},
    "validate_certs": {"type": "bool", "default": True, **from_environment("GRAFANA_VALIDATE_CERTS")},
    "ca_path": {"type": "path", **from_environment("GRAFANA_CA_PATH")},
    "client_cert": {"type": "path"},
    "client_key": {"type": "path", "no_log": False},
}


def main() -> None:
    run_module(
        ARGUMENT_SPEC,
        required_if=[("state", "present", ["definition"])],
        required_by={"client_key": ["client_cert"]},
    )


if __name__ == "__main__":
    main()
