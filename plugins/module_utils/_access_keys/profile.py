# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Collects the access keys that one AWS profile can see."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import time
import typing as t

from .._aws.account import UNKNOWN_ACCOUNT, Account, account_in, ask_account
from .._aws.boto import ClientError, ProfileNotFound, Session
from .._aws.boto import exceptions as boto
from .._aws.boundary import attempt, details_of
from .._aws.errors import CREDENTIAL_CODES, NO_CONTEXT, ErrorContext, ErrorDetails, UserError, error_code
from .._aws.instance_role import missing_because
from .._aws.instrumentation import AwsClock, CallCounter
from .._aws.profiles import unknown_profile
from .._aws.session import DEFAULT_PROFILE, ProfileSession
from .._aws.shared_files import unusable_files
from .._common.deadlines import TimedOutError
from .._common.workers import Background, WorkerPool
from . import credential_report, report_fetch
from .listing import Listing
from .model import NOT_REPORTED, ROOT_USER_NAME, AccessKey, KeyCounts, KeyOrigin, is_exempt, key_age
from .other_credentials import BY_REPORT, LISTED, CredentialListing, OtherCredential, credentials_in
from .report_fetch import PendingReport
from .report_listing import ReportListing
from .report_matching import match_report, root_keys
from .rules import exemption_of, exemption_warnings, limits_of, tag_value
from .tags import UserTags

if t.TYPE_CHECKING:
    from .._aws.roles import AssumedRole
    from .credential_report import CredentialReport
    from .model import ListedKey, ReportedKey
    from .request import CollectRequest

_IDENTITY_SECONDS = 15.0
_STALE = dt.timedelta(days=1)
_NO_REPORT = "last-used data, root keys and reactivation are missing without the credential report"


class ProfileResult(t.NamedTuple):
    """What one profile gave. C(failure) marks the keys as partial; C(warnings) say what else is missing."""

    profile: str
    keys: list[AccessKey]
    account: Account = UNKNOWN_ACCOUNT
    role_arn: str | None = None
    assumed: bool = False
    """Whether the role was asked for, and is not the profile's own."""
    region: str | None = None
    users: int = 0
    counts: KeyCounts = KeyCounts()
    credentials: t.Sequence[dict[str, t.Any]] = ()
    method: str | None = None
    root_known: bool = False
    report_age: int | None = None
    report_error: str | None = None
    """What the credential report should have told and did not."""
    cached: int = 0
    failure: ErrorDetails | None = None
    warnings: t.Sequence[str] = ()
    calls: int = 0
    throttled: int = 0
    duration_ms: int = 0


def collect_profile(name: str | None, request: CollectRequest, role: AssumedRole | None = None) -> ProfileResult:
    """
    Collects one profile, or the account of a role that it assumes; C(None) stands for the ambient credentials.
    Returns in time and never raises.
    """
    started = time.monotonic()
    collection = _ProfileCollection(name, request, role)
    _none, failure = attempt(lambda: Background(collection.run).result(request.profile_timeout), collection.context)
    if failure is not None and failure.code == TimedOutError.__name__:
        failure = ErrorDetails("Timeout", collection.timeout_sentence())
    collection.stop()
    result, own_failure = attempt(lambda: collection.result(failure))
    if result is None:
        result = ProfileResult(
            collection.profile,
            [],
            role_arn=role.arn if role else None,
            assumed=role is not None,
            failure=failure or own_failure,
        )
    return result._replace(duration_ms=round((time.monotonic() - started) * 1000))


class _ProfileCollection:
    """A profile under way. What is here when its time is up is its result."""

    def __init__(self, name: str | None, request: CollectRequest, role: AssumedRole | None) -> None:
        self.profile = name or DEFAULT_PROFILE
        self._name = name
        self._request = request
        self._calls = CallCounter()
        self._pool = WorkerPool(request.concurrency)
        self._session: ProfileSession | None = None
        self._region: str | None = None
        self._account: Account | None = None
        self._role = role
        self._role_arn = role.arn if role else None
        self._listing: Listing | None = None
        self._tags: UserTags | None = None
        self._others: CredentialListing | None = None
        self._report_reason: str | None = None
        self._pending: PendingReport | None = None
        self._report: CredentialReport | None = None
        self._failure: ErrorDetails | None = None
        self._warnings: list[str] = []
        self._report_errors: list[str] = []

    def run(self) -> None:
        """Raises whatever keeps the profile from being listed."""
        request = self._request
        try:
            session = self._session = ProfileSession(
                self._name, request.settings, self._calls, request.data_loader, request.concurrency
            )
            self.profile = self._name or session.ambient_profile
            if self._role is not None:
                session.assume(self._role)
            self._role_arn = session.role_arn
            self._region = session.region_label
            if request.needs_report:
                self._pending = self._start_report(session)
            self._listing = self._create_listing(session)
            request.progress.watch(self._listing, self._calls)
            if request.needs_tags:
                self._tags = UserTags(session.create_client("iam"), self._pool)
                self._tags.start()
            self._listing.run()
            if self._tags is not None:
                self._tags.complete({key.user_arn: key.user_name for key in self._listing.keys})
            if LISTED.intersection(request.credentials):
                self._others = CredentialListing(session.create_client("iam"), self._pool, request.credentials)
                self._others.run(list(self._listing.user_names.values()))
        except Exception as error:
            raise _with_cause(error) from error
        self._take_report()
        self._failure = self._listing_failure() or self._tags_failure() or self._others_failure()
        self._account = self._find_account(session)

    def context(self) -> ErrorContext:
        return self._session.describe() if self._session else NO_CONTEXT._replace(profile=self.profile)

    def stop(self) -> None:
        """End what is still under way: its results are not needed any more."""
        self._request.progress.profile_done(self._listing)
        self._pool.cancel()
        if self._session is not None:
            self._session.stop()

    def timeout_sentence(self) -> str:
        session = self._session
        helper = session.helpers.waiting_for if session else None
        last = (
            f"the last call was {session.last_operation}" if session and session.last_operation else "nothing was sent"
        )
        found = f", {self._listing.users} users and {len(self._listing.keys)} keys were found" if self._listing else ""
        return (
            f"profile_timeout ({self._request.profile_timeout:g} s) is over: "
            f"{f'{helper} did not end' if helper else last}{found}: fix what it waits for, or raise profile_timeout"
        )

    def result(self, failure: ErrorDetails | None) -> ProfileResult:
        """Waits for nothing."""
        listing = self._listing
        failure = failure or self._failure
        account = self._account or self._known_account()
        region = self._region or (account.control_plane_region if self._session else None)
        origin = KeyOrigin(account.account_id, account.partition, self.profile, region)
        adds = self._report if self._request.credential_report else None
        keys, report_failure = attempt(lambda: self._keys(origin, adds))
        if keys is None:
            self._report = adds = None
            keys = self._keys(origin, None)
            self._report_errors.append(f"{_NO_REPORT}: {report_failure.sentence if report_failure else ''}")
        report = self._report
        others, others_failure = attempt(self._other_credentials)
        failure = failure or others_failure
        self._warnings.extend(exemption_warnings(keys))
        return ProfileResult(
            profile=self.profile,
            keys=keys,
            credentials=[each.as_result(origin, self._request.now) for each in others or []],
            account=account,
            role_arn=self._role_arn,
            assumed=self._role is not None,
            region=region,
            users=listing.users if listing else 0,
            counts=KeyCounts.of(keys),
            method=self._method(listing) if listing else None,
            root_known=adds is not None and adds.root_arn is not None and self._request.path_prefix == "/",
            report_age=self._report_age(report) if report else None,
            # Where the profile failed, its report fails for the same reason.
            report_error=None if failure else "; ".join(self._report_errors) or None,
            cached=listing.cached if isinstance(listing, ReportListing) else 0,
            failure=failure,
            warnings=() if failure else self._all_warnings(),
            calls=self._calls.calls,
            throttled=self._calls.throttled,
        )

    def _all_warnings(self) -> tuple[str, ...]:
        of_listing = self._listing.warnings if isinstance(self._listing, ReportListing) else ()
        return (*self._report_errors, *self._warnings, *of_listing)

    def _create_listing(self, session: ProfileSession) -> Listing:
        request = self._request
        if request.method == "list":
            return Listing(session.create_client("iam"), request.path_prefix, self._pool)
        clock = AwsClock()
        clock.register(session.get_component("event_emitter"))
        return ReportListing(
            session.create_client("iam"),
            request.path_prefix,
            self._pool,
            take_report=self._take_fresh_report,
            cache_path=request.cache_path,
            clock=clock,
        )

    def _take_fresh_report(self) -> CredentialReport | None:
        self._take_report()
        report = self._report
        if report is None or self._request.now - report.generated_time <= _STALE:
            return report
        self._warnings.append("every user was listed, since the credential report is more than a day old")
        return None

    def _method(self, listing: Listing) -> str:
        return "report" if isinstance(listing, ReportListing) and listing.used_report else "list"

    def _other_credentials(self) -> list[OtherCredential]:
        found = list(self._others.found) if self._others else []
        if self._report is not None and self._listing is not None:
            found.extend(credentials_in(self._report, self._request.credentials, dict(self._listing.user_names)))
        return sorted(found, key=lambda credential: credential.sort_key)

    def _start_report(self, session: ProfileSession) -> PendingReport:
        return PendingReport(session.create_client("iam", config=report_fetch.client_config()), self._request.now)

    def _take_report(self) -> None:
        pending, self._pending = self._pending, None
        if pending is None:
            return
        report, reason = pending.take(self.context)
        if report is None:
            self._report_reason = reason
            listed = ", and every user was listed" if self._request.method == "report" else ""
            self._report_errors.append(f"{_NO_REPORT}{listed}: {reason}")
            return
        self._report = report
        if report.stale_because:
            self._report_errors.append(
                f"last-used data, root keys and reactivation are from a credential report that is "
                f"{self._report_age(report) // 3600} hours old: {report.stale_because}"
            )
        odd = credential_report.warning(report)
        if odd:
            self._report_errors.append(odd)

    def _report_age(self, report: CredentialReport) -> int:
        return max(0, round((self._request.now - report.generated_time).total_seconds()))

    def _listing_failure(self) -> ErrorDetails | None:
        listing = self._listing
        if listing is None or listing.error is None:
            return None
        details = details_of(_with_cause(listing.error), self.context)
        failed = len(listing.user_errors)
        part = f"keys of {failed} of {listing.users} users could not be listed: " if failed else ""
        return details._replace(sentence=part + details.sentence)

    def _tags_failure(self) -> ErrorDetails | None:
        if self._tags is None or self._tags.error is None:
            return None
        details = details_of(self._tags.error, self.context)
        options = [name for name in ("user_tags", "exempt_tag", "age_rules") if getattr(self._request, name)]
        return details._replace(
            sentence=f"the tags of users could not be read, which {' and '.join(options)} need: {details.sentence}"
        )

    def _others_failure(self) -> ErrorDetails | None:
        by_report = BY_REPORT.intersection(self._request.credentials)
        if by_report and self._report is None:
            return ErrorDetails(
                "ReportMissing",
                f"credentials ({', '.join(sorted(by_report))}) need the credential report: {self._report_reason}",
            )
        if self._others is None or self._others.error is None:
            return None
        details = details_of(self._others.error, self.context)
        return details._replace(sentence=f"credentials could not be listed: {details.sentence}")

    def _known_account(self) -> Account:
        """The account by what AWS or the profile itself names, or unknown: never by the text of an error."""
        listing, report = self._listing, self._report
        return (
            account_in(listing.sample_arn if listing else None)
            or account_in(report.root_arn if report else None)
            or account_in(self._role_arn)
            or UNKNOWN_ACCOUNT
        )

    def _find_account(self, session: ProfileSession) -> Account:
        known = self._known_account()
        error = self._listing.error if self._listing else None
        unreachable = error is not None and (
            not isinstance(error, ClientError) or error_code(error) in CREDENTIAL_CODES
        )
        if known is not UNKNOWN_ACCOUNT or unreachable:
            return known
        asked, failure = attempt(
            lambda: Background(lambda: ask_account(session)).result(_IDENTITY_SECONDS), self.context
        )
        if failure is not None:
            self._warnings.append(f"the account id is not known, since there is no user to show it: {failure.sentence}")
        return asked or UNKNOWN_ACCOUNT

    def _keys(self, origin: KeyOrigin, report: CredentialReport | None) -> list[AccessKey]:
        request = self._request
        listed = list(self._listing.keys) if self._listing else []
        keys: list[AccessKey] = []
        for _arn, group in itertools.groupby(listed, key=lambda key: key.user_arn):
            of_user = list(group)
            reported = match_report(of_user, report, request.now) if report else {}
            keys.extend(self._key(key, origin, reported.get(key.access_key_id, NOT_REPORTED)) for key in of_user)
        if report is not None and request.path_prefix == "/":
            exempt = is_exempt(ROOT_USER_NAME, request.exempt_users)
            limits, by_rule = limits_of(request.age_rules, request.limits, ROOT_USER_NAME, "/", {})
            of_root = root_keys(report, request.now, limits, origin, exempt=exempt)
            rule_max = limits.max_days if limits and by_rule else None
            keys.extend(dataclasses.replace(key, rule_max_days=rule_max) for key in of_root)
        return keys

    def _key(self, key: ListedKey, origin: KeyOrigin, reported: ReportedKey) -> AccessKey:
        request = self._request
        tags = self._tags.get(key.user_arn) if self._tags else None
        limits, by_rule = limits_of(request.age_rules, request.limits, key.user_name, key.user_path, tags)
        exemption = exemption_of(tags, request.exempt_tag, request.now.date()) if tags and request.exempt_tag else None
        exempt: bool | None = is_exempt(key.user_name, request.exempt_users) or (
            exemption is not None and not exemption.expired
        )
        if not exempt and request.exempt_tag and tags is None:
            exempt = None
        wanted = {name: tag_value(tags, name) for name in request.user_tags} if tags is not None else {}
        return AccessKey(
            origin=origin,
            user_name=key.user_name,
            user_arn=key.user_arn,
            user_path=key.user_path,
            status=key.status,
            exempt=exempt,
            access_key_id=key.access_key_id,
            age=key_age(key.create_date, request.now, limits),
            reported=reported,
            rule_max_days=limits.max_days if limits and by_rule else None,
            tags={name: value for name, value in wanted.items() if value is not None} if request.user_tags else None,
            exemption=exemption,
        )


def _with_cause(error: BaseException) -> BaseException:
    """The error with what this host shows of its cause: files that cannot be read, an instance without a role."""
    if isinstance(error, (ProfileNotFound, boto.NoCredentialsError, boto.PartialCredentialsError)):
        unusable = unusable_files(Session())
        if unusable:
            return unusable[0]
    if isinstance(error, ProfileNotFound):
        return unknown_profile(Session(), error.kwargs["profile"])
    if isinstance(error, boto.NoCredentialsError):
        reason = missing_because()
        if reason:
            return UserError("NoCredentialsError", f"{details_of(error).sentence}; {reason}")
    return error
