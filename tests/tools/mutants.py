# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Changes a module in one place at a time, with the operators of cosmic-ray and a few of our own."""

from __future__ import annotations

import ast
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from parso.python.tree import ExprStmt, Keyword, PythonNode

Span = tuple[tuple[int, int], tuple[int, int]]

_OF_A_KIND = 2
"""How many replacements of one operator in one place are tried: eleven of each plus sign tell no more."""


class WithoutStatement(Operator):  # type: ignore[misc]
    """Leaves out a call whose result is not used, and a change of a variable."""

    def mutation_positions(self, node: Any) -> Iterator[Span]:
        called = (
            isinstance(node, PythonNode)
            and node.type in ("atom_expr", "power", "await_expr")
            and node.parent.type == "simple_stmt"
        )
        changed = isinstance(node, ExprStmt) and node.children[1].type == "operator" and node.children[1].value != "="
        if called or changed:
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, _index: int) -> Any:
        return Keyword("pass", node.start_pos, prefix=node.get_first_leaf().prefix)

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        return ()


class WithoutResult(Operator):  # type: ignore[misc]
    """Returns nothing in place of a result."""

    def mutation_positions(self, node: Any) -> Iterator[Span]:
        if node.type == "return_stmt" and len(node.children) == 2 and node.children[1].get_code().strip() != "None":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, _index: int) -> Any:
        result = node.children[1]
        node.children[1] = Keyword("None", result.start_pos, prefix=result.get_first_leaf().prefix)
        return node

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        return ()


@dataclass(frozen=True)
class Mutant:
    """A module with one change: where it begins, which operator made it, and the whole text."""

    line: int
    operator: str
    text: str

    @property
    def key(self) -> str:
        """The same for the same change, and without order."""
        return hashlib.sha256(f"{self.operator}\0{self.text}".encode()).hexdigest()


def mutants(source: str, *, thorough: bool = False) -> list[Mutant]:
    """
    Return the changes of a module that make it another program, in an order that is always the same and has no system.

    Without ``thorough`` only a few replacements of each operator in a place are among them.
    """
    places: dict[tuple[str, int, int], list[Mutant]] = defaultdict(list)
    unchanged = _meaning(source)
    seen = {unchanged}
    for name, operator in _operators():
        tree = get_ast(source)
        spans = [span for node in ast_nodes(tree) for span in operator.mutation_positions(node)]
        for occurrence, ((line, column), _end) in enumerate(spans):
            try:
                text = mutate_code(source, operator, occurrence)
            except AttributeError:
                # Its replacement of exceptions knows no names with a dot.
                continue
            meaning = _meaning(text) if text else None
            if meaning and meaning not in seen:
                seen.add(meaning)
                places[name.partition("_")[0], line, column].append(Mutant(line, name, text))
    chosen = (sorted(found, key=lambda it: it.key)[: None if thorough else _OF_A_KIND] for found in places.values())
    return sorted((mutant for found in chosen for mutant in found), key=lambda it: it.key)


def _operators() -> Iterator[tuple[str, Operator]]:
    for name in cosmic_ray.plugins.operator_names():
        operator = cosmic_ray.plugins.get_operator(name)
        # Whether two numbers are one object is the interpreter's affair.
        on_identity = re.search(r"(?<!Is)(?<!IsNot)_(Is|IsNot)$", name)
        if not operator.arguments() and not on_identity:
            yield name.partition("/")[2], operator()
    for own in (WithoutStatement, WithoutResult):
        yield own.__name__, own()


class _Stripped(ast.NodeTransformer):
    """What is never evaluated: annotations, and the part of a module that only a type checker reads."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        node.annotation = ast.Constant(None)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_If(self, node: ast.If) -> ast.AST | None:
        self.generic_visit(node)
        return None if ast.unparse(node.test).endswith("TYPE_CHECKING") else node


def _meaning(text: str) -> str | None:
    """Return what the text says as a program; None where it is none."""
    try:
        return ast.dump(_Stripped().visit(ast.parse(text)))
    except SyntaxError:
        return None
