# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Hosts: started, reached over SSH, looked into, rebooted, and gone without a trace."""

from __future__ import annotations

import secrets
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from testbed.drivers.runs import Run

from .footprint import Footprint
from .network import Network

if TYPE_CHECKING:
    from types import TracebackType

_START_SECONDS = 60
_STOP_SECONDS = 60
_ENVIRONMENT = ("HOME=/root", "LC_ALL=C.UTF-8", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")


class Host:
    """
    A host that lasts as long as its ``with`` block, or this process if that ends earlier.

    ``gateway`` is this machine's address on the host's network: all that the host can reach is what listens there.
    """

    _KIND: ClassVar[str]

    def __init__(self, image: Path) -> None:
        self.name = f"{self._KIND}-{secrets.token_hex(3)}"
        self._footprint = Footprint(self.name, image)
        self._directory = self._footprint.directory
        self._network = Network()
        self._process: subprocess.Popen[bytes] | None = None
        self._init = 0
        self._prepare(image)

    @property
    def address(self) -> str:
        return self._network.address

    @property
    def gateway(self) -> str:
        return self._network.gateway

    @property
    def root(self) -> Path:
        """The host's file system while it runs, as its own processes see it: ``/run``, ``/proc`` and all."""
        return Path(f"/proc/{self._init}/root")

    def inventory(self, user: str = "admin") -> dict[str, str]:
        """The variables of the host in an inventory; ``admin`` has sudo, and ``root`` can log in as well."""
        options = f"-F /dev/null -o UserKnownHostsFile={self._directory}/known_hosts -o GlobalKnownHostsFile=/dev/null"
        return {
            "ansible_host": self.address,
            "ansible_user": user,
            "ansible_ssh_private_key_file": str(self._directory / "login_key"),
            "ansible_ssh_common_args": options,
            "ansible_control_path_dir": str(self._footprint.sockets),
        }

    def run(self, *command: str, timeout: float = 60) -> Run:
        """Run a command on the host as root, past SSH."""
        done = subprocess.run(
            ["nsenter", f"--target={self._init}", "--all", "--root", "--wd", "env", "-i", *_ENVIRONMENT, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Run(done.returncode, done.stdout)

    def start(self) -> None:
        """Boot, until it can be logged in to."""
        boot = Path(__file__).with_name(f"boot_{self._KIND}.sh")
        namespaces = ("--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child", "--mount-proc")
        with (self._directory / "console.log").open("ab") as console:
            self._process = subprocess.Popen(
                ["nsenter", f"--net={self._network.namespace}", "unshare", *namespaces, "sh", "-eu", boot, self.name],
                cwd=self._directory,
                stdin=subprocess.PIPE,
                stdout=console,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_up(self._process)
        self._init = _first_process(self._process.pid)

    def stop(self) -> None:
        """Shut down. What is on its disk is there again after ``start``."""
        if self._process is None:
            return
        try:
            # The end of its input tells the host to shut down: so it does, too, when this process is killed.
            self._process.communicate(timeout=_STOP_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
            self._process, self._init = None, 0
        self._footprint.remove_cgroups()

    def close(self) -> None:
        """Shut down, and leave nothing behind."""
        try:
            self.stop()
        finally:
            self._network.close()
            self._footprint.remove()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prepare(self, image: Path) -> None:
        """Lay out the directory that the host boots from, with keys for it and for those who log in."""
        (self._directory / "image").symlink_to(image)
        ssh = self._directory / "upper" / "etc" / "ssh"
        for path in (self._directory / "root", self._directory / "work", ssh):
            path.mkdir(parents=True)
        for path in (ssh, ssh.parent, ssh.parent.parent):
            path.chmod(0o755)
        login_key = _make_key(self._directory / "login_key")
        (ssh / "authorized_keys").write_text(login_key)
        host_key = _make_key(ssh / "ssh_host_ed25519_key")
        (self._directory / "known_hosts").write_text(f"{self.address} {host_key}")
        (ssh.parent / "hostname").write_text(f"{self.name}\n")
        (ssh.parent / "hosts").write_text(f"127.0.0.1 localhost\n{self.address} {self.name}\n")

    def _wait_until_up(self, process: subprocess.Popen[bytes]) -> None:
        give_up = time.monotonic() + _START_SECONDS
        while not self._answers():
            if process.poll() is not None or time.monotonic() > give_up:
                console = (self._directory / "console.log").read_text(errors="replace")
                raise RuntimeError(f"{self.name} did not start. Its console:\n{console[-4000:]}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with socket.create_connection((self.address, 22), timeout=1) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False


class CronHost(Host):
    """A host without systemd: cron and sshd run under a first process that is no more than that."""

    _KIND = "cron"


class SystemdHost(Host):
    """A host whose first process is systemd."""

    _KIND = "systemd"

    def start(self) -> None:
        super().start()
        # Its answer is whether all is well; that everything was started is all that is waited for.
        self.run("systemctl", "is-system-running", "--wait", timeout=_START_SECONDS)


def _make_key(path: Path) -> str:
    """Make an SSH key, and return its public half as a line of text."""
    subprocess.check_call(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", path.name, "-f", path])
    return path.with_name(f"{path.name}.pub").read_text()


def _first_process(pid: int) -> int:
    """Return the first process of the innermost PID namespace below a process, by its number here."""
    firsts = [(len(numbers), child) for child, numbers in _descendants(pid) if numbers[-1] == "1"]
    return max(firsts)[1]


def _descendants(pid: int) -> list[tuple[int, list[str]]]:
    """Return the processes below one, each with its numbers in all the namespaces that it is in."""
    found: list[tuple[int, list[str]]] = []
    for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        # A host that boots has processes that end before they are looked at.
        with suppress(FileNotFoundError, ProcessLookupError):
            status = Path(f"/proc/{child}/status").read_text()
            numbers = next(line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:"))
            found += [(child, numbers), *_descendants(child)]
    return found
