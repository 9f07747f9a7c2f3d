# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import ExportStatus
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.options import Options
from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.options import make_exporter, playbook_name

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"args": ("keyward.iam.collect",)}, "collect"),
        ({"args": ("playbooks/collect.yml", "other.yml")}, "collect"),
        ({"args": ("/srv/a b/nightly keys.yaml",)}, "nightly_keys"),
        ({"args": ("localhost",), "module_name": "keyward.iam.probe"}, "ansible"),
        ({"args": ()}, "ansible"),
        ({}, "ansible"),
        ({"args": ("..yml",)}, "ansible"),
        ({"args": ("größe.yml",)}, "gr__e"),
    ],
)
def test_a_job_is_called_as_its_playbook(arguments: dict[str, Any], name: str) -> None:
    assert playbook_name(arguments) == name


DEFAULTS: dict[str, Any] = {
    "textfile_dir": None,
    "pushgateway_url": "http://127.0.0.1:1",
    "pushgateway_username": None,
    "pushgateway_password": None,
    "pushgateway_password_file": None,
    "job": "collect",
    "timeout": 1.0,
    "ca_path": None,
    "validate_certs": True,
    "client_cert": None,
    "client_key": None,
}
SECRET = "correct horse/battery=staple"


def made(**given: Any) -> Any:
    values = {**DEFAULTS, **given}
    return make_exporter(Options(values.__getitem__, {name: {} for name in DEFAULTS}, "pushgateway_url"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"pushgateway_username": "me"}, "go together"),
        ({"pushgateway_password": SECRET}, "go together"),
        ({"pushgateway_password_file": "/a/file"}, "go together"),
        (
            {"pushgateway_username": "me", "pushgateway_password": SECRET, "pushgateway_password_file": "/a/file"},
            "only one of pushgateway_password, pushgateway_password_file",
        ),
        ({"pushgateway_username": "m:e", "pushgateway_password": SECRET}, "no colon"),
        ({"pushgateway_username": "me", "pushgateway_password": f"{SECRET}\n"}, "control character"),
        ({"client_key": "/a/key"}, "client_key needs client_cert"),
        *(
            ({"pushgateway_url": f"{scheme}://{user}@host:9091"}, "must hold no user name, password")
            for scheme in ("http", "https")
            for user in (f"me:{SECRET.replace('/', '%2F').replace(' ', '+')}", "me", "", ":")
        ),
        ({"pushgateway_url": "http://host:9091?a=b"}, "must hold no user name, password, query"),
        ({"pushgateway_url": "host:9091"}, "pushgateway_url must look like"),
    ],
)
def test_what_cannot_be_used_is_said_and_not_quoted(given: dict[str, Any], said: str) -> None:
    with pytest.raises(KeywardError) as caught:
        made(**given)
    assert said in str(caught.value)
    assert not any(part in str(caught.value) for part in ("correct", "battery", "staple"))


@pytest.mark.parametrize("content", [None, "", " \n", "two\nlines", "bell\x07"])
def test_a_password_s_file_that_holds_none_is_said_when_it_is_needed(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    exporter = made(pushgateway_username="me", pushgateway_password_file=str(file))
    result = exporter.export([], 1)
    assert (result.status, result.code, result.sent) == (ExportStatus.STOP, "no password", False)
    assert str(file) in result.reason
    assert "pushgateway_password_file" in result.setting
    assert not any(part in result.reason for part in ("two", "bell"))
