# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The one guarded import of botocore.

A module says in one sentence that boto3 is missing, before it uses any of these. Until then they only have to be there
for ``except`` clauses and base classes, which an exception that is never raised and an empty class serve.
"""

from __future__ import annotations

try:
    from botocore import exceptions
    from botocore.config import Config
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectionClosedError,
        ConnectTimeoutError,
        EndpointConnectionError,
        HTTPClientError,
        IncompleteReadError,
        NoCredentialsError,
        ParamValidationError,
        ProfileNotFound,
        ProxyConnectionError,
        ReadTimeoutError,
    )
    from botocore.exceptions import ConnectionError as BotoConnectionError
    from botocore.loaders import create_loader
    from botocore.parsers import ResponseParserError, ResponseParserFactory
    from botocore.session import Session
    from botocore.utils import parse_timestamp
    from urllib3.exceptions import ReadTimeoutError as BodyTimeoutError
except ImportError:

    class _MissingError(Exception):
        """Is never raised."""

    BodyTimeoutError = BotoConnectionError = BotoCoreError = ClientError = _MissingError  # type: ignore[assignment,misc]
    ConnectionClosedError = ConnectTimeoutError = _MissingError  # type: ignore[assignment,misc]
    EndpointConnectionError = HTTPClientError = IncompleteReadError = _MissingError  # type: ignore[assignment,misc]
    ProfileNotFound = ProxyConnectionError = ReadTimeoutError = _MissingError  # type: ignore[assignment,misc]
    NoCredentialsError = ParamValidationError = ResponseParserError = _MissingError  # type: ignore[assignment,misc]
    Config = ResponseParserFactory = Session = object  # type: ignore[assignment,misc]
    exceptions = create_loader = parse_timestamp = None  # type: ignore[assignment]
    AssumeRoleCredentialFetcher = DeferredRefreshableCredentials = None  # type: ignore[assignment,misc]

__all__ = [
    "AssumeRoleCredentialFetcher",
    "BodyTimeoutError",
    "BotoConnectionError",
    "BotoCoreError",
    "ClientError",
    "Config",
    "ConnectTimeoutError",
    "ConnectionClosedError",
    "DeferredRefreshableCredentials",
    "EndpointConnectionError",
    "HTTPClientError",
    "IncompleteReadError",
    "NoCredentialsError",
    "ParamValidationError",
    "ProfileNotFound",
    "ProxyConnectionError",
    "ReadTimeoutError",
    "ResponseParserError",
    "ResponseParserFactory",
    "Session",
    "create_loader",
    "exceptions",
    "parse_timestamp",
]
