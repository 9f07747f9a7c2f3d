# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The collection and C(aws configure) write the same files in turns, and botocore reads what the last of each set."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from awscli.customizations.configure import profile_to_section
from awscli.customizations.configure.writer import ConfigFileWriter
from botocore.configloader import load_config, raw_config_parse
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.keyward.iam.plugins.module_utils._credentials.profile import Profile

pytestmark = pytest.mark.once

_KEYS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_ROLE = ("role_arn", "source_profile")
_NAMES = st.sampled_from(["ours", "default", "with blank", "päge", "a:b=c", "other"])
_VALUES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\xad"), min_size=1, max_size=12
)


def _chosen(names: tuple[str, ...], *, all_of_them: bool) -> st.SearchStrategy[dict[str, str]]:
    texts = dict.fromkeys(names, _VALUES)
    return st.fixed_dictionaries(texts if all_of_them else {}, optional={} if all_of_them else texts)


_BY_CLI = _chosen((*_KEYS, *_ROLE, "region", "output", "cli_pager"), all_of_them=False)
_BY_US = _chosen(_KEYS[:2], all_of_them=True) | _chosen(_KEYS, all_of_them=True) | _chosen(_ROLE, all_of_them=True)
_STEPS = st.lists(
    st.tuples(st.just("aws"), _NAMES, _BY_CLI.filter(bool))
    | st.tuples(
        st.just("present"), _NAMES, _BY_US.flatmap(lambda identity: st.just({**identity, "region": "eu-west-1"}))
    )
    | st.tuples(st.just("absent"), _NAMES, st.just({})),
    min_size=1,
    max_size=10,
)
_BEGINNINGS = st.sampled_from(
    [
        "",
        "# mine\n",
        "[first]\nregion = x\ns3 =\n    max_concurrent_requests = 7\n    # c\n    addressing_style = path\n\n",
        "[first]\r\nregion = x\r\n",
        "\n\n[first]\nregion: x",
    ]
)


def _read(path: Path, *, config: bool) -> dict[str, Any]:
    if not config:
        return {title: values for title, values in raw_config_parse(str(path)).items() if values}
    parsed = load_config(str(path))
    return {title: values for title, values in parsed["profiles"].items() if values}


@pytest.mark.parametrize("config", [False, True], ids=["credentials", "config"])
@settings(max_examples=120, deadline=None)
@given(beginning=_BEGINNINGS, steps=_STEPS)
@example(
    beginning="",
    steps=[
        ("present", "päge", {"role_arn": "a", "source_profile": "b", "region": "eu-west-1"}),
        ("aws", "päge", {"region": "c"}),
        ("absent", "päge", {}),
    ],
)
def test_both_write_the_same_file(
    *, config: bool, beginning: str, steps: list[tuple[str, str, dict[str, str]]]
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "file")
        path.write_bytes(beginning.encode())
        expected = _read(path, config=config)
        for who, name, values in steps:
            before = expected.pop(name, {})
            if who == "aws":
                title = profile_to_section(name) if config and name != "default" else name
                ConfigFileWriter().update_config({"__section__": title, **values}, str(path))
                expected[name] = before | values
            else:
                profile = Profile(name, values)
                present = who == "present"
                share = profile.config(present=present) if config else profile.credentials(present=present)
                path.write_bytes(share.apply(path.read_bytes()))
                kept = {each: text for each, text in before.items() if each not in share.unwanted}
                expected[name] = kept | dict(share.wanted or {}) if present else {}
            expected = {title: of_it for title, of_it in expected.items() if of_it}
            assert _read(path, config=config) == expected
