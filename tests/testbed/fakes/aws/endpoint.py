# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The endpoint in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from email.utils import format_datetime
from typing import TYPE_CHECKING, Self

from aiohttp import web

from testbed.fakes.aws.calls import CallLog, CallRecord
from testbed.fakes.aws.cloud import Cloud
from testbed.fakes.aws.control import PREFIX as CONTROL_PREFIX
from testbed.fakes.aws.control import Control
from testbed.fakes.aws.credentials import Credentials, write_profiles
from testbed.fakes.aws.documents import seed
from testbed.fakes.aws.faults import Faults
from testbed.fakes.aws.imds import Instance
from testbed.fakes.aws.organizations import Organization
from testbed.fakes.aws.server import QueryServer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from testbed.fakes.aws.account import Account
    from testbed.fakes.aws.clock import Clock
    from testbed.fakes.aws.documents import Document

_START_SECONDS = 10


class AwsEndpoint:
    """IAM, STS and the instance metadata service on a free loopback port, while the ``with`` block lasts."""

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self._host, self._port = host, port
        self._cloud = Cloud()
        self._log = CallLog()
        self.faults = Faults()
        self.instance = Instance(self._cloud)
        self.organization = Organization()
        self._query = QueryServer(self._cloud, self.faults, self._log)
        self._control = Control(self._cloud, self.faults, self._log, self.instance)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        started: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(started,), name="testbed.fakes.aws", daemon=True)
        self._thread.start()
        self._port = started.result(_START_SECONDS)

    def stop(self) -> None:
        if self._thread is not None and self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, started: Future[int]) -> None:
        asyncio.run(self._serve(started))

    async def _serve(self, started: Future[int]) -> None:
        self._loop = asyncio.get_running_loop()
        # A client that gives up ends its call, or a call that hangs would go on for ever.
        runner = web.ServerRunner(
            web.Server(self._handle, access_log=None, handler_cancellation=True), shutdown_timeout=0.1
        )
        try:
            await runner.setup()
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            started.set_exception(error)
            return
        started.set_result(runner.addresses[0][1])
        await self._stop.wait()
        await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith(CONTROL_PREFIX):
            return await self._control.handle(request)
        if request.path.startswith("/latest/"):
            return await self.instance.handle(request)
        if "X-Amz-Target" in request.headers:
            return await self.organization.handle(request)
        response = await self._query.handle(request)
        if not response.prepared:
            response.headers["Date"] = format_datetime(self.clock.now(), usegmt=True)
        return response

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    @property
    def clock(self) -> Clock:
        return self._cloud.clock

    @property
    def accounts(self) -> list[Account]:
        return self._cloud.accounts

    def account(self, account_id: str, partition: str = "aws") -> Account:
        """The account of that id, made at its first mention."""
        return self._cloud.account(account_id, partition)

    def seed(self, document: Document) -> None:
        """Add accounts and what is in them, described as in ``testbed.fakes.aws.seeds``."""
        seed(self._cloud, document)

    def calls(self, account: str | None = None, action: str = "*") -> list[CallRecord]:
        """What was asked so far, oldest first; ``action`` is a shell pattern."""
        return self._log.select(account, action)

    def most_under_way(self, account: str) -> int:
        """The most calls of an account that were under way at once."""
        return self._log.most_under_way(account)

    def forget_calls(self) -> None:
        self._log.clear()

    def instance_environment(self) -> dict[str, str]:
        """Variables that send an AWS client here with the credentials of the instance's role."""
        return {"AWS_ENDPOINT_URL": self.url, "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.url}

    def environment(self, credentials: Credentials) -> dict[str, str]:
        """Variables that send an AWS client here with these credentials."""
        return {"AWS_ENDPOINT_URL": self.url, "AWS_EC2_METADATA_DISABLED": "true", **credentials.environment()}

    def write_profiles(
        self, directory: Path, profiles: Mapping[str, Credentials], region: str | None = None
    ) -> dict[str, str]:
        """Write the shared files, and return the variables that send an AWS client here with them."""
        return {"AWS_ENDPOINT_URL": self.url, **write_profiles(directory, profiles, region)}
