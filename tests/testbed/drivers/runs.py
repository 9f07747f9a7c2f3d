# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Runs Ansible as a user does: its commands and modules, as processes, in a home of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# Where the installation keeps its commands; the interpreter may be a link to elsewhere, so it is not resolved.
COMMANDS = Path(sys.executable).parent

FOREIGN = ("ANSIBLE", "AWS_", "BOTO", "KEYWARD_", "METRIST_", "OTEL_", "WAVEFRONT_", "WRITE_INFO_LOG", "XDG_")
"""How the names of the variables begin with which the user sets up what is tested."""

_PROXIES = ("ALL_PROXY", "HTTP", "NO_PROXY")


@dataclass
class Run:
    """A process that has ended."""

    code: int
    output: str

    def __contains__(self, text: str) -> bool:
        return self.count(text) > 0

    def count(self, text: str) -> int:
        """However the output is broken into lines: ansible-core 2.18 wraps warnings, also in the middle of a word."""
        return _unbroken(self.output).count(_unbroken(text))


@dataclass
class Ansible:
    """Ansible in a home and an environment in which nothing of the machine's own settings is left."""

    home: Path
    variables: dict[str, str] = field(default_factory=dict)
    timeout: float = 120

    @property
    def environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.upper().startswith((*FOREIGN, *_PROXIES))
        }
        return {
            **inherited,
            "HOME": str(self.home),
            "PATH": f"{COMMANDS}{os.pathsep}{inherited.get('PATH', os.defpath)}",
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_ASYNC_DIR": str(self.home / "async"),
            # Ansible's own is in the home that the system knows for the user, which HOME does not change.
            "ANSIBLE_REMOTE_TEMP": str(self.home / ".ansible" / "tmp"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "0",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
            "AWS_EC2_METADATA_DISABLED": "true",
            **self.variables,
        }

    def set(self, **variables: str) -> None:
        self.variables.update(variables)

    def playbook(self, play: str | list[dict[str, Any]], *arguments: str, **extra_vars: Any) -> Run:
        """Run a playbook: a name, a path, or plays to write to a file."""
        if not isinstance(play, str):
            path = self.home / "playbook.yml"
            path.write_text(json.dumps(play))
            play = str(path)
        return self.command("ansible-playbook", play, "--extra-vars", json.dumps(extra_vars), *arguments)

    def command(self, *command: str) -> Run:
        """Run a command; its output and errors come as one text."""
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=self.timeout,
            check=False,
        )
        return Run(done.returncode, done.stdout)

    def module(self, name: str, arguments: Mapping[str, Any] | None = None, **internal: Any) -> dict[str, Any]:
        """
        The result of a module of this collection, run as a process of its own as on a target; ``internal`` are
        Ansible's own arguments such as ``check_mode``.
        """
        given = {**(arguments or {}), **{f"_ansible_{key}": value for key, value in internal.items()}}
        done = subprocess.run(
            [sys.executable, "-m", f"ansible_collections.keyward.iam.plugins.modules.{name}"],
            env=self.environment,
            cwd=self.home,
            input=json.dumps({"ANSIBLE_MODULE_ARGS": given}),
            capture_output=True,
            text=True,
            timeout=self.timeout,
            check=False,
        )
        if done.stderr:
            raise AssertionError(f"the module wrote to its standard error:\n{done.stderr}")
        result: dict[str, Any] = json.loads(done.stdout)
        # From ansible-core 2.22 on the controller learns so what to mask, and takes it out of the result.
        result.pop("_ansible_new_secrets", None)
        # On the wire to the controller a warning is an event; to its reader it is a sentence.
        result["warnings"] = [_sentence(warning) for warning in result.get("warnings", [])]
        return result


def _unbroken(text: str) -> str:
    return "".join(text.split())


def _sentence(warning: str | dict[str, Any]) -> str:
    return warning if isinstance(warning, str) else str(warning["event"]["msg"])
