# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Sessions for many AWS profiles in one process, and the retry policy of what they send."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import threading
import typing as t

from .._common.text import cleaned, remember
from .account import CONTROL_PLANE_REGIONS
from .bodies import bound_client, bound_providers, mark
from .boto import BotoConnectionError, BotoCoreError, ClientError, Config, HTTPClientError, Session, create_loader
from .errors import NO_CONTEXT, ErrorContext, UserError
from .helpers import Helpers
from .pace import Pace
from .responses import TolerantParserFactory, refuse_unreadable

if t.TYPE_CHECKING:
    from .instrumentation import CallCounter
    from .roles import AssumedRole

DEFAULT_PROFILE = "default"
"""boto3's name for credentials that come from no named profile."""

MAX_ATTEMPTS = 12
"""For what is neither throttling, nor a fault of the server or of the way to it."""

_RETRIES: t.Any = {"mode": "standard", "total_max_attempts": MAX_ATTEMPTS}

MAX_SERVER_ERROR_ATTEMPTS = 5
"""A gateway that is down is not throttling."""

MAX_CONNECTION_ATTEMPTS = 3
"""An endpoint that cannot be reached is not throttling: twelve attempts would hide it for minutes."""

_SERVER_ERROR = 500
_SENDABLE = re.compile(r"[\x21-\x7e]+")


@dataclasses.dataclass(frozen=True)
class ConnectionSettings:
    """How to reach AWS, for all profiles alike. Unset means that the profile or the environment says."""

    access_key_id: str | None = None
    secret_access_key: str | None = dataclasses.field(default=None, repr=False)
    session_token: str | None = dataclasses.field(default=None, repr=False)
    region: str | None = None
    fallback_region: str | None = None
    endpoint_url: str | None = None
    verify: bool | str | None = None
    config: dict[str, t.Any] = dataclasses.field(default_factory=dict)


class ProfileSession(Session):
    """
    A botocore session of one profile whose clients, also those that botocore itself makes to assume a role,
    use the same endpoint, certificates, call counter and retry policy.
    """

    def __init__(
        self,
        profile: str | None,
        settings: ConnectionSettings,
        counter: CallCounter,
        data_loader: t.Any = None,
        max_connections: int = 10,
    ) -> None:
        super().__init__(profile=profile)
        remember(settings.secret_access_key, settings.session_token)
        self._settings = settings
        self._max_connections = max_connections
        self._stopped = threading.Event()
        self._assumed_role: AssumedRole | None = None
        self.helpers = Helpers()
        self.last_operation: str | None = None
        if settings.access_key_id and settings.secret_access_key and profile is None:
            self.set_credentials(settings.access_key_id, settings.secret_access_key, settings.session_token)
        if data_loader is not None:
            self.register_component("data_loader", data_loader)
        self.register_component("response_parser_factory", TolerantParserFactory())
        events = self.get_component("event_emitter")
        counter.register(events)
        events.register("before-sign", _check_credentials)
        events.register_first("before-send", self._before_send)
        events.register_first("needs-retry", _stop_retrying)
        events.register_first("after-call", refuse_unreadable)

    @property
    def ambient_profile(self) -> str:
        """The profile that credentials come from where none is named; boto3's name where it is none of them."""
        credentials = self.get_credentials()
        from_files = credentials is not None and credentials.method not in ("explicit", "env")
        return (self.profile if from_files else None) or DEFAULT_PROFILE

    @property
    def region_label(self) -> str | None:
        """
        The region this profile is set to, or None. A profile's own region wins over the environment's:
        a run may span partitions.
        """
        own = self.get_scoped_config().get("region")
        return self._settings.region or own or self._settings.fallback_region or self.get_config_variable("region")

    @property
    def role_arn(self) -> str | None:
        """The role that the session assumes, by its profile or in place of it."""
        if self._assumed_role is not None:
            return self._assumed_role.arn
        role = self.get_scoped_config().get("role_arn")
        if (
            role is None
            and self.instance_variables().get("profile") is None
            and "AWS_WEB_IDENTITY_TOKEN_FILE" in os.environ
        ):
            role = os.environ.get("AWS_ROLE_ARN")
        return role if isinstance(role, str) else None

    def assume(self, role: AssumedRole) -> None:
        """Be this role from now on. Raises UserError for no role, and what keeps its source from being found."""
        role.check()
        self._assumed_role = role
        self._credentials = role.credentials(self.create_client)

    def get_credentials(self) -> t.Any:
        with _setting_errors():
            return super().get_credentials()

    def create_client(self, service_name: str, *args: t.Any, **kwargs: t.Any) -> t.Any:
        # Botocore wants a region from STS, and from IAM behind an endpoint_url; none has to be set in this partition.
        kwargs["region_name"] = kwargs.get("region_name") or self.region_label or CONTROL_PLANE_REGIONS["aws"]
        kwargs.setdefault("endpoint_url", self._settings.endpoint_url)
        kwargs.setdefault("verify", self._settings.verify)
        if isinstance(self.get_scoped_config().get("s3"), str):
            # Whatever the service, botocore takes it for a section.
            raise UserError("InvalidConfig", "the profile's setting s3 must hold indented lines of its own: correct it")
        config = self._retry_policy.merge(Config(**self._settings.config))
        kwargs["config"] = config.merge(kwargs["config"]) if kwargs.get("config") else config
        with _setting_errors():
            client = bound_client(super().create_client(service_name, *args, **kwargs))
        if kwargs["config"].retries == _RETRIES:
            Pace(self._pause).register(client)
        return client

    def stop(self) -> None:
        """End the helpers that run, and send no further requests."""
        self._stopped.set()
        self.helpers.end()

    def describe(self) -> ErrorContext:
        """What is known of the profile, for the sentence of an error. Reads no more than the shared files."""
        profiles = self.full_config.get("profiles", {})
        credentials = getattr(self, "_credentials", None)
        # Those of credentials that are renewed would be fetched here: these have other names for them.
        fixed = vars(credentials) if credentials is not None else {}
        return NO_CONTEXT._replace(
            profile=self.profile or DEFAULT_PROFILE,
            role_arn=self.role_arn,
            region=self.region_label,
            sso_profile=_sso_profile(profiles, self.profile or DEFAULT_PROFILE),
            from_instance_role=getattr(credentials, "method", None) == "iam-role",
            temporary_key_without_token=str(fixed.get("access_key")).startswith("ASIA") and not fixed.get("token"),
        )

    def _create_credential_resolver(self) -> t.Any:
        resolver = super()._create_credential_resolver()  # type: ignore[misc]
        self.helpers.supervise(resolver)
        bound_providers(resolver)
        return resolver

    def _before_send(self, request: t.Any, event_name: str = "", **_kwargs: t.Any) -> None:
        self.last_operation = event_name.rpartition(".")[2]
        mark(request, self.last_operation)
        self._pause(0)

    def _pause(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise UserError("Timeout", "the profile's time is up")

    @property
    def _retry_policy(self) -> Config:
        return Config(
            retries=_RETRIES,
            max_pool_connections=self._max_connections,
            connect_timeout=10,
            read_timeout=30,
            user_agent_extra="keyward.iam",
        )


def shared_data_loader() -> t.Any:
    """A loader for many sessions: reading botocore's data files again costs more than all else about a session."""
    return create_loader(os.environ.get("AWS_DATA_PATH"))


def _sso_profile(profiles: dict[str, t.Any], name: str) -> str | None:
    """The profile whose single sign-on session is used: the profile itself, or one that it gets credentials from."""
    seen: set[str] = set()
    while name in profiles and name not in seen:
        seen.add(name)
        profile = profiles[name]
        if "sso_session" in profile or "sso_start_url" in profile:
            return name
        name = profile.get("source_profile") or ""
    return None


def _stop_retrying(
    attempts: int, caught_exception: Exception | None, response: t.Any = None, operation: t.Any = None, **_kwargs: t.Any
) -> None:
    unreachable = isinstance(caught_exception, (HTTPClientError, BotoConnectionError))
    if unreachable and attempts >= MAX_CONNECTION_ATTEMPTS:
        raise t.cast("Exception", caught_exception)
    if response is not None and response[0].status_code >= _SERVER_ERROR and attempts >= MAX_SERVER_ERROR_ATTEMPTS:
        response[1].setdefault("ResponseMetadata", {})["RetryAttempts"] = attempts - 1
        raise ClientError(response[1], operation.name)


def _check_credentials(request_signer: t.Any, **_kwargs: t.Any) -> None:
    """What a header cannot hold is quoted by the client, and what was signed may be by whoever answers."""
    # Botocore has no other way to the credentials of a request; those of a role are got here, as signing would.
    credentials = getattr(request_signer, "_credentials", None)
    if credentials is None:
        return
    with _setting_errors():
        frozen = credentials.get_frozen_credentials()
    remember(frozen.secret_key, frozen.token)
    for name, value in (("aws_access_key_id", frozen.access_key), ("aws_session_token", frozen.token or "-")):
        if not isinstance(value, str) or not _SENDABLE.fullmatch(value):
            raise UserError(
                "InvalidCredentials",
                f"{name} is empty or has a character that no request can carry, such as a line break: correct it where "
                "the profile's credentials come from",
            )


@contextlib.contextmanager
def _setting_errors() -> t.Iterator[None]:
    """Botocore reads many settings without a check, and fails on an odd one with an exception of Python's own."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        if isinstance(error, BotoCoreError):
            raise
        raise UserError(
            "InvalidConfig",
            f"a setting of the profile or of the environment is invalid ({cleaned(str(error))}): correct it",
        ) from error
