# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
What else a user may authenticate with: passwords and signing certificates by the credential report, service-specific
credentials by a call for each 1000 of them, SSH keys by a call for each user.
"""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from .._aws.boto import ParamValidationError
from .._aws.errors import error_code
from .._aws.responses import pages
from .._common.dates import iso, whole_days

if t.TYPE_CHECKING:
    import datetime as dt

    from .._common.workers import WorkerPool
    from .credential_report import CredentialReport
    from .model import KeyOrigin

CredentialType = t.Literal["password", "signing_certificate", "ssh_key", "service_specific"]

BY_REPORT: frozenset[str] = frozenset({"password", "signing_certificate"})
LISTED: frozenset[str] = frozenset({"ssh_key", "service_specific"})
PAGE_SIZE = 1000


@dataclasses.dataclass(frozen=True)
class OtherCredential:
    """
    One credential. AWS says when it was created, or only when it was created or last changed. The report has no id of a
    certificate, only which of two it is, as C(slot).
    """

    type: CredentialType
    user_name: str
    status: str
    id: str | None = None
    slot: int | None = None
    service: str | None = None
    create_date: dt.datetime | None = None
    last_changed_date: dt.datetime | None = None
    expiration_date: dt.datetime | None = None
    last_used_known: bool = False
    last_used_date: dt.datetime | None = None

    @property
    def sort_key(self) -> tuple[t.Any, ...]:
        return (self.type, self.user_name, self.id or "", self.slot or 0)

    def as_result(self, origin: KeyOrigin, now: dt.datetime) -> dict[str, t.Any]:
        """See RETURN of keyward.iam.access_key_info. What is not known is left out."""
        since = self.create_date or self.last_changed_date
        optional = {
            "id": self.id,
            "slot": self.slot,
            "service": self.service,
            "create_date": self.create_date and iso(self.create_date),
            "last_changed_date": self.last_changed_date and iso(self.last_changed_date),
            "expiration_date": self.expiration_date and iso(self.expiration_date),
            "age_days": whole_days(since, now) if since else None,
        }
        last_use = {"last_used_date": self.last_used_date and iso(self.last_used_date)} if self.last_used_known else {}
        return {
            "type": self.type,
            "user_name": self.user_name,
            "account_id": origin.account_id,
            "profile": origin.profile,
            "region": origin.region,
            "status": self.status,
            **{name: value for name, value in optional.items() if value is not None},
            **last_use,
        }


class CredentialListing:
    """Lists the types that the credential report does not have. C(error) is what kept some from being listed."""

    def __init__(self, client: t.Any, pool: WorkerPool, types: t.Collection[str]) -> None:
        self._client = client
        self._pool = pool
        self._types = types
        self.found: list[OtherCredential] = []
        self.error: BaseException | None = None

    def run(self, user_names: t.Sequence[str]) -> None:
        """Ends when all is listed, or something failed that would fail again."""
        if "service_specific" in self._types:
            self._pool.submit(functools.partial(self._list_service_specific, user_names))
        if "ssh_key" in self._types:
            for name in user_names:
                self._pool.submit(functools.partial(self._list, self._ssh_keys, name))
        self._pool.wait()

    def _list_service_specific(self, user_names: t.Sequence[str]) -> None:
        wanted = set(user_names)
        try:
            listed = list(self._service_specific(AllUsers=True, MaxItems=PAGE_SIZE))
        except ParamValidationError:
            # botocore knows AllUsers since 1.40.
            for name in user_names:
                self._pool.submit(functools.partial(self._list, self._service_specific, name))
        except BaseException as error:  # noqa: BLE001 - kept as the failure of the listing
            self.error = self.error or error
        else:
            self.found.extend(credential for credential in listed if credential.user_name in wanted)

    def _list(self, find: t.Callable[..., t.Iterator[OtherCredential]], user_name: str) -> None:
        if self.error is not None:
            return
        try:
            self.found.extend(list(find(UserName=user_name)))
        except BaseException as error:  # noqa: BLE001 - kept as the failure of the listing
            # One that was deleted meanwhile has none.
            if error_code(error) != "NoSuchEntity":
                self.error = self.error or error

    def _service_specific(self, **parameters: t.Any) -> t.Iterator[OtherCredential]:
        operation, name = "list_service_specific_credentials", "ServiceSpecificCredentials"
        for page in pages(self._client, operation, name, **parameters):
            for each in page:
                yield OtherCredential(
                    "service_specific",
                    each["UserName"],
                    each["Status"],
                    id=each["ServiceSpecificCredentialId"],
                    service=each.get("ServiceName"),
                    create_date=each["CreateDate"],
                    expiration_date=each.get("ExpirationDate"),
                )

    def _ssh_keys(self, **parameters: t.Any) -> t.Iterator[OtherCredential]:
        for page in pages(self._client, "list_ssh_public_keys", "SSHPublicKeys", **parameters):
            for each in page:
                yield OtherCredential(
                    "ssh_key",
                    each["UserName"],
                    each["Status"],
                    id=each["SSHPublicKeyId"],
                    create_date=each.get("UploadDate"),
                )


def credentials_in(
    report: CredentialReport, types: t.Collection[str], users: t.Mapping[str, str]
) -> t.Iterator[OtherCredential]:
    """What the report has of users, names by ARN."""
    for arn, name in users.items():
        password = report.passwords.get(arn)
        if "password" in types and password is not None:
            yield OtherCredential(
                "password",
                name,
                "Active",
                last_changed_date=password.changed_date,
                last_used_known=password.last_used_known,
                last_used_date=password.last_used_date,
            )
        if "signing_certificate" in types:
            for slot in report.certificates.get(arn, ()):
                yield OtherCredential(
                    "signing_certificate",
                    name,
                    "Active" if slot.active else "Inactive",
                    slot=slot.number,
                    last_changed_date=slot.rotated_date,
                )
