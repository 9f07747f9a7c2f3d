# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the variables of the role become in the files of a host, or why they are refused; without a host."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.keyward.iam.plugins.callback import otlp, prometheus, wavefront
from tools.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from testbed.drivers.runs import Ansible, Run

GOOD: dict[str, Any] = {
    "collector_wavefront_url": "http://127.0.0.1:2878",
    "collector_probe_namespace": "lab",
    "collector_log": "file",
    "collector_home": "/srv/key-ward_1/x.y",
}

# By variable: a line of one's own, what programs take for the end of a line, quotes, comments, options, templates.
BAD: dict[str, list[Any]] = {
    "collector_mailto": ["ops@example.com\n* * * * * root id", 'a"b', "a b", "ops@example.com\n", "$(id)", "a\u0085b"],
    "collector_wavefront_source": ["AWS\n[defaults]", ' "x"', ";x", "x ;y", "'x'", "a\x1bb"],
    "collector_wavefront_point_tags": ["a=b\u2028c=d", "a=b\rc=d", "a=b ", "\ta=b", "#a=b", "a=\x00b"],
    "collector_otlp_endpoint": ["x\ny", "x ;y", " x", "x\x85", "x\u2028", "https://me:secret@otel.example.com"],
    "collector_otlp_resource_attributes": ["a=b\nc=d", "'a=b'", ";a=b", "a=b ;c", "a=b\x00", "a=b\x9b"],
    "collector_otlp_headers": ["a", "a=b\x1b", "a b=c", "a=b\r\nc=d", "=b", "a=b,\x00"],
    "collector_prometheus_textfile_dir": ["x", "/", "/srv/a b", "/srv/%t", "/var/tmp/x", "/tmp/x"],  # noqa: S108
    "collector_prometheus_pushgateway_url": ["x\ny", "x ;y", "'x'", "x\x7f", "x\u2029", "http://me:secret@127.0.0.1"],
    "collector_prometheus_pushgateway_username": ["a\nb", "a:b", " a", "a\x9b", "#a", "a ;b"],
    "collector_prometheus_pushgateway_password": ["a\nb", "\x00", "a\x7f", "a\u2028", "\x9b", "a\r"],
    "collector_environment": [
        {"A B": 1},
        {"A=1;id": 1},
        {"A\n": 1},
        {"BASH_ENV": "/srv/x"},
        {"KEYWARD_USER": "root"},
        {"A": ["1"]},
    ],
    "collector_user": ["root", "a b", "-x", "a\n", "a:b", "../x"],
    "collector_home": ["x", "/", "/var/../etc", "/srv/a b", "/srv/%h", "/srv/x\n"],
    "collector_keys_exempt_users": [["a\n"], ["ok", "b\x7fc"], ["\u0085"], ["\u2029"], ["a\x9bb"], ["a\x00"]],
    "collector_probe_namespace": ["a\nb", "a\x1b[2J", "a\u2028", "\x9d", "a\x07", "a\r"],
}

UNSAFE = [
    "{{ lookup('pipe', 'touch hit') }}",
    "{% for x in [] %}",
    "ünï 😀*",
    "a'b\"c\\d",
    "yes",
    "1",
    "# x",
    "${HOME}",
]
VALUES = {
    "A_1": "x; $(touch hit) 'q' \"d\" `id` {{ y }}",
    "N": 5,
    "http_proxy": "http://proxy.example.com:3128",
    "E": "",
}


def role(ansible: Ansible, cases: list[dict[str, Any]], *more: dict[str, Any]) -> Run:
    include = {"name": "keyward.iam.collector", "tasks_from": "validate", "public": True}
    tasks = [
        {
            "vars": GOOD | {"__collector_made": {}} | case,
            "block": [{"ansible.builtin.include_role": include}, *more],
            "rescue": [
                {"ansible.builtin.debug": {"msg": f"CASE {number} {{{{ ansible_failed_result.msg | to_json }}}}"}}
            ],
        }
        for number, case in enumerate(cases)
    ]
    play = {"hosts": "localhost", "gather_facts": True, "tasks": tasks}
    path = ansible.home / "role.yml"
    path.write_text(_unsafe(json.dumps([play], ensure_ascii=False)))
    return ansible.command("ansible-playbook", str(path))


def _unsafe(text: str) -> str:
    """Mark the values under test as what Ansible gets from a survey or a tag: text, and no template."""
    # YAML takes no such character but as an escape, and JSON's escapes of others come in pairs that it does not join.
    text = re.sub("[\x7f-\x9f\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text)
    return text.replace('"collector_keys_exempt_users": ', '"collector_keys_exempt_users": !unsafe ').replace(
        '"collector_environment": ', '"collector_environment": !unsafe '
    )


@pytest.mark.once
def test_what_would_not_stay_a_value_is_refused(ansible: Ansible) -> None:
    rounds = len(BAD["collector_mailto"])
    run = role(ansible, [{name: values[number] for name, values in BAD.items()} for number in range(rounds)])
    said = dict(re.findall(r"CASE (\d) (.*)", run.output))
    assert sorted(said) == [str(number) for number in range(rounds)], run.output
    for number, text in said.items():
        missing = [name for name in BAD if name not in text]
        assert missing == [], (number, text)
    assert "me:secret" not in run


@pytest.mark.once
def test_what_the_collector_cannot_do_without_is_asked_for(ansible: Ansible) -> None:
    cases: dict[str, dict[str, Any]] = {
        "Set collector_wavefront_url, collector_otlp_endpoint, collector_prom": {"collector_wavefront_url": ""},
        "Set collector_probe_namespace": {"collector_probe_namespace": ""},
        "Nothing would run": {"collector_keys": False, "collector_probe": False},
        "Set both of collector_prometheus_pushgateway_username and collector_prometheus_pushgateway_password": {
            "collector_prometheus_pushgateway_url": "http://127.0.0.1:9091",
            "collector_prometheus_pushgateway_username": "me",
        },
        "Only one of these can be used": {
            "collector_wavefront_api_token": "a",
            "collector_wavefront_csp_api_token": "b",
        },
        "Remove it with collector_state=absent before you change": {"__collector_made": {"user": "other"}},
    }
    run = role(ansible, list(cases.values()))
    said = re.findall(r"CASE \d (.*)", run.output)
    assert [sentence in text for sentence, text in zip(cases, said, strict=True)] == [True] * len(cases), said


def test_values_arrive_on_the_host_as_they_were_given(ansible: Ansible, tmp_path: Path) -> None:
    case = {
        "collector_keys_exempt_users": UNSAFE,
        "collector_environment": VALUES,
        "collector_wavefront_source": "AWS (prod) 100% #1",
        "collector_otlp_endpoint": "https://otel.example.com/v1/metrics",
        "collector_otlp_headers": "api-key=a%20secret,\n x = y\n",
        "collector_otlp_resource_attributes": "service.name=keyward,team=100%25 #1",
        "collector_prometheus_pushgateway_url": "http://127.0.0.1:9091",
        "collector_prometheus_pushgateway_username": "me & you",
        "collector_prometheus_pushgateway_password": "a secret: $(id)",
        "collector_prometheus_validate_certs": False,
        "collector_mailto": "a.b+c@example.com,root",
        "collector_keys_max_age_days": 90,
    }
    templates = ROOT / "roles" / "collector" / "templates"
    write = [
        {
            "ansible.builtin.template": {
                "src": str(templates / f"{name}.j2"),
                "dest": str(tmp_path / name),
                "mode": "0600",
            }
        }
        for name in ("variables.yml", "environment", "ansible.cfg", "cron")
    ]
    run = role(ansible, [{"__collector_made": {"aws": "/srv/x/.aws"}, **case}], *write)
    assert run.code == 0, run.output
    assert "CASE" not in run

    shell = ["env", "-i", "bash", "-c", 'source "$0" && env --null', str(tmp_path / "environment")]
    exported = dict(line.split("=", 1) for line in subprocess.check_output(shell, text=True).split("\0") if line)
    assert {name: exported[name] for name in VALUES} == {name: str(value) for name, value in VALUES.items()}

    settings = configparser.ConfigParser(inline_comment_prefixes=(";",))
    settings.read(tmp_path / "ansible.cfg")
    assert settings.get("callback_wavefront", "source", raw=True) == case["collector_wavefront_source"]
    assert settings.get("callback_wavefront", "journal_dir", raw=True) == "/srv/key-ward_1/x.y/journal"
    enabled = "keyward.iam.wavefront, keyward.iam.otlp, keyward.iam.prometheus"
    assert settings.get("defaults", "callbacks_enabled") == enabled
    assert dict(settings.items("callback_otlp", raw=True)) == {
        "journal_dir": "/srv/key-ward_1/x.y/journal",
        "endpoint": case["collector_otlp_endpoint"],
        "resource_attributes": case["collector_otlp_resource_attributes"],
    }
    assert dict(settings.items("callback_prometheus", raw=True)) == {
        "journal_dir": "/srv/key-ward_1/x.y/journal",
        "pushgateway_url": case["collector_prometheus_pushgateway_url"],
        "pushgateway_username": "me & you",
        "validate_certs": "False",
    }

    assert 'MAILTO="a.b+c@example.com,root"' in (tmp_path / "cron").read_text().splitlines()

    show = ["-m", "ansible.builtin.debug", "-a", "msg={{ [keyward_exempt_users, keyward_max_age_days] }}"]
    shown = ansible.command("ansible", "localhost", *show, "-e", f"@{tmp_path / 'variables.yml'}")
    assert json.loads(shown.output.partition("=>")[2])["msg"] == [UNSAFE, 90]
    assert not list(tmp_path.rglob("hit"))


def test_variables_for_callbacks_are_their_options() -> None:
    specs = yaml.safe_load((ROOT / "roles/collector/meta/argument_specs.yml").read_text())["argument_specs"]["main"]
    for callback in (wavefront, otlp, prometheus):
        prefix = f"collector_{callback.__name__.rpartition('.')[2]}_"
        known = yaml.safe_load(callback.DOCUMENTATION)["options"].keys()
        assert {name.removeprefix(prefix) for name in specs["options"] if name.startswith(prefix)} - known == set()
