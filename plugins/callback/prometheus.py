# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
name: prometheus
type: notification
short_description: Write the metrics of keyward.iam for Prometheus
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
extends_documentation_fragment:
  - keyward.iam._delivery
  - keyward.iam._delivery.tls
description:
  - Turns the results of M(keyward.iam.access_key_info) and M(keyward.iam.probe) into gauges, and writes these to a text
    file for node_exporter, pushes them to a Pushgateway, or both.
  - The names are those of Prometheus, such as C(aws_iam_access_key_age_days). Times are in seconds, ages in days. Tags
    become labels, and a character that a label's name must not have becomes C(_).
  - There are no timestamps. C(aws_iam_collector_timestamp_seconds) and C(aws_iam_probe_timestamp_seconds) are the times
    of the last collection and probe that succeeded. C(aws_iam_collector_failure_timestamp_seconds) and
    C(aws_iam_probe_failure_timestamp_seconds) are those of a failure since then.
  - What is older than these times changes nothing, such as points that an earlier run left in the journal.
  - A profile that was collected replaces all series of its account, so that those of a deleted key end. A profile that
    failed keeps its series, with C(aws_iam_collector_success) at V(0) beside them. A failure that names no account is
    that of the accounts known for the profile that this run has not read, or of all of them.
  - The file is replaced atomically and has mode 0644. Files of other jobs are not touched.
  - Without O(textfile_dir) and O(pushgateway_url), the callback reports this once and does nothing.
notes:
  - A callback cannot fail a run. End a play with M(keyward.iam.deliver) to fail the run when metrics did not arrive.
  - Any number of callbacks can be enabled in one run. Each has a journal of its own, and none waits for another.
  - C(ansible) runs without callbacks unless E(ANSIBLE_LOAD_CALLBACK_PLUGINS) is V(1).
  - Two jobs on one host must not collect the same profile of the same account, since node_exporter takes no series
    twice. The metrics of the delivery itself, which every job has, have the label C(keyward_job).
  - A Pushgateway has a group for each account of a profile. It forgets none, so delete the group of an account that is
    not collected any more.
requirements:
  - requests (Python library) on the controller
  - prometheus_client (Python library) on the controller
options:
  textfile_dir:
    description:
      - The directory that node_exporter reads, as in its option C(--collector.textfile.directory). It must exist, and
        the user that runs Ansible must be able to write to it.
      - The file is called C(keyward_<job>.prom).
    type: path
    env:
      - name: KEYWARD_TEXTFILE_DIR
    ini:
      - section: callback_prometheus
        key: textfile_dir
  pushgateway_url:
    description: The address of a Pushgateway, as in V(https://pushgateway.example.com:9091).
    type: str
    env:
      - name: KEYWARD_PUSHGATEWAY_URL
    ini:
      - section: callback_prometheus
        key: pushgateway_url
  pushgateway_username:
    description: The user that the Pushgateway, or the proxy before it, asks for by basic authentication.
    type: str
    env:
      - name: KEYWARD_PUSHGATEWAY_USERNAME
    ini:
      - section: callback_prometheus
        key: pushgateway_username
  pushgateway_password:
    description:
      - The password of O(pushgateway_username).
      - Prefer O(pushgateway_password_file), since programs that start Ansible may record its environment.
    type: str
    secret: true
    env:
      - name: KEYWARD_PUSHGATEWAY_PASSWORD
    ini:
      - section: callback_prometheus
        key: pushgateway_password
  pushgateway_password_file:
    description: A file that holds O(pushgateway_password). It is read for every push, and may be replaced at any time.
    type: path
    env:
      - name: KEYWARD_PUSHGATEWAY_PASSWORD_FILE
    ini:
      - section: callback_prometheus
        key: pushgateway_password_file
  job:
    description:
      - The name of the file, and of the job at the Pushgateway. Letters, digits, and the characters C(_.-).
      - The default is the name of the playbook, and C(ansible) if there is none.
    type: str
    env:
      - name: KEYWARD_PROMETHEUS_JOB
    ini:
      - section: callback_prometheus
        key: job
  point_tags:
    env:
      - name: KEYWARD_PROMETHEUS_POINT_TAGS
    ini:
      - section: callback_prometheus
        key: point_tags
  job_tags:
    env:
      - name: KEYWARD_PROMETHEUS_JOB_TAGS
    ini:
      - section: callback_prometheus
        key: job_tags
  journal_dir:
    env:
      - name: KEYWARD_JOURNAL_DIR
    ini:
      - section: callback_prometheus
        key: journal_dir
  journal_max_mb:
    env:
      - name: KEYWARD_JOURNAL_MAX_MB
    ini:
      - section: callback_prometheus
        key: journal_max_mb
  batch_size:
    description:
      - Maximum number of points that are written at once.
      - A larger collection is written with its last points.
    type: int
    default: 1000000
    env:
      - name: KEYWARD_PROMETHEUS_BATCH_SIZE
    ini:
      - section: callback_prometheus
        key: batch_size
  timeout:
    env:
      - name: KEYWARD_PROMETHEUS_TIMEOUT
    ini:
      - section: callback_prometheus
        key: timeout
  deadline:
    env:
      - name: KEYWARD_PROMETHEUS_DEADLINE
    ini:
      - section: callback_prometheus
        key: deadline
  ca_path:
    env:
      - name: KEYWARD_PROMETHEUS_CA_PATH
    ini:
      - section: callback_prometheus
        key: ca_path
  validate_certs:
    env:
      - name: KEYWARD_PROMETHEUS_VALIDATE_CERTS
    ini:
      - section: callback_prometheus
        key: validate_certs
  client_cert:
    env:
      - name: KEYWARD_PROMETHEUS_CLIENT_CERT
    ini:
      - section: callback_prometheus
        key: client_cert
  client_key:
    env:
      - name: KEYWARD_PROMETHEUS_CLIENT_KEY
    ini:
      - section: callback_prometheus
        key: client_key
  log_points:
    env:
      - name: KEYWARD_PROMETHEUS_LOG_POINTS
    ini:
      - section: callback_prometheus
        key: log_points
seealso:
  - plugin: keyward.iam.wavefront
    plugin_type: callback
  - plugin: keyward.iam.otlp
    plugin_type: callback
  - module: keyward.iam.deliver
"""

EXAMPLES = r"""
# In ansible.cfg, for node_exporter on this machine:
#
#   [defaults]
#   callbacks_enabled = keyward.iam.prometheus
#
#   [callback_prometheus]
#   textfile_dir = /var/lib/prometheus/node-exporter

# In the environment, where there is no node_exporter:
#
#   export ANSIBLE_CALLBACKS_ENABLED=keyward.iam.prometheus
#   export KEYWARD_PUSHGATEWAY_URL=http://pushgateway.example.com:9091
#   ansible-playbook keyward.iam.collect
"""

import importlib.util
import sys
import typing as t

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.callback import MetricsCallback
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.options import SettingError

if t.TYPE_CHECKING:
    from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.options import Options
    from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.exporter import Prometheus


class CallbackModule(MetricsCallback):
    CALLBACK_NAME = "keyward.iam.prometheus"
    DESTINATION_OPTION = "pushgateway_url"

    def make_exporter(self, options: Options) -> Prometheus:
        for module, package in {"requests": "requests", "prometheus_client": "prometheus-client"}.items():
            if importlib.util.find_spec(module) is None:
                raise SettingError(
                    f"{package} is missing: install it for the Python that runs Ansible, {sys.executable}"
                )
        from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.options import (  # noqa: PLC0415
            make_exporter,
        )

        return make_exporter(options)
