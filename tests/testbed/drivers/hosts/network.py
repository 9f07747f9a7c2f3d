# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A network of two: this machine as the gateway, and one host that reaches nothing else."""

from __future__ import annotations

import json
import random
import secrets
import subprocess
from ipaddress import IPv4Network
from pathlib import Path

from tools.environment import locked

from .footprint import MACHINE_WIDE

# Set aside for documentation, so that nothing on the Internet is hidden by it. Build machines without an Internet have
# servers of their own in the two others of its kind.
_RANGE = IPv4Network("198.51.100.0/24")


class Network:
    """It stays while the host is down, and ends with this process, however that ends."""

    def __init__(self) -> None:
        command = ["unshare", "--net", "sh", "-c", "echo; exec cat"]
        self._holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._holder.stdout is not None
        # The namespace is there once the holder says so.
        self._holder.stdout.readline()
        self.namespace = Path(f"/proc/{self._holder.pid}/ns/net")
        try:
            # Two runs on one machine must not choose the same addresses, whichever checkouts they are of.
            with locked(MACHINE_WIDE):
                subnet = _free_subnet()
                self.gateway, self.address = map(str, subnet.hosts())
                self._connect(subnet.prefixlen)
        except BaseException:
            self.close()
            raise

    def _connect(self, prefix: int) -> None:
        link = f"kw-{secrets.token_hex(4)}"
        _ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", str(self._holder.pid))
        _ip("address", "add", f"{self.gateway}/{prefix}", "dev", link)
        _ip("link", "set", link, "up")
        inside = ("nsenter", f"--net={self.namespace}")
        _ip("address", "add", f"{self.address}/{prefix}", "dev", "eth0", inside=inside)
        for device in ("lo", "eth0"):
            _ip("link", "set", device, "up", inside=inside)

    def close(self) -> None:
        """The link goes with the namespace, and that with its last process."""
        self._holder.communicate()


def _free_subnet() -> IPv4Network:
    routes = json.loads(subprocess.check_output(["ip", "-json", "-4", "route", "show", "table", "all"]))
    taken = [IPv4Network(route["dst"]) for route in routes if route["dst"] != "default"]
    subnets = _RANGE.subnets(new_prefix=30)
    free = [subnet for subnet in subnets if not any(subnet.overlaps(network) for network in taken)]
    # Not the first, whose addresses another host may have had until a moment ago.
    return random.choice(free)  # noqa: S311 - nothing secret


def _ip(*arguments: str, inside: tuple[str, ...] = ()) -> None:
    subprocess.check_call([*inside, "ip", *arguments])
