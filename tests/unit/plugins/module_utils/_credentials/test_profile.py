# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What is made of the two files of a profile, held against how botocore reads them."""

from __future__ import annotations

import configparser
import tempfile
from pathlib import Path
from typing import Any

import pytest
from botocore.configloader import load_config, raw_config_parse
from botocore.exceptions import ConfigParseError
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.keyward.iam.plugins.module_utils._credentials.aws_file import AwsFile, AwsFileError
from ansible_collections.keyward.iam.plugins.module_utils._credentials.profile import Profile, ProfileError

KEYS = {"aws_access_key_id": "AKIAOURS", "aws_secret_access_key": "ours/secret+of=it"}
ROLE = {"role_arn": "arn:aws:iam::111122223333:role/ours", "source_profile": "another"}
REGION = {"region": "eu-west-1"}
IDENTITIES = [KEYS, {**KEYS, "aws_session_token": "ours:token"}, ROLE]

_NAMES = st.sampled_from(["ours", "default", "with blank", "it's", "päge", "a:b=c"])
_SETTINGS = st.sampled_from([*IDENTITIES, REGION, *({**identity, **REGION} for identity in IDENTITIES)])
_PROFILES = st.builds(Profile, _NAMES, _SETTINGS)


@st.composite
def _settings(draw: st.DrawFn, mark: str) -> list[str]:
    """Settings of a section, each foreign one with a mark by which it is found again."""
    indent = draw(st.sampled_from(["", "", "  ", "\t"]))
    names = st.sampled_from([*KEYS, "aws_security_token", *ROLE, "Region", "output", "s3", "sso_session"])
    lines = []
    for name in draw(st.lists(names, unique_by=str.lower, max_size=5)):
        assign = draw(st.sampled_from([" = ", "=", ": ", " =  "]))
        value = "" if name == "s3" else f"{mark}-{name}"
        lines.append(f"{indent}{name}{assign}{value}")
        if name == "s3":
            lines += [f"{indent}  size = {mark}-1", *draw(st.sampled_from([[], [f"{indent}    count = {mark}-2"]]))]
        lines += draw(st.sampled_from([[], [], ["# " + mark], ["", f"  ;{mark}"]]))
    return lines


@st.composite
def _files(draw: st.DrawFn, titles: list[str]) -> bytes:
    """A file with some of the sections in some order."""
    lines = draw(st.sampled_from([[], ["# foreign", ""], [""]]))
    for title in draw(st.lists(st.sampled_from(titles), unique=True)):
        mark = f"foreign-{title}"
        lines = [*lines, f"[{title}]", *draw(_settings(mark)), *draw(st.sampled_from([[], [""], [f"# {mark}", ""]]))]
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    return (end.join(lines) + draw(st.sampled_from([end, end, "", end * 2]))).encode()


_TITLES = ["ours", "default", "with blank", "it's", "päge", "a:b=c", "other", "preview"]
_CREDENTIALS = _files(_TITLES)
_CONFIGS = _files(
    ["default", "profile ours", 'profile "with blank"', "profile other", "sso-session ours", "services ours", "ours"]
)


def _read(content: bytes, *, config: bool) -> dict[str, Any]:
    """What botocore makes of it; of the config file also what is no profile."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "file")
        path.write_bytes(content)
        parsed: dict[str, Any] = load_config(str(path)) if config else raw_config_parse(str(path))
    if not config:
        return parsed
    return {**parsed.pop("profiles"), **{f"no profile: {title}": values for title, values in parsed.items()}}


def _foreign(content: bytes) -> list[bytes]:
    return [line for line in content.splitlines() if b"foreign" in line]


@pytest.mark.once
@pytest.mark.parametrize("config", [False, True], ids=["credentials", "config"])
@settings(max_examples=50)
@given(data=st.data())
def test_only_the_profile_changes_and_botocore_reads_it(*, config: bool, data: st.DataObject) -> None:
    content, profile = data.draw(_CONFIGS if config else _CREDENTIALS), data.draw(_PROFILES)
    share = profile.config(present=True) if config else profile.credentials(present=True)
    changed = share.apply(content)
    before, after = _read(content, config=config), _read(changed, config=config)
    theirs = before.pop(profile.name, {})
    ours = after.pop(profile.name, {})
    assert after == before
    assert share.wanted is not None
    assert ours == {name: value for name, value in theirs.items() if name not in share.unwanted} | dict(share.wanted)
    assert share.apply(changed) == changed
    before_them = iter(_foreign(content))
    assert all(line in before_them for line in _foreign(changed))


@pytest.mark.once
@pytest.mark.parametrize("config", [False, True], ids=["credentials", "config"])
@settings(max_examples=50)
@given(data=st.data())
def test_a_profile_that_comes_and_goes_leaves_the_file_as_it_was(*, config: bool, data: st.DataObject) -> None:
    content = data.draw(_CONFIGS if config else _CREDENTIALS)
    for profile in (Profile("new", {**KEYS}), Profile("new", {**ROLE})):
        share, absent = (
            profile.config(present=present) if config else profile.credentials(present=present)
            for present in (True, False)
        )
        assert absent.apply(share.apply(content)) == content
        assert absent.apply(content) == content


@pytest.mark.once
@settings(max_examples=50)
@given(data=st.data())
def test_to_remove_a_profile_leaves_the_others(data: st.DataObject) -> None:
    content, profile = data.draw(_CREDENTIALS), data.draw(_PROFILES)
    changed = profile.credentials(present=False).apply(content)
    before, after = _read(content, config=False), _read(changed, config=False)
    before.pop(profile.name, None)
    assert after == before


_LINES = st.sampled_from(
    [
        "[a]",
        " [a]",
        "[b]",
        "[DEFAULT]",
        "x = 1",
        "X=2",
        " y: 2",
        "  z",
        "z",
        "= 1",
        "",
        "# c",
        "  ; c",
        "[",
        "[]",
        "n =",
    ]
)


@given(st.lists(_LINES, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_sections_and_settings_are_those_of_configparser(lines: list[str], end: str) -> None:
    text = end.join(lines)
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        with pytest.raises(AwsFileError):
            AwsFile(text.encode())
        return
    try:
        file = AwsFile(text.encode())
    except AwsFileError as error:
        # botocore goes beyond configparser.
        assert "is no setting of" in str(error)  # noqa: PT017
        if parser.sections():
            with pytest.raises(ConfigParseError):
                _read(text.encode(), config=False)
        return
    found = {section.title: {setting.name for setting in section.settings} for section in file.sections}
    found.pop("DEFAULT", None)
    # A setting that [DEFAULT] has too is the section's own all the same.
    own = configparser.RawConfigParser(default_section="", strict=False)
    own.read_string(text)
    assert found == {title: set(own.options(title)) for title in found}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[a]\nx = 1\n\n[a]\ny = 2\n", r"line 4 begins the section \[a\] a second time"),
        (b"[a]\nx = 1\nX = secret\n", "line 3 sets x a second time"),
        (b"[a]\nx = 1\n\nX = secret\n", "line 4 sets x a second time"),
        (b"# fine\r\nx = secret\r\n[a]\r\n", "line 2 comes before any section"),
        (b"[a]\nx = 1\nsecret\n", "line 3 is neither a section nor a setting"),
        (b"[a]\ns3 =\n  secret\n", "line 3 is no setting of s3"),
        (b"[a]\nx = 1\n\xffsecret\n", "line 3 is not UTF-8"),
        (b"\xef\xbb\xbf[a]\nx = secret\n", "it begins with a byte order mark"),
        ("\ufeff[a]\nx = secret\n".encode("utf-16-le"), "it begins with a byte order mark"),
        ("\ufeff[a]\nx = secret\n".encode("utf-16-be"), "it begins with a byte order mark"),
        (b"[profile ours]\n[profile 'ours']\n", "lines 1 and 2 begin sections of one profile"),
        (b"[profile ours]\nsso_role_name = secret", r"\[profile ours\] has sso_role_name, which takes precedence"),
        (b"[DEFAULT]\nrole_arn = x\n", r"cannot edit \[profile ours\] safely"),
    ],
)
def test_a_file_that_cannot_be_changed_says_why_and_quotes_nothing(content: bytes, reason: str) -> None:
    with pytest.raises(AwsFileError, match=f"^{reason}") as error:
        Profile("ours", {**KEYS, **REGION}).config(present=True).apply(content)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        # A block of settings belongs to the setting that it is indented under.
        ("[ours]\ns3 =\n  size = 1\n# end\n", "[ours]\ns3 =\n  size = 1\n{}# end\n"),
        # Lines that are indented less than a new one would be part of its value.
        ("[ours]\n  output = json\n", "[ours]\n  output = json\n  {}"),
        ("[ours]\n  [other]\n", "[ours]\n  {}  [other]\n"),
        # What is written in another way, but means the same, is left.
        ("[ours]\nRegion:eu-west-1\n", "[ours]\nRegion:eu-west-1\n"),
        ("[ours]\nREGION =   us-east-1\r\n[b]", "[ours]\nREGION =   eu-west-1\r\n[b]"),
        ("[ours]\nregion = a\n  continued\nx = 1", "[ours]\nregion = eu-west-1\nx = 1"),
        ("[b]\r\nx = 1", "[b]\r\nx = 1\r\n\r\n[profile ours]\r\nregion = eu-west-1"),
        ("", "[profile ours]\n{}"),
    ],
)
def test_the_manner_of_the_file_is_kept(content: str, expected: str) -> None:
    content, expected = content.replace("[ours]", "[profile ours]"), expected.replace("[ours]", "[profile ours]")
    changed = Profile("ours", REGION).config(present=True).apply(content.encode())
    assert changed.decode() == expected.format("region = eu-west-1\n")


def test_a_profile_that_is_given_a_role_loses_its_keys_and_an_emptied_section() -> None:
    content = b"[ours]\naws_access_key_id = AKIA\naws_secret_access_key = x\naws_security_token = y\n\n[b]\nx = 1\n"
    assert Profile("ours", ROLE).credentials(present=True).apply(content) == b"[b]\nx = 1\n"


def test_no_secret_is_shown() -> None:
    before = b"[ours]\naws_secret_access_key = old-secret\ncredential_process = /bin/x --password old-secret\n"
    share = Profile("ours", KEYS).credentials(present=True)
    shown = share.compare(before, share.apply(before))
    assert shown == (
        "aws_secret_access_key = ********\ncredential_process = ********\n",
        "aws_secret_access_key = ******** (another)\ncredential_process = ********\naws_access_key_id = AKIAOURS\n",
    )


@pytest.mark.parametrize("name", ["", " a", "a\nb", "[a]", "a]", "DEFAULT", "a\x00"])
def test_a_name_that_no_file_can_hold_is_refused(name: str) -> None:
    with pytest.raises(ProfileError, match=r"^name "):
        Profile(name, REGION)


@pytest.mark.parametrize("value", ["", "secret\n", "secret\n[other]", " secret", "sec\rret", "secret\u2028x"])
def test_a_value_that_is_not_one_line_is_refused_and_not_quoted(value: str) -> None:
    with pytest.raises(ProfileError, match=r"^aws_secret_access_key must be one line") as error:
        Profile("ours", {**KEYS, "aws_secret_access_key": value})
    assert "secret\n" not in str(error.value)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [({"role_arn": "arn"}, "role_arn needs source_profile"), ({**ROLE, "source_profile": "ours"}, "another profile")],
)
def test_a_role_needs_credentials_of_others(settings: dict[str, str], reason: str) -> None:
    with pytest.raises(ProfileError, match=reason):
        Profile("ours", settings)
