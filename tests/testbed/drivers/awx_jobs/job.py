# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Jobs as AWX runs them."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from configparser import ConfigParser
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import yaml

from testbed.drivers.runs import COMMANDS
from testbed.fakes.awx import CREDENTIAL_TYPES, inject
from tools.checkout import ROOT

from . import container
from .sandbox import Sandbox

if TYPE_CHECKING:
    from .inventory import Inventory

_TYPES_BY_NAME = {kind["name"]: kind for kind in CREDENTIAL_TYPES.values()}
_ALWAYS_ENABLED = "indirect_instance_count"
_PATHS = {
    "ANSIBLE_ROLES_PATH": ("requirements_roles", "~/.ansible/roles:/usr/share/ansible/roles:/etc/ansible/roles"),
    "ANSIBLE_COLLECTIONS_PATH": ("requirements_collections", "~/.ansible/collections:/usr/share/ansible/collections"),
    "ANSIBLE_CALLBACK_PLUGINS": ("plugins_path", "~/.ansible/plugins:/usr/share/ansible/plugins/callback"),
}

Credentials = Mapping[str, Mapping[str, str]]
"""What a person filled in, by the names of the credential types and their fields."""


@dataclass
class Outcome:
    """A job that has ended, with all that runner tells of it."""

    status: str
    rc: int | None
    events: list[dict[str, Any]]

    @property
    def stdout(self) -> str:
        return "".join(event["stdout"] + "\n" for event in self.events if event.get("stdout"))

    def failed_tasks(self) -> list[str]:
        failed = ("runner_on_failed", "runner_on_unreachable")
        return [event["event_data"]["task"] for event in self.events if event["event"] in failed]

    def __contains__(self, text: str) -> bool:
        return text in self.stdout


class Job:
    """A job that runs in its container."""

    def __init__(self, directory: Path, ident: int, process: subprocess.Popen[str]) -> None:
        self._directory = directory
        self._events = directory / "artifacts" / str(ident) / "job_events"
        self._process = process

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_unused: object) -> None:
        self.cancel()
        self._process.communicate()

    def cancel(self) -> None:
        (self._directory / "cancel").touch()

    def wait(self) -> Outcome:
        output, _unused = self._process.communicate(timeout=120)
        assert self._process.returncode == 0, output
        result = json.loads((self._directory / "result.json").read_text())
        paths = sorted(self._events.glob("[0-9]*.json"), key=lambda path: int(path.name.split("-")[0]))
        return Outcome(result["status"], result["rc"], [json.loads(path.read_text()) for path in paths])


@dataclass
class Awx:
    """An AWX with one project. ``task_env`` are the extra environment variables of its job settings."""

    directory: Path
    project: Path
    task_env: dict[str, str]
    sandbox: Sandbox = field(default_factory=Sandbox)
    _idents: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def run(self, playbook: str, inventory: Inventory, credentials: Credentials, **how: Any) -> Outcome:
        """Start a job, and wait until it ends."""
        with self.start(playbook, inventory, credentials, **how) as job:
            return job.wait()

    def start(
        self,
        playbook: str,
        inventory: Inventory,
        credentials: Credentials,
        *,
        extra_vars: Mapping[str, Any] | None = None,
        about: Mapping[str, Any] | None = None,
        job_slice: tuple[int, int] = (1, 1),
    ) -> Job:
        """Start a job with credentials by the name of their type; ``about`` is what AWX tells the job of itself."""
        ident = next(self._idents)
        private = self.directory / f"awx_{ident}"
        for name in ("project", "inventory", "env", "cp", "artifacts"):
            (private / name).mkdir(parents=True)
        environment = self._environment(private, ident)
        for name, inputs in credentials.items():
            environment |= inject(_TYPES_BY_NAME[name], inputs, private / "env")
        told = {f"{prefix}_{name}": value for name, value in (about or {}).items() for prefix in ("awx", "tower")}
        hosts = private / "inventory" / "hosts"
        hosts.write_text(inventory.script(*job_slice))
        hosts.chmod(0o700)
        (private / "env" / "extravars").write_text(_as_unsafe({**(extra_vars or {}), **told}))
        (private / "env" / "cmdline").write_text("-u root")
        (private / "env" / "settings").write_text('{"job_timeout": 0, "suppress_ansible_output": true}')
        _install_collection(private / "requirements_collections")
        parameters = {
            "ident": str(ident),
            "private_data_dir": str(private),
            "playbook": playbook,
            "inventory": str(hosts),
            "envvars": environment,
            "suppress_env_files": True,
            "fact_cache_type": "",
        }
        (private / "parameters.json").write_text(json.dumps(parameters))
        self.sandbox.own(private)
        return Job(private, ident, self._launch(private))

    def _environment(self, private: Path, ident: int) -> dict[str, str]:
        config = ConfigParser()
        config.read(self.project / "ansible.cfg")
        enabled = config.get("defaults", "callbacks_enabled", fallback=None)
        return {
            "ANSIBLE_FORCE_COLOR": "True",
            "ANSIBLE_HOST_KEY_CHECKING": "False",
            **self.task_env,
            "AWX_PRIVATE_DATA_DIR": str(private),
            "JOB_ID": str(ident),
            "INVENTORY_ID": "1",
            "PROJECT_REVISION": "0" * 40,
            "ANSIBLE_RETRY_FILES_ENABLED": "False",
            "MAX_EVENT_RES": "700000",
            "AWX_HOST": "https://awx.example.com",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(private / "cp"),
            **{name: f"{private / directory}:{usual}" for name, (directory, usual) in _PATHS.items()},
            "ANSIBLE_CALLBACKS_ENABLED": ",".join(filter(None, (_ALWAYS_ENABLED, enabled))),
        }

    def _launch(self, private: Path) -> subprocess.Popen[str]:
        command = [sys.executable, container.__file__, str(private)]
        return subprocess.Popen(
            self.sandbox.command(command, self.project, private / "project"),
            # With nothing of this process's own. A user that the machine does not know, without HOME, finds "~" at "~".
            env={
                "HOME": "~",
                # ansible-core before 2.20 does not start without a name on Python 3.13.
                "LOGNAME": "runner",
                "PATH": f"{COMMANDS}{os.pathsep}{os.defpath}",
                "LC_ALL": "C.UTF-8",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            cwd=private,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def _install_collection(directory: Path) -> None:
    """Where the sync of a project puts what its collections/requirements.yml names."""
    (directory / "ansible_collections" / "keyward").mkdir(parents=True)
    (directory / "ansible_collections" / "keyward" / "iam").symlink_to(ROOT, target_is_directory=True)


def _as_unsafe(variables: Mapping[str, Any]) -> str:
    """AWX lets nothing in extra variables be templated."""
    return yaml.dump({name: _Unsafe(value) if isinstance(value, str) else value for name, value in variables.items()})


class _Unsafe(str):
    __slots__ = ()


yaml.add_representer(_Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text)))
