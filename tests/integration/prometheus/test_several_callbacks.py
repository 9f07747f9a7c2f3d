# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""All callbacks in one run: the same points at each, and one that is down costs the others nothing."""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names
from testbed.drivers.programs import free_address, get, serving
from testbed.fakes.aws import Key
from testbed.fakes.otlp import OtlpReceiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from testbed.drivers.runs import Ansible, Run
    from testbed.fakes.aws import Account
    from testbed.fakes.wavefront import WavefrontReceiver

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(
        shutil.which("prometheus-pushgateway") is None,
        reason="Debian's package prometheus-pushgateway is not installed",
    ),
]

ADDED = {"cloud.account.id", "cloud.region"}
"""Attributes that OTLP has beside the tags."""

Points = Counter[tuple[Any, ...]]


class Doors:
    """What arrived at each, in one form: the metric, its value, its time where there is one, and its tags."""

    def __init__(self, wavefront: WavefrontReceiver, otlp: OtlpReceiver, textfiles: Path, pushgateway: str) -> None:
        self._wavefront, self._otlp = wavefront, otlp
        self._textfiles, self._pushgateway = textfiles, pushgateway

    def wavefront(self) -> Points:
        return Counter(
            (point.metric, point.value, point.timestamp, frozenset(point.tags.items()))
            for point in self._wavefront.points
            if not point.metric.startswith("aws.iam.delivery.")
        )

    def otlp(self) -> Points:
        return Counter(
            (
                point.metric,
                point.value,
                point.timestamp // 10**9,
                frozenset(item for item in point.attributes.items() if item[0] not in ADDED),
            )
            for point in self._otlp.points
            if not point.metric.startswith("aws.iam.delivery.")
        )

    def text_file(self) -> Points:
        return self._of_text((self._textfiles / "keyward_collect.prom").read_text())

    def pushgateway(self) -> Points:
        return self._of_text(get(f"{self._pushgateway}/metrics"))

    def _of_text(self, text: str) -> Points:
        metrics = {entry.prometheus: (name, entry.unit) for name, entry in names.DESCRIPTIONS.items()}
        return Counter(
            (
                metrics[sample.name][0],
                round(sample.value * (1000 if metrics[sample.name][1] == "ms" else 1), 3),
                frozenset(item for item in sample.labels.items() if item[0] not in {"job", "instance"}),
            )
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name in metrics and not sample.name.startswith("aws_iam_delivery_")
        )


def latest(points: Points) -> Points:
    newest = max(timestamp for _metric, _value, timestamp, _tags in points)
    return Counter((metric, value, tags) for metric, value, timestamp, tags in points if timestamp == newest)


@pytest.fixture
def otlp() -> Iterator[OtlpReceiver]:
    with OtlpReceiver() as receiver:
        yield receiver


@pytest.fixture
def collecting(
    ansible: Ansible,
    account: Account,
    profiles: Callable[..., None],
    wavefront: WavefrontReceiver,
    otlp: OtlpReceiver,
    tmp_path: Path,
) -> Ansible:
    account.add_user("alice", keys=[Key(age_days=209.5), Key(age_days=3.5, status="Inactive")])
    account.report.generate()
    profiles(production=account)
    (tmp_path / "textfiles").mkdir()
    ansible.set(
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront,keyward.iam.otlp,keyward.iam.prometheus",
        WAVEFRONT_URL=wavefront.url,
        WAVEFRONT_API_TOKEN=str(wavefront.token),
        WAVEFRONT_DEADLINE="5",
        OTEL_EXPORTER_OTLP_ENDPOINT=otlp.url,
        KEYWARD_OTLP_DEADLINE="5",
        KEYWARD_TEXTFILE_DIR=str(tmp_path / "textfiles"),
        KEYWARD_PROMETHEUS_DEADLINE="5",
    )
    return ansible


def test_each_gets_every_point_once_whichever_is_down_meanwhile(
    collecting: Ansible, wavefront: WavefrontReceiver, otlp: OtlpReceiver, tmp_path: Path
) -> None:
    address = free_address()
    collecting.set(KEYWARD_PUSHGATEWAY_URL=f"http://{address}")
    doors = Doors(wavefront, otlp, tmp_path / "textfiles", f"http://{address}")

    def collect(down: str = "", setting: str = "") -> Run:
        run = collecting.playbook("keyward.iam.collect", keyward_profiles=["production"])
        assert (run.code != 0) is bool(down), run.output
        for name in ("wavefront", "otlp", "prometheus"):
            waits = f"{name}: 0 points delivered" in run
            assert waits is (name == down), run.output
        if down:
            [told] = [line for line in run.output.splitlines() if "could not be delivered" in line and "fatal" in line]
            assert setting in told
            assert told.count("could not be delivered") == 1
        return run

    def pushgateway() -> contextlib.AbstractContextManager[None]:
        command = ["prometheus-pushgateway", f"--web.listen-address={address}", "--persistence.file="]
        return serving(f"http://{address}/-/ready", *command, cwd=tmp_path)

    with pushgateway():
        collect()
        assert doors.wavefront() == doors.otlp()
        assert latest(doors.otlp()) == doors.text_file() == doors.pushgateway()
        first = doors.otlp()

        with wavefront.down():
            collect("wavefront", "WAVEFRONT_URL")
        assert doors.wavefront() == first
        assert latest(doors.otlp()) == doors.text_file() == doors.pushgateway()

        otlp.down()
        collect("otlp", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT")
        otlp.up()
        assert latest(doors.wavefront()) == doors.text_file() == doors.pushgateway()
    collect("prometheus", "KEYWARD_PUSHGATEWAY_URL")
    assert latest(doors.wavefront()) == latest(doors.otlp()) == doors.text_file()
    with pushgateway():
        collect()
        assert latest(doors.otlp()) == doors.text_file() == doors.pushgateway()
    assert doors.wavefront() == doors.otlp()
    assert len(doors.otlp()) == 5 * len(first)
    assert set(doors.otlp().values()) == {1}
