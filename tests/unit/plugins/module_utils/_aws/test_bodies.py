# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import gzip
import os
import tracemalloc
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from ansible_collections.keyward.iam.plugins.module_utils._aws.bodies import MOST_BYTES, MOST_BYTES_OF_LONG
from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import UserError, explain
from ansible_collections.keyward.iam.plugins.module_utils._aws.instrumentation import CallCounter
from ansible_collections.keyward.iam.plugins.module_utils._aws.session import ConnectionSettings, ProfileSession
from testbed.fakes.serving.canned import CannedServer

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.once

PIECE = b"x" * 65536
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
ENDLESS = {
    "until the connection closes": (HEAD + b"\r\n<ListUsersResponse>", PIECE),
    "chunked": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + PIECE + b"\r\n"),
    "declared": (HEAD + b"Content-Length: 99999999999\r\n\r\n", PIECE),
    "an error": (HEAD.replace(b"200 OK", b"403 Forbidden") + b"\r\n", PIECE),
    "a server error": (HEAD.replace(b"200 OK", b"503 Unavailable") + b"\r\n", PIECE),
    "compressed": (HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(PIECE)),
}


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in os.environ:
        if name.startswith(("AWS_", "BOTO")) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


@pytest.fixture
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    yield
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 96 << 20


class HangingServer(CannedServer):
    """Sends its answer, and then nothing."""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self._answer)
        await reader.read()
        writer.close()


def session_of(server: CannedServer) -> ProfileSession:
    settings = ConnectionSettings("AKIAEXAMPLE", "hunter2", endpoint_url=server.url)
    return ProfileSession(None, settings, CallCounter())


def refused(call: Any) -> str:
    with pytest.raises(UserError) as raised:
        call()
    found = explain(raised.value)
    assert found.code == "ResponseTooLong"
    assert found.sentence.isprintable()
    assert found.traceback is None
    return found.sentence


@pytest.mark.parametrize("body", ENDLESS)
@pytest.mark.usefixtures("little_memory")
def test_a_response_without_an_end_is_refused(body: str) -> None:
    with CannedServer(ENDLESS[body][0], endless=ENDLESS[body][1]) as server:
        sentence = refused(session_of(server).create_client("iam").list_users)
        assert "the response to ListUsers is longer than 4 MiB, what answered is not AWS" in sentence
        assert len(server.requests) == 1, "what is too long is not asked for again"


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "most"),
    [
        ("sts", "get_caller_identity", {}, MOST_BYTES),
        ("iam", "list_access_keys", {"UserName": "alice"}, MOST_BYTES),
        ("iam", "create_user", {"UserName": "alice"}, MOST_BYTES),
        ("iam", "generate_credential_report", {}, MOST_BYTES),
        ("iam", "get_credential_report", {}, MOST_BYTES_OF_LONG),
        ("organizations", "list_accounts", {}, MOST_BYTES),
    ],
)
@pytest.mark.usefixtures("little_memory")
def test_each_operation_has_the_bound(service: str, operation: str, parameters: dict[str, str], most: int) -> None:
    with CannedServer(HEAD + b"\r\n", endless=PIECE) as server:
        client = session_of(server).create_client(service)
        assert f"is longer than {most >> 20} MiB" in refused(lambda: getattr(client, operation)(**parameters))
        assert server.sent < most + (32 << 20)


ROLE = "role_arn = arn:aws:iam::999988887777:role/x"


@pytest.mark.parametrize(
    ("settings", "variable", "asked"),
    [
        (f"{ROLE}\nsource_profile = keys", "AWS_ENDPOINT_URL", "to AssumeRole"),
        (f"{ROLE}\nweb_identity_token_file = {{home}}/token", "AWS_ENDPOINT_URL", "to AssumeRoleWithWebIdentity"),
        (f"{ROLE}\ncredential_source = Ec2InstanceMetadata", "AWS_EC2_METADATA_SERVICE_ENDPOINT", "of {url}/"),
        (f"{ROLE}\ncredential_source = EcsContainer", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "of {url}"),
        (None, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "of {url}/"),
        (None, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "of {url}"),
    ],
)
@pytest.mark.usefixtures("little_memory")
def test_each_source_of_credentials_has_the_bound(
    home: Path, monkeypatch: pytest.MonkeyPatch, settings: str | None, variable: str, asked: str
) -> None:
    (home / "token").write_text("a token of the provider")
    (home / "config").write_text(
        "[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = hunter2\n"
        f"[profile bad]\n{settings or ''}\n".format(home=home)
    )
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    with CannedServer(HEAD + b"\r\n", endless=PIECE) as server:
        monkeypatch.setenv(variable, server.url)
        session = ProfileSession("bad" if settings else None, ConnectionSettings(), CallCounter())
        sentence = refused(lambda: cast("Any", session.get_credentials()).get_frozen_credentials())
        assert f"the response {asked.format(url=server.url)}" in sentence
        assert variable in sentence


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (HEAD + b"Content-Length: 10\r\n\r\nupstream", "what answered is not AWS: HTTP 200, it says upstream"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n99\r\nupstream", "Connection was closed before"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nupstream", "Connection was closed before"),
    ],
)
def test_a_body_that_is_cut_off_is_what_it_was_for_botocore(answer: bytes, says: str) -> None:
    with CannedServer(answer) as server, pytest.raises((ClientError, ConnectionClosedError)) as raised:
        session_of(server).create_client("iam").list_users()
    assert says in explain(raised.value).sentence


def test_a_body_that_stands_still_is_a_timeout() -> None:
    once = Config(read_timeout=0.2, retries={"total_max_attempts": 1})
    with HangingServer(HEAD + b"Content-Length: 10\r\n\r\nx") as server:
        iam = session_of(server).create_client("iam", config=once)
        with pytest.raises(ReadTimeoutError):
            iam.list_users()
