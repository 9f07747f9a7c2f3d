# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A host that is reached over SSH: a server on a free loopback port, whose commands run here in a home of their own."""

from __future__ import annotations

import asyncio
import subprocess
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Self

import asyncssh

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

_START_SECONDS = 10


class SshHost:
    """Takes one user by key. Commands run in ``home`` with exactly ``environment``, as after a login."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        self.home = home
        self._environment = dict(environment)
        self._host_key = asyncssh.generate_private_key("ssh-ed25519")
        self._user_key = asyncssh.generate_private_key("ssh-ed25519")
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread: threading.Thread | None = None
        self.port = 0

    def inventory_line(self, name: str) -> str:
        """The host as an INI inventory states it; its key file is made beside the home."""
        key_file = self.home.parent / f"{name}.key"
        known_hosts = self.home.parent / f"{name}.known_hosts"
        key_file.touch(mode=0o600)
        key_file.write_bytes(self._user_key.export_private_key())
        public = self._host_key.export_public_key().decode().strip()
        known_hosts.write_text(f"[127.0.0.1]:{self.port} {public}\n")
        options = f"-o UserKnownHostsFile={known_hosts} -o ControlPath=none"
        # The user is no account of this machine, so that its home cannot be found by its name.
        return (
            f"{name} ansible_remote_tmp={self.home}/.ansible/tmp ansible_host=127.0.0.1 ansible_port={self.port} "
            f"ansible_user=keyward ansible_ssh_private_key_file={key_file} ansible_ssh_common_args='{options}'"
        )

    def __enter__(self) -> Self:
        started: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(started,), name="testbed.drivers.ssh", daemon=True)
        self._thread.start()
        self.port = started.result(_START_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        if self._thread is not None:
            self._thread.join()

    def _run(self, started: Future[int]) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(started))

    async def _serve(self, started: Future[int]) -> None:
        authorized = asyncssh.import_authorized_keys(self._user_key.export_public_key().decode())
        async with asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[self._host_key],
            authorized_client_keys=authorized,
            process_factory=self._execute,
            encoding=None,
            line_editor=False,
            sftp_factory=True,
        ) as server:
            started.set_result(server.get_port())
            await self._stop.wait()

    async def _execute(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        child = await asyncio.create_subprocess_exec(
            "/bin/sh",
            "-c",
            process.command or "",
            cwd=self.home,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        output, errors = await child.communicate()
        process.stdout.write(output)
        process.stderr.write(errors)
        process.exit(child.returncode or 0)
