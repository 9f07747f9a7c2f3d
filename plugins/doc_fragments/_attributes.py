# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

# This fragment is private to the collection and may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and reports what it would do, without changes.
  diff_mode:
    description: Returns what changed, or would change in check mode, when in diff mode.
  idempotent:
    description: Run twice in a row with the same arguments, the second run changes nothing.
"""

    # To be used together with the standard fragment
    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - It only reads, and returns the same in check mode.
  diff_mode:
    support: N/A
    details:
      - It only reads.
  idempotent:
    support: full
    details:
      - It only reads.
"""

    ACTIONGROUP_AWS = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/keyward.iam.aws) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - keyward.iam.aws
"""

    ACTIONGROUP_WAVEFRONT = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/keyward.iam.wavefront) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - keyward.iam.wavefront
"""
