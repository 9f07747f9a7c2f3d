# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the documents name in the midst of their sentences exists, kind by kind; each name is of some kind."""

from __future__ import annotations

import re
import shlex
import subprocess
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

import botocore.session
import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names
from ansible_collections.keyward.iam.plugins.plugin_utils._variables import specifications
from testbed.drivers.runs import COMMANDS
from tools.checkout import ROOT, listed_files

from .papers import PAPERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

pytestmark = pytest.mark.once

WITH_A_TEST = ("docs/failures.md",)
"""Each name in these is compared with a run, name by name."""

OF_OTHERS = {"group/aws": "a group of defaults of amazon.aws", "persistentVolumeClaim": "a volume of Kubernetes"}
OF_OTHERS |= {"awx-vars.yml": "the reader's own file", "*_timestamp_seconds": "how Prometheus names moments"}
OF_OTHERS |= {"_timestamp_seconds": "the same", "rich": "not used", "tabulate": "not used"}
"""What is not of this tree, with what it is of."""


class Name(NamedTuple):
    paper: str
    text: str


def _names() -> Iterator[Name]:
    for paper in (name for name in PAPERS if name not in WITH_A_TEST):
        prose = re.sub(r"^ *```.*?^ *```", "", (ROOT / paper).read_text(), flags=re.MULTILINE | re.DOTALL)
        yield from (Name(paper, " ".join(text.split())) for text in re.findall(r"`([^`]+)`", prose))


NAMES = sorted(set(_names()))


@cache
def _tree() -> str:
    """All that is no document and no test of documents: what names are of."""
    texts = []
    for name in listed_files():
        if not name.endswith((".md", ".png")) and not name.startswith(("changelogs/", "tests/integration/test_docum")):
            texts += [name, (ROOT / name).read_text(errors="replace")]
    return "\n".join(texts)


@cache
def _words() -> frozenset[str]:
    return frozenset(each.rstrip("-") for each in re.findall(r"[\w$@][\w$@-]*", _tree()))


@cache
def _paths() -> frozenset[str]:
    files = listed_files()
    return frozenset(files) | {str(parent) for name in files for parent in PurePosixPath(name).parents}


@cache
def _help(command: str) -> str:
    return subprocess.run([COMMANDS / command, "--help"], capture_output=True, text=True, check=True).stdout


@cache
def _specified() -> dict[str, Mapping[str, Any]]:
    """Every variable of the playbooks and roles, with its specification."""
    playbooks = [
        specifications.of_playbook(path.stem) for path in (ROOT / "playbooks").glob("*.yml") if _has(path.stem)
    ]
    roles = [specifications.of_role(path.name) for path in (ROOT / "roles").iterdir()]
    return {name: option for options in (*playbooks, *roles) for name, option in options.items()}


def _has(playbook: str) -> bool:
    return playbook in yaml.safe_load((ROOT / "playbooks/meta/argument_specs.yml").read_text())["argument_specs"]


def _is_valid(name: str, value: Any) -> bool:
    if name not in _specified():
        return False
    option = {**_specified()[name], "required": False}
    checked = ArgumentSpecValidator({name: option}).validate({name: value}, validate_role_argument_spec=True)
    return not checked.error_messages


def variable(name: Name) -> bool:
    """``keyward_hosts``, ``collector_log: file``."""
    word, _colon, value = name.text.partition(": ")
    if word not in specifications.known_names():
        return False
    return not value or _is_valid(word, yaml.safe_load(value))


def extra_variables(name: Name) -> bool:
    """``-e collector_state=absent``, also several."""
    arguments = shlex.split(name.text)
    if arguments[::2] != ["-e"] * (len(arguments) // 2):
        return False
    given: dict[str, Any] = {}
    for argument in arguments[1::2]:
        given |= yaml.safe_load(argument) if argument.startswith("{") else dict([argument.split("=", 1)])
    return all(_is_valid(word, value) for word, value in given.items())


def option_of_command(name: Name) -> bool:
    """``--check --diff``."""
    known = _help("ansible-playbook") + _help("ansible-inventory") + _tree()
    return all(re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", known) for each in name.text.split())


def make(name: Name) -> bool:
    target, *settings = name.text.split()[1:] or [""]
    if not target:
        return True
    makefile = (ROOT / "Makefile").read_text()
    variables = [each.partition("=")[0] for each in (target, *settings) if "=" in each]
    targets = [] if "=" in target else [target]
    return all(re.search(rf"^{each}:", makefile, re.MULTILINE) for each in targets) and all(
        re.search(rf"\b{each}\b", _tree()) for each in variables
    )


def of_collection(name: Name) -> bool:
    """``keyward.iam.collect``, or a callback's section of ``ansible.cfg``."""
    short = name.text.removeprefix("keyward.iam.")
    candidates = [f"plugins/{kind}/{short}.py" for kind in ("modules", "action", "callback", "inventory")]
    return bool({*candidates, f"playbooks/{short}.yml", f"roles/{short}"} & _paths())


def section(name: Name) -> bool:
    return f"plugins/callback/{name.text[10:-1]}.py" in _paths()


def playbook(name: Name) -> bool:
    _command, fqcn, *arguments = name.text.split(maxsplit=2)
    return f"playbooks/{fqcn.rpartition('.')[2]}.yml" in _paths() and (
        not arguments or extra_variables(Name(name.paper, arguments[0]))
    )


def metric(name: Name) -> bool:
    """``aws.iam.collector.success 0``, also in a query."""
    exported = [each.prometheus for each in (names.DESCRIPTIONS | names.PROMETHEUS_ONLY).values()]
    asked = re.findall(r"\baws\.iam\.[\w.]+|\baws_iam_\w+", name.text)
    return bool(asked) and set(asked) <= {*names.DESCRIPTIONS, *names.PROMETHEUS_ONLY, *exported}


def right(name: Name) -> bool:
    """An operation of the service, or a key of a condition in one of the policies."""
    service, action = name.text.split(":")
    operations = botocore.session.get_session().get_service_model(service).operation_names
    return action in operations or name.text in _tree()


def environment(name: Name) -> bool:
    return re.search(rf"\b{name.text.split('=')[0]}\b", _tree() + _ansible_settings()) is not None


@cache
def _ansible_settings() -> str:
    command = [str(COMMANDS / "ansible-config"), "list", "--format", "json"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def path_in_the_tree(name: Name) -> bool:
    """From the root, from the document, or from a place that the architecture names its parts from."""
    path = name.text.partition("::")[0].rstrip("/")
    if path.startswith(".cache/"):
        return f'"{path.rpartition("/")[2]}"' in _tree()
    bases = [
        "",
        *map(str, PurePosixPath(name.paper).parents),
        "plugins",
        "plugins/module_utils",
        "plugins/plugin_utils",
    ]
    bases += [
        "tests/testbed",
        "roles/observe/files",
        "roles/observe",
        "examples/ec2",
        "examples/awx-project/inventories",
    ]
    return any(str(PurePosixPath(base) / path) in _paths() for base in bases) or any(
        each.endswith(f"/{path}") for each in _paths() if "." in path
    )


def program(name: Name) -> bool:
    """What the role collector writes below its directory."""
    return f'}}}}/{name.text}"' in _tree()


def spelled(name: Name) -> bool:
    """Any other one: its words are in the code, the roles or the examples, without ``<what varies>``."""
    named = re.findall(r"[\w$@][\w$@-]*", re.sub(r"<[\w-]+>|-\d+$", "", name.text))
    return {each.rstrip("-") for each in named} <= _words()


KINDS: list[tuple[str, Callable[[Name], bool]]] = [
    (r"make( .*)?", make),
    (r"(keyward|collector)_\w*[a-z](: .*)?", variable),
    (r"-e .*", extra_variables),
    (r"--.*", option_of_command),
    (r"keyward\.iam\.\w+", of_collection),
    (r"\[callback_\w+\]", section),
    (r"ansible-playbook keyward.*", playbook),
    (r".*\baws(\.iam\.|_iam_)\w.*", metric),
    (r"(iam|sts):\w+", right),
    (r"[A-Z]+_[A-Z_]*[A-Z](=\w+)?", environment),
    (r"bin/.*", program),
    (r"\.?[\w-]+(/[\w.-]+)+(::\w+)?|[\w-]+/|[\w-]+\.(py|yml|md|cfg|txt|json|html|j2)", path_in_the_tree),
]


@pytest.mark.parametrize("paper", sorted({name.paper for name in NAMES}))
def test_each_name_in_prose_exists(paper: str) -> None:
    unknown = [
        f"{name.text} ({check.__name__})"
        for name in NAMES
        if name.paper == paper
        for check in [_kind(name)]
        if not check(name)
    ]
    assert unknown == []


def _kind(name: Name) -> Callable[[Name], bool]:
    if name.text in OF_OTHERS:
        return lambda _name: True
    return next((check for pattern, check in KINDS if re.fullmatch(pattern, name.text)), spelled)


@pytest.mark.parametrize(
    "text",
    [
        "make tests",
        "make demo KEPT=1",
        "keyward_max_age_day",
        "collector_log: syslog",
        "-e collector_state=gone",
        "-e keyward_states=absent",
        '-e {"keyward_profiles": {"a": []}}',
        "--chek",
        "keyward.iam.collects",
        "[callback_graphite]",
        "ansible-playbook keyward.iam.collector_x",
        "aws.iam.accessKeys",
        "sum(aws_iam_collector_key)",
        "iam:ListAllUsers",
        "iam:PolicyArns",
        "WAVEFRONT_TOKENS",
        "_access_keys/collects.py",
        "tests/integration/test_none.py",
        "history_paths",
    ],
)
def test_a_name_that_does_not_exist_is_noticed(text: str) -> None:
    name = Name("README.md", text)
    assert not _kind(name)(name)


def test_what_is_of_others_is_still_named() -> None:
    assert OF_OTHERS.keys() <= {name.text for name in NAMES}


def test_anchors_are_those_of_headings() -> None:
    papers = [name for name in listed_files() if name.endswith(".md")]
    missing = []
    for paper in papers:
        for target, anchor in re.findall(r"\]\((?!https?://)([^)#\s]*)#([^)\s]+)\)", (ROOT / paper).read_text()):
            there = (ROOT / paper).parent / target if target else ROOT / paper
            if there.suffix == ".md" and anchor not in _anchors(there.read_text()):
                missing.append(f"{paper}: {target}#{anchor}")
    assert missing == []


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain} | set(
        re.findall(r'<a (?:id|name)="([^"]+)"', text)
    )
