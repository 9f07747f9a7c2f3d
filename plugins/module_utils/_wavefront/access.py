# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The address of Wavefront, and the options that lead to a token, as modules and callbacks have them."""

from __future__ import annotations

import typing as t

from .._common.errors import KeywardError
from .._http import rest

REPORT_PATH = "/report"

_FORMAT = "?f="

TOKENS = ("api_token", "api_token_file", "csp_api_token", "csp_api_token_file", "csp_client_id")
"""Options of which one can be used, for one way to a token each."""

CLIENT_SECRETS = ("csp_client_secret", "csp_client_secret_file")
"""Options of which C(csp_client_id) needs one."""

Label = t.Callable[[str], str]
"""Gives an option's name as messages have it."""


class AccessError(KeywardError):
    """An address or a token is not to be had."""

    def __init__(self, sentence: str, *, setting: str | None = None, passing: bool = False) -> None:
        super().__init__(sentence, setting=setting)
        self.passing = passing
        """Whether it may go well later."""


def base_url(setting: str, text: str) -> str:
    """An address as people paste it: with or without a slash at its end, or the whole path of the reports."""
    try:
        url = rest.base_url(text.partition(_FORMAT)[0], setting, "https://example.wavefront.com or http://proxy:2878")
    except KeywardError as error:
        raise AccessError(str(error), setting=error.setting) from None
    return url[: -len(REPORT_PATH)].rstrip("/") if url.endswith(REPORT_PATH) else url


def checked_token(token: str, where: str) -> str:
    try:
        return rest.checked_token(token, where)
    except KeywardError as error:
        raise AccessError(str(error), setting=error.setting) from None
