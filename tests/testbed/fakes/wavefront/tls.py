# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""TLS with a private CA that no system trusts."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from pathlib import Path


class PrivateCa:
    """Writes `ca_path`, and a client's `client_cert` and `client_key`, under a directory of the caller's."""

    def __init__(self, directory: Path, *, require_client_cert: bool = False) -> None:
        self._ca = trustme.CA()
        self._require_client_cert = require_client_cert
        client = self._ca.issue_cert("client@example.org")
        self.ca_path = directory / "ca.pem"
        self.client_cert = directory / "client.pem"
        self.client_key = directory / "client.key"
        self._ca.cert_pem.write_to_path(self.ca_path)
        client.cert_chain_pems[0].write_to_path(self.client_cert)
        self.client_key.touch(mode=0o600)
        client.private_key_pem.write_to_path(self.client_key, append=True)

    def server_context(self, host: str = "127.0.0.1") -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._ca.issue_cert(host, "localhost").configure_cert(context)
        if self._require_client_cert:
            self._ca.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return context
