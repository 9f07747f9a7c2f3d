# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: show
short_description: Print a result of this collection as plain text
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Prints what a person wants to see of a registered result, as a table of plain text. It is as wide as
    the terminal, from 80 to 200 columns, and has 100 columns without a terminal. Columns for which there is no room
    are left out and named.
  - Of a result of M(keyward.iam.access_key_info) these are its counts, what failed, and the oldest, expired and
    expiring keys, those first that are due first, in red and yellow if Ansible's output has colors.
  - Of a result of M(keyward.iam.probe) these are its steps with a bar for each time, the states, and why they are so.
  - Runs on the controller.
extends_documentation_fragment:
  - keyward.iam._attributes
  - keyward.iam._attributes.info_module
options:
  var:
    description: The name of the variable that the result was registered in.
    type: str
    required: true
  limit:
    description:
      - Maximum number of rows of a table, or of names in a list. V(0) shows all.
      - What is left out is counted.
    type: int
    default: 40
  report:
    description:
      - The files of the report of the same run, as the option O(keyward.iam.report#module:path).
      - If rows are left out, the last line names the first of them. Without it, the line says how to get a report.
    type: list
    elements: str
    default: []
seealso:
  - module: keyward.iam.access_key_info
  - module: keyward.iam.probe
"""

EXAMPLES = r"""
- name: Collect the access keys of all profiles
  keyward.iam.access_key_info:
    profiles: ['*']
  register: collected

- name: Print the oldest and the expired ones
  keyward.iam.show:
    var: collected
"""

RETURN = r"""#"""
