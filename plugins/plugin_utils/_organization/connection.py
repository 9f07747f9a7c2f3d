# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""How the organization is reached, and what its errors mean."""

from __future__ import annotations

import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._aws.account import CONTROL_PLANE_REGIONS
from ansible_collections.keyward.iam.plugins.module_utils._aws.boundary import details_of
from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import error_code
from ansible_collections.keyward.iam.plugins.module_utils._aws.instrumentation import CallCounter
from ansible_collections.keyward.iam.plugins.module_utils._aws.session import ConnectionSettings, ProfileSession

if t.TYPE_CHECKING:
    from collections.abc import Callable

_MANAGEMENT = (
    "only the management account of an organization, or an account that it made a delegated administrator, can read it"
)
_SENTENCES = {
    "AWSOrganizationsNotInUseException": f"the account of these credentials is in no organization; {_MANAGEMENT}",
}


def organizations_client(option: Callable[[str], t.Any]) -> t.Any:
    """A client of AWS Organizations by the options of the plugin. Raises what botocore raises."""
    session = ProfileSession(
        option("profile") or None,
        ConnectionSettings(
            access_key_id=option("access_key") or None,
            secret_access_key=option("secret_key") or None,
            session_token=option("session_token") or None,
            region=option("region") or None,
            endpoint_url=option("endpoint_url") or None,
        ),
        CallCounter(),
    )
    # Like IAM, it is in one region of each partition.
    region = session.region_label or CONTROL_PLANE_REGIONS["aws"]
    return session.create_client("organizations", region_name=region)


def sentence_of(error: BaseException) -> str:
    """What went wrong, and what to change."""
    code = error_code(error)
    if code in _SENTENCES:
        return _SENTENCES[code]
    sentence = details_of(error).sentence
    return f"{sentence}; {_MANAGEMENT}" if code in {"AccessDenied", "AccessDeniedException"} else sentence
