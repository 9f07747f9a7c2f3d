# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from ansible_collections.keyward.iam.plugins.plugin_utils._aws.action import AwsActionModule


class ActionModule(AwsActionModule):
    """Runs the module as usual."""
