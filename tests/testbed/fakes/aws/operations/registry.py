# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Which function carries out which action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore import xform_name

from testbed.fakes.aws.call import Call
from testbed.fakes.aws.errors import AwsError
from testbed.fakes.aws.models import service_model

Operation = Callable[[Call], Mapping[str, Any] | None]

_operations: dict[tuple[str, str], Operation] = {}


class Service:
    """Decorates the functions that are operations of a service; their names are botocore's for the actions."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._actions = {xform_name(action): action for action in service_model(name).operation_names}

    def __call__(self, operation: Operation) -> Operation:
        _operations[self.name, self._actions[operation.__name__]] = operation
        return operation


iam = Service("iam")
sts = Service("sts")


def find(service: str, action: str) -> Operation:
    try:
        return _operations[service, action]
    except KeyError:
        raise AwsError("InvalidAction", f"The test endpoint does not offer {service}:{action}") from None
