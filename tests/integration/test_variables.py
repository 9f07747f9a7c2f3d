# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the first task of each playbook refuses, warns about and understands, before anything is called."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tools.checkout import ROOT

if TYPE_CHECKING:
    from testbed.drivers.runs import Ansible, Run
    from testbed.fakes.aws import AwsEndpoint


def of_role(role: str) -> dict[str, Any]:
    """What the first task of a role checks."""
    tasks = yaml.safe_load((ROOT / "roles" / role / "tasks" / "main.yml").read_text())
    arguments: dict[str, Any] = tasks[0]["keyward.iam.check_variables"]
    return arguments


def _first_task(playbook: str) -> dict[str, Any]:
    """What the first task of a playbook checks."""
    plays = yaml.safe_load((ROOT / "playbooks" / f"{playbook}.yml").read_text())
    arguments: dict[str, Any] = plays[0]["tasks"][0]["keyward.iam.check_variables"]
    return arguments


REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"playbook": "collect"}, {"keyward_profile": "prod"}, "keyward_profile (did you mean keyward_profiles?)"),
    ({"playbook": "collect"}, {"keyward_max_age": 90}, "keyward_max_age (did you mean keyward_max_age_days?)"),
    (
        {"playbook": "journal"},
        {"keyward_journal_state": "foo"},
        "keyward_journal_state (did you mean keyward_journal?)",
    ),
    ({"playbook": "journal"}, {"keyward_journal": "foo"}, "keyward_journal must be one of: show, drain, restore, "),
    ({"playbook": "collect"}, {"keyward_max_age_days": "ninety"}, "'keyward_max_age_days' is of type"),
    ({"playbook": "collect"}, {"keyward_deliver": "perhaps"}, "'keyward_deliver' is of type"),
    ({"playbook": "collect"}, {"keyward_profiles": 5.5, "keyward_exempt_users": {"a": 1}}, "'keyward_exempt_users' is"),
    ({"playbook": "probe"}, {"keyward_probe_step_timeout": "soon"}, "'keyward_probe_step_timeout' is of type"),
    (
        {"playbook": "collect", "ranges": {"keyward_table_rows": [0, 100]}},
        {"keyward_table_rows": -1},
        "keyward_table_rows must be between 0 and 100, not -1.",
    ),
    (
        {"playbook": "probe", "ranges": {"keyward_probe_sweep_after": [1, 1e9]}},
        {"keyward_probe_sweep_after": "nan"},
        "keyward_probe_sweep_after must be between 1 and 1000000000, not nan.",
    ),
    (
        {"playbook": "collect", "patterns": {"keyward_exempt_users": ["[a-z]+", "letters"]}},
        {"keyward_exempt_users": "abc,d e"},
        "keyward_exempt_users must be letters, not 'd e'.",
    ),
]
REFUSED_BY_ROLES: dict[str, list[tuple[dict[str, Any], str]]] = {}
# The playbook itself checks what the module takes: its failed task would print a condition in place of the sentence.
REFUSED += [
    (_first_task("collect"), {name: value}, f"{name} must be between")
    for name, value in (
        ("keyward_max_age_days", -5),
        ("keyward_max_age_days", 10**9),
        ("keyward_concurrency", 0),
        ("keyward_profile_concurrency", 5000),
        ("keyward_profile_timeout", "inf"),
    )
]
TENANT = {"keyward_wavefront_url": "https://example.wavefront.com", "keyward_wavefront_api_token": "a-token"}
REFUSED_BY_ROLES["observe"] = [
    ({"keyward_wavefront_url": ""}, "Set one of keyward_wavefront_url, keyward_grafana_url, or one of "),
    (
        {"keyward_alert_targets": {"critical": "target:a1"}},
        "keyward_alert_targets.critical. Supported parameters include",
    ),
    ({"keyward_alert_targets": "team@example.com"}, "keyward_alert_targets"),
    ({"keyward_alert_targets": {"severe": "the team"}}, "keyward_alert_targets must be target:<id>, a mail address or"),
    ({"keyward_alert_targets": {"warn": ["a@example.com", "pd"]}}, "or pd:<key> for each target, not 'pd'."),
    ({"keyward_exempt_users": ["ops-[ab]"]}, "can have no other wildcard than *, not 'ops-[ab]'."),
    ({"keyward_exempt_users": ['a" or name="*']}, "keyward_exempt_users must be names of users"),
    ({"keyward_exempt_users": [["nested"]]}, "keyward_exempt_users"),
    (
        {"keyward_observe": "keys"},
        "keyward_observe must be one or more of: access_keys, probe. Got no match for: keys.",
    ),
    ({"keyward_observe_state": "gone"}, "keyward_observe_state must be one of: present, absent"),
    ({"keyward_observe_tag": "a, b"}, "keyward_observe_tag must be"),
    ({"keyward_collect_every_hours": 0}, "keyward_collect_every_hours must be between 0.01 and 168, not 0.0."),
    ({"keyward_collect_every_hours": "inf"}, "keyward_collect_every_hours must be between"),
    ({"keyward_probe_every_minutes": -1}, "keyward_probe_every_minutes must be between 1 and 1440, not -1."),
    ({"keyward_unused_days": "often"}, "keyward_unused_days"),
]
AWX = {"keyward_awx_url": "https://awx.example.com", "keyward_awx_token": "a-token", "keyward_awx_project_url": "a"}
REFUSED_BY_ROLES["awx"] = [
    (
        {"keyward_awx_token": ""},
        "Set one of keyward_awx_token, keyward_awx_username, or one of CONTROLLER_OAUTH_TOKEN,",
    ),
    ({"keyward_awx_url": ""}, "Set keyward_awx_url, or one of CONTROLLER_HOST, TOWER_HOST in the environment."),
    ({"keyward_awx_project_url": ""}, "Set keyward_awx_project_url to the git repository with the playbooks."),
    *(
        ({"keyward_collect_every_hours": hours}, "keyward_collect_every_hours must be one of: 1, 2, 3, 4, 6, 8, 12, 24")
        for hours in (0, -1, 5, 36)
    ),
    ({"keyward_probe_every_minutes": 7}, "keyward_probe_every_minutes must be one of: 1, 2, 3,"),
    ({"keyward_collect_every_hours": "6.5"}, "keyward_collect_every_hours"),
    ({"keyward_awx_slices": 0}, "keyward_awx_slices must be between 1 and 1000, not 0."),
    ({"keyward_awx_start": "tomorrow"}, "keyward_awx_start must be a time in UTC"),
    ({"keyward_awx_for": "report"}, "keyward_awx_for must be one or more of: collect, probe"),
    ({"keyward_awx_hosts": "production,staging"}, "keyward_awx_hosts"),
    ({"keyward_awx_credential_types": "perhaps"}, "keyward_awx_credential_types"),
    ({"keyward_awx_hosts": {"a": {"keyward_exempt_users": ["{{ text }}"]}}}, "free of templates, which AWX would eval"),
    ({"keyward_awx_collect_vars": {"keyward_profiles": "{{ text }}"}}, "keyward_awx_collect_vars must be free of"),
]
REFUSED_BY_ROLES["bootstrap"] = [
    ({"keyward_bootstrap_for": "everything"}, "keyward_bootstrap_for must be one or more of: collector, probe"),
    ({"keyward_probe_user_path": "/*/"}, "keyward_probe_user_path must be a path that IAM takes, with a slash at both"),
    ({"keyward_probe_policy_arn": "arn:aws:iam::aws:policy/*"}, "keyward_probe_policy_arn must be the ARN of a policy"),
    ({"keyward_access_keys_dir": "~nosuchuser/keys"}, "keyward_access_keys_dir must be an absolute path"),
    ({"keyward_access_keys_dir": "$UNSET/keys"}, "keyward_access_keys_dir must be an absolute path"),
    ({"keyward_collector_user": "a user"}, "keyward_collector_user must be a name that IAM takes"),
    ({"keyward_create_access_keys": "often"}, "keyward_create_access_keys"),
]
REFUSED += [
    (of_role(role), TENANT | AWX | variables, sentence)
    for role, cases in REFUSED_BY_ROLES.items()
    for variables, sentence in cases
]
HOSTILE = "{{ lookup('pipe', 'touch evaluated') }}"


def test_variables_of_a_playbook(ansible: Ansible) -> None:
    accepted = {
        "keyward_profiles": "one,two",
        "keyward_exempt_users": "break-glass-*",
        "keyward_deliver": "no",
        "keyward_max_age_days": "90",
        "keyward_team": "blue",
    }
    cases = [
        *((arguments, variables) for arguments, variables, _sentence in REFUSED),
        ({"playbook": "collect"}, accepted),
    ]
    tasks: list[dict[str, Any]] = [
        {
            "keyward.iam.check_variables": arguments,
            "vars": variables,
            "register": f"checked_{number}",
            "ignore_errors": True,
        }
        for number, (arguments, variables) in enumerate(cases)
    ]
    names = ", ".join(f"checked_{number}" for number in range(len(cases)))
    # Encoded, since ansible-core 2.18 would evaluate the texts that the refusals quote.
    content = f"{{{{ [{names}] | to_json | b64encode }}}}"
    tasks.append({"ansible.builtin.copy": {"content": content, "dest": "results"}})

    # As text that is no template, such as a tag of something in AWS.
    text = ansible.home / "text"
    text.write_text(HOSTILE)
    play = {"hosts": "localhost", "gather_facts": False, "vars": {"text": "{{ lookup('file', path) }}"}, "tasks": tasks}

    run = ansible.playbook([play], path=str(text))

    assert run.code == 0, run.output
    assert not (ansible.home / "evaluated").exists()
    *refused, checked = json.loads(b64decode((ansible.home / "results").read_text()))
    for (_arguments, _variables, sentence), result in zip(REFUSED, refused, strict=True):
        assert result["failed"], sentence
        assert sentence in result["msg"]
    assert "keyward.iam has the variable keyward_team: it is ignored." in run
    assert "Traceback" not in run
    options = checked["options"]
    assert (options["keyward_profiles"], options["keyward_exempt_users"]) == (["one", "two"], ["break-glass-*"])
    assert (options["keyward_deliver"], options["keyward_max_age_days"]) == (False, 90)
    assert (options["keyward_table_rows"], options["keyward_hosts"]) == (40, "localhost")


def test_values_stay_values(ansible: Ansible) -> None:
    """Text that comes from elsewhere is no template, whatever is done with it afterwards."""
    source = ansible.home / "values.json"
    source.write_text(json.dumps([HOSTILE]))
    checked = {"keyward.iam.check_variables": {"playbook": "collect"}, "register": "checked"}
    given = {"keyward_exempt_users": "{{ lookup('file', source) | from_json }}"}
    used = {"ansible.builtin.debug": {"msg": "{{ checked.options.keyward_exempt_users }}"}}
    play = {"hosts": "localhost", "gather_facts": False, "vars": given, "tasks": [checked, used]}
    run = ansible.playbook([play], source=str(source))
    assert run.code == 0, run.output
    assert "lookup('pipe'" in run
    assert not (ansible.home / "evaluated").exists()


def refusal(run: Run) -> str:
    assert run.code == 2, run.output
    return run.output


@pytest.mark.once
@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1.example.com:80"},
        {"AWS_ENDPOINT_URL": "{aws}", "AWS_ENDPOINT_URL_IAM": "https://iam.amazonaws.com"},
        {"AWS_ENDPOINT_URL": "{wavefront}"},
    ],
    ids=["none", "foreign", "iam elsewhere", "another service"],
)
def test_the_demo_refuses_any_other_endpoint(
    ansible: Ansible, aws: AwsEndpoint, wavefront: Any, environment: dict[str, str]
) -> None:
    urls = {"aws": aws.url, "wavefront": wavefront.url}
    ansible.set(**{name: value.format(**urls) for name, value in environment.items()})
    said = refusal(ansible.playbook("keyward.iam.demo"))
    assert "runs only against the AWS that the command make demo starts" in said
    assert "Collect the ages" not in said
    assert aws.calls() == []
