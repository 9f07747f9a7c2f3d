# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the orchestrator's configuration and the environment tell the monitor."""

from __future__ import annotations

import json
import os
import typing as t

from .._aws.errors import UserError
from .._aws.session import ConnectionSettings
from .environment import ACCESS_KEY_ID, NAMESPACE, REGION, SECRET_ACCESS_KEY
from .protocol import ProtocolError

_VARIABLES = {
    "AWSAccessKeyId": ("METRIST_AWSIAM_A_W_S_ACCESS_KEY_ID", ACCESS_KEY_ID),
    "AWSSecretAccessKey": ("METRIST_AWSIAM_A_W_S_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
    "AWSRegion": ("METRIST_AWSIAM_A_W_S_REGION", REGION),
    "Namespace": ("METRIST_AWSIAM_NAMESPACE", NAMESPACE),
}
"""What overrides the orchestrator's configuration, before all others the names that are for this monitor alone."""

_NOT_EXPANDED = ("<<", "@env:", "@secret:")
"""What the orchestrator puts in the place of a value that it cannot find, and what it should have replaced."""


class Configuration(t.NamedTuple):
    connection: ConnectionSettings
    namespace: str


def parse(text: str) -> dict[str, t.Any]:
    """Raises ProtocolError."""
    try:
        return dict(json.loads(text))
    except (ValueError, TypeError, RecursionError):
        # Not quoted: it holds a secret.
        raise ProtocolError("the configuration is no JSON object") from None


def resolve(config: t.Mapping[str, t.Any]) -> Configuration:
    """Raises UserError that names a setting. Without keys, AWS's own variables and files tell them."""
    values = {name: _value(config, name) for name in _VARIABLES}
    keys = ("AWSAccessKeyId", "AWSSecretAccessKey")
    if bool(values[keys[0]]) != bool(values[keys[1]]):
        raise missing(next(name for name in keys if not values[name]), "it goes with the other half of the key, ")
    if not values["Namespace"]:
        raise missing("Namespace")
    connection = ConnectionSettings(
        access_key_id=values[keys[0]], secret_access_key=values[keys[1]], region=values["AWSRegion"]
    )
    return Configuration(connection, values["Namespace"])


def missing(name: str, why: str = "") -> UserError:
    return UserError("MissingSetting", f"{name} is not set: {why}{_ways_to_set(name)}")


def _value(config: t.Mapping[str, t.Any], name: str) -> str | None:
    sources = [(variable, os.environ.get(variable)) for variable in _VARIABLES[name]] + [(name, config.get(name))]
    source, value = next(((source, value) for source, value in sources if value), (name, None))
    if value is None:
        return None
    if not isinstance(value, str):
        raise UserError("InvalidSetting", f"{source} is not a string: {_ways_to_set(name)}")
    if value.lstrip().startswith(_NOT_EXPANDED):
        raise UserError("InvalidSetting", f"{source} holds a placeholder that was not replaced: {_ways_to_set(name)}")
    return value.strip()


def _ways_to_set(name: str) -> str:
    return f"set {name} in the orchestrator's configuration of this monitor, or {' or '.join(_VARIABLES[name])}"
