# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the inventory tells of each account."""

from __future__ import annotations

HOST_VARIABLES = (
    "keyward_account_id",
    "keyward_account_name",
    "keyward_account_tags",
    "keyward_ou_path",
    "keyward_role_arns",
)
