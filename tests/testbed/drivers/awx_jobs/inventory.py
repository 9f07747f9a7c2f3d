# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""An inventory as AWX hands it to a job, whole or in slices."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from testbed.drivers.runs import Ansible


@dataclass
class Inventory:
    """What ``ansible-inventory --list`` prints, which is how AWX reads the file of a project."""

    listing: dict[str, Any]

    @classmethod
    def of_file(cls, path: Path, ansible: Ansible) -> Inventory:
        listed = ansible.command("ansible-inventory", "--list", "--export", "-i", str(path))
        return cls(json.loads(listed.output))

    @property
    def hosts(self) -> list[str]:
        """In the order in which AWX keeps them."""
        groups = [group for name, group in self.listing.items() if name != "_meta"]
        return sorted({host for group in groups for host in group.get("hosts", [])})

    def script(self, number: int, count: int) -> str:
        """The program that prints the hosts of one slice, from 1 on, with all groups."""
        hosts = self.hosts[number - 1 :: count]
        groups = {
            name: {**group, "hosts": [host for host in group.get("hosts", []) if host in hosts]}
            for name, group in self.listing.items()
            if name != "_meta"
        }
        known = self.listing.get("_meta", {}).get("hostvars", {})
        hostvars = {
            host: {**known.get(host, {}), "remote_tower_enabled": "true", "remote_tower_id": self.hosts.index(host)}
            for host in hosts
        }
        text = json.dumps({**groups, "_meta": {"hostvars": hostvars}})
        return f"#! /usr/bin/env python3\n# -*- coding: utf-8 -*-\nprint({text!r})\n"
