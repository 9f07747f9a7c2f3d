# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
name: otlp
type: notification
short_description: Deliver the metrics of keyward.iam over OTLP
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
extends_documentation_fragment:
  - keyward.iam._delivery
  - keyward.iam._delivery.tls
description:
  - Turns the results of M(keyward.iam.access_key_info) and M(keyward.iam.probe) into gauges and delivers these over
    OTLP/HTTP to an OpenTelemetry Collector, or to any system that receives OTLP.
  - The names of the metrics are those that the callback P(keyward.iam.wavefront#callback) sends. Units are V(d), V(ms),
    V(s) and V(1). Tags become attributes; C(account) is also C(cloud.account.id), and C(region) C(cloud.region).
  - Points are written to disk before they are sent, and stay there until the receiver accepts them. The next run
    delivers what one run cannot deliver, with the same timestamps.
  - Responses are handled as the specification of OTLP says. HTTP 429, 502, 503 and 504 are retried until O(deadline).
    Points that a partial success rejects are counted with their reason and not sent again.
  - OpenTelemetry's environment variables have the meaning of its specification. Those of the metrics signal take
    precedence over the general ones.
  - Without O(endpoint), the callback reports this once and does nothing.
notes:
  - A callback cannot fail a run. End a play with M(keyward.iam.deliver) to fail the run when metrics did not arrive.
  - Any number of callbacks can be enabled in one run. Each has a journal of its own, and none waits for another.
  - C(ansible) runs without callbacks unless E(ANSIBLE_LOAD_CALLBACK_PLUGINS) is V(1).
  - E(OTEL_EXPORTER_OTLP_TIMEOUT) and E(OTEL_EXPORTER_OTLP_METRICS_TIMEOUT) are in milliseconds.
  - After an outage, points arrive that are older than others of their series. Prometheus takes these only if
    C(out_of_order_time_window) in its configuration is as long as an outage may last.
  - E(OTEL_SERVICE_NAME) takes precedence over C(service.name) in O(resource_attributes).
requirements:
  - requests (Python library) on the controller
  - opentelemetry-proto (Python library) on the controller
options:
  endpoint:
    description:
      - The address that receives metrics, as in V(https://otel.example.com:4318/v1/metrics). It is used as it is.
      - If not set, it is E(OTEL_EXPORTER_OTLP_ENDPOINT) with the path C(/v1/metrics) added.
    type: str
    env:
      - name: OTEL_EXPORTER_OTLP_METRICS_ENDPOINT
    ini:
      - section: callback_otlp
        key: endpoint
  headers:
    description:
      - Headers of each request, as in V(api-key=secret,tenant=example). Values are percent-encoded.
      - Prefer O(headers_file), since programs that start Ansible may record its environment.
    type: str
    secret: true
    env:
      - name: OTEL_EXPORTER_OTLP_HEADERS
      - name: OTEL_EXPORTER_OTLP_METRICS_HEADERS
    ini:
      - section: callback_otlp
        key: headers
  headers_file:
    description:
      - A file that holds O(headers), separated by commas or lines.
      - It is read for every request, and may be replaced at any time.
    type: path
    env:
      - name: KEYWARD_OTLP_HEADERS_FILE
    ini:
      - section: callback_otlp
        key: headers_file
  compression:
    description: How requests are compressed.
    type: str
    choices: [gzip, none]
    default: gzip
    env:
      - name: OTEL_EXPORTER_OTLP_COMPRESSION
      - name: OTEL_EXPORTER_OTLP_METRICS_COMPRESSION
    ini:
      - section: callback_otlp
        key: compression
  resource_attributes:
    description:
      - Attributes of the resource, as in V(service.name=keyward,deployment.environment=production).
      - C(service.name) is V(keyward.iam) unless it is set.
    type: str
    env:
      - name: OTEL_RESOURCE_ATTRIBUTES
    ini:
      - section: callback_otlp
        key: resource_attributes
  point_tags:
    env:
      - name: KEYWARD_OTLP_POINT_TAGS
    ini:
      - section: callback_otlp
        key: point_tags
  job_tags:
    env:
      - name: KEYWARD_OTLP_JOB_TAGS
    ini:
      - section: callback_otlp
        key: job_tags
  journal_dir:
    env:
      - name: KEYWARD_JOURNAL_DIR
    ini:
      - section: callback_otlp
        key: journal_dir
  journal_max_mb:
    env:
      - name: KEYWARD_JOURNAL_MAX_MB
    ini:
      - section: callback_otlp
        key: journal_max_mb
  batch_size:
    env:
      - name: KEYWARD_OTLP_BATCH_SIZE
    ini:
      - section: callback_otlp
        key: batch_size
  timeout:
    env:
      - name: KEYWARD_OTLP_TIMEOUT
    ini:
      - section: callback_otlp
        key: timeout
  deadline:
    env:
      - name: KEYWARD_OTLP_DEADLINE
    ini:
      - section: callback_otlp
        key: deadline
  ca_path:
    env:
      - name: OTEL_EXPORTER_OTLP_CERTIFICATE
      - name: OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE
    ini:
      - section: callback_otlp
        key: ca_path
  validate_certs:
    env:
      - name: KEYWARD_OTLP_VALIDATE_CERTS
    ini:
      - section: callback_otlp
        key: validate_certs
  client_cert:
    env:
      - name: OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE
      - name: OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE
    ini:
      - section: callback_otlp
        key: client_cert
  client_key:
    env:
      - name: OTEL_EXPORTER_OTLP_CLIENT_KEY
      - name: OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY
    ini:
      - section: callback_otlp
        key: client_key
  log_points:
    env:
      - name: KEYWARD_OTLP_LOG_POINTS
    ini:
      - section: callback_otlp
        key: log_points
seealso:
  - plugin: keyward.iam.wavefront
    plugin_type: callback
  - module: keyward.iam.deliver
"""

EXAMPLES = r"""
# In ansible.cfg, for a Collector on this machine:
#
#   [defaults]
#   callbacks_enabled = keyward.iam.otlp
#
#   [callback_otlp]
#   endpoint = http://localhost:4318/v1/metrics

# Or for VictoriaMetrics:
#
#   endpoint = http://localhost:8428/opentelemetry/v1/metrics

# In the environment, for a service that wants a key, as OpenTelemetry's own exporters take it:
#
#   export ANSIBLE_CALLBACKS_ENABLED=keyward.iam.otlp
#   export OTEL_EXPORTER_OTLP_ENDPOINT=https://otel.example.com
#   export KEYWARD_OTLP_HEADERS_FILE=~/.config/keyward/otlp-headers
#   ansible-playbook keyward.iam.collect
"""

import importlib.util
import sys
import typing as t

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.callback import MetricsCallback
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.options import SettingError
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.names import DESCRIPTIONS

if t.TYPE_CHECKING:
    from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.options import Options
    from ansible_collections.keyward.iam.plugins.plugin_utils._otlp.exporter import Otlp

REQUIRED = {"requests": "requests", "google.protobuf": "protobuf", "opentelemetry.proto": "opentelemetry-proto"}


class CallbackModule(MetricsCallback):
    CALLBACK_NAME = "keyward.iam.otlp"
    DESTINATION_OPTION = "endpoint"

    def make_exporter(self, options: Options) -> Otlp:
        for module, package in REQUIRED.items():
            if not _is_installed(module):
                raise SettingError(
                    f"{package} is missing: install it for the Python that runs Ansible, {sys.executable}"
                )
        from ansible_collections.keyward.iam.plugins.plugin_utils._otlp.options import make_exporter  # noqa: PLC0415

        return make_exporter(options, DESCRIPTIONS)


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
