# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Whatever way a play takes to its results, each of them is delivered once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from testbed.drivers.stand_in import collect, deliver, play

if TYPE_CHECKING:
    from testbed.drivers.runs import Ansible
    from testbed.fakes.wavefront import WavefrontReceiver

HOSTS = ("-i", "one,two,three,")
ALL = {"hosts": "one,two,three", "connection": "local"}
FAIL = {"ansible.builtin.fail": {"msg": "as the test wants"}}
FIRST_HOST_FAILS = {**FAIL, "when": "inventory_hostname == 'one'"}


def of_host(prefix: str, **keywords: Any) -> dict[str, Any]:
    """A task that finds a key named after its host."""
    return collect(prefix=f"{prefix}-{{{{ inventory_hostname }}}}", keywords=keywords)


def of_all(prefix: str) -> set[str]:
    return {f"{prefix}-{host}-0" for host in ("one", "two", "three")}


# Plays after which the run goes on, with the keys that they find.
WAYS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "delegated": (play(of_host("delegated", delegate_to="localhost"), **ALL), of_all("delegated")),
    "once": (play(collect(prefix="once", keywords={"run_once": True}), **ALL), {"once-0"}),
    "throttled": (play(of_host("throttled", throttle=1), **ALL), of_all("throttled")),
    "rescued": (
        play(
            {
                "block": [collect(prefix="block"), FAIL],
                "rescue": [collect(prefix="rescue")],
                "always": [collect(prefix="always")],
            }
        ),
        {"block-0", "rescue-0", "always-0"},
    ),
    "handled": (
        play(
            {"ansible.builtin.command": "true", "changed_when": True, "notify": "gather"},
            handlers=[{"name": "gather", **collect(prefix="handler")} | {"name": "gather"}],
        ),
        {"handler-0"},
    ),
    "ended": (
        play(collect(prefix="before-the-end"), {"ansible.builtin.meta": "end_play"}, collect(prefix="never")),
        {"before-the-end-0"},
    ),
    "host ended": (
        play(
            of_host("host"),
            {"ansible.builtin.meta": "end_host", "when": "inventory_hostname == 'two'"},
            of_host("after"),
            **ALL,
        ),
        of_all("host") | {"after-one-0", "after-three-0"},
    ),
    "ignored": (play(collect(prefix="ignored", fail=True, keywords={"ignore_errors": True})), {"ignored-0"}),
    "cleared": (
        play(
            of_host("cleared"),
            FIRST_HOST_FAILS | {"ignore_errors": False},
            {"ansible.builtin.meta": "clear_host_errors"},
            of_host("again"),
            **ALL,
        ),
        of_all("cleared") | {"again-two-0", "again-three-0"},
    ),
    "looped": (
        play({"ansible.builtin.include_tasks": "one.yml", "loop": ["a", "b"], "loop_control": {"loop_var": "which"}}),
        {"included-a-0", "included-b-0"},
    ),
    "in groups": (play(of_host("serial"), serial=[1, 2], **ALL), of_all("serial")),
    "pinned": (play(of_host("pinned"), strategy="host_pinned", **ALL), of_all("pinned")),
    "free": (play(of_host("free"), strategy="free", **ALL), of_all("free")),
    # A host that failed takes no part in later plays.
    "some may fail": (
        play(of_host("some"), {**FIRST_HOST_FAILS}, of_host("rest"), max_fail_percentage=50, **ALL),
        of_all("some") | {"rest-two-0", "rest-three-0"},
    ),
}


def found(wavefront: WavefrontReceiver) -> dict[str, int]:
    return {point.tags["name"]: wavefront.arrivals(point) for point in wavefront.points_of("aws.iam.accessKey")}


def write(quick: Ansible, *plays: dict[str, Any]) -> str:
    (quick.home / "one.yml").write_text(json.dumps([collect(prefix="included-{{ which }}")]))
    (quick.home / "book.yml").write_text(json.dumps(list(plays)))
    return str(quick.home / "book.yml")


def test_each_way_to_a_result_delivers_it_once(quick: Ansible, wavefront: WavefrontReceiver) -> None:
    plays = [way for way, _keys in WAYS.values()]
    book = write(quick, *plays, {"ansible.builtin.import_playbook": "last.yml"})
    (quick.home / "last.yml").write_text(json.dumps([play(collect(prefix="imported"), deliver())]))
    run = quick.playbook(book, *HOSTS)
    expected = {"imported-0"}.union(*(keys for _way, keys in WAYS.values()))
    assert found(wavefront) == dict.fromkeys(expected, 1), run.output
    assert "0 in the journal" in run


@pytest.mark.parametrize("keywords", [{"any_errors_fatal": True}, {"max_fail_percentage": 0}])
def test_a_run_that_ends_early_delivers_what_was_found(
    quick: Ansible, wavefront: WavefrontReceiver, keywords: dict[str, Any]
) -> None:
    run = quick.playbook(write(quick, play(of_host("found"), FIRST_HOST_FAILS, deliver(), **ALL, **keywords)), *HOSTS)
    assert run.code == 2
    assert found(wavefront) == dict.fromkeys(of_all("found"), 1)
    assert "0 in the journal" in run
