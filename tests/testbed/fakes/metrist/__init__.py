# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A test back end of Metrist: version 0 of its API, as much of it as registering a monitor takes.

::

    with MetristBackEnd(token="a-token") as metrist:
        metrist.states["awsiam"] = "up"
        metrist.answer("POST", 503, "busy")
        requests.get(metrist.url + "/api/v0/monitor-status", ...)
        assert metrist.registrations == {}
"""

from __future__ import annotations

from testbed.fakes.metrist.back_end import MetristBackEnd

__all__ = ["MetristBackEnd"]
