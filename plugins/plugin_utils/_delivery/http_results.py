# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the answers to requests over HTTP mean for the points that they carried, wherever exporters agree."""

from __future__ import annotations

import typing as t
from http import HTTPStatus

from .exporter import ExportResult, ExportStatus

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.keyward.iam.plugins.module_utils._http.faults import NoAnswerError

    from .._http.messages import Reply
    from .labels import Labels

_UNAUTHORIZED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


def no_answer(error: NoAnswerError, address: str, label: Labels, *, out_of_time: bool) -> ExportResult:
    """``out_of_time``: the run had less time left than the option timeout gives to a request."""
    status = ExportStatus.RETRY if error.passing else ExportStatus.STOP
    setting = error.setting or label.destination
    if out_of_time and setting == label("timeout"):
        setting = label("deadline")
    return ExportResult(status, "no answer", f"{address}: {error.fault}", setting)


def refusal(
    reply: Reply, address: str, label: Labels, *, said: str, access: str, passes: Callable[[int], bool]
) -> ExportResult:
    """
    The result of a request that was not accepted.

    ``said`` is what the server wrote, ``access`` the setting for its credentials, and ``passes`` tells of a status
    whether the same request may be accepted later.
    """
    code = f"HTTP {reply.status}"
    text = f"redirected to {reply.location}" if reply.location else said
    # A wrong address, or a redirect: the points are as good as before.
    result = ExportResult(ExportStatus.STOP, code, f"{address}: {code}: {text}", label.destination)
    if reply.status in _UNAUTHORIZED:
        return result._replace(setting=access, unauthorized=True)
    if passes(reply.status):
        return result._replace(status=ExportStatus.RETRY, retry_after=reply.retry_after)
    if reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return result._replace(status=ExportStatus.TOO_LARGE, setting=label("batch_size"))
    if reply.status == HTTPStatus.BAD_REQUEST:
        return result._replace(status=ExportStatus.REJECTED)
    return result
