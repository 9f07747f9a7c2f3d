# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The examples of the callbacks' settings, used as they are but for the addresses."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from configparser import ConfigParser
from typing import TYPE_CHECKING

import pytest

from testbed.fakes.aws import Key
from testbed.fakes.otlp import OtlpReceiver
from testbed.fakes.wavefront import WavefrontReceiver
from tools.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account

pytestmark = pytest.mark.once

EXAMPLES = ROOT / "examples" / "callbacks"


def test_all_of_them_in_one_file_deliver_to_all(
    ansible: Ansible, account: Account, profiles: Callable[..., None], tmp_path: Path
) -> None:
    account.add_user("alice", keys=[Key(age_days=209)])
    profiles(production=account)
    secrets = ansible.home / ".config" / "keyward"
    secrets.mkdir(parents=True)
    (secrets / "wavefront-token").write_text("a-token\n")
    (secrets / "otlp-headers").write_text("tenant=example\napi-key=a%20key\n")
    with WavefrontReceiver(token="a-token") as wavefront, OtlpReceiver({"api-key": "a key"}) as otlp:
        addresses = {
            "https://example.wavefront.com": wavefront.url,
            "https://otel.example.com:4318": otlp.url,
            "/var/lib/prometheus/node-exporter": str(tmp_path),
        }
        settings = ConfigParser(interpolation=None)
        enabled = []
        for path in sorted(EXAMPLES.glob("*.cfg")):
            settings.read(path)
            enabled.append(settings["defaults"]["callbacks_enabled"])
        settings["defaults"]["callbacks_enabled"] = ", ".join(enabled)
        # The tests of the callback push to a real one.
        for option in ("url", "username", "password_file"):
            assert settings["callback_prometheus"].pop(f"pushgateway_{option}")
        text = io.StringIO()
        settings.write(text)
        written = text.getvalue()
        for example, address in addresses.items():
            assert written.count(example) == 1
            written = written.replace(example, address)
        (tmp_path / "ansible.cfg").write_text(written)
        ansible.set(ANSIBLE_CONFIG=str(tmp_path / "ansible.cfg"))
        run = ansible.playbook("keyward.iam.collect", keyward_profiles=["production"])

        assert run.code == 0, run.output
        assert [point.value for point in wavefront.points_of("aws.iam.accessKey")] == [209]
        assert otlp.values("aws.iam.accessKey") == [209]
        ages = re.findall(
            r"^aws_iam_access_key_age_days\{.*\} (\d+)", (tmp_path / "keyward_collect.prom").read_text(), re.MULTILINE
        )
        assert ages == ["209"]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="Debian's package prometheus is not installed")
def test_prometheus_takes_its_configuration(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "prometheus", tmp_path / "prometheus")
    configuration = tmp_path / "prometheus" / "prometheus.yml"
    password = tmp_path / "password"
    password.touch()
    text = configuration.read_text()
    assert "/etc/prometheus/pushgateway-password" in text
    configuration.write_text(text.replace("/etc/prometheus/pushgateway-password", str(password)))
    subprocess.run(["promtool", "check", "config", configuration], check=True, capture_output=True)
