# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A stand-in for AWX: version 2 of its REST API, as much of it as keeping its objects as code takes.

::

    with Awx(repositories={"https://git.example.com/iam.git": ["collect.yml"]}) as awx:
        requests.post(awx.url + "/api/v2/projects/", headers={"Authorization": f"Bearer {awx.token}"}, ...)
        assert [project["name"] for project in awx.objects("projects")] == ["Keyward"]

Its fields, defaults, rules and messages are those of AWX 24. What it does not have, the client does not use.
"""

from __future__ import annotations

from .errors import InvalidError
from .injectors import inject
from .own import CREDENTIAL_TYPES
from .server import Awx

__all__ = ["CREDENTIAL_TYPES", "Awx", "InvalidError", "inject"]
