# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What botocore knows of IAM and STS: the one source for operations, shapes and error codes."""

from __future__ import annotations

from functools import cache

from botocore.loaders import Loader
from botocore.model import ServiceModel

SERVICES = ("iam", "sts")

# Codes that every AWS service answers with, and which therefore stand in no service's model.
_COMMON_STATUS = {
    "AccessDenied": 403,
    "ExpiredToken": 403,
    "IncompleteSignature": 400,
    "InternalFailure": 500,
    "InvalidAction": 400,
    "InvalidClientTokenId": 403,
    "MissingAuthenticationToken": 403,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "Throttling": 400,
    "ValidationError": 400,
}


@cache
def service_model(service: str) -> ServiceModel:
    # A session would read the configuration of the user who runs the tests.
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


@cache
def error_statuses() -> dict[str, int]:
    statuses = dict(_COMMON_STATUS)
    for service in SERVICES:
        model = service_model(service)
        for name in model.shape_names:
            error = model.shape_for(name).metadata.get("error", {})
            if "code" in error:
                statuses[error["code"]] = error["httpStatusCode"]
    return statuses
