# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Sessions for many AWS profiles in one process, and the retry policy of what they send."""

from __future__ import annotations

import dataclasses
import os
import typing as t

from .boto import BotoConnectionError, Config, HTTPClientError, Session, create_loader

if t.TYPE_CHECKING:
    from .instrumentation import CallCounter

DEFAULT_PROFILE = "default"
"""boto3's name for credentials that come from no named profile."""

CONTROL_PLANE_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""Where IAM is, per partition."""

MAX_ATTEMPTS = 12
"""Adaptive mode backs off on its own; this only ends a call that is throttled for minutes."""

MAX_CONNECTION_ATTEMPTS = 3
"""An endpoint that cannot be reached is not throttling: twelve attempts would hide it for minutes."""


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
        self._settings = settings
        self._max_connections = max_connections
        if settings.access_key_id and settings.secret_access_key and profile is None:
            self.set_credentials(settings.access_key_id, settings.secret_access_key, settings.session_token)
        if data_loader is not None:
            self.register_component("data_loader", data_loader)
        events = self.get_component("event_emitter")
        counter.register(events)
        events.register_first("needs-retry", _stop_at_unreachable_endpoint)

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

    def create_client(self, service_name: str, *args: t.Any, **kwargs: t.Any) -> t.Any:
        # Botocore wants a region from STS, and from IAM behind an endpoint_url; none has to be set in this partition.
        kwargs["region_name"] = kwargs.get("region_name") or self.region_label or CONTROL_PLANE_REGIONS["aws"]
        kwargs.setdefault("endpoint_url", self._settings.endpoint_url)
        kwargs.setdefault("verify", self._settings.verify)
        config = self._retry_policy.merge(Config(**self._settings.config))
        kwargs["config"] = config.merge(kwargs["config"]) if kwargs.get("config") else config
        return super().create_client(service_name, *args, **kwargs)

    @property
    def _retry_policy(self) -> Config:
        return Config(
            retries={"mode": "adaptive", "total_max_attempts": MAX_ATTEMPTS},
            max_pool_connections=self._max_connections,
            connect_timeout=10,
            read_timeout=30,
            user_agent_extra="keyward.iam",
        )


def shared_data_loader() -> t.Any:
    """A loader for many sessions: reading botocore's data files again costs more than all else about a session."""
    return create_loader(os.environ.get("AWS_DATA_PATH"))


def _stop_at_unreachable_endpoint(attempts: int, caught_exception: Exception | None, **_kwargs: t.Any) -> None:
    unreachable = isinstance(caught_exception, (HTTPClientError, BotoConnectionError))
    if unreachable and attempts >= MAX_CONNECTION_ATTEMPTS:
        raise t.cast("Exception", caught_exception)
