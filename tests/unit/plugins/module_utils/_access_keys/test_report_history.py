# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Any history of an account, with runs in between: what the report and the cache tell is what listing tells."""

from __future__ import annotations

import datetime as dt
import itertools
import tempfile
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.listing import Listing
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.report_fetch import ReportFetcher
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.report_listing import ReportListing
from ansible_collections.keyward.iam.plugins.module_utils._aws.instrumentation import AwsClock
from ansible_collections.keyward.iam.plugins.module_utils._common.workers import WorkerPool
from testbed.fakes.aws import AwsEndpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from testbed.fakes.aws.account import Account

_NAMES = ["ann", "bob", "cyd"]
_numbers = itertools.count(100000000000)

Keys = dict[str, tuple[str, dt.datetime]]
"""Status and date of creation by id, of one user."""

name = st.sampled_from(_NAMES)
number = st.integers(0, 1)
change = st.one_of(
    st.tuples(st.just("make_user"), name),
    st.tuples(st.just("delete_user"), name),
    st.tuples(st.just("rename_user"), name, name),
    st.tuples(st.just("make_key"), name),
    st.tuples(st.just("make_key"), name),
    st.tuples(st.just("delete_key"), name, number),
    st.tuples(st.just("toggle_key"), name, number),
    st.tuples(st.just("wait"), st.sampled_from([1, 60, 3600, 4 * 3600, 5 * 3600, 30 * 3600])),
    st.tuples(st.just("run")),
    st.tuples(st.just("run")),
)


class History:
    """An account that is changed, and what each of its users had at any time."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.states: list[tuple[dt.datetime, dict[str, Keys]]] = []
        self._remember()

    def apply(self, step: str, *arguments: Any) -> None:
        getattr(self, f"_{step}")(*arguments)
        self._remember()

    def had(self, user_id: str, since: dt.datetime) -> list[Keys]:
        """What the user had at any time from then on."""
        moments = [moment for moment, _state in self.states]
        first = max((index for index, moment in enumerate(moments) if moment <= since), default=0)
        return [state[user_id] for _moment, state in self.states[first:] if user_id in state]

    def _remember(self) -> None:
        now = self._account.clock.now()
        state = {
            user.id: {key.id: (key.status, key.created.replace(microsecond=0)) for key in user.keys.items(now)}
            for user in self._account.users.items(now)
        }
        self.states.append((now, state))

    def _user(self, user_name: str) -> Any:
        return self._account.users.get(user_name, self._account.clock.now())

    def _key(self, user_name: str, key_number: int) -> Any:
        user = self._user(user_name)
        keys = user.keys.items(self._account.clock.now()) if user else []
        return (user, keys[key_number]) if key_number < len(keys) else (user, None)

    def _make_user(self, user_name: str) -> None:
        if not self._user(user_name):
            self._account.add_user(user_name, created=self._account.clock.now())

    def _delete_user(self, user_name: str) -> None:
        if self._user(user_name):
            self._account.users.remove(user_name, self._account.clock.now())

    def _rename_user(self, user_name: str, new: str) -> None:
        user = self._user(user_name)
        if user and not self._user(new):
            self._account.users.remove(user_name, self._account.clock.now())
            user.name, user.arn = new, self._account.arn("user", "/", new)
            self._account.users.add(new, user)

    def _make_key(self, user_name: str) -> None:
        now, user = self._account.clock.now(), self._user(user_name)
        if user and len(user.keys.items(now)) < 2:
            self._account.make_key(user, now)

    def _delete_key(self, user_name: str, key_number: int) -> None:
        user, key = self._key(user_name, key_number)
        if key:
            user.keys.remove(key.id, self._account.clock.now())

    def _toggle_key(self, user_name: str, key_number: int) -> None:
        _user, key = self._key(user_name, key_number)
        if key:
            key.status = "Inactive" if key.status == "Active" else "Active"
            key.changed = self._account.clock.now()

    def _wait(self, seconds: float) -> None:
        self._account.clock.advance(seconds=seconds)


class Runs:
    """Lists an account by both methods."""

    def __init__(self, aws: AwsEndpoint, account: Account, cache_path: str) -> None:
        self._cache_path = cache_path
        self._account = account
        self._clock = AwsClock()
        session = botocore.session.Session()
        self._clock.register(session.get_component("event_emitter"))
        credentials = account.admin_credentials
        self._client: Any = session.create_client(
            "iam",
            region_name="us-east-1",
            endpoint_url=aws.url,
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token,
        )

    def by_list(self) -> dict[str, Keys]:
        listing = Listing(self._client, "/", WorkerPool(1))
        listing.run()
        assert listing.error is None
        return _by_arn(listing)

    def by_report(self) -> tuple[dict[str, Keys], dt.datetime]:
        """With the time of the report."""
        # A new one is asked for before, and is there at once.
        self._client.generate_credential_report()
        report = ReportFetcher(self._client, self._account.clock.now()).fetch()
        listing = ReportListing(
            self._client,
            "/",
            WorkerPool(1),
            take_report=lambda: report,
            cache_path=self._cache_path,
            clock=self._clock,
        )
        listing.run()
        assert listing.error is None
        assert listing.warnings == []
        return _by_arn(listing), report.generated_time


def _by_arn(listing: Listing) -> dict[str, Keys]:
    users: dict[str, Keys] = {}
    for key in listing.keys:
        users.setdefault(key.user_arn, {})[key.access_key_id] = (key.status, key.create_date)
    return users


@pytest.fixture(scope="module")
def shared_aws() -> Iterator[AwsEndpoint]:
    with AwsEndpoint() as endpoint:
        yield endpoint


@pytest.mark.once
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(steps=st.lists(change, min_size=10, max_size=50))
def test_the_report_gives_what_listing_gives_but_for_what_may_be_late(
    shared_aws: AwsEndpoint, steps: list[tuple[Any, ...]]
) -> None:
    account = shared_aws.account(str(next(_numbers)))
    history = History(account)
    with tempfile.TemporaryDirectory() as cache_path:
        runs = Runs(shared_aws, account, cache_path)
        for step in [*steps, ("run",), ("wait", 5 * 3600), ("run",)]:
            if step[0] == "run":
                _compare(runs, history, account)
            else:
                history.apply(*step)
        # Nothing changed for longer than a report lasts: nothing is late.
        assert runs.by_report()[0] == runs.by_list()


def _compare(runs: Runs, history: History, account: Account) -> None:
    exact = runs.by_list()
    found, generated = runs.by_report()
    users = {user.arn: user for user in account.users.items(account.clock.now())}
    assert found.keys() <= users.keys()
    for arn, user in users.items():
        keys = found.get(arn, {})
        # As it is, or as it was at some time since the report.
        assert keys == exact.get(arn, {}) or keys in history.had(user.id, generated - dt.timedelta(seconds=1))
