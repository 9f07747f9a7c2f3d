# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

# This fragment is private to the collection and may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    # What all callbacks have that deliver metrics; each adds its own variables and keys.
    DOCUMENTATION = r"""
options:
  point_tags:
    description:
      - Further tags for every point, as in V(team=security,stage=production).
      - A tag that a point has by itself keeps its value.
    type: str
  job_tags:
    description:
      - Names from AWX to add as tags to every point. V(job_template) is the name of the job template, V(schedule) that
        of the schedule, which a job that was started by hand does not have.
      - Ids of jobs are not offered, because each run would start a new series.
      - To rename a template or a schedule starts a new series too. A tag of the same name in O(point_tags) takes
        precedence.
      - Outside AWX, there are no such tags.
    type: list
    elements: str
    default: []
  journal_dir:
    description:
      - The directory of the points that wait, with a subdirectory for each callback. A directory that does not exist is
        created with mode 0700. Files have mode 0600.
      - Any number of runs may use it at once.
      - Points that will never be accepted are set aside in the directory C(aside) below the callback's own, one JSON
        object per line, each with its reason.
      - Each file remembers the destination for which it was collected, and is not delivered to another one. After the
        address has changed, such files are reported, and delivered only if M(keyward.iam.journal) restores them.
    type: path
    default: ~/.local/state/keyward/journal
  journal_max_mb:
    description:
      - Maximum size of the journal in MB.
      - When the journal exceeds this size, the oldest points are dropped and reported.
    type: int
    default: 512
  batch_size:
    description: Maximum number of points in one request.
    type: int
    default: 10000
  timeout:
    description:
      - Timeout of a request in seconds, from looking up the name to the last byte of the response.
      - At most V(3600).
    type: float
    default: 10
  deadline:
    description:
      - Maximum time in seconds that a run spends on delivery, including repeated attempts and pauses.
      - When it is exhausted without success, no further attempt is made in this run, and the points stay in the
        journal. Further attempts of a M(keyward.iam.deliver) task with C(until) or C(retries) have this time each.
      - At most V(86400).
    type: float
    default: 60
  log_points:
    description: Whether to print each point as it is sent.
    type: bool
    default: false
notes:
  - An environment variable that is empty counts as not set.
"""

    # What those have that connect to a server.
    TLS = r"""
options:
  ca_path:
    description: A file or directory of certificates to trust, instead of those of the system.
    type: path
  validate_certs:
    description: Whether to verify the certificate of the server.
    type: bool
    default: true
  client_cert:
    description: A client certificate in PEM format, with or without its key.
    type: path
  client_key:
    description: The key of O(client_cert), if it is in a file of its own. It must not have a passphrase.
    type: path
notes:
  - HTTP proxies come from the environment, from E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
  - Requests are made by a process of the callback's own. It is ended when O(timeout) is over, also while a name is
    looked up or a response comes byte by byte.
"""
