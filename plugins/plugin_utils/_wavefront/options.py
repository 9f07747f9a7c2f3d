# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Makes the exporter of the callback wavefront from its options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.keyward.iam.plugins.module_utils._wavefront.access import (
    CLIENT_SECRETS,
    TOKENS,
    AccessError,
    base_url,
)
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.tokens import Token, token_of

from .._delivery.options import SettingError
from .._delivery.tls import make_tls
from .exporter import Wavefront

if TYPE_CHECKING:
    from .._delivery.options import Options


def make_exporter(options: Options) -> Wavefront:
    """Raises SettingError."""
    try:
        return _exporter(options)
    except AccessError as error:
        raise SettingError(str(error)) from error


def _exporter(options: Options) -> Wavefront:
    if not options("url"):
        raise SettingError(
            "there is no url: set WAVEFRONT_URL, or url in the section callback_wavefront of ansible.cfg"
        )
    tls = make_tls(options)
    return Wavefront(
        base_url("url", options("url")),
        _token(options),
        options("timeout"),
        tls,
        options.label,
    )


def _token(options: Options) -> Token:
    values = {name: options(name) for name in (*TOKENS, *CLIENT_SECRETS, "csp_org_id")}
    values |= {name: options.path(name) for name in values if name.endswith("_file")}
    kind, secret = _only(TOKENS, values), _only(CLIENT_SECRETS, values)
    if (kind == "csp_client_id") != bool(secret):
        raise SettingError("csp_client_id and csp_client_secret need each other")
    return token_of({**values, "csp_url": options("csp_url")}, options.label)


def _only(names: tuple[str, ...], values: dict[str, Any]) -> str | None:
    """The one that is set, if any."""
    given = [name for name in names if values[name]]
    if len(given) > 1:
        raise SettingError(f"only one of {', '.join(given)} can be used")
    return given[0] if given else None
