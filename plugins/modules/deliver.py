# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
module: deliver
short_description: Deliver the metrics that wait, and fail when any are left
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
description:
  - Drains the journal of every shipping callback of this run, and fails when points are left over.
  - It is meant as the last task of a play that must be red when its metrics did not arrive, since a callback cannot fail
    a run.
  - Fails as well when no shipping callback takes part in the run, and names the setting that enables it.
  - Runs on the controller, once for all hosts of the play.
extends_documentation_fragment:
  - keyward.iam._attributes
attributes:
  check_mode:
    support: full
    details: Nothing is sent. The points that wait are counted.
  diff_mode:
    support: none
  idempotent:
    support: full
options: {}
seealso:
  - plugin: keyward.iam.wavefront
    plugin_type: callback
  - module: keyward.iam.access_key_info
"""

EXAMPLES = r"""
- name: Gather the access keys of all profiles
  keyward.iam.access_key_info:
    profiles: ['*']

- name: Fail unless their metrics arrive
  keyward.iam.deliver:
"""

RETURN = r"""#"""
