# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import base64
import hashlib
import html
import json
import time
import unicodedata
import urllib.parse
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.keyward.iam.plugins.module_utils._common import redaction
from ansible_collections.keyward.iam.plugins.module_utils._common.text import (
    cleaned,
    plural,
    printable,
    redacted,
    remember,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_ODD = "p@ss\"w/ö\\rd '1%&<>#?+=:;,`$(){}[]|~^!*x"

FORMS: dict[str, Callable[[str], str]] = {
    "bare": str,
    "stripped": str.strip,
    "percent": lambda secret: urllib.parse.quote(secret, safe=""),
    "percent in a path": urllib.parse.quote,
    "percent in lower case": lambda secret: urllib.parse.quote(secret, safe="").lower(),
    "percent twice": lambda secret: urllib.parse.quote(urllib.parse.quote(secret, safe=""), safe=""),
    "percent for every byte": lambda secret: "".join(f"%{byte:02X}" for byte in secret.encode()),
    "percent as JavaScript": lambda secret: urllib.parse.quote(secret, safe="!'()*~;/?:@&=+$,#"),
    "form": urllib.parse.quote_plus,
    "JSON": json.dumps,
    "JSON in JSON": lambda secret: json.dumps(json.dumps(secret)),
    "JSON with text as it is": lambda secret: json.dumps(secret, ensure_ascii=False),
    "JSON as PHP": lambda secret: json.dumps(secret).replace("/", "\\/"),
    "HTML": html.escape,
    "HTML by numbers": lambda secret: "".join(f"&#{ord(c)};" if c in "<>&\"'" else c for c in secret),
    "HTML all by numbers": lambda secret: "".join(f"&#x{ord(c):X};" if not c.isalnum() else c for c in secret),
    "HTML twice": lambda secret: html.escape(html.escape(secret)),
    "XML": lambda secret: secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&apos;"),
    "Python": repr,
    "Python's ASCII": ascii,
    "Python's bytes": lambda secret: repr(secret.encode()),
    "backslashes": lambda secret: secret.encode("unicode_escape").decode(),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 of an address": lambda secret: base64.urlsafe_b64encode(f"x:{secret}@host".encode()).decode(),
    "basic authentication": lambda secret: base64.b64encode(f"an-id:{secret}".encode()).decode(),
    "basic authentication in a form": lambda secret: urllib.parse.quote(base64.b64encode(f"me:{secret}".encode()), ""),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "upper case": str.upper,
    "lower case": str.lower,
    "shell": lambda secret: "'" + secret.replace("'", "'\"'\"'") + "'",
    "YAML": lambda secret: "'" + secret.replace("'", "''") + "'",
    "INI": lambda secret: secret.replace("%", "%%"),
    "printed": lambda secret: printable(secret, 10_000),
    "bytes of another encoding": lambda secret: secret.encode().decode("latin-1"),
}

_SECRETS = [
    _ODD,
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "hunter2/xyz",
    " stray blanks\n",
    "blank \rreturn",
    "two\nlines and\ta tab",
    "пароль-密码",
    "stra\u00dfe-\u00b5-\u0130-\u00ff",
    "secret \N{PILE OF POO} party",
    "esc\x1b[2Jape\u202e",
    "\\\\server\\share",
    "%41%42%43%25",
    "''''''''",
    "A" * 2000 + "/+=",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("secret", _SECRETS, ids=lambda secret: ascii(secret)[:20])
def test_a_secret_is_masked_in_every_form(secret: str, form: str) -> None:
    written = FORMS[form](secret)
    text = redacted(f"before {written} after", [secret])
    assert text.startswith("before")
    assert text.endswith("after")
    assert "***" in text
    for word in (written, secret, secret.strip()):
        assert word.lower() not in text.lower()
    assert len(text) <= len("before '\"\\'***'\"\\' after") + 6


@pytest.mark.parametrize("form", [form for form in FORMS if form != "hexadecimal"])
@pytest.mark.parametrize("secret", ["PW", "abc12", "a+b/c"])
def test_a_short_secret_is_masked_where_it_stands_alone(secret: str, form: str) -> None:
    written = FORMS[form](secret)
    if not form.startswith("base64 of"):
        assert written not in redacted(f"it says {written}, no more", [secret])
    assert redacted(f"http://me:{written}@host/", [secret]) == "http://***@host/"


def test_a_short_secret_does_not_turn_a_text_to_mush() -> None:
    text = "a plain apology for an absent page, 1 of 100"
    assert redacted(text, ["a", "p", "10", "for", ""]) == "*** plain apology *** an absent page, 1 of 100"


@given(st.text(min_size=6, max_size=40), st.sampled_from(sorted(FORMS)), st.text(max_size=20), st.text(max_size=20))
def test_no_secret_survives_in_any_form(secret: str, form: str, before: str, after: str) -> None:
    if len(secret.strip()) < 6:
        return
    written = FORMS[form](secret)
    if not written.strip():
        return
    text = redacted(f"{before}{written}{after}", [secret])
    assert "***" in text
    assert secret.strip() not in text.replace(before, "", 1).replace(after, "", 1)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://me:hunter2/xyz@127.0.0.1:9", "http://***@127.0.0.1:9"),
        ("'http://me:hunter#2?x@y@127.0.0.1:9/p'", "'http://***@127.0.0.1:9/p'"),
        ("socks5h://me:PW@127.0.0.1:9 is dead", "socks5h://***@127.0.0.1:9 is dead"),
        ('proxy "http://me:with blanks in it@host"', 'proxy "http://***@host"'),
        ("http://token@host", "http://***@host"),
        ("//me:pw@host", "//***@host"),
        ("http%3A%2F%2Fme%3Apw%40host", "http%3A%2F%2F***%40host"),
        ('"http:\\/\\/me:pw@host"', '"http:\\/\\/***@host"'),
        ("https://host/path asks a@b", "https://host/path asks a@b"),
    ],
)
def test_what_a_url_knows_of_its_user_is_masked(text: str, shown: str) -> None:
    assert redacted(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "SecretAccessKey=S",
        "SecretAccessKey=S,T;U",
        '{"SecretAccessKey": "S", "SessionToken":"S"}',
        "{'SecretAccessKey': 'S'}",
        '{\\"SecretAccessKey\\":\\"S\\"}',
        "<SecretAccessKey>S</SecretAccessKey>",
        "aws_secret_access_key = S",
        "aws_session_token=S",
        "password: S",
        "client_secret=S&grant_type=x",
        "Authorization: Bearer S",
        "authorization: Basic S",
        "?token=S",
    ],
)
def test_what_is_called_a_secret_is_masked(text: str) -> None:
    shown = redacted(text)
    assert "***" in shown
    assert "S" not in shown.replace("SecretAccessKey", "").replace("SessionToken", "")


@pytest.mark.parametrize(
    "text",
    [
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE1",
        "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQ",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
        "Basic bWU6UFc=",
    ],
)
def test_what_has_the_shape_of_a_secret_is_masked(text: str) -> None:
    assert redacted(f"it says {text}, no more").replace("Basic ", "") == "it says ***, no more"


@pytest.mark.parametrize(
    "text",
    [
        "no route to the endpoint: check the network, endpoint_url and AWS_ENDPOINT_URL",
        "there is no token: set api_token, api_token_file or csp_api_token",
        "the token has expired",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709 is a checksum",
        "arn:aws:iam::123456789012:user/people/Alice2AndBobAndCarolAndDaveAndEveAndFrank",
        "Basic authentication failed",
    ],
)
def test_a_plain_sentence_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


def test_the_environment_s_secrets_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:a pass word@127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "me:an-other/one@127.0.0.1:9")
    monkeypatch.setenv("SOME_API_TOKEN", "tok-en-1")
    monkeypatch.setenv("SOME_TOKEN_FILE", "/run/token")
    monkeypatch.setenv("USE_TOKEN", "true")
    text = "a%20pass%20word, a pass word, an-other/one, tok-en-1, /run/token, true"
    assert cleaned(text) == "***, ***, ***, ***, /run/token, true"


def test_the_pieces_that_a_parser_makes_of_a_password_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hunter2/xyz#odd?@127.0.0.1:9")
    assert cleaned("Failed to parse: 'me:hunter2' is not a valid host or port") == (
        "Failed to parse: 'me:***' is not a valid host or port"
    )
    assert cleaned("port 'hunter2', path '/xyz', fragment 'odd'") == "port '***', path '/***', fragment '***'"


def test_a_secret_that_is_remembered_is_masked_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_remembered", frozenset())
    assert cleaned("it says remember-me") == "it says remember-me"
    remember("remember-me", None, "", " ")
    assert cleaned("it says remember-me, or remember%2Dme, or a b") == "it says ***, or ***, or a b"


def test_thousands_of_secrets_stay_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_remembered", frozenset())
    tokens = [base64.b64encode(hashlib.sha512(b"%d" % number).digest() * 12).decode() for number in range(1500)]
    remember(*tokens, *(token[:40] for token in tokens))
    started = time.process_time()
    shown = cleaned(f"{'this says nothing of a secret ' * 40}, {tokens[777]}", limit=5000)
    assert time.process_time() - started < 3
    assert shown.endswith(", ***")


def test_a_secret_that_another_cut_off_is_masked() -> None:
    assert redacted("the body is: ODD-SECRE…", ["odd-secret-of-mine"]) == "the body is: ***…"


@pytest.mark.parametrize("place", [1990, 1995, 1999, 2000, 2001])
def test_a_secret_at_the_end_of_what_is_read_is_masked(place: int) -> None:
    text = " " + "x" * place + ' "the secret of all"' + "y" * 9000
    assert "the s" not in cleaned(text, ["the secret of all"], limit=500)
    assert "hunter" not in cleaned("x" * place + " http://me:hunter2@host " + "y" * 9000)
    assert "the s" not in redacted(text, ["the secret of all"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (" plain\ttext \n", "plain\\ttext"),
        ("ok: [host]\nfailed=0", "ok: [host]\\nfailed=0"),
        ("\x1b[2J\x9b2J\x07\0\x7f", "\\x1b[2J\\x9b2J\\x07\\x00\\x7f"),
        ("\u202eevil\u2066\u200f\u061c", "\\u202eevil\\u2066\\u200f\\u061c"),
        ("a\u2028b\u2029c\x85d\x0be\x0cf\rg", "a\\u2028b\\u2029c\\x85d\\x0be\\x0cf\\rg"),
        ("a\u200bb\u200dc\ufeffd\u2060e\xadf", "a\\u200bb\\u200dc\\ufeffd\\u2060e\\xadf"),
        ("\ud800 \udcff", "\\ud800 \\udcff"),
        ("a\u115fb\u3164c\ufe0fd\U000e0041e", "a\\u115fb\\u3164c\\ufe0fd\\U000e0041e"),
        ("Zoë, 密码 \N{PILE OF POO}", "Zoë, 密码 \N{PILE OF POO}"),
    ],
)
def test_what_does_not_print_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters(exclude_categories=[]), max_size=300), st.integers(1, 60))
def test_a_printable_text_is_one_short_line_that_no_terminal_obeys(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert len(shown) <= limit
    assert len(shown.splitlines()) <= 1
    assert all(unicodedata.category(character)[0] != "C" or character == " " for character in shown)
    shown.encode()


def test_an_ellipsis_stands_for_what_was_cut_off() -> None:
    assert printable("x" * 10, 10) == "x" * 10
    assert printable("x" * 11, 10) == "x" * 9 + "…"
    assert printable("x" * 8 + "\x1b[", 10) == "x" * 8 + "…"
    assert cleaned("secret " * 5000, ["secret"]).endswith("…")


@pytest.mark.parametrize("unit", ["secret-1 ", "x", "http://me@", "password=", '"a://', "\x1b", "ä", "%25", "\\"])
def test_a_text_without_end_costs_no_more_than_a_page(unit: str) -> None:
    text = unit * (20_000_000 // len(unit))
    started = time.process_time()
    assert len(cleaned(text, ["secret-1", "a\\\\+ +%%b"])) <= 500
    assert time.process_time() - started < 1


@pytest.mark.parametrize(("count", "words"), [(0, "0 points"), (1, "1 point"), (2, "2 points")])
def test_nouns_are_counted(count: int, words: str) -> None:
    assert plural(count, "point") == words
