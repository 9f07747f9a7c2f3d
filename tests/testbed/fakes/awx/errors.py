# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""How AWX says no."""

from __future__ import annotations

from typing import Any


class RefusalError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


class InvalidError(RefusalError):
    """Messages stand by the fields that they speak of."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(400, {name: value if isinstance(value, dict) else [value] for name, value in fields.items()})


class ForbiddenError(RefusalError):
    def __init__(self, detail: str = "You do not have permission to perform this action.") -> None:
        super().__init__(403, {"detail": detail})


class MissingError(RefusalError):
    def __init__(self, detail: str = "Not found.") -> None:
        super().__init__(404, {"detail": detail})


class CrashError(RefusalError):
    """AWX's own page, of what it does not catch."""

    def __init__(self) -> None:
        super().__init__(500, "<!doctype html>\n<title>Server Error (500)</title>\n<h1>Server Error (500)</h1>")
