# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""AWS's query protocol, driven by the service model: form-encoded requests in, XML answers out."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from testbed.fakes.aws.errors import AwsError
from testbed.fakes.aws.models import service_model

if TYPE_CHECKING:
    from collections.abc import Mapping


def parse_form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


def find_operation(service: str, form: Mapping[str, str]) -> OperationModel:
    model = service_model(service)
    action, version = form.get("Action", ""), form.get("Version", "")
    if version != model.api_version or action not in model.operation_names:
        raise AwsError("InvalidAction", f"Could not find operation {action} for version {version}")
    return model.operation_model(action)


def parse_params(operation: OperationModel, form: Mapping[str, str]) -> dict[str, Any]:
    if operation.input_shape is None:
        return {}
    return _parse_structure(operation.input_shape, form, "")


def _parse_structure(shape: StructureShape, form: Mapping[str, str], prefix: str) -> dict[str, Any]:
    return {
        name: _parse(member, form, prefix + name)
        for name, member in shape.members.items()
        if _given(form, prefix + name)
    }


def _given(form: Mapping[str, str], name: str) -> bool:
    return name in form or any(key.startswith(name + ".") for key in form)


def _parse(shape: Shape, form: Mapping[str, str], name: str) -> Any:
    if isinstance(shape, StructureShape):
        return _parse_structure(shape, form, name + ".")
    if isinstance(shape, ListShape):
        items: list[Any] = []
        while _given(form, item := f"{name}.member.{len(items) + 1}"):
            items.append(_parse(shape.member, form, item))
        return items
    return _parse_scalar(shape, form[name])


def _parse_scalar(shape: Shape, text: str) -> Any:
    try:
        if shape.type_name in ("integer", "long"):
            return int(text)
    except ValueError:
        raise AwsError("MalformedInput", f"{text!r} is not a number") from None
    if shape.type_name == "boolean":
        return text == "true"
    return text


def serialize_result(operation: OperationModel, result: Mapping[str, Any] | None, request_id: str) -> bytes:
    namespace = operation.service_model.metadata["xmlNamespace"]
    out = [f'<{operation.name}Response xmlns="{namespace}">']
    if operation.output_shape is not None:
        _write(operation.output_shape.serialization["resultWrapper"], operation.output_shape, result or {}, out)
    out.append(f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation.name}Response>")
    return "".join(out).encode()


def serialize_error(service: str, error: AwsError, request_id: str) -> bytes:
    fault = "Sender" if error.status < 500 else "Receiver"
    return (
        f'<ErrorResponse xmlns="{service_model(service).metadata["xmlNamespace"]}">'
        f"<Error><Type>{fault}</Type><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    ).encode()


def _write(name: str, shape: Shape, value: Any, out: list[str]) -> None:
    out.append(f"<{name}>")
    if isinstance(shape, StructureShape):
        # Older models do not page all that newer ones do.
        unknown = value.keys() - shape.members.keys() - {"IsTruncated", "Marker"}
        if unknown:
            raise TypeError(f"{shape.name} has no {', '.join(sorted(unknown))}")
        for member_name, member in shape.members.items():
            if value.get(member_name) is not None:
                _write(member_name, member, value[member_name], out)
    elif isinstance(shape, ListShape):
        for item in value:
            _write("member", shape.member, item, out)
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            out.append("<entry>")
            _write("key", shape.key, key, out)
            _write("value", shape.value, item, out)
            out.append("</entry>")
    else:
        out.append(escape(_text(shape, value)))
    out.append(f"</{name}>")


def _text(shape: Shape, value: Any) -> str:
    if shape.type_name == "timestamp":
        return timestamp(value)
    if shape.type_name == "boolean":
        return "true" if value else "false"
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return str(value)


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
