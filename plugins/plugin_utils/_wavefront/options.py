# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""From the options of the callback wavefront to its delivery, each mistake with one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.keyward.iam.plugins.module_utils._wavefront.access import (
    CLIENT_SECRETS,
    TOKENS,
    AccessError,
    base_url,
)
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.tokens import Token, token_of

from .._delivery.delivery import Delivery, Output
from .._delivery.options import Option, SettingError, delivery_settings, file
from .._http.messages import Tls
from .exporter import Wavefront
from .lines import RESERVED_TAGS

if TYPE_CHECKING:
    from .._journal.journal import Journal

MOST_LINES_OF_A_REQUEST = 10_000


def make_delivery(option: Option, journal: Journal, voice: Output) -> Delivery:
    """Raises SettingError."""
    settings = delivery_settings(option, MOST_LINES_OF_A_REQUEST, RESERVED_TAGS)
    try:
        exporter = _exporter(option)
    except AccessError as error:
        raise SettingError(str(error)) from error
    return Delivery(exporter, journal, settings, voice)


def _exporter(option: Option) -> Wavefront:
    client_cert, client_key = file(option("client_cert")), file(option("client_key"))
    if client_key and not client_cert:
        raise SettingError("client_key needs client_cert")
    return Wavefront(
        base_url("url", option("url")),
        _token(option),
        option("timeout"),
        Tls(
            verify=option("validate_certs") and (file(option("ca_path")) or True),
            client_cert=(client_cert, client_key) if client_cert else None,
        ),
    )


def _token(option: Option) -> Token:
    values = {name: option(name) for name in (*TOKENS, *CLIENT_SECRETS, "csp_org_id")}
    values |= {name: file(path) for name, path in values.items() if name.endswith("_file")}
    kind, secret = _only(TOKENS, values), _only(CLIENT_SECRETS, values)
    if (kind == "csp_client_id") != bool(secret):
        raise SettingError("csp_client_id and csp_client_secret need each other")
    return token_of({**values, "csp_url": option("csp_url")}, lambda name: f"{name} (WAVEFRONT_{name.upper()})")


def _only(names: tuple[str, ...], values: dict[str, Any]) -> str | None:
    """The one that is set, if any."""
    given = [name for name in names if values[name]]
    if len(given) > 1:
        raise SettingError(f"only one of {', '.join(given)} can be used")
    return given[0] if given else None
