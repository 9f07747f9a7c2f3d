# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The receiver as a process of its own, driven over its control API."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parents[4]
LINE = f'aws.iam.accessKey 7 {int(time.time())} source="AWS" name="user"'


@contextlib.contextmanager
def receiver(directory: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port_file = directory / "port"
    command = [sys.executable, "-m", "testbed.fakes.wavefront", "--port-file", str(port_file), *options]
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:
        try:
            deadline = time.monotonic() + 20
            while not port_file.exists():
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield process, f"http://127.0.0.1:{int(port_file.read_text())}"
        finally:
            process.kill()


def test_counts_points_answers_and_reset(tmp_path: Path) -> None:
    token_file = tmp_path / "token"
    token_file.write_text("secret\n")
    with receiver(tmp_path, "--token-file", str(token_file)) as (process, url), requests.Session() as session:

        def send(*lines: str) -> int:
            headers = {"Authorization": "Bearer secret"}
            body = "\n".join(lines)
            return session.post(f"{url}/report?f=wavefront", data=body, headers=headers, timeout=5).status_code

        def get(view: str) -> object:
            return session.get(f"{url}/_testbed/{view}", timeout=5).json()

        def choose(action: str, document: object = None) -> requests.Response:
            return session.post(f"{url}/_testbed/{action}", json=document, timeout=5)

        assert requests.post(f"{url}/report?f=wavefront", data=LINE, timeout=5).status_code == 401
        assert [send(LINE, "bad"), send(LINE)] == [202, 202]
        assert get("counts") == {
            "accepted": 2, "unique": 1, "rejected": 1, "requests": 3, "in_flight": 0, "connections": 2,
            "metrics": {"aws.iam.accessKey": 1},
        }  # fmt: skip
        points = get("points?metric=aws.iam.accessKey")
        assert isinstance(points, list)
        assert points[0]["tags"] == {"name": "user"}
        assert points[0]["arrivals"] == 2
        assert get("points?metric=other") == []
        assert get("rejected") == [{"line": "bad", "code": "WF-300", "reason": "value is missing"}]

        choose("answers", [{"kind": "status", "code": 429, "retry_after": 1}, {"kind": "status", "code": 503}])
        choose("always", {"kind": "status", "code": 500})
        assert [send(LINE) for _unused in range(4)] == [429, 503, 500, 500]
        choose("always")
        choose("mix", {"seed": 1, "share": 1.0, "faults": [{"kind": "status", "code": 502}]})
        assert send(LINE) == 502
        choose("mix", {"seed": 1, "share": 0.0})
        assert send(LINE) == 202
        assert choose("answers", [{"kind": "nap"}]).status_code == 400
        assert choose("mix", {"speed": 1}).status_code == 400

        choose("reset")
        assert get("requests") == []
        assert get("points") == []
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_it_ends_when_its_stdin_closes(tmp_path: Path) -> None:
    with receiver(tmp_path, "--counts-only") as (process, url):
        assert requests.get(f"{url}/_testbed/points", timeout=5).status_code == 409
        assert process.stdin is not None
        process.stdin.close()

        assert process.wait(timeout=10) == 0


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_on_a_signal_even_while_a_request_hangs(tmp_path: Path, end: signal.Signals) -> None:
    with receiver(tmp_path) as (process, url):
        requests.post(f"{url}/_testbed/always", json={"kind": "hang"}, timeout=5)
        with pytest.raises(requests.ReadTimeout):
            requests.post(f"{url}/report?f=wavefront", data=LINE, timeout=0.1)
        process.send_signal(end)

        assert process.wait(timeout=10) == 0
