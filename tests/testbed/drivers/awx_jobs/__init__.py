# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
What AWX makes of a project, an inventory and credentials when it runs a job: directories, files and an environment for
ansible-runner, which then runs for real.
"""

from __future__ import annotations

from .inventory import Inventory
from .job import Awx, Credentials, Job, Outcome

__all__ = ["Awx", "Credentials", "Inventory", "Job", "Outcome"]
