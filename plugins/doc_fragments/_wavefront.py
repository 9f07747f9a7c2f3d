# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

# This fragment is private to the collection and may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  url:
    description:
      - The tenant, as in V(https://example.wavefront.com). A proxy has no REST API.
      - A slash at the end or the path C(/report) does no harm.
    type: str
    required: true
  api_token:
    description:
      - An API token of the tenant, whose owner has the permission Dashboards or Alerts, as the object needs.
      - One of O(api_token), O(api_token_file), O(csp_api_token), O(csp_api_token_file) and O(csp_client_id) is
        required, and only one.
    type: str
  api_token_file:
    description: A file that holds the token and nothing else, on the host that the module runs on.
    type: path
  csp_url:
    description: Where the access tokens of VMware Cloud services come from.
    type: str
    default: https://console.cloud.vmware.com
  csp_api_token:
    description: An API token of VMware Cloud services.
    type: str
  csp_api_token_file:
    description: A file that holds O(csp_api_token) and nothing else, on the host that the module runs on.
    type: path
  csp_client_id:
    description:
      - The id of an OAuth app of VMware Cloud services.
      - Needs O(csp_client_secret) or O(csp_client_secret_file).
    type: str
  csp_client_secret:
    description: The secret of the OAuth app.
    type: str
  csp_client_secret_file:
    description: A file that holds O(csp_client_secret) and nothing else, on the host that the module runs on.
    type: path
  csp_org_id:
    description: The organization for which the OAuth app asks.
    type: str
  timeout:
    description:
      - How many seconds an answer is waited for.
      - A request that Wavefront turns down because there are too many is sent again, after the pauses that it asks for.
    type: float
    default: 10
  validate_certs:
    description: Whether the certificate of the other side must be valid.
    type: bool
    default: true
  ca_path:
    description: A file of certificates, in PEM format, that are trusted beside the system's own.
    type: path
  client_cert:
    description: A client certificate in PEM format, with or without its key.
    type: path
  client_key:
    description: The key of O(client_cert), where it is in a file of its own. It must have no passphrase.
    type: path
notes:
  - HTTP proxies are taken from the environment of the module, as E(HTTPS_PROXY) and E(NO_PROXY) name them.
"""
