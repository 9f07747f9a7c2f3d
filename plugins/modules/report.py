# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: report
short_description: Write a report of access keys and the IAM probe
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Writes one report of everything that a play collected, as a self-contained HTML page, as CSV or as JSON.
  - The HTML page needs no network. It has the verdict, the numbers and their change since the last report, the trend of
    90 days, what reaches its limit when, a table of all keys to sort, filter, search and export, and the next step for
    each key with its reason.
  - What could not be read is in every format, before what could be.
  - An access key that was reached through several profiles or hosts is counted once.
  - Everything that comes from AWS is untrusted text. HTML and spreadsheet formulas in names and tags have no effect.
  - The owner of a key is the value of its user's tag C(owner), in upper or lower case, if the result has tags.
  - Files are replaced atomically. A new file has the mode V(0600), an existing one keeps its mode.
  - Runs on the controller, once for all hosts of the play. With the strategies C(free) and C(host_pinned), hosts do not
    wait for each other. Each writes the report of what was collected by then, and none replaces a report of more
    results.
extends_documentation_fragment:
  - keyward.iam._attributes
attributes:
  check_mode:
    support: full
    details:
      - No file is written. The result is that of a run that writes.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Every report contains the time at which it was written.
options:
  path:
    description:
      - The file to write. Its suffix V(.html), V(.csv) or V(.json) selects the format.
      - The directory must exist.
    type: list
    elements: path
    required: true
  results:
    description:
      - Results of M(keyward.iam.access_key_info) and M(keyward.iam.probe).
      - By default those that the playbooks C(keyward.iam.collect) and C(keyward.iam.probe) registered on all hosts of
        the play. A host that gave none is in the report as a failure.
    type: list
    elements: dict
  title:
    description: The title of the report.
    type: str
    default: AWS access keys
  show_key_ids:
    description: Whether access key ids are written whole. Otherwise their last five characters are.
    type: bool
    default: false
  history_path:
    description:
      - The directory in which the numbers of each report are kept for the trend and the changes.
      - One line for each account and day is kept for 90 days.
      - Empty for a report without a history.
    type: str
    default: ~/.local/state/keyward/report
seealso:
  - module: keyward.iam.access_key_info
  - module: keyward.iam.show
"""

EXAMPLES = r"""
- name: Collect the access keys of all profiles
  keyward.iam.access_key_info:
    profiles: ['*']
  register: collected

- name: Write a page for people and a file for a spreadsheet
  keyward.iam.report:
    path:
      - /var/www/reports/access-keys.html
      - /var/www/reports/access-keys.csv
    results:
      - "{{ collected }}"
    title: Access keys of Example Ltd
"""

RETURN = r"""
paths:
  description: The files that were written.
  returned: always
  type: list
  elements: str
  sample: [/var/www/reports/access-keys.html]
level:
  description:
    - How urgent it is, as one of V(failed) (something could not be read, or the IAM probe is not up), V(due) (keys are
      expired), V(soon) (keys are expiring) and V(fine).
  returned: always
  type: str
  sample: due
verdict:
  description: The verdict of the report.
  returned: always
  type: str
  sample: 7 of 19 active access keys are over the age limit, and 4 will be soon.
summary:
  description: The numbers of the report, each access key counted once.
  returned: always
  type: dict
  sample:
    users: 18
    access_keys: 21
    active: 19
    expired: 7
    expiring: 4
    exempt: 0
    reactivated: 1
    root_keys: 1
"""
