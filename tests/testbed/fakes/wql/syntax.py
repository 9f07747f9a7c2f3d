# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a query is made of."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# The functions of the vendor's reference that take and return time series, with the fewest and the most arguments;
# None is any number.
FUNCTIONS: dict[str, tuple[int, int | None]] = {
    **dict.fromkeys(
        ("sum", "avg", "min", "max", "count", "variance", "rawsum", "rawavg", "rawmin", "rawmax", "rawcount"), (1, None)
    ),
    **dict.fromkeys(("rawvariance",), (1, None)),
    **dict.fromkeys(("percentile", "rawpercentile"), (2, None)),
    **dict.fromkeys(("highpass", "lowpass", "downsample", "top", "topk", "bottom", "bottomk"), (2, 2)),
    **dict.fromkeys(("filter", "retainSeries", "removeSeries"), (2, None)),
    **dict.fromkeys(("lag", "lead", "at", "hideBefore", "hideAfter", "sample"), (2, 2)),
    **dict.fromkeys(("mavg", "msum", "mmedian", "mvar", "mcount", "mmin", "mmax", "mdiff", "any", "all"), (2, 2)),
    **dict.fromkeys(("integrate", "flapping", "missing"), (2, 2)),
    **dict.fromkeys(("rate", "deriv", "timestamp", "integral", "interpolate", "exists", "abs", "normalize"), (1, 1)),
    **dict.fromkeys(("round", "ceil", "floor", "sqrt", "exp", "log", "log10"), (1, 1)),
    **dict.fromkeys(("last", "next"), (1, 2)),
    "align": (2, 3),
    "between": (3, 3),
    "collect": (2, None),
    "default": (2, 4),
    "if": (2, 3),
    "rawif": (2, 3),
    "limit": (2, 3),
    "mpercentile": (3, 3),
    "mseriescount": (2, None),
    "pow": (2, 2),
    "time": (0, 0),
}
OPERATORS = ("or", "and"), ("<", "<=", ">", ">=", "=", "!="), ("+", "-"), ("*", "/")
"""By how tightly they bind."""


class QueryError(ValueError):
    """The text is not a query."""


@dataclasses.dataclass(frozen=True)
class Node:
    pass


@dataclasses.dataclass(frozen=True)
class Number(Node):
    value: float


@dataclasses.dataclass(frozen=True)
class Window(Node):
    """A length of time, in seconds."""

    seconds: int


@dataclasses.dataclass(frozen=True)
class Name(Node):
    """A point tag to group by, or a method of align."""

    name: str


@dataclasses.dataclass(frozen=True)
class Match(Node):
    """A point tag and its value, in which * is any text."""

    tag: str
    value: str
    negated: bool = False


@dataclasses.dataclass(frozen=True)
class AllOf(Node):
    """Matches that all hold."""

    matches: tuple[Match, ...] = ()


@dataclasses.dataclass(frozen=True)
class Ts(Node):
    metric: str
    condition: AllOf


@dataclasses.dataclass(frozen=True)
class Call(Node):
    function: str
    arguments: tuple[Node, ...]


@dataclasses.dataclass(frozen=True)
class Operation(Node):
    operator: str
    left: Node
    right: Node
    by: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class LeftJoin(Node):
    """Output tags are pairs of a new tag and where it comes from: an alias and its tag."""

    left: Node
    right: Node
    using: tuple[str, ...]
    tags: tuple[tuple[str, str, str], ...]
    result: str
    aliases: tuple[str, str]


def walk(node: Node) -> Iterator[Node]:
    yield node
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Node):
                yield from walk(item)
