# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

# This fragment is private to the collection and may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    # Access to a tenant, the same for modules and the callback.
    DOCUMENTATION = r"""
options:
  api_token:
    type: str
  api_token_file:
    description: A file with the token and nothing else.
    type: path
  csp_url:
    description: The address of VMware Cloud services, which issue access tokens.
    type: str
    default: https://console.cloud.vmware.com
  csp_api_token:
    description: An API token of VMware Cloud services.
    type: str
  csp_api_token_file:
    description: A file with O(csp_api_token) and nothing else.
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
    description: A file with O(csp_client_secret) and nothing else.
    type: path
  csp_org_id:
    description: The organization of the OAuth app.
    type: str
"""

    # What the modules have beside it.
    MODULES = r"""
options:
  url:
    description:
      - The tenant, as in V(https://example.wavefront.com). A proxy has no REST API.
      - A slash at the end and the path C(/report) are ignored.
    type: str
    required: true
  api_token:
    description:
      - An API token of the tenant. Its owner needs the permission Dashboards or Alerts, as the object needs.
      - One of O(api_token), O(api_token_file), O(csp_api_token), O(csp_api_token_file) and O(csp_client_id) is
        required, and only one can be used. Those that come from the environment are ignored if the task sets one.
  timeout:
    description:
      - Timeout of a request in seconds.
      - A request that Wavefront refuses because there are too many is sent again, after the pause that it asks for. So
        is one that only reads, after a server error.
    type: float
    default: 10
  validate_certs:
    description: Whether to verify the certificate of the server.
    type: bool
    default: true
  ca_path:
    description: A file of certificates in PEM format to trust, instead of those of the system.
    type: path
  client_cert:
    description: A client certificate in PEM format, with or without its key.
    type: path
  client_key:
    description: The key of O(client_cert), if it is in a file of its own. It must not have a passphrase.
    type: path
notes:
  - If an option is not set, the environment variable of its name is used, as E(WAVEFRONT_URL) for O(url) and
    E(WAVEFRONT_API_TOKEN_FILE) for O(api_token_file). That holds for O(url), O(timeout), and all options of
    authentication and TLS.
  - Files are read on the host that the module runs on.
  - HTTP proxies come from the environment of the module, from E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
  - Redirects are not followed.
"""
