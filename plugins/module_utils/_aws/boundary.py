# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The boundary that no exception crosses: what one profile or one optional source brings is its own failure."""

from __future__ import annotations

import contextlib
import typing as t

from .errors import NO_CONTEXT, ErrorContext, ErrorDetails, explain

T = t.TypeVar("T")


def attempt(
    function: t.Callable[[], T], context: t.Callable[[], ErrorContext] = lambda: NO_CONTEXT
) -> tuple[T | None, ErrorDetails | None]:
    """
    What the function returns, or what went wrong.

    Libraries raise whatever they like: parsers, helpers and providers of credentials know no common base.
    """
    try:
        return function(), None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - this is what the boundary is for
        return None, details_of(error, context)


def details_of(error: BaseException, context: t.Callable[[], ErrorContext] = lambda: NO_CONTEXT) -> ErrorDetails:
    """Explain an exception whose own text, or context, may fail as well."""
    for known in (context, lambda: NO_CONTEXT):
        with contextlib.suppress(Exception):
            return explain(error, known())
    name = type(error).__name__
    return ErrorDetails(name, f"an unexpected {name} without a message: report it")
