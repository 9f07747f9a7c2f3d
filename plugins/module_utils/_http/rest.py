# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
A client of a REST API: who is asked, what the answer means, and when to ask again.

Every service has the same policy. A request that the server did not look at is sent again after the pause that it
asks for; one that only reads, also after a server error. Redirects are never followed: they would carry the
credentials along.
"""

from __future__ import annotations

import json
import time
import typing as t
from http import HTTPStatus
from urllib.parse import SplitResult, urlencode, urlsplit

from .._common.backoff import pauses, retry_after
from .._common.errors import KeywardError
from .._common.text import cleaned
from .faults import NoAnswerError
from .request import HttpOptions, Response, send

PUSHBACK = frozenset({HTTPStatus.NOT_ACCEPTABLE, HTTPStatus.TOO_MANY_REQUESTS})
"""By these, a server turns down a request before it looks at it."""

MOST_PAGES = 1000

MOST_ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
_NO_API = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})

Json = t.Any


class RestError(KeywardError):
    """A request that did not do what it was for."""

    def __init__(self, sentence: str, *, setting: str | None = None, passing: bool = False) -> None:
        super().__init__(sentence, setting=setting)
        self.passing = passing
        """Whether the same request may succeed later."""


class NotFoundError(RestError):
    """What was asked for does not exist."""


class Credentials(t.Protocol):
    """What lets a client in."""

    @property
    def setting(self) -> str:
        """The options to change where the server does not accept it."""

    def header(self) -> str:
        """The value of the header Authorization. Raises KeywardError."""

    def renew(self) -> bool:
        """After a refusal: whether there is another one by now."""

    @property
    def secrets(self) -> t.Sequence[str]:
        """What must not be shown."""


class FixedCredentials(t.NamedTuple):
    setting: str
    value: str
    secrets: t.Sequence[str]

    def header(self) -> str:
        return self.value

    def renew(self) -> bool:
        return False


class Service(t.NamedTuple):
    """What the sentences about a service and its answers need."""

    name: str
    url_setting: str
    no_api: str
    """Where another server answers."""
    unauthorized: str
    """What to check where the credentials, for which {} stands, are refused."""
    forbidden: str
    """What to check where they are good and do not suffice."""
    not_found: str
    speaks: t.Callable[[str], bool]
    """Whether a body is the service's."""
    message: t.Callable[[str], str]
    """What the body of a failure says."""


class RestClient:
    def __init__(self, service: Service, base: str, root: str, credentials: Credentials, options: HttpOptions) -> None:
        """``base`` is the address that the setting has, ``root`` the path of the API below it."""
        self.url = f"{base}/{root}"
        self._base = base
        self._service = service
        self._credentials = credentials
        self._options = options

    def ask(
        self,
        method: str,
        path: str,
        content: Json = None,
        query: t.Mapping[str, t.Any] | None = None,
        *,
        reads: bool | None = None,
    ) -> Response:
        """The response of success. ``reads`` says whether the request only reads. Raises RestError."""
        endpoint = f"{self.url}/{path}"
        address = f"{endpoint}?{urlencode(query)}" if query else endpoint
        data = None if content is None else json.dumps(content)
        response = self._answered(method, address, data, reads=method == "GET" if reads is None else reads)
        if not response.ok:
            raise self._failure(method, endpoint, response)
        if not self._service.speaks(response.text):
            raise RestError(f"{self._service.no_api} ({self.outcome(method, path, response)})")
        return response

    def outcome(self, method: str, path: str, response: Response) -> str:
        """What was asked and what came, in brackets behind a sentence."""
        return f"HTTP {response.status} to {method} {self.url}/{path}: {self.excerpt(response.text)}"

    def excerpt(self, text: str) -> str:
        """The begin of what the server says, without what it quotes of the request."""
        return cleaned(text, self._credentials.secrets, limit=300) or "nothing"

    def _answered(self, method: str, address: str, data: str | None, *, reads: bool) -> Response:
        waits = pauses(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        renewed = False
        for attempt in range(1, MOST_ATTEMPTS + 1):
            response = self._sent(method, address, data)
            if response.status == HTTPStatus.UNAUTHORIZED and not renewed and self._credentials.renew():
                renewed = True
                response = self._sent(method, address, data)
            if attempt == MOST_ATTEMPTS or not _may_pass(response, reads=reads):
                break
            asked = retry_after(response.headers.get("Retry-After"))
            usual = next(waits)
            time.sleep(usual if asked is None else min(asked, LONGEST_PAUSE_SECONDS))
        return response

    def _sent(self, method: str, address: str, data: str | None) -> Response:
        try:
            headers = {"Authorization": self._credentials.header(), "Content-Type": "application/json"}
            return send(method, address, self._options, headers, data)
        except NoAnswerError as error:
            raise RestError(str(error), setting=error.setting, passing=error.passing) from None

    def _failure(self, method: str, endpoint: str, response: Response) -> RestError:
        service, status = self._service, response.status
        request = f"HTTP {status} to {method} {endpoint}"
        message = self.excerpt(service.message(response.text))
        location = response.headers.get("Location")
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return self._refused(request, message, forbidden=status == HTTPStatus.FORBIDDEN)
        if location and HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            return self._redirected(request, endpoint, location)
        if _may_pass(response, reads=True):
            return RestError(f"{service.name} failed ({request}): {message}", passing=True)
        if not service.speaks(response.text) and status in _NO_API:
            return RestError(f"{service.no_api} ({request}: {message})", setting=service.url_setting)
        if status in _NO_API:
            return NotFoundError(f"{service.not_found}: {message} ({request})")
        return RestError(f"the request failed: {message} ({request})")

    def _refused(self, request: str, message: str, *, forbidden: bool) -> RestError:
        service, setting = self._service, self._credentials.setting
        if forbidden:
            sentence = f"{service.name} does not allow it ({request}): {message}: {service.forbidden.format(setting)}"
        else:
            sentence = f"{service.name} rejected the credentials ({request}): {service.unauthorized.format(setting)}"
        return RestError(sentence, setting=setting)

    def _redirected(self, request: str, endpoint: str, location: str) -> RestError:
        service = self._service
        shown = cleaned(location, self._credentials.secrets)
        if "migrations" in location:
            sentence = f"{service.name} is being upgraded ({request}, redirected to {shown}): try again when it is done"
            return RestError(sentence, passing=True)
        path = endpoint[len(self._base) :]
        base = shown.partition("?")[0]
        base = base[: -len(path)] if base.endswith(path) else shown
        return RestError(
            f"{service.name} redirected the request to {shown}: set {service.url_setting} to {base} ({request})",
            setting=service.url_setting,
        )


def split_url(url: str, setting: str, example: str) -> SplitResult:
    """The parts of an address over HTTP. Raises KeywardError."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(character.isspace() or not character.isprintable() for character in url):
        raise KeywardError(f"{setting} must look like {example}", setting=setting)
    return parts


def base_url(url: str, setting: str, example: str) -> str:
    """An address as people paste it, without a slash at its end. Raises KeywardError."""
    parts = split_url(url, setting, example)
    if parts.query or parts.fragment:
        raise KeywardError(f"{setting} must look like {example}", setting=setting)
    if parts.username is not None or parts.password is not None:
        raise KeywardError(f"{setting} must not hold a user or a password", setting=setting)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def checked_token(token: str, where: str) -> str:
    """A token without blanks around it. Raises KeywardError."""
    token = token.strip()
    # An HTTP header takes no other characters, and the error for one would show the token.
    if not (token and token.isascii() and token.isprintable() and " " not in token):
        raise KeywardError(
            f"{where} holds no token: it is empty, or has blanks or characters that no header can carry", setting=where
        )
    return token


def parsed(text: str) -> Json:
    """None where the text is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _may_pass(response: Response, *, reads: bool) -> bool:
    if response.status in PUSHBACK:
        return True
    # A page that a service shows while it migrates its database.
    waiting = response.status == HTTPStatus.REQUEST_TIMEOUT or "migrations" in (response.headers.get("Location") or "")
    return reads and (waiting or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR)
