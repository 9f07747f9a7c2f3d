# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The rules of the layout, read off the source: each returns a sentence for everything that breaks it.

They take the collection's root, so that each can be tried on a made-up tree.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

_COLLECTION = "ansible_collections.keyward.iam."
_PRIVATE_ROOTS = ("module_utils", "plugin_utils")
_LONGEST_MAIN = 20
_FOR_PEOPLE = {"DOCUMENTATION", "EXAMPLES", "RETURN"}

_CONTROLLER = {"plugin_utils", "callback", "action", "inventory", "lookup", "filter", "test"}
_OF_ANSIBLE = ("ansible.plugins", "ansible.parsing", "ansible.utils", "ansible.executor", "ansible.inventory")

_GENERIC = tuple(
    f"plugin_utils/{package}/" for package in ("_journal", "_delivery", "_http", "_wavefront", "_otlp", "_prometheus")
)
_IAM = ("module_utils/_access_keys", "module_utils/_probe", "module_utils/_aws", "module_utils/_credentials")
_IAM_ON_THE_CONTROLLER = {
    "plugin_utils/_metrics/conversion",
    "plugin_utils/_metrics/task_results",
    "plugin_utils/_tables",
}

_RESULTS_TO_POINTS = "plugin_utils/_delivery/callback"
"""The one place where the two meet: it turns results into points, and hands them on."""

METRIC = re.compile(
    r"\baws\.iam\.[A-Za-z]+(?:\.[A-Za-z]+)*|\baws_iam_(?:access_key|credential|collector|probe|delivery)_\w+"
)


class Import(NamedTuple):
    file: Path
    line: int
    target: str
    """A path below ``plugins`` without suffix, or a name with dots of what is outside the collection."""


def circles(root: Path) -> list[str]:
    """No private package may lead back to itself."""
    ways: dict[str, set[str]] = {}
    for found in _imports(root):
        start, end = _package(_below_plugins(root, found.file)), _package(found.target)
        if start and end and start != end:
            ways.setdefault(start, set()).add(end)
    return sorted({" -> ".join(circle) for start in ways for circle in _ways_back(ways, start, [start])})


def target_imports_controller(root: Path) -> list[str]:
    """Modules and module_utils run where there is no controller."""
    return [
        f"{_place(root, found)} imports {found.target}"
        for found in _imports(root)
        if _below_plugins(root, found.file).startswith(("modules/", "module_utils/"))
        and (found.target.split("/")[0] in _CONTROLLER or found.target.startswith(_OF_ANSIBLE))
    ]


def generic_imports_iam(root: Path) -> list[str]:
    """Encoders, the journal and exporters know points, and nothing of IAM."""
    return [
        f"{_place(root, found)} imports {found.target}"
        for found in dict.fromkeys(_imports(root))
        if _below_plugins(root, found.file).startswith(_GENERIC)
        and _below_plugins(root, found.file) != _RESULTS_TO_POINTS
        and (found.target.startswith((*_IAM, *_IAM_ON_THE_CONTROLLER)))
    ]


def metric_names_elsewhere(root: Path, names: str) -> list[str]:
    """Only one file spells the name of a metric. Documentation, which is for people, may as well."""
    files = [*root.glob("plugins/**/*.py"), *_yaml(root)]
    return [
        f"{file.relative_to(root)}:{line} spells {text!r}"
        for file in sorted(files)
        if file != root / names
        for line, text in (_python_strings(file) if file.suffix == ".py" else _lines(file))
        if METRIC.search(text)
    ]


def flat_private_modules(root: Path) -> list[str]:
    """A private module is in a package, which has no __init__.py."""
    plugins = root / "plugins"
    flat = [file for kind in _PRIVATE_ROOTS for file in (plugins / kind).glob("*.py")]
    inits = [file for kind in _PRIVATE_ROOTS for file in (plugins / kind).glob("**/__init__.py")]
    return [str(file.relative_to(root)) for file in sorted({*flat, *inits})]


def long_mains(root: Path) -> list[str]:
    """A module's main only joins what packages do."""
    return [
        f"{file.relative_to(root)}: main has {_length(function)} lines"
        for file in sorted((root / "plugins/modules").glob("*.py"))
        for function in ast.parse(file.read_text("utf-8")).body
        if isinstance(function, ast.FunctionDef) and function.name == "main" and _length(function) >= _LONGEST_MAIN
    ]


def missing_tests(root: Path, driven_elsewhere: dict[str, str]) -> list[str]:
    """Every private module has a unit test of its name, or an entry that says which test drives it."""
    problems = []
    for file in _private_modules(root):
        name = _below_plugins(root, file)
        mirrored = root / "tests/unit/plugins" / Path(name).with_name(f"test_{Path(name).name}.py")
        elsewhere = driven_elsewhere.get(name)
        if not mirrored.exists() and elsewhere is None:
            problems.append(f"{name} has no {mirrored.relative_to(root)}, and no entry")
        elif elsewhere and not (root / elsewhere).exists():
            problems.append(f"the entry of {name} names {elsewhere}, which does not exist")
    known = {_below_plugins(root, file) for file in _private_modules(root)}
    return problems + [f"the entry {name} is of no module" for name in driven_elsewhere if name not in known]


def _private_modules(root: Path) -> list[Path]:
    return sorted(file for kind in _PRIVATE_ROOTS for file in (root / "plugins" / kind).glob("_*/*.py"))


def _imports(root: Path) -> Iterator[Import]:
    """All of them, also those that only type checkers and functions make."""
    for file in sorted((root / "plugins").glob("**/*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (Import(file, node.lineno, _target(name.name)) for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (Import(file, node.lineno, target) for target in _from(root, file, node))


def _from(root: Path, file: Path, node: ast.ImportFrom) -> Iterator[str]:
    if node.level:
        parent = Path(_below_plugins(root, file)).parents[node.level - 1]
        base = "/".join([*parent.parts, *(node.module or "").split(".")]).strip("/")
    else:
        base = _target(node.module or "")
    for name in node.names:
        submodule = f"{base}/{name.name}"
        yield submodule if (root / "plugins" / f"{submodule}.py").exists() else base


def _target(module: str) -> str:
    prefix = f"{_COLLECTION}plugins."
    return module.removeprefix(prefix).replace(".", "/") if module.startswith(prefix) else module


def _below_plugins(root: Path, file: Path) -> str:
    return file.relative_to(root / "plugins").with_suffix("").as_posix()


def _package(target: str) -> str | None:
    parts = target.split("/")
    return "/".join(parts[:2]) if parts[0] in _PRIVATE_ROOTS and len(parts) > 1 else None


def _ways_back(ways: dict[str, set[str]], start: str, way: list[str]) -> Iterator[list[str]]:
    for end in sorted(ways.get(way[-1], ())):
        if end == start:
            # Told from its first package only, and so once.
            if start == min(way):
                yield [*way, start]
        elif end not in way:
            yield from _ways_back(ways, start, [*way, end])


def _place(root: Path, found: Import) -> str:
    return f"{found.file.relative_to(root)}:{found.line}"


def _length(function: ast.FunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _python_strings(file: Path) -> Iterator[tuple[int, str]]:
    """Texts of the code: neither docstrings nor the documentation that plugins hold for people."""
    tree = ast.parse(file.read_text("utf-8"))
    for_people = {id(statement.value) for node in ast.walk(tree) for statement in _documentation(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in for_people:
            yield node.lineno, node.value


def _documentation(node: ast.AST) -> Iterable[ast.Expr | ast.Assign]:
    for statement in getattr(node, "body", []) if not isinstance(node, (ast.Lambda, ast.IfExp)) else []:
        if isinstance(statement, ast.Expr) or (
            isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) in _FOR_PEOPLE
        ):
            yield statement


def _yaml(root: Path) -> Iterator[Path]:
    """Templates and files of roles are for other programs."""
    for directory in ("playbooks", "roles"):
        for file in (root / directory).glob("**/*"):
            if file.suffix in {".yml", ".yaml"} and "files" not in file.relative_to(root).parts:
                yield file


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        yield number, line.split(" #")[0] if not line.lstrip().startswith("#") else ""
