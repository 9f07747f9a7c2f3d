# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
name: wavefront
type: notification
short_description: Deliver the metrics of keyward.iam to Wavefront
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
extends_documentation_fragment:
  - keyward.iam._delivery
  - keyward.iam._delivery.tls
  - keyward.iam._wavefront
description:
  - Turns the results of M(keyward.iam.access_key_info) and M(keyward.iam.probe) into points and delivers these to
    Wavefront (VMware Aria Operations for Applications), to a tenant or through a proxy.
  - Points are written to disk before they are sent, and stay there until Wavefront accepts them. The next run delivers
    what one run cannot deliver, with the same lines and timestamps, so that Wavefront stores each point once.
  - Points are delivered when a play ends, when a batch is full, and when the run ends. The run's last line has the
    numbers of delivered points, requests, invalid points, and points left in the journal.
  - These numbers are points as well, C(aws.iam.delivery.points) and C(aws.iam.delivery.requests). They count the
    collected points, not themselves, each point once, and are sent with the run's last request. If several runs end
    within the same second, Wavefront keeps the numbers of one, unless O(point_tags) or O(job_tags) distinguish them.
  - Without O(url), the callback reports this once and does nothing. A run that has nothing to report prints no line.
  - Results of other modules are ignored. A result that C(no_log) hides gives no points, and M(keyward.iam.deliver)
    fails. In check mode nothing is delivered.
  - If Wavefront rejects every request, the points stay in the journal. Only if it accepts others, those that it
    rejects are set aside.
notes:
  - A callback cannot fail a run. End a play with M(keyward.iam.deliver) to fail the run when metrics did not arrive.
  - With a stdout callback for programs, such as C(ansible.posix.json), the lines of this callback go to the standard
    error.
  - Files of tokens and secrets are read for every request, and may be replaced at any time. An access token is renewed
    before it expires, and once when it is refused.
  - C(ansible) runs without callbacks unless E(ANSIBLE_LOAD_CALLBACK_PLUGINS) is V(1).
requirements:
  - requests (Python library) on the controller
options:
  url:
    description:
      - The tenant, as in V(https://example.wavefront.com), or the proxy, as in V(http://proxy.example.com:2878).
      - A slash at the end and the path C(/report) are ignored.
    type: str
    env:
      - name: WAVEFRONT_URL
    ini:
      - section: callback_wavefront
        key: url
  api_token:
    description:
      - The token of the tenant, which needs the permission Direct Data Ingestion.
      - A proxy needs none, unless it was set up to.
      - Prefer O(api_token_file), since programs that start Ansible may record its environment.
    secret: true
    env:
      - name: WAVEFRONT_API_TOKEN
    ini:
      - section: callback_wavefront
        key: api_token
  api_token_file:
    env:
      - name: WAVEFRONT_API_TOKEN_FILE
    ini:
      - section: callback_wavefront
        key: api_token_file
  csp_url:
    env:
      - name: WAVEFRONT_CSP_URL
    ini:
      - section: callback_wavefront
        key: csp_url
  csp_api_token:
    secret: true
    env:
      - name: WAVEFRONT_CSP_API_TOKEN
    ini:
      - section: callback_wavefront
        key: csp_api_token
  csp_api_token_file:
    env:
      - name: WAVEFRONT_CSP_API_TOKEN_FILE
    ini:
      - section: callback_wavefront
        key: csp_api_token_file
  csp_client_id:
    env:
      - name: WAVEFRONT_CSP_CLIENT_ID
    ini:
      - section: callback_wavefront
        key: csp_client_id
  csp_client_secret:
    secret: true
    env:
      - name: WAVEFRONT_CSP_CLIENT_SECRET
    ini:
      - section: callback_wavefront
        key: csp_client_secret
  csp_client_secret_file:
    env:
      - name: WAVEFRONT_CSP_CLIENT_SECRET_FILE
    ini:
      - section: callback_wavefront
        key: csp_client_secret_file
  csp_org_id:
    env:
      - name: WAVEFRONT_CSP_ORG_ID
    ini:
      - section: callback_wavefront
        key: csp_org_id
  source:
    description:
      - The source of every point.
      - Characters other than letters, digits, C(_), C(.) and C(-) become C(_).
    type: str
    default: AWS
    env:
      - name: WAVEFRONT_SOURCE
    ini:
      - section: callback_wavefront
        key: source
  point_tags:
    env:
      - name: WAVEFRONT_POINT_TAGS
    ini:
      - section: callback_wavefront
        key: point_tags
  job_tags:
    env:
      - name: WAVEFRONT_JOB_TAGS
    ini:
      - section: callback_wavefront
        key: job_tags
  journal_dir:
    env:
      - name: KEYWARD_JOURNAL_DIR
    ini:
      - section: callback_wavefront
        key: journal_dir
  journal_max_mb:
    env:
      - name: KEYWARD_JOURNAL_MAX_MB
    ini:
      - section: callback_wavefront
        key: journal_max_mb
  batch_size:
    env:
      - name: WAVEFRONT_BATCH_SIZE
    ini:
      - section: callback_wavefront
        key: batch_size
  timeout:
    env:
      - name: WAVEFRONT_TIMEOUT
    ini:
      - section: callback_wavefront
        key: timeout
  deadline:
    env:
      - name: WAVEFRONT_DEADLINE
    ini:
      - section: callback_wavefront
        key: deadline
  ca_path:
    env:
      - name: WAVEFRONT_CA_PATH
    ini:
      - section: callback_wavefront
        key: ca_path
  validate_certs:
    env:
      - name: WAVEFRONT_VALIDATE_CERTS
    ini:
      - section: callback_wavefront
        key: validate_certs
  client_cert:
    env:
      - name: WAVEFRONT_CLIENT_CERT
    ini:
      - section: callback_wavefront
        key: client_cert
  client_key:
    env:
      - name: WAVEFRONT_CLIENT_KEY
    ini:
      - section: callback_wavefront
        key: client_key
  log_points:
    env:
      - name: WRITE_INFO_LOG
    ini:
      - section: callback_wavefront
        key: log_points
seealso:
  - module: keyward.iam.access_key_info
  - module: keyward.iam.deliver
"""

EXAMPLES = r"""
# In ansible.cfg, for a tenant; on AWX, in the ansible.cfg at the project's root:
#
#   [defaults]
#   callbacks_enabled = keyward.iam.wavefront
#
#   [callback_wavefront]
#   url = https://example.wavefront.com
#   api_token_file = ~/.config/keyward/wavefront-token

# In the environment, for a proxy:
#
#   export ANSIBLE_CALLBACKS_ENABLED=keyward.iam.wavefront
#   export WAVEFRONT_URL=http://proxy.example.com:2878
#   ansible-playbook keyward.iam.collect
"""

import importlib.util
import sys
import typing as t

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.callback import MetricsCallback
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.options import SettingError
from ansible_collections.keyward.iam.plugins.plugin_utils._wavefront.options import make_exporter

if t.TYPE_CHECKING:
    from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.options import Options
    from ansible_collections.keyward.iam.plugins.plugin_utils._wavefront.exporter import Wavefront


class CallbackModule(MetricsCallback):
    CALLBACK_NAME = "keyward.iam.wavefront"

    def make_exporter(self, options: Options) -> Wavefront:
        exporter = make_exporter(options)
        if not importlib.util.find_spec("requests"):
            raise SettingError(f"requests is missing: install it for the Python that runs Ansible, {sys.executable}")
        return exporter
