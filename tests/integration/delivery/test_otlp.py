# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The callback otlp in real runs, against a receiver that decodes with OpenTelemetry's own classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from testbed.fakes.aws import Key
from testbed.fakes.otlp import OtlpReceiver, partial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account
    from testbed.fakes.wavefront import WavefrontReceiver

COLLECT = "keyward.iam.collect"
SECRET = "hunter2/odd+one="


@pytest.fixture
def otlp() -> Iterator[OtlpReceiver]:
    with OtlpReceiver(headers={"api-key": SECRET}) as receiver:
        yield receiver


@pytest.fixture
def exporting(ansible: Ansible, otlp: OtlpReceiver, account: Account, profiles: Callable[..., None]) -> Ansible:
    account.add_user("alice", keys=[Key(age_days=209.5), Key(age_days=3.5)])
    account.report.generate()
    profiles(production=account)
    headers = ansible.home / "headers"
    headers.write_text(f"api-key={SECRET.replace('=', '%3D')}\n")
    ansible.set(
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.otlp",
        OTEL_EXPORTER_OTLP_ENDPOINT=otlp.url,
        KEYWARD_OTLP_HEADERS_FILE=str(headers),
        KEYWARD_OTLP_DEADLINE="5",
    )
    return ansible


def test_both_doors_get_everything_and_one_that_is_down_costs_the_other_nothing(
    exporting: Ansible, otlp: OtlpReceiver, wavefront: WavefrontReceiver
) -> None:
    exporting.set(
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.otlp,keyward.iam.wavefront",
        WAVEFRONT_URL=wavefront.url,
        WAVEFRONT_API_TOKEN=str(wavefront.token),
    )
    otlp.down()
    run = exporting.playbook(COLLECT, keyward_profiles=["production"])
    assert run.code != 0
    assert "otlp: 0 points delivered" in run
    assert sorted(point.value for point in wavefront.points_of("aws.iam.accessKey")) == [3, 209]
    otlp.up()

    run = exporting.playbook(COLLECT, keyward_profiles=["production"])
    assert run.code == 0, run.output
    assert SECRET not in run.output
    # Those of the first run, and those of the second.
    assert sorted(otlp.values("aws.iam.accessKey")) == [3, 3, 209, 209]
    [resource] = {tuple(point.resource.items()) for point in otlp.points}
    assert resource == (("service.name", "keyward.iam"),)
    age = next(point for point in otlp.points if point.metric == "aws.iam.accessKey")
    assert (age.unit, age.attributes["cloud.account.id"]) == ("d", age.attributes["account"])


def test_what_a_partial_success_rejects_is_said_counted_and_not_sent_again(
    exporting: Ansible, otlp: OtlpReceiver
) -> None:
    otlp.answers(partial(1, "no such tenant"))
    run = exporting.playbook(COLLECT, keyward_profiles=["production"])
    assert run.code != 0
    assert "no such tenant" in run
    assert "1 invalid (1 partial success)" in run
    before = len(otlp.points)
    assert exporting.playbook("keyward.iam.journal").code == 0
    assert len(otlp.points) == before
    # A message without a rejection is a warning, by the specification.
    otlp.answers(partial(0, "your plan ends\x1b[2J soon"))
    warned = exporting.playbook(COLLECT, keyward_profiles=["production"])
    assert warned.code == 0, warned.output
    assert "accepted the points, and says: your plan ends\\x1b[2J soon" in " ".join(warned.output.split())
    assert "0 invalid, 0 in the journal" in warned


def test_a_missing_endpoint_is_said_once(exporting: Ansible) -> None:
    exporting.set(OTEL_EXPORTER_OTLP_ENDPOINT="")
    run = exporting.playbook(COLLECT, keyward_profiles=["production"], keyward_deliver=False)
    assert run.code == 0, run.output
    assert run.count("otlp: there is no endpoint: set OTEL_EXPORTER_OTLP_METRICS_ENDPOINT") == 1
