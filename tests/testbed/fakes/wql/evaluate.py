# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Computes queries over points, at the moments of a grid."""

from __future__ import annotations

import fnmatch
import operator
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .syntax import AllOf, Call, LeftJoin, Match, Name, Node, Number, Operation, Ts, Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point

Labels = frozenset[tuple[str, str]]
Values = list[float | None]
Series = dict[Labels, Values]
Reduce = Callable[[Sequence[float]], float]

_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
_RAW: dict[str, Reduce] = {"rawsum": sum, "rawmax": max, "rawmin": min, "rawcount": len}


@dataclass(frozen=True)
class Grid:
    """Moments, C(step) seconds apart. Points lie on them."""

    start: int
    end: int
    step: int

    @property
    def moments(self) -> range:
        return range(self.start, self.end, self.step)

    def index(self, moment: int) -> int:
        index, rest = divmod(moment - self.start, self.step)
        if rest:
            raise ValueError(f"{moment} is not on the grid")
        return index


def evaluate(query: Node, points: Iterable[Point], grid: Grid) -> Series:
    return _Evaluation(list(points), grid).of(query)


class _Evaluation:
    def __init__(self, points: list[Point], grid: Grid) -> None:
        self._points = points
        self._grid = grid

    def of(self, node: Node) -> Series:
        match node:
            case Number(value):
                return {frozenset(): [value] * len(self._grid.moments)}
            case Ts():
                return self._ts(node)
            case Operation():
                return _matched(_OPERATIONS[node.operator], self.of(node.left), self.of(node.right), node.by)
            case LeftJoin():
                return self._join(node)
            case Call(name, arguments) if name in _RAW:
                return self._raw(_RAW[name], *arguments)
            case Call(name, arguments) if hasattr(self, f"_call_{name}"):
                series: Series = getattr(self, f"_call_{name}")(*arguments)
                return series
        raise NotImplementedError(node)

    def _call_align(self, window: Window, method: Name, argument: Node) -> Series:
        """One value for each bucket, at its beginning."""
        if method.name != "sum":
            raise NotImplementedError(method)
        size = window.seconds // self._grid.step

        def aligned(values: Values) -> Values:
            buckets: Values = [None] * len(values)
            for start in range(0, len(values), size):
                buckets[start] = _reduced(sum, values[start : start + size])
            return buckets

        return self._map(argument, aligned)

    def _call_between(self, argument: Node, low: Node, high: Node) -> Series:
        return self.of(Operation("*", Operation(">=", argument, low), Operation("<=", argument, high)))

    def _call_collect(self, *arguments: Node) -> Series:
        return {
            labels | {("collect", str(number))}: values
            for number, argument in enumerate(arguments)
            for labels, values in self.of(argument).items()
        }

    def _call_highpass(self, limit: Node, argument: Node) -> Series:
        return _matched(lambda value, low: value if value > low else None, self.of(argument), self.of(limit))

    def _call_if(self, condition: Node, then: Node, otherwise: Node | None = None) -> Series:
        holds = self.of(condition)
        chosen = _matched(lambda holds, value: value if holds else None, holds, self.of(then))
        if otherwise is None:
            return chosen
        others = _matched(lambda holds, value: None if holds else value, holds, self.of(otherwise))
        return {labels: _first(chosen[labels], others[labels]) for labels in chosen.keys() & others.keys()}

    _call_rawif = _call_if
    """Gaps are gaps here, for both."""

    def _call_last(self, window: Window, argument: Node) -> Series:
        return self._map(argument, lambda values: self._filled(values, window.seconds))

    def _call_lowpass(self, limit: Node, argument: Node) -> Series:
        return _matched(lambda value, high: value if value < high else None, self.of(argument), self.of(limit))

    def _call_mcount(self, window: Window, argument: Node) -> Series:
        return self._map(argument, lambda values: self._moving(values, window.seconds, len))

    def _call_missing(self, window: Window, argument: Node) -> Series:
        """One series, whatever the argument's are: 1 where none of them has a value in the window."""
        present = self._raw(len, argument).get(frozenset(), [None] * len(self._grid.moments))
        return {frozenset(): [None if value else 1.0 for value in self._filled(present, window.seconds)]}

    def _call_msum(self, window: Window, argument: Node) -> Series:
        return self._map(argument, lambda values: self._moving(values, window.seconds, sum))

    def _call_removeSeries(self, argument: Node, condition: AllOf) -> Series:  # noqa: N802 (as the function is spelt)
        return {labels: values for labels, values in self.of(argument).items() if not _holds(condition, dict(labels))}

    def _call_time(self) -> Series:
        return {frozenset(): [float(moment) for moment in self._grid.moments]}

    def _call_timestamp(self, argument: Node) -> Series:
        return self._map(
            argument,
            lambda values: [None if value is None else float(moment) for value, moment in self._timed(values)],
        )

    def _ts(self, node: Ts) -> Series:
        found: Series = {}
        for point in self._points:
            if point.metric == node.metric and _holds(node.condition, point.tags):
                values = found.setdefault(frozenset(point.tags.items()), [None] * len(self._grid.moments))
                values[self._grid.index(point.timestamp)] = float(point.value)
        return found

    def _map(self, argument: Node, change: Callable[[Values], Values]) -> Series:
        return {labels: change(values) for labels, values in self.of(argument).items()}

    def _timed(self, values: Values) -> Iterable[tuple[float | None, int]]:
        return zip(values, self._grid.moments, strict=True)

    def _filled(self, values: Values, seconds: int) -> Values:
        filled: Values = []
        newest: tuple[float, int] | None = None
        for value, moment in self._timed(values):
            newest = newest if value is None else (value, moment)
            filled.append(newest[0] if newest and moment - newest[1] <= seconds else None)
        return filled

    def _moving(self, values: Values, seconds: int, reduce: Reduce) -> Values:
        """Of the window before each moment; it goes on for twice the window after the last value."""
        moved: Values = []
        known: list[tuple[float, int]] = []
        for value, moment in self._timed(values):
            if value is not None:
                known.append((value, moment))
            within = [value for value, at in known if moment - at < seconds]
            moved.append(float(reduce(within)) if known and moment - known[-1][1] <= 2 * seconds else None)
        return moved

    def _raw(self, reduce: Reduce, argument: Node, *groups: Node) -> Series:
        tags = [group.name for group in groups if isinstance(group, Name)]
        grouped: dict[Labels, list[Values]] = defaultdict(list)
        for labels, values in self.of(argument).items():
            grouped[_only(labels, tags)].append(values)
        return {
            labels: [_reduced(reduce, column) for column in zip(*rows, strict=True)] for labels, rows in grouped.items()
        }

    def _join(self, node: LeftJoin) -> Series:
        tables = dict(zip(node.aliases, (self.of(node.left), self.of(node.right)), strict=True))
        if node.result != node.aliases[0]:
            raise NotImplementedError("the right side is missing where nothing matches")
        matches = {_only(labels, node.using): labels for labels in tables[node.aliases[1]]}
        joined: Series = {}
        for labels, values in tables[node.aliases[0]].items():
            sides = {node.aliases[0]: dict(labels), node.aliases[1]: dict(matches.get(_only(labels, node.using), ()))}
            made = ((name, sides[alias].get(tag)) for name, alias, tag in node.tags)
            joined[frozenset((name, value) for name, value in made if value is not None)] = values
        return joined


def _matched(
    compute: Callable[[float, float], float | None], left: Series, right: Series, by: tuple[str, ...] = ()
) -> Series:
    """A single series goes with every series of the other side; else those of equal tags, or of equal C(by), match."""
    if not by and len(right) == 1:
        [only] = right.values()
        return {labels: _computed(compute, values, only) for labels, values in left.items()}
    if not by and len(left) == 1:
        [only] = left.values()
        return {labels: _computed(compute, only, values) for labels, values in right.items()}
    candidates: dict[Labels, list[Values]] = defaultdict(list)
    for labels, values in right.items():
        candidates[_only(labels, by) if by else labels].append(values)
    pairs = ((labels, values, candidates[_only(labels, by) if by else labels]) for labels, values in left.items())
    # Where several would match, the service picks none.
    return {labels: _computed(compute, values, found[0]) for labels, values, found in pairs if len(found) == 1}


def _computed(compute: Callable[[float, float], float | None], left: Values, right: Values) -> Values:
    pairs = zip(left, right, strict=True)
    return [None if one is None or other is None else compute(one, other) for one, other in pairs]


def _first(values: Values, others: Values) -> Values:
    return [other if value is None else value for value, other in zip(values, others, strict=True)]


def _reduced(reduce: Reduce, column: Sequence[float | None]) -> float | None:
    present = [value for value in column if value is not None]
    return float(reduce(present)) if present else None


def _only(labels: Labels, tags: Sequence[str]) -> Labels:
    return frozenset((tag, value) for tag, value in labels if tag in tags)


def _holds(condition: AllOf, tags: Mapping[str, str]) -> bool:
    return all(_fits(match, tags) for match in condition.matches)


def _fits(match: Match, tags: Mapping[str, str]) -> bool:
    """A * also wants the tag to be there."""
    return (match.tag in tags and fnmatch.fnmatchcase(tags[match.tag], match.value)) != match.negated
