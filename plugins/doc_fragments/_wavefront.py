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
      - A slash at the end and the path C(/report) are ignored.
      - If not set, the environment variable E(WAVEFRONT_URL) is used.
    type: str
    required: true
  api_token:
    description:
      - An API token of the tenant. Its owner needs the permission Dashboards or Alerts, as the object needs.
      - One of O(api_token), O(api_token_file), O(csp_api_token), O(csp_api_token_file) and O(csp_client_id) is
        required, and only one can be used. Those that come from the environment are ignored if the task sets one.
      - If not set, the environment variable E(WAVEFRONT_API_TOKEN) is used.
    type: str
  api_token_file:
    description:
      - A file with the token and nothing else, on the host that the module runs on.
      - If not set, the environment variable E(WAVEFRONT_API_TOKEN_FILE) is used.
    type: path
  csp_url:
    description:
      - The address of VMware Cloud services, which issue access tokens.
      - If not set, the environment variable E(WAVEFRONT_CSP_URL) is used.
    type: str
    default: https://console.cloud.vmware.com
  csp_api_token:
    description:
      - An API token of VMware Cloud services.
      - If not set, the environment variable E(WAVEFRONT_CSP_API_TOKEN) is used.
    type: str
  csp_api_token_file:
    description:
      - A file with O(csp_api_token) and nothing else, on the host that the module runs on.
      - If not set, the environment variable E(WAVEFRONT_CSP_API_TOKEN_FILE) is used.
    type: path
  csp_client_id:
    description:
      - The id of an OAuth app of VMware Cloud services.
      - Needs O(csp_client_secret) or O(csp_client_secret_file).
      - If not set, the environment variable E(WAVEFRONT_CSP_CLIENT_ID) is used.
    type: str
  csp_client_secret:
    description:
      - The secret of the OAuth app.
      - If not set, the environment variable E(WAVEFRONT_CSP_CLIENT_SECRET) is used.
    type: str
  csp_client_secret_file:
    description:
      - A file with O(csp_client_secret) and nothing else, on the host that the module runs on.
      - If not set, the environment variable E(WAVEFRONT_CSP_CLIENT_SECRET_FILE) is used.
    type: path
  csp_org_id:
    description:
      - The organization of the OAuth app.
      - If not set, the environment variable E(WAVEFRONT_CSP_ORG_ID) is used.
    type: str
  timeout:
    description:
      - Timeout of a request in seconds.
      - A request that Wavefront refuses because there are too many is sent again, after the pause that it asks for. So
        is one that only reads, after a server error.
      - If not set, the environment variable E(WAVEFRONT_TIMEOUT) is used.
    type: float
    default: 10
  validate_certs:
    description:
      - Whether to verify the certificate of the server.
      - If not set, the environment variable E(WAVEFRONT_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - A file of certificates in PEM format to trust, in addition to those of the system.
      - If not set, the environment variable E(WAVEFRONT_CA_PATH) is used.
    type: path
  client_cert:
    description:
      - A client certificate in PEM format, with or without its key.
      - If not set, the environment variable E(WAVEFRONT_CLIENT_CERT) is used.
    type: path
  client_key:
    description:
      - The key of O(client_cert), if it is in a file of its own. It must not have a passphrase.
      - If not set, the environment variable E(WAVEFRONT_CLIENT_KEY) is used.
    type: path
notes:
  - HTTP proxies come from the environment of the module, from E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
  - Redirects are not followed.
"""
