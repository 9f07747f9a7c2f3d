# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One HTTP request after the other: recorded, authenticated, limited, carried out, answered, or not."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from testbed.fakes.aws.auth import HttpRequest, Signature, authenticate
from testbed.fakes.aws.call import Call
from testbed.fakes.aws.calls import CallLog, CallRecord
from testbed.fakes.aws.entities import LastUse
from testbed.fakes.aws.errors import AwsError
from testbed.fakes.aws.operations import find
from testbed.fakes.aws.protocol import find_operation, parse_form, parse_params, serialize_error, serialize_result
from testbed.fakes.aws.validation import validate

if TYPE_CHECKING:
    from testbed.fakes.aws.cloud import Caller, Cloud
    from testbed.fakes.aws.faults import Fault, Faults


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes
    error_code: str | None = None


class QueryServer:
    """Speaks AWS's query protocol."""

    def __init__(self, cloud: Cloud, faults: Faults, log: CallLog) -> None:
        self._cloud = cloud
        self._faults = faults
        self._log = log

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        record = CallRecord(request_id=str(uuid.uuid4()), user_agent=request.headers.get("User-Agent", ""))
        self._log.append(record)
        service = "iam"
        try:
            body = await request.read()
            form = parse_form(body)
            record.action = form.get("Action", "")
            signature = Signature.of(request.headers)
            service = record.service = signature.service
            record.region = signature.region
            with self._cloud.lock:
                signed = HttpRequest(request.method, str(request.url), request.headers, body)
                caller = authenticate(self._cloud, signed, signature)
        except AwsError as error:
            return await _send(request, record, _refusal(service, error, record))
        record.account, record.principal = caller.account.id, caller.name
        with self._log.under_way(caller.account.id):
            return await self._answer(request, record, caller, form)

    async def _answer(
        self, request: web.BaseRequest, record: CallRecord, caller: Caller, form: dict[str, str]
    ) -> web.StreamResponse:
        if not caller.account.throttle.admits(record.service, record.action):
            return await _send(
                request, record, _refusal(record.service, AwsError("Throttling", "Rate exceeded"), record)
            )
        fault = self._faults.pick(caller.account.id, caller.name, record.action)
        record.fault = fault.effect if fault else None
        answer = None
        if fault is None or fault.executed:
            answer = self._execute(record, caller, form)
        await asyncio.sleep(caller.account.latency_ms[record.action] / 1000)
        if fault is not None:
            return await _suffer(request, record, fault, answer)
        assert answer is not None
        return await _send(request, record, answer)

    def _execute(self, record: CallRecord, caller: Caller, form: dict[str, str]) -> _Answer:
        with self._cloud.lock:
            try:
                operation = find_operation(record.service, form)
                carry_out = find(record.service, record.action)
                params = parse_params(operation, form)
                validate(operation, params)
                now = self._cloud.clock.now()
                call = Call(self._cloud, caller, record.service, record.action, params, now)
                caller.account.authorizer.check(call)
                result = carry_out(call)
                if caller.key is not None:
                    caller.key.last_use = LastUse(now, record.service, record.region)
                return _Answer(200, serialize_result(operation, result, record.request_id))
            except AwsError as error:
                return _refusal(record.service, error, record)


def _refusal(service: str, error: AwsError, record: CallRecord) -> _Answer:
    return _Answer(error.status, serialize_error(service, error, record.request_id), error.code)


async def _suffer(
    request: web.BaseRequest, record: CallRecord, fault: Fault, answer: _Answer | None
) -> web.StreamResponse:
    match fault.effect:
        case "hang":
            await asyncio.Event().wait()
        case "drop":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        case "error":
            error = AwsError(fault.code, fault.message, fault.status)
            return await _send(request, record, _refusal(record.service, error, record))
        case "page":
            record.answered(fault.status or 200)
            return web.Response(status=fault.status or 200, body=fault.body.encode(), content_type="text/html")
        case "delay":
            await asyncio.sleep(fault.seconds)
    assert answer is not None
    return await _send(request, record, answer, seconds_a_byte=fault.seconds if fault.effect == "trickle" else 0)


async def _send(
    request: web.BaseRequest, record: CallRecord, answer: _Answer, seconds_a_byte: float = 0.0
) -> web.StreamResponse:
    headers = {"x-amzn-RequestId": record.request_id, "Content-Type": "text/xml"}
    record.error_code = answer.error_code
    if not seconds_a_byte:
        record.answered(answer.status)
        return web.Response(status=answer.status, body=answer.body, headers=headers)
    response = web.StreamResponse(status=answer.status, headers=headers)
    response.content_length = len(answer.body)
    await response.prepare(request)
    for position, byte in enumerate(answer.body, start=1):
        await asyncio.sleep(seconds_a_byte)
        if position == len(answer.body):
            record.answered(answer.status)
        await response.write(bytes([byte]))
    return response
