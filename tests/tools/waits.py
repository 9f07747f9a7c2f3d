# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Finds every place of the code that may wait: for time, a thread, a process, a lock, a pipe or the network."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

# By the last name of what is called.
_WAITING = {
    *("sleep", "pause", "select", "epoll_wait", "wait", "wait_for", "acquire", "flock", "lockf", "sigwait"),
    *("Popen", "run", "call", "check_call", "check_output", "communicate", "system", "waitpid", "wait3", "run_command"),
    *("recv", "recv_into", "accept", "connect", "create_connection", "getaddrinfo", "gethostbyname"),
    *("open_url", "fetch_url", "urlopen", "request", "post", "put", "patch", "stream", "readline", "input"),
    *("ThreadPoolExecutor", "ProcessPoolExecutor", "as_completed", "get_paginator", "get_waiter", "getpass"),
}
# These have namesakes that do not wait, such as those of dictionaries and texts.
_WAITING_WITHOUT_ARGUMENTS = {"get", "join", "result", "read", "exception"}
_MODULES_OF_WAITS = {"run": {"subprocess"}, "call": {"subprocess"}, "put": {"requests"}}
_BOUNDS = {"timeout", "block"}


def found(root: Path) -> Counter[str]:
    """How many there are, by their file, function and call."""
    files = [
        *root.glob("plugins/**/*.py"),
        *root.glob("extensions/**/*.py"),
        *root.glob("roles/*/files/**/*.py"),
    ]
    return Counter(place for file in sorted(files) for place in _in_file(root, file))


def _in_file(root: Path, file: Path) -> list[str]:
    tree = ast.parse(file.read_text("utf-8"))
    name = file.relative_to(root).as_posix()
    places = []
    for function, node in _with_function(tree, "module"):
        if isinstance(node, ast.Call) and _waits(node):
            places.append(f"{name}::{function} {_called(node.func)}")
        elif isinstance(node, (ast.For, ast.comprehension)) and "stdin" in ast.unparse(node.iter):
            places.append(f"{name}::{function} for {ast.unparse(node.iter)}")
    return places


def _with_function(node: ast.AST, function: str) -> list[tuple[str, ast.AST]]:
    pairs = []
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) else function
        pairs += [(inner, child), *_with_function(child, inner)]
    return pairs


def _called(function: ast.expr) -> str:
    return ast.unparse(function) if isinstance(function, (ast.Name, ast.Attribute)) else "(...)"


def _waits(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id in _WAITING - _MODULES_OF_WAITS.keys()
    if not isinstance(call.func, ast.Attribute):
        return False
    name, owner = call.func.attr, ast.unparse(call.func.value)
    if name in _MODULES_OF_WAITS:
        return owner in _MODULES_OF_WAITS[name]
    if name == "poll":
        # That of a process only looks.
        return bool(call.args)
    if name in _WAITING_WITHOUT_ARGUMENTS:
        return not call.args and _BOUNDS.issuperset(word.arg or "" for word in call.keywords)
    return name in _WAITING
