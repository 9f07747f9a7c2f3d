# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The vendor's rules, one by one: a point, or the vendor's code."""

from __future__ import annotations

import random

import pytest

from testbed.fakes.wavefront import Limits, Point, RejectError, lines, parse

NOW = 1_763_800_000


def point(line: str, limits: Limits | None = None) -> Point:
    return parse(line, now=NOW, limits=limits or Limits())


def code(line: str, limits: Limits | None = None) -> str:
    with pytest.raises(RejectError) as caught:
        point(line, limits)
    assert str(caught.value).startswith(caught.value.code)
    return caught.value.code


def test_the_key_age_line_of_the_collection() -> None:
    found = point(f'aws.iam.accessKey 209 {NOW} source="AWS" name="user1" key="ABCDE" status="Active"')

    assert found == Point("aws.iam.accessKey", 209.0, NOW, "AWS", {"name": "user1", "key": "ABCDE", "status": "Active"})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a.b 1 source=x", {}),
        ("a.b 1 source=x k=v", {"k": "v"}),
        ('"a.b" 1 "source"="x" "k"="v"', {"k": "v"}),
        ("a.b 1 source=x k='single quoted'", {"k": "single quoted"}),
        ('a.b 1 source=x k = "spaces around"', {"k": "spaces around"}),
        ('  a.b\t1  source=x\tk="v"  ', {"k": "v"}),
        ('a.b 1 source=x k="v"l="w"', {"k": "v", "l": "w"}),
        ('a.b 1 source=x k="+ = , . @ _ - # \t"', {"k": "+ = , . @ _ - # \t"}),
        ('a.b 1 source=x k=mid"quote', {"k": 'mid"quote'}),
        ("a.b 1 source=x k=mid'quote l='w'", {"k": "mid'quote", "l": "w"}),
        (r'a.b 1 source=x k="say \"hi\""', {"k": 'say "hi"'}),
        (r"a.b 1 source=x k='it\'s'", {"k": "it's"}),
        (r'a.b 1 source=x k="c:\temp" l="w"', {"k": r"c:\temp", "l": "w"}),
        ('a.b 1 source=x k="Zoë 🔑"', {"k": "Zoë 🔑"}),
        ('a.b 1 source=x k="1" k="2"', {"k": "2"}),
        ('a.b 1 source=x tag="renamed"', {"_tag": "renamed"}),
        ("a.b 1 source=x host=y", {"_host": "y"}),
    ],
)
def test_tags_are_read_as_the_vendor_reads_them(line: str, expected: dict[str, str]) -> None:
    found = point(line)

    assert (found.metric, found.source, found.tags) == ("a.b", "x", expected)


def test_host_stands_in_for_a_missing_source() -> None:
    assert point("a.b 1 host=y").source == "y"


def test_the_last_source_wins() -> None:
    assert point("a.b 1 source=x source=y").source == "y"


@pytest.mark.parametrize(
    "line",
    [
        r'a.b 1 source="x" k="v\"',
        r'a.b 1 source="x" k="v\" l="w"',
        r'a.b 1 source="x" k="v\\" l="w"',
        r"a.b 1 source='x' k='v\'",
    ],
)
def test_a_backslash_before_the_closing_quote_breaks_the_line(line: str) -> None:
    assert code(line) == "WF-300"


def test_a_trailing_backslash_swallows_the_next_tag() -> None:
    found = point(r'a.b 1 source="x" k="v\" l=" m=n"')

    assert found.tags == {"k": 'v" l=', "m": 'n"'}


@pytest.mark.parametrize("value", ["209", "-1", "+1", "1.5", ".5", "5.", "1e3", "1.5E-3", '"7"'])
def test_a_finite_number_is_a_value(value: str) -> None:
    assert point(f"a.b {value} source=x").value == float(value.strip('"'))


@pytest.mark.parametrize(
    "value", ["nan", "NaN", "inf", "-inf", "Infinity", "1e999", "1_000", "0x10", "one", "٣", "1,5", '""', "-"]
)
def test_anything_else_is_none(value: str) -> None:
    assert code(f"a.b {value} source=x") == "WF-300"


@pytest.mark.parametrize(
    "line",
    ["", "a.b", "a.b source=x", "a.b 1 source", "a.b 1 source=", "a.b 1 source=x k", "a.b 1 source=x k v l",
     'a.b 1 source="x', "a.b 1 source='x", 'a.b 1 source=x k="v', "a.b 1 source=x -5", "a.b 1 1763800000x source=x"],
)  # fmt: skip
def test_what_cannot_be_parsed(line: str) -> None:
    assert code(line) == "WF-300"


@pytest.mark.parametrize("metric", ["a", "A.b-c_d/e,f", "~internal", "∆counter", "Δcounter", "∆~counter", "9"])
def test_metric_names(metric: str) -> None:
    assert point(f"{metric} 1 source=x").metric == metric


@pytest.mark.parametrize("metric", ['"a b"', "a:b", "a;b", "a~b", "a∆", "~~a", "é", "a@b", "a+b", '""', "!M", "@Event"])
def test_wf_400_metric_with_illegal_characters(metric: str) -> None:
    assert code(f"{metric} 1 source=x") == "WF-400"


@pytest.mark.parametrize("key", ["a:b", "é", '"a b"', "a@b", '""', "a+b"])
def test_wf_401_tag_key_with_illegal_characters(key: str) -> None:
    assert code(f"a.b 1 source=x {key}=v") == "WF-401"


@pytest.mark.parametrize("timestamp", [NOW - 8760 * 3600 + 1, NOW, NOW + 24 * 3600 - 1])
def test_timestamps_within_reach(timestamp: int) -> None:
    assert point(f"a.b 1 {timestamp} source=x").timestamp == timestamp


@pytest.mark.parametrize("timestamp", [0, NOW - 8760 * 3600, NOW + 24 * 3600, 99999999999])
def test_wf_402_timestamps_out_of_reach(timestamp: int) -> None:
    assert code(f"a.b 1 {timestamp} source=x") == "WF-402"


@pytest.mark.parametrize("zeros", ["", "000", "000000", "000000000", ".9"])
def test_any_unit_of_time_is_known_by_its_size(zeros: str) -> None:
    assert point(f"a.b 1 {NOW}{zeros} source=x").timestamp == NOW


def test_without_a_timestamp_it_is_the_time_of_arrival() -> None:
    assert point("a.b 1 source=x").timestamp == NOW


@pytest.mark.parametrize(("metric", "value"), [("∆c", 0), ("Δc", -1)])
def test_wf_404_delta_counters_only_grow(metric: str, value: int) -> None:
    assert code(f"{metric} {value} source=x") == "WF-404"


@pytest.mark.parametrize("rest", ["", "k=v", 'source=""', 'source="  "', 'host="\t"'])
def test_wf_406_source_missing_or_blank(rest: str) -> None:
    assert code(f"a.b 1 {rest}") == "WF-406"


@pytest.mark.parametrize(
    ("fits", "too_long", "expected"),
    [
        (f"a 1 source={'s' * 128}", f"a 1 source={'s' * 129}", "WF-407"),
        (f'a 1 source="{"🔑" * 64}"', f'a 1 source="{"🔑" * 65}"', "WF-407"),
        (f"{'m' * 256} 1 source=x", f"{'m' * 257} 1 source=x", "WF-408"),
        (f"a 1 source=x k={'v' * 253}", f"a 1 source=x k={'v' * 254}", "WF-411"),
        (f'a 1 source=x kk="{"🔑" * 126}"', f'a 1 source=x kkk="{"🔑" * 126}"', "WF-411"),
        (f'a 1 source=x k="{"é" * 253}"', f'a 1 source=x k="{"é" * 254}"', "WF-411"),
        (f"a 1 source=x {'k' * 64}=v", f"a 1 source=x {'k' * 65}=v", "WF-412"),
    ],
)
def test_lengths_are_counted_in_utf_16_units(fits: str, too_long: str, expected: str) -> None:
    point(fits)

    assert code(too_long) == expected


def test_wf_410_twenty_tags_beside_the_source() -> None:
    tags = [f"k{number}=v" for number in range(21)]
    point(" ".join(["a 1 source=x", *tags[:20]]))

    assert code(" ".join(["a 1 source=x", *tags])) == "WF-410"
    assert code(" ".join(["a 1 source=x", *tags[:20], "k0=again"])) == "WF-410"


def test_wf_413_a_tenant_may_allow_less() -> None:
    limits = Limits(tag_value=10)
    point("a 1 source=x k=1234567890", limits)

    assert code("a 1 source=x k=12345678901", limits) == "WF-413"


@pytest.mark.parametrize("value", ['""', '" "', '"\t"', '"\u2003"'])
def test_wf_414_tag_value_blank(value: str) -> None:
    assert code(f"a 1 source=x k={value}") == "WF-414"


def test_a_non_breaking_space_is_not_blank_to_java() -> None:
    assert point('a 1 source=x k="\xa0"').tags == {"k": "\xa0"}


def test_the_first_fault_in_the_vendors_order_is_the_one_named() -> None:
    assert code('a:b 1 1 source="" é=""') == "WF-406"
    assert code('a:b 1 1 source="x" é=""') == "WF-400"
    assert code('a 1 1 source="x" é=""') == "WF-401"
    assert code('a 1 1 source="x" e=""') == "WF-414"


def test_identity_is_metric_source_tags_and_second() -> None:
    line = f"a.b 1 {NOW} source=x k=v l=w"
    same = [f"a.b 1 {NOW} source=x l=w k=v", f'a.b 2 {NOW}.5 source="x" k="v" l="w"']
    other = [line.replace("a.b", "a.c"), line.replace("=x", "=y"), line.replace("=w", "=W"), line.replace("00 ", "01 ")]

    for one in same:
        assert point(one).identity == point(line).identity
        assert point(one).digest == point(line).digest
    for one in other:
        assert point(one).identity != point(line).identity
        assert point(one).digest != point(line).digest


def test_the_short_cut_reads_what_the_full_parser_reads() -> None:
    draw = random.Random(20260101)  # noqa: S311
    pieces = ["a", "=", '"', '"', " ", "\t", "'", "\\", "#", "é", '="v" ', ' k="', "\x0b", "\xa0"]
    taken = 0
    for _unused in range(20_000):
        line = "".join(draw.choices(pieces, k=draw.randrange(12)))
        plain = lines._plain_tokens(line)
        if plain is not None:
            taken += 1
            assert plain == lines._tokens(line), line

    assert taken > 5_000
