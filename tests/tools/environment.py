# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Makes the virtual environments that the project's commands run in, and says nothing where they are up to date."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.checkout import ROOT
from tools.interpreters import CORES, PREFERRED, TARGET, Interpreter, find, inspect, installed

REQUIREMENTS = ROOT / "tests" / "requirements"
_COLLECTIONS = ("ansible_collections/amazon/aws/", "ansible_collections/ansible/posix/")
"""What keyward.iam depends on, and callbacks whose output is for programs."""

_PIP_OPTIONS = ("--no-input", "--disable-pip-version-check", "--retries=10")


class SetupError(Exception):
    """A sentence for the person who called make."""


@dataclass(frozen=True)
class Environment:
    """
    A virtual environment with the packages of a requirements file; with a core series also with ansible-core,
    amazon.aws, and the checkout as keyward.iam.
    """

    name: str
    python: Interpreter
    core: str
    packages: str

    def __str__(self) -> str:
        packages = ", the lowest packages" if self.packages == "lowest" else ""
        return f"ansible-core {self.core}, Python {self.python.version}{packages}"

    @property
    def path(self) -> Path:
        return ROOT / self.name

    @property
    def executable(self) -> Path:
        return self.path / "bin" / "python"

    @property
    def collections(self) -> Path:
        return self.path / "lib" / f"python{self.python.series}" / "site-packages" / "ansible_collections"

    @property
    def _stamp(self) -> Path:
        return self.path / "keyward.stamp"

    def ensure(self) -> None:
        """Bring the environment up to date, from scratch where anything it is made from has changed."""
        with locked(self.path):
            inputs = self._inputs()
            if self._stamp.exists() and self._stamp.read_text(encoding="utf-8") == inputs:
                return
            started = time.monotonic()
            core = f" and ansible-core {self.core}" if self.core else ""
            self._say(f"making it with Python {self.python.version}{core}")
            _run([self.python.path, "-I", "-m", "venv", "--clear", self.path])
            self._say("installing packages, which takes a minute")
            # The pip that comes with an older Python takes twice as long, and so does compiling what is never imported.
            self._pip("install", "--upgrade", "pip")
            self._pip("install", "--no-compile", *(f"--requirement={name}" for name in self._requirements))
            if self.core:
                self._say("unpacking collections")
                self._add_collections()
            self._stamp.write_text(inputs, encoding="utf-8")
            self._say(f"ready in {time.monotonic() - started:.0f} s")

    @property
    def _requirements(self) -> list[str]:
        return [*([f"ansible-{self.core}.txt"] if self.core else []), f"{self.packages}.txt"]

    @property
    def _collections_file(self) -> str:
        return f"collections-{'lowest' if self.packages == 'lowest' else self.core}.txt"

    def _inputs(self) -> str:
        digest = hashlib.sha256(repr((ROOT, self.python)).encode())
        for path in (*_included(*self._requirements, *([self._collections_file] if self.core else [])), Path(__file__)):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def _pip(self, *arguments: str) -> None:
        # Only the interpreter is isolated: pip's own configuration (indexes, certificates, proxies) is the user's.
        command = [str(self.executable), "-I", "-m", "pip", *_PIP_OPTIONS, *arguments]
        _run(command, cwd=REQUIREMENTS)

    def _add_collections(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            wanted = f"--requirement={self._collections_file}"
            # The package itself may ask for another Python than the collection in it.
            self._pip(
                "download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--dest", directory, wanted
            )
            (wheel,) = Path(directory).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                names = [name for name in archive.namelist() if name.startswith(_COLLECTIONS)]
                archive.extractall(self.collections.parent, names)
        keyward = self.collections / "keyward"
        keyward.mkdir()
        (keyward / "iam").symlink_to(ROOT, target_is_directory=True)

    def _say(self, text: str) -> None:
        print(f"{self.name}: {text}", flush=True)


def _included(*names: str) -> Iterator[Path]:
    """Yield requirements files, and those that they include."""
    for name in names:
        path = (REQUIREMENTS / name).resolve()
        yield path
        yield from _included(*re.findall(r"^-r (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE))


def usable(path: Path) -> Interpreter:
    """Return the Python that a person named, or say why it does not do."""
    python = inspect(path)
    if python is None:
        raise SetupError(f"{path} does not run.")
    if not python.core:
        supported = ", ".join(
            sorted({series for core in PREFERRED for series in CORES[core]}, key=lambda it: int(it[2:]))
        )
        raise SetupError(f"{path} is Python {python.version}, and the project runs with {supported}.")
    if not python.makes_environments:
        raise SetupError(
            f"{path} (Python {python.version}) cannot make virtual environments: its modules venv and ensurepip are "
            "missing. On Debian and Ubuntu 'apt install python3-venv' brings them; or name another Python: "
            "make PYTHON=/path/to/python3"
        )
    return python


def at_hand() -> Environment:
    """Return the environment of the Python that runs this: the one for the demo, and the first of the tests'."""
    python = usable(Path(sys.executable))
    return Environment(".venv", python, python.core, "test")


def newest() -> Environment:
    """Return the environment with the most preferred core that a Python of this machine takes."""
    first = at_hand()
    for core in PREFERRED:
        if first.core == core:
            return first
        if python := find(core):
            return Environment(f".venv-{core}", python, core, "test")
    return first


def for_lint() -> Environment:
    """Return the environment of the linters."""
    chosen = newest()
    return Environment(".venv-lint", chosen.python, chosen.core, "lint")


def for_site() -> Environment:
    """Return the environment that builds the site of the documentation."""
    chosen = newest()
    return Environment(".venv-site", chosen.python, chosen.core, "site")


def for_fuzzing() -> Environment:
    """Return the environment that searches for inputs which break readers."""
    first = at_hand()
    return Environment(".venv-fuzz", first.python, first.core, "fuzz")


def for_targets() -> Environment | None:
    """Return the environment with the oldest Python of a target; None where this machine has no such Python."""
    pythons = installed(TARGET)
    return Environment(".venv-target", pythons[0], "", "target") if pythons else None


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Keep other runs of the project's commands out of a directory, which is made where it is missing."""
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _run(command: Sequence[str | Path], cwd: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        shown = " ".join(str(part) for part in command)
        raise SetupError(f"{done.stdout}{done.stderr}\nThis command failed, its output is above: {shown}")
    return done.stdout


if __name__ == "__main__":
    try:
        made = for_lint() if sys.argv[1:] == ["lint"] else at_hand()
        made.ensure()
    except SetupError as error:
        sys.exit(str(error))
