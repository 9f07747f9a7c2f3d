# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The options for TLS that the callbacks share, and how messages name them."""

from __future__ import annotations

import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._http.faults import Settings

from .._http.messages import Tls
from .options import SettingError

if t.TYPE_CHECKING:
    from .labels import Labels
    from .options import Options


def make_tls(options: Options) -> Tls:
    """Raises SettingError."""
    client_cert, client_key = options.path("client_cert"), options.path("client_key")
    if client_key and not client_cert:
        raise SettingError("client_key needs client_cert")
    return Tls(
        verify=options("validate_certs") and (options.path("ca_path") or True),
        client_cert=(client_cert, client_key) if client_cert else None,
    )


def http_settings(label: Labels) -> Settings:
    return Settings(label.destination, label("timeout"), label("ca_path"), label("client_cert", "client_key"))
