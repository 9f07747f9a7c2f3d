# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Masks secrets in text: the known ones in every form in which they travel, and others by their name or shape."""

from __future__ import annotations

import functools
import os
import re
import threading
import typing as t

from .secret_forms import Forms, Text

MASK = "***"
LONGEST_SECRET = 16384
"""What is longer is not recognized by its name, its shape, or its place in a URL."""

_SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSW|PASSPHRASE|PRIVATE_KEY|API_?KEY", re.IGNORECASE)
_NO_SECRET_NAME = re.compile(r"(?:FILE|PATH|DIR|URL|URI|HOST|NAME|_ID|TYPE|MODE|TTL|TIMEOUT)$", re.IGNORECASE)
_NO_SECRET = frozenset({"true", "false", "yes", "no", "on", "off", "none", "null", "0", "1"})

_URL = re.compile(r"\s*[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ENDS_OF_HOST = re.compile(r"[/?#@:\\]")
_LEAST_PIECE = 3
_SLASHES = re.compile(r"(?:/|\\+/|%(?:25)*2f|\\+u002f|&#(?:47|x2f);){2}", re.IGNORECASE)
_AT_SIGNS = ("@", "%40", "%2540", "\\u0040", "&#64;", "&#x40;")
_QUOTED_URL = re.compile(r"([\"'])[a-z][a-z0-9+.-]{1,20}:(//(?:(?!\1).){1,4096}@)", re.IGNORECASE | re.DOTALL)

_VALUE = r"(?:\\*[\"'](?P<quoted>[^\"'\\]{0,4096})|(?P<bare>[^\s\"']\S{0,16384}))"
_NAMED = re.compile(
    r"(?:secret_?access_?key|secret_?key|(?:session|security|access|refresh|id|api|auth|csp)[_-]?token|client_?secret"
    r"|pass(?:word|wd|phrase)|api_?key|private_?key|authorization)\\*[\"']?\s{0,9}(?:=>|[:=>])\s{0,9}"
    r"(?:(?:basic|bearer|token)\s+)?" + _VALUE,
    re.IGNORECASE,
)
_ASSIGNED = re.compile(r"(?:\b|_)(?:token|secret|pwd|pw|pass)=" + _VALUE, re.IGNORECASE)
_BEARER = re.compile(r"\b(?:bearer|basic)\s+(?!realm)(?=[^\s\"']*[0-9=])(?P<bare>[a-z0-9+/_=.~-]{8,})", re.IGNORECASE)
_SECRET_ACCESS_KEY = re.compile(
    r"(?<![A-Za-z0-9/+=])(?=\S{0,39}[A-Z])(?=\S{0,39}[a-z])(?=\S{0,39}[0-9])"
    r"(?P<bare>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
)
_SESSION_TOKEN = re.compile(r"(?<![A-Za-z0-9])(?P<bare>(?:IQoJ|FwoG|FQoG)[A-Za-z0-9/+=]{40,})")
_JWT = re.compile(r"(?<![A-Za-z0-9])(?P<bare>eyJ[\w-]{8,}\.eyJ[\w-]{2,}(?:\.[\w-]*)?)")
_SHAPES = (_NAMED, _ASSIGNED, _BEARER, _SECRET_ACCESS_KEY, _SESSION_TOKEN, _JWT)

_remembered: frozenset[str] = frozenset()
_lock = threading.Lock()

Span = tuple[int, int]


class Redactor:
    def __init__(self, secrets: t.Iterable[str]) -> None:
        self._forms = [_forms(secret) for secret in secrets]

    def __repr__(self) -> str:
        return "Redactor(***)"

    @property
    def longest(self) -> int:
        """The most characters that a known secret can take in a text."""
        return max((forms.longest for forms in self._forms), default=0)

    def __call__(self, text: str, shown: int | None = None) -> str:
        """Return the text without secrets; of what begins behind the first so many characters, nothing."""
        end = len(text) if shown is None else min(shown, len(text))
        searched = Text(text)
        known = (span for forms in self._forms for span in forms.spans(searched))
        spans = [*known, *_user_infos(text), *_shapes(text)]
        pieces: list[str] = []
        position = 0
        for first, after in _merged(spans):
            if first >= end:
                break
            pieces += [text[position:first], MASK]
            position = after
        return "".join([*pieces, text[position:end]])


def remember(*secrets: str | None) -> None:
    """Mask these in everything that this process shows from here on."""
    global _remembered  # noqa: PLW0603 - what one thread learns, all must mask
    new = {secret for secret in secrets if secret and secret.strip()} - _remembered
    if new:
        with _lock:
            _remembered |= new


def redactor(secrets: t.Iterable[str | None] = ()) -> Redactor:
    """Return the redactor of these secrets, the remembered ones and the environment's."""
    return _redactor(frozenset(filter(None, secrets)) | _remembered | environment_secrets(os.environ))


def environment_secrets(environment: t.Mapping[str, str]) -> frozenset[str]:
    """What the names of variables call a secret, and the passwords of all URLs among their values."""
    secrets: set[str] = set()
    for name, value in environment.items():
        if _SECRET_NAME.search(name) and not _NO_SECRET_NAME.search(name) and value.lower() not in _NO_SECRET:
            secrets.add(value)
        if _URL.match(value) or "proxy" in name.lower():
            secrets |= url_secrets(value)
    return frozenset(secret for secret in secrets if secret.strip())


def url_secrets(url: str) -> set[str]:
    """What a URL knows of its user, and what a parser takes for it that ends a host at another character."""
    user_info = _URL.sub("", url.rpartition("@")[0])
    password = user_info.partition(":")[2]
    pieces = [*_ENDS_OF_HOST.split(user_info)[:1], *_ENDS_OF_HOST.split(password)]
    return {user_info, password, *(piece for piece in pieces if len(piece) >= _LEAST_PIECE)}


@functools.lru_cache(maxsize=4096)
def _forms(secret: str) -> Forms:
    return Forms(secret)


@functools.lru_cache(maxsize=32)
def _redactor(secrets: frozenset[str]) -> Redactor:
    return Redactor(secrets)


def _user_infos(text: str) -> t.Iterator[Span]:
    """From the slashes of a URL to its last at-sign: a password may hold every character that ends an authority."""
    low = text.lower() if text.isascii() else text
    if not any(sign in low for sign in _AT_SIGNS):
        return
    for word in re.finditer(r"\S+", text):
        slashes = _SLASHES.search(text, word.start(), word.end())
        if slashes:
            last = max(low.rfind(sign, slashes.end(), word.end()) for sign in _AT_SIGNS)
            yield slashes.end(), max(last, slashes.end())
    for url in _QUOTED_URL.finditer(text):
        yield url.start(2) + len("//"), url.end(2) - len("@")


def _shapes(text: str) -> t.Iterator[Span]:
    for shape in _SHAPES:
        for found in shape.finditer(text):
            groups = found.groupdict()
            yield found.span("quoted" if groups.get("quoted") is not None else "bare")


def _merged(spans: t.Iterable[Span]) -> t.Iterator[Span]:
    """In their order; those that overlap or touch become one."""
    current: Span | None = None
    for first, after in sorted(spans):
        if first == after:
            continue
        if current is not None and first <= current[1]:
            current = (current[0], max(current[1], after))
            continue
        if current is not None:
            yield current
        current = (first, after)
    if current is not None:
        yield current
