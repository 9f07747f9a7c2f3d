# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""AWS's errors: a code, AWS's wording, and the HTTP status that the service model gives the code."""

from __future__ import annotations

from testbed.fakes.aws.models import error_statuses


class AwsError(Exception):
    """Answered to the client as AWS's ErrorResponse."""

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status if status is not None else error_statuses().get(code, 400)


def no_such_entity(kind: str, name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The {kind} with name {name} cannot be found.")


def already_exists(kind: str, name: str) -> AwsError:
    return AwsError("EntityAlreadyExists", f"{kind} with name {name} already exists.")


def delete_conflict(first: str) -> AwsError:
    return AwsError("DeleteConflict", f"Cannot delete entity, must {first} first.")
