# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The client of Metrist's API, and the file of registrations, against a back end of Metrist's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._http.request import HttpOptions
from ansible_collections.keyward.iam.plugins.module_utils._metrist.api import BackEnd, monitor_config, same
from testbed.fakes.metrist import MetristBackEnd
from testbed.fakes.wavefront import PrivateCa

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "a-metrist-token"
CONFIG = monitor_config(interval_secs=120, run_groups=[], run_type="exe")


def call(back_end: BackEnd, method: str) -> None:
    match method:
        case "GET":
            back_end.status()
        case "POST":
            back_end.register(CONFIG)
        case "DELETE":
            back_end.unregister("11registration1")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "the Metrist back end rejected the credentials (HTTP 401 to {method} {url}/api/v0/monitor-"),
        (403, "the Metrist back end does not allow it (HTTP 403 to {method} {url}/api/v0/monitor-"),
        (503, "(HTTP 503 to {method} {url}/api/v0/monitor-"),
    ],
)
def test_refusals(metrist: MetristBackEnd, back_end: BackEnd, method: str, status: int, sentence: str) -> None:
    metrist.answer(method, status, "busy")

    with pytest.raises(KeywardError) as caught:
        call(back_end, method)

    assert sentence.format(method=method, url=metrist.url) in str(caught.value)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_api_at_the_address(metrist: MetristBackEnd, back_end: BackEnd, method: str) -> None:
    metrist.answer(method, 404)

    with pytest.raises(KeywardError, match="there is no Metrist API here: check api_url"):
        call(back_end, method)


def test_what_is_gone_is_unregistered(metrist: MetristBackEnd, back_end: BackEnd) -> None:
    back_end.unregister("11registration1")

    assert metrist.changes == ["DELETE"]


@pytest.mark.parametrize(
    ("method", "body", "sentence"),
    [
        ("POST", "<html><body>Sign in</body></html>", "is not an id: check that api_url is a Metrist back end"),
        ("POST", '{"id": "11registration1"}', r"""is not an id: .*: {"id": "11registration1"}\)$"""),
        ("POST", "x" * 70000, r"is not an id: .*: x{290,299}…\)$"),
        ("POST", "", r"is not an id: .*: nothing\)$"),
        ("GET", "<html></html>", "is not a list of monitors"),
        ("GET", '{"monitor_logical_name": "awsiam"}', "is not a list of monitors"),
        ("GET", "[17]", "is not a list of monitors"),
        ("DELETE", "later", "is not OK"),
    ],
)
def test_answers_of_something_else(
    metrist: MetristBackEnd, back_end: BackEnd, method: str, body: str, sentence: str
) -> None:
    metrist.answer(method, 200, body)

    with pytest.raises(KeywardError, match=sentence):
        call(back_end, method)


@pytest.mark.parametrize("body", ["11vpT2hkfP5Ph5Sci0tUrMy", '"11vpT2hkfP5Ph5Sci0tUrMy"', "11vpT2hkfP5Ph5Sci0tUrMy\n"])
def test_an_id_with_and_without_quotes(metrist: MetristBackEnd, back_end: BackEnd, body: str) -> None:
    metrist.answer("POST", 200, body)

    assert back_end.register(CONFIG) == "11vpT2hkfP5Ph5Sci0tUrMy"


def test_the_token_follows_no_redirect(metrist: MetristBackEnd, back_end: BackEnd) -> None:
    with MetristBackEnd(TOKEN) as elsewhere:
        metrist.answer("GET", 302, Location=elsewhere.url)

        with pytest.raises(
            KeywardError, match=f"redirected the request to {elsewhere.url}: set api_url to {elsewhere.url} "
        ):
            back_end.status()
        assert elsewhere.calls == []


def test_netrc_does_not_take_the_tokens_place(
    back_end: BackEnd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))

    assert back_end.status() is None


@pytest.mark.parametrize(
    "url",
    [
        "metrist.example.com",
        "ftp://metrist.example.com",
        "https://",
        "https://user:secret@metrist.example.com",
        "https://metrist.example.com/?token=secret",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(KeywardError, match="api_url must ") as caught:
        BackEnd(url, TOKEN, HttpOptions())
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("token", ["", f"{TOKEN}\r\nX: 1", f"{TOKEN} {TOKEN}", f"{TOKEN}é"])
def test_tokens_that_no_header_can_carry(token: str) -> None:
    with pytest.raises(KeywardError, match="api_token holds no token") as caught:
        BackEnd("https://metrist.example.com", token, HttpOptions())
    assert TOKEN not in str(caught.value)


def test_the_line_break_of_a_token_file_does_no_harm(metrist: MetristBackEnd) -> None:
    assert BackEnd(metrist.url + "/", f"{TOKEN}\n", HttpOptions()).register(CONFIG) in metrist.registrations


def test_a_back_end_that_is_not_there() -> None:
    with MetristBackEnd(TOKEN) as gone:
        url = gone.url

    with pytest.raises(KeywardError, match=f"{url}/api/v0/.*: cannot be reached: .*Connection refused"):
        BackEnd(url, TOKEN, HttpOptions()).status()


def test_a_private_certificate_authority(tmp_path: Path) -> None:
    ca = PrivateCa(tmp_path)
    with MetristBackEnd(TOKEN, ca.server_context()) as secure:
        with pytest.raises(KeywardError, match="TLS verification failed: check ca_path"):
            BackEnd(secure.url, TOKEN, HttpOptions()).status()
        for options in (HttpOptions(ca_path=str(ca.ca_path)), HttpOptions(validate_certs=False)):
            assert BackEnd(secure.url, TOKEN, options).status() is None


@pytest.mark.parametrize("status", [404, 405])
def test_a_back_end_that_does_not_list(metrist: MetristBackEnd, back_end: BackEnd, status: int) -> None:
    metrist.answer("GET", status, "<html>no such page</html>")
    assert back_end.registrations() is None


@pytest.mark.parametrize(
    "body",
    [
        "<html></html>",
        "{}x",
        "17",
        "[17]",
        '[{"monitor_logical_name": "awsiam"}]',
        '[{"monitor_logical_name": "awsiam", "id": "../../x"}]',
        '[{"monitor_logical_name": "awsiam", "id": 5}]',
        '[{"monitor_logical_name": "awsiam", "id": "1", "run_groups": 5}]',
        '[{"monitor_logical_name": "awsiam", "id": "1", "steps": [5]}]',
    ],
)
def test_what_is_no_list_of_registrations(metrist: MetristBackEnd, back_end: BackEnd, body: str) -> None:
    metrist.answer("GET", 200, body)
    with pytest.raises(KeywardError, match="is not a list of registrations"):
        back_end.registrations()


def test_a_list_names_those_of_the_monitor(metrist: MetristBackEnd, back_end: BackEnd) -> None:
    metrist.lists = True
    own = back_end.register(CONFIG)
    back_end.register({**CONFIG, "monitor_logical_name": "asana"})
    [registration] = back_end.registrations() or []
    assert registration.id == own
    assert same(registration.config, CONFIG)


@pytest.mark.parametrize(
    ("changes", "equal"),
    [
        ({"run_groups": ["b", "a"]}, True),
        ({"extra_config": None, "description": "x"}, True),
        ({"interval_secs": 60}, False),
        ({"run_groups": ["a"]}, False),
        ({"run_spec": {"name": "awsiam", "run_type": "dll"}}, False),
        ({"run_spec": None}, False),
        ({"steps": []}, False),
    ],
)
def test_what_a_registration_says(changes: dict[str, Any], equal: bool) -> None:  # noqa: FBT001
    config = monitor_config(interval_secs=120, run_groups=["a", "b"], run_type="exe")
    assert same({**config, **changes}, config) is equal


@pytest.mark.parametrize("interval", [0, -1, 10**12])
def test_intervals_that_are_none(interval: int) -> None:
    with pytest.raises(KeywardError, match=r"interval_secs \(.*\) must be between 1 and 2592000"):
        monitor_config(interval, [], "exe")
