# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""From text to what it means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .syntax import (
    FUNCTIONS,
    OPERATORS,
    AllOf,
    Call,
    LeftJoin,
    Match,
    Name,
    Node,
    Number,
    Operation,
    QueryError,
    Ts,
    Window,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<window>\d+[smhdw]\b) | (?P<number>\d+(?:\.\d+)?) | "(?P<text>[^"]*)" | (?P<name>[A-Za-z_]\w*(?:\.\w+)*)
    | (?P<sign><=|>=|!=|[-+*/<>=(),])
    )""",
    re.VERBOSE,
)
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
OBSOLESCENCE = 14 * 86400
"""The service may forget a series that was silent for so long."""
_WORDS = frozenset({"or", "and", "not", "by"})


def parse(query: str, variables: Mapping[str, str] | None = None) -> Node:
    """Dashboard variables stand for any text, which is put in first. Raises QueryError."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in (variables or {}):
            raise QueryError(f"there is no variable {found[1]} in {query}")
        return (variables or {})[found[1]]

    reader = _Reader(_VARIABLE.sub(value, query))
    node = reader.expression()
    reader.demand_end()
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        position = 0
        while text[position:].strip():
            found = _TOKEN.match(text, position)
            if found is None or found.lastgroup is None:
                raise QueryError(f"what is {text[position : position + 20]!r} in {text}")
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
            position = found.end()
        self._next = 0

    def expression(self, level: int = 0) -> Node:
        if level == len(OPERATORS):
            return self._primary()
        left = self.expression(level + 1)
        while self._value in OPERATORS[level] and self._kind in {"sign", "name"}:
            operator = self._take()
            by = self._names() if self._skip("by") else ()
            left = Operation(operator, left, self.expression(level + 1), by)
        return left

    def demand_end(self) -> None:
        if self._kind != "end":
            raise self._fault("an operator or the end")

    def _primary(self) -> Node:
        if self._skip("("):
            node = self.expression()
            self._demand(")")
            return node
        match self._kind:
            case "number":
                return Number(float(self._take()))
            case "window":
                text = self._take()
                return Window(int(text[:-1]) * _SECONDS[text[-1]])
            case "name" if self._value not in _WORDS:
                return self._named(self._take())
        raise self._fault("an expression")

    def _named(self, name: str) -> Node:
        if not self._skip("("):
            return Name(name)
        if name in {"ts", "join"}:
            node = self._ts() if name == "ts" else self._join()
            self._demand(")")
            return node
        if name not in FUNCTIONS:
            raise QueryError(f"there is no function {name} in {self._text}")
        arguments: list[Node] = []
        while not self._skip(")"):
            if arguments:
                self._demand(",")
            arguments.append(self._condition() if self._is_match() else self.expression())
        fewest, most = FUNCTIONS[name]
        if len(arguments) < fewest or (most is not None and len(arguments) > most):
            raise QueryError(f"{name} takes no {len(arguments)} arguments in {self._text}")
        if name == "last" and isinstance(arguments[0], Window) and arguments[0].seconds >= OBSOLESCENCE:
            raise QueryError(f"last() may find nothing as long ago as the obsolescence period in {self._text}")
        return Call(name, tuple(arguments))

    def _ts(self) -> Node:
        metric = self._take("text")
        return Ts(metric, self._condition() if self._skip(",") else AllOf())

    def _condition(self) -> AllOf:
        matches = [self._match()]
        while self._skip("and"):
            matches.append(self._match())
        if self._value == "or":
            raise QueryError(f"point tags cannot be combined with or: collect() the series in {self._text}")
        return AllOf(tuple(matches))

    def _match(self) -> Match:
        negated = self._skip("not")
        tag = self._take("name")
        self._demand("=")
        return Match(tag, "*" if self._skip("*") else self._take("text"), negated)

    def _is_match(self) -> bool:
        """A tag and its text: what comes after a comparison in an expression is never a text."""
        match self._tokens[self._next : self._next + 3]:
            case [("name", _), ("sign", "="), ("text", _)]:
                return True
        return False

    def _join(self) -> Node:
        left, first = self._aliased()
        self._demand("LEFT")
        self._demand("JOIN")
        right, second = self._aliased()
        self._demand("USING")
        using = self._names()
        tags = []
        result = ""
        while self._skip(","):
            name = self._take("name")
            if not self._skip("="):
                result = name
                break
            if self._kind == "text":
                self._take()
            else:
                alias, _dot, tag = self._take("name").partition(".")
                tags.append((name, alias, tag))
        if result not in {first, second} or any(alias not in {first, second} for _name, alias, _tag in tags):
            raise QueryError(f"the join has no {result} in {self._text}")
        return LeftJoin(left, right, using, tuple(tags), result, (first, second))

    def _aliased(self) -> tuple[Node, str]:
        node = self.expression()
        self._demand("AS")
        return node, self._take("name")

    def _names(self) -> tuple[str, ...]:
        self._demand("(")
        names = [self._take("name")]
        while self._skip(","):
            names.append(self._take("name"))
        self._demand(")")
        return tuple(names)

    @property
    def _kind(self) -> str:
        return self._tokens[self._next][0] if self._next < len(self._tokens) else "end"

    @property
    def _value(self) -> str:
        return self._tokens[self._next][1] if self._next < len(self._tokens) else ""

    def _take(self, kind: str | None = None) -> str:
        if self._kind == "end" or (kind and self._kind != kind):
            raise self._fault(f"a {kind}")
        self._next += 1
        return self._tokens[self._next - 1][1]

    def _skip(self, value: str) -> bool:
        found = self._value == value and self._kind in {"sign", "name"}
        self._next += found
        return found

    def _demand(self, value: str) -> None:
        if not self._skip(value):
            raise self._fault(value)

    def _fault(self, wanted: str) -> QueryError:
        rest = " ".join(value for _kind, value in self._tokens[self._next : self._next + 5])
        return QueryError(f"expected {wanted} before {rest or 'the end'!r} in {self._text}")
