# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import os
import re
import typing as t

from ansible import constants as C  # noqa: N812 (as everywhere in Ansible)
from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase

from ansible_collections.keyward.iam.plugins.module_utils._common.text import printable
from ansible_collections.keyward.iam.plugins.plugin_utils._variables import specifications
from ansible_collections.keyward.iam.plugins.plugin_utils._variables.names import unknown_names

SLICED = (
    "Nothing was collected: AWX runs this job in slices, and {host} is not in the inventory of this slice. Each slice "
    "would collect the same from it and deliver it with another timestamp. Set keyward_hosts to a group with one host "
    "for each AWS profile and keyward_profiles as the host's variable, or set the job template's slices to 1. If the "
    "workflow is your own, give it another name than the job template."
)

ARGUMENT_SPEC: dict[str, dict[str, t.Any]] = {
    "playbook": {"type": "str"},
    "role": {"type": "str"},
    "required": {"type": "list", "elements": "list", "default": []},
    "ranges": {"type": "dict", "default": {}},
    "patterns": {"type": "dict", "default": {}},
    "refuse_slices": {"type": "bool", "default": False},
}


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        _spec, options = self.validate_argument_spec(
            argument_spec=ARGUMENT_SPEC,
            mutually_exclusive=[("playbook", "role")],
            required_one_of=[("playbook", "role")],
        )
        if options["refuse_slices"] and _is_of_every_slice(variables):
            raise AnsibleActionFail(SLICED.format(host=variables["inventory_hostname"]))
        self._check_names(variables)
        role, playbook = options["role"], options["playbook"]
        spec = specifications.of_role(role) if role else specifications.of_playbook(playbook)
        values = self._values(spec, variables)
        _require(values, options["required"])
        _check_values(values, options["ranges"], options["patterns"])
        shown = {name: value for name, value in values.items() if not spec[name].get("no_log")}
        return {**result, "changed": False, "options": shown, "python": self._python(variables)}

    def _check_names(self, variables: t.Mapping[str, t.Any]) -> None:
        unknown = unknown_names(variables, specifications.known_names())
        if unknown.misspelled:
            pairs = ", ".join(
                f"{printable(name)} (did you mean {meant}?)" for name, meant in unknown.misspelled.items()
            )
            raise AnsibleActionFail(
                f"No playbook or role of keyward.iam has the variable {pairs}. Correct the name, or give a variable of "
                "your own a name that does not start with keyward_."
            )
        for name in unknown.foreign:
            self._display.warning(
                f"No playbook or role of keyward.iam has the variable {printable(name)}: it is ignored."
            )

    def _values(self, spec: specifications.Options, variables: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Those that are given or have a default, of the specified types."""
        given = self._templar.template({name: variables[name] for name in spec if name in variables})
        checked = ArgumentSpecValidator(dict(spec)).validate(given, validate_role_argument_spec=True)
        if checked.error_messages:
            raise AnsibleActionFail(
                " ".join(f"{printable(message).rstrip('.')}." for message in checked.error_messages)
            )
        values = checked.validated_parameters
        return {name: values[name] for name in spec if values[name] is not None}

    def _python(self, variables: t.Mapping[str, t.Any]) -> str:
        """The interpreter that Ansible would take, but on the controller by default the one that runs Ansible."""
        chosen: str | None = self._templar.template(variables.get("ansible_python_interpreter"))
        if not chosen and getattr(self._connection, "transport", "") == "local":
            chosen = variables["ansible_playbook_python"]
        return chosen or str(C.config.get_config_value("INTERPRETER_PYTHON", variables=dict(variables)))


def _is_of_every_slice(variables: t.Mapping[str, t.Any]) -> bool:
    # A slice is not told that it is one. Its job belongs to a workflow that AWX made and named as the job template.
    workflow = variables.get("awx_workflow_job_name")
    return (
        variables["inventory_hostname"] not in variables["groups"]["all"]
        and workflow is not None
        and workflow == variables.get("awx_job_template_name")
    )


def _require(values: t.Mapping[str, t.Any], required: t.Iterable[list[str]]) -> None:
    for names in required:
        if not any(values.get(name) or os.environ.get(name) for name in names):
            purpose = "".join(f" {text}" for text in names if " " in text)
            environment = [name for name in names if name.isupper()]
            variables = [name for name in names if name not in environment and " " not in name]
            alternative = f", or {_any_of(environment)} in the environment" if environment else ""
            raise AnsibleActionFail(f"Set {_any_of(variables)}{purpose}{alternative}.")


def _any_of(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"one of {', '.join(names)}"


def _check_values(
    values: t.Mapping[str, t.Any], ranges: t.Mapping[str, t.Any], patterns: t.Mapping[str, t.Any]
) -> None:
    for name, (low, high) in ranges.items():
        if values.get(name) is not None and not low <= values[name] <= high:
            raise AnsibleActionFail(f"{name} must be between {low:.12g} and {high:.12g}, not {values[name]}.")
    for name, (pattern, form) in patterns.items():
        for text in _texts(values.get(name)):
            if not re.fullmatch(pattern, text):
                # A message may be registered, and ansible-core 2.18 would evaluate a template in it.
                given = "" if "{" in text else f", not {text!r:.200}"
                raise AnsibleActionFail(f"{name} must be {form}{given}.")


def _texts(value: t.Any) -> t.Iterator[str]:
    """All of a text, a list or a dictionary of them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
