# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a result becomes: the metrics, their values and their tags."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.packing import pack
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.conversion import (
    ACCESS_KEY_INFO,
    PROBE,
    STATES,
    action_of_shape,
    points_of_result,
)
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point

RECEIVED = 1_800_000_777
TIMESTAMP = 1_800_000_000
PLACE = {"profile": "one", "region": "us-east-1", "account": "111122223333"}


def key(**changes: Any) -> dict[str, Any]:
    return {
        "account_id": "111122223333",
        "profile": "one",
        "region": "us-east-1",
        "user_name": "alice",
        "access_key_id": "AKIAIOSFODNN7ABCDE",
        "status": "Active",
        "age_days": 10,
        "severity": "ok",
        "exempt": False,
        "root": False,
    } | changes


def profile(**changes: Any) -> dict[str, Any]:
    return {
        "profile": "one",
        "region": "us-east-1",
        "account_id": "111122223333",
        "ok": True,
        "users": 4,
        "access_keys": 3,
        "expired": 1,
        "expiring": 1,
        "exempt": 1,
        "reactivated": None,
        "root_keys": None,
        "api_calls": 9,
        "duration_ms": 120,
    } | changes


def points(keys: list[dict[str, Any]], *profiles: dict[str, Any]) -> list[Point]:
    result = {"access_keys": keys, "profiles": list(profiles), "timestamp": TIMESTAMP}
    return list(points_of_result(ACCESS_KEY_INFO, result, RECEIVED))


def values(found: list[Point]) -> dict[str, Any]:
    return {point.metric.removeprefix("aws.iam."): point.value for point in found}


def test_a_key_s_age_is_the_vendor_script_s_metric_with_our_tags_in_order() -> None:
    [age] = points([key(age_days=209, last_used_date=None)])
    assert age == Point(
        "aws.iam.accessKey", 209, TIMESTAMP, {"name": "alice", "key": "ABCDE", "status": "Active", **PLACE}
    )
    assert list(age.tags) == ["name", "key", "status", "profile", "region", "account"]


def test_the_last_use_is_a_point_where_it_is_known() -> None:
    age, used = points([key(last_used_days=0)])
    assert (used.metric, used.value, used.tags) == ("aws.iam.accessKey.lastUsed", 0, age.tags)


def test_root_keys_are_told_apart_by_their_slot() -> None:
    root = key(user_name="<root_account>", root=True, slot=2)
    del root["access_key_id"]
    [age] = points([root])
    assert (age.tags["name"], age.tags["key"]) == ("<root_account>", "root-2")


def test_unknown_places_and_ages_are_left_out() -> None:
    assert points([key(age_days=None)]) == []
    [age] = points([key(profile="", region=None)])
    assert set(age.tags) == {"name", "key", "status", "account"}


def test_a_profile_tells_its_counts() -> None:
    found = [point for point in points([key()], profile()) if point.metric.startswith("aws.iam.collector")]
    assert values(found) == {
        "collector.success": 1,
        "collector.apiCalls": 9,
        "collector.duration": 120,
        "collector.users": 4,
        "collector.keys": 3,
        "collector.expired": 1,
        "collector.expiring": 1,
        "collector.exempt": 1,
    }
    assert all(point.tags == PLACE and point.timestamp == TIMESTAMP for point in found)


def test_what_only_the_report_tells_is_not_0_without_it() -> None:
    counted = values(points([], profile(credential_report_age=60, root_keys=1, reactivated=0)))
    assert counted["collector.reportAge"] == 60
    assert counted["collector.reactivated"] == 0
    assert counted["collector.rootKeys"] == 1
    assert not {"collector.reportAge", "collector.reactivated", "collector.rootKeys"} & set(
        values(points([], profile()))
    )


def test_a_failed_profile_tells_no_counts_of_a_part() -> None:
    found = values(points([key()], profile(ok=False, credential_report_age=60)))
    assert found == {"accessKey": 10, "collector.success": 0, "collector.apiCalls": 9, "collector.duration": 120}


def test_profiles_without_any_key_still_tell_that_they_were_collected() -> None:
    assert values(points([], profile(users=0, access_keys=0)))["collector.success"] == 1


@pytest.mark.parametrize("result", [{"msg": "it crashed"}, {"unreachable": True, "msg": "no route"}])
@pytest.mark.parametrize("places", [[{"host": "far"}], [{"profile": "one"}, {"profile": "two"}]])
def test_a_result_without_profiles_is_a_failure_of_what_its_task_named_at_the_time_of_its_arrival(
    result: dict[str, Any], places: list[dict[str, str]]
) -> None:
    assert list(points_of_result(ACCESS_KEY_INFO, result, RECEIVED, places)) == [
        Point("aws.iam.collector.success", 0, RECEIVED, place) for place in places
    ]


def test_a_profile_without_a_name_is_known_by_its_host() -> None:
    result = {"access_keys": [], "profiles": [profile(profile=None)], "timestamp": TIMESTAMP}
    found = list(points_of_result(ACCESS_KEY_INFO, result, RECEIVED, [{"host": "far"}]))
    [success] = [point for point in found if point.metric == "aws.iam.collector.success"]
    assert success.tags == {"host": "far", "region": "us-east-1", "account": "111122223333"}


def test_the_steps_of_a_probe() -> None:
    step = {"attempts": 1, "error": None, "error_code": None, "request_id": "r"}
    result = {
        "steps": [
            {"name": "CreateUser", "status": "ok", "duration_ms": 80, "state": "up", **step},
            {
                "name": "GetUser",
                "status": "timeout",
                "duration_ms": 60000,
                "propagation_ms": 900,
                "state": "down",
                **step,
            },
            {"name": "DeleteUser", "status": "skipped", "duration_ms": None, "state": "up", **step},
        ],
        "state": "degraded",
        "swept": ["old-user"],
        "leftovers": 0,
        "account_id": "111122223333",
        "region": "us-east-1",
        "namespace": "test",
        "profile": "one",
        "timestamp": TIMESTAMP,
    }
    found = list(points_of_result(PROBE, result, RECEIVED))
    by_step = {(point.metric.removeprefix("aws.iam.probe."), point.tags.get("step")): point.value for point in found}
    assert by_step == {
        ("duration", "CreateUser"): 80,
        ("success", "CreateUser"): 1,
        ("state", "CreateUser"): 0,
        ("duration", "GetUser"): 60000,
        ("propagation", "GetUser"): 900,
        ("success", "GetUser"): 0,
        ("state", "GetUser"): 2,
        ("state", "DeleteUser"): 0,
        ("state", "all"): 1,
        ("swept", None): 1,
        ("leftovers", None): 0,
    }
    assert {point.tags["namespace"] for point in found} == {"test"}
    assert {point.tags["account"] for point in found} == {"111122223333"}


def test_a_probe_that_crashed_is_a_failure_of_the_whole() -> None:
    [point] = points_of_result(PROBE, {"msg": "it crashed"}, RECEIVED, [{"host": "far"}])
    assert (point.metric, point.value, point.tags) == ("aws.iam.probe.success", 0, {"step": "all", "host": "far"})
    known = {"msg": "it crashed", "profile": "one"}
    [point] = points_of_result(PROBE, known, RECEIVED, [{"host": "far"}])
    assert point.tags == {"step": "all", "profile": "one"}


def test_tags_of_a_user_are_tags_of_its_points_under_names_of_their_own() -> None:
    tags = {"team": "payments", "status": "retired", "Name": "x", "empty": ""}
    key = {
        "user_name": "alice",
        "access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "status": "Active",
        "age_days": 3,
        "tags": tags,
    }
    (point,) = points_of_result(ACCESS_KEY_INFO, {"access_keys": [key], "profiles": [], "timestamp": 1}, 1)
    assert point.tags == {
        "name": "alice",
        "key": "AMPLE",
        "status": "Active",
        "team": "payments",
        "tag_status": "retired",
        "tag_Name": "x",
    }


def test_other_credentials_have_points_of_their_own() -> None:
    about = {"user_name": "alice", "status": "Active", "age_days": 3, "profile": "p"}
    credentials = [
        {"type": "ssh_key", "id": "APKAEIBAERJR7EXAMPLE", **about},
        {"type": "signing_certificate", "slot": 2, **about},
        {"type": "password", **about},
    ]
    result = {"access_keys": [], "credentials": credentials, "profiles": [], "timestamp": 1}
    points = list(points_of_result(ACCESS_KEY_INFO, result, 1))
    assert {point.metric for point in points} == {"aws.iam.credential.age"}
    assert [(point.tags["type"], point.tags.get("key")) for point in points] == [
        ("ssh_key", "AMPLE"),
        ("signing_certificate", "cert-2"),
        ("password", None),
    ]


def test_packed_keys_give_the_same_points() -> None:
    keys = [
        {"user_name": f"user-{number}", "access_key_id": f"AKIA{number:016}", "status": "Active", "age_days": number}
        for number in range(3)
    ]
    result = {"access_keys": keys, "profiles": [], "timestamp": 1}
    packed = {**result, "access_keys": keys[:1], "packed": pack(keys)}
    assert list(points_of_result(ACCESS_KEY_INFO, packed, 1)) == list(points_of_result(ACCESS_KEY_INFO, result, 1))


@pytest.mark.parametrize(
    ("result", "action"),
    [
        ({"access_keys": [], "profiles": []}, ACCESS_KEY_INFO),
        ({"access_keys": [], "profiles": [], "steps": [], "leftovers": []}, ACCESS_KEY_INFO),
        ({"steps": [], "leftovers": []}, PROBE),
        ({"access_keys": []}, None),
        ({"profiles": []}, None),
        ({"steps": []}, None),
        ({"leftovers": []}, None),
        ({}, None),
    ],
)
def test_a_result_is_known_by_two_of_its_fields(result: dict[str, Any], action: str | None) -> None:
    assert action_of_shape(result) == action


@pytest.mark.parametrize(("state", "value"), [("up", 0), ("degraded", 1), ("down", 2), ("misconfigured", 3)])
def test_a_state_is_the_number_that_dashboards_show_by_its_name(state: str, value: int) -> None:
    assert STATES[state] == value


@pytest.mark.parametrize(
    "name",
    [
        "account",
        "Host",
        "KEY",
        "metric",
        "namespace",
        "outcome",
        "profile",
        "region",
        "source",
        "status",
        "step",
        "type",
    ],
)
def test_a_user_s_tag_takes_the_place_of_none_of_ours(name: str) -> None:
    (age,) = points([key(tags={name: "theirs"})])
    assert age.tags[f"tag_{name}"] == "theirs"
    assert {own: age.tags[own] for own in PLACE} == PLACE
