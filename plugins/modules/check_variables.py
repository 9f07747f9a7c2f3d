# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: check_variables
short_description: Check the variables of a playbook or role of this collection
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Checks the variables of the host against the argument specification of one of this collection's playbooks or roles,
    and returns them in the types of the specification. As in a module, a string becomes a list if a list is specified.
  - An unknown variable that starts with C(keyward_) is an error if its name is similar to a known one, else a warning.
  - This is the first task of the playbooks and roles of this collection.
  - Runs on the controller.
extends_documentation_fragment:
  - keyward.iam._attributes
  - keyward.iam._attributes.info_module
options:
  playbook:
    description:
      - The playbook to check, without the name of the collection.
      - One of O(playbook) and O(role) is required, and only one.
    type: str
  role:
    description: The role to check, without the name of the collection.
    type: str
  required:
    description:
      - Lists of variables of which one must be given and not be empty. Names in upper case are environment variables,
        and a string of several words describes the value in the error.
    type: list
    elements: list
    default: []
  ranges:
    description: The least and the greatest value of variables that are numbers, as lists of two.
    type: dict
    default: {}
  patterns:
    description:
      - A regular expression for variables that are texts, or for each text of a list or dictionary, and in words what
        it matches, as lists of two.
    type: dict
    default: {}
  refuse_slices:
    description:
      - Whether to fail on a host that is in no inventory when AWX runs the job in slices, since each slice would do
        the same on it.
    type: bool
    default: false
seealso:
  - module: keyward.iam.access_key_info
  - module: keyward.iam.probe
"""

EXAMPLES = r"""
- name: Check the variables of the playbook collect
  keyward.iam.check_variables:
    playbook: collect
  register: checked
"""

RETURN = r"""
options:
  description: The variables that are given or have a default, without secrets.
  returned: success
  type: dict
  sample:
    keyward_deliver: true
    keyward_max_age_days: 90
python:
  description:
    - The Python interpreter for modules on this host, which is the one that runs Ansible if the host is the
      controller and no other is set.
  returned: success
  type: str
  sample: /usr/bin/python3
"""
