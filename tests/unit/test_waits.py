# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Nothing is waited for without a bound: every place that may wait is named here, with what ends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import waits

_ROOT = Path(__file__).parents[2]

_PROFILE = "profile_timeout: the collector ends a profile's calls and helpers, and then its tasks end"
_ENDING = "the probe's clean-up has a number of seconds, and pauses for no more than is left of it"
_ALARM = "the worker's alarm, set for each request from what is left of timeout and deadline, ends it"
_REQUEST = "a method of this collection's client, which bounds each request by timeout"

_HOME = "the seconds that the role gives it, fewer for what is not the collector's own"

BOUNDS = {
    "plugins/action/access_key_info.py::_accompany ended.wait": "five seconds, in a thread that ends with its task",
    "plugins/module_utils/_access_keys/collect.py::collect pool.wait": _PROFILE,
    "plugins/module_utils/_access_keys/listing.py::run self._pool.wait": _PROFILE,
    "plugins/module_utils/_access_keys/other_credentials.py::run self._pool.wait": _PROFILE,
    "plugins/module_utils/_access_keys/tags.py::complete self._pool.wait": _PROFILE,
    "plugins/module_utils/_access_keys/progress.py::_write time.sleep": "a second, in a thread of the process",
    "plugins/module_utils/_access_keys/report_fetch.py::_generate time.sleep": "no longer than the report's deadline",
    "plugins/module_utils/_access_keys/report_fetch.py::_with_retries time.sleep": "until the report's deadline",
    "plugins/module_utils/_aws/bodies.py::_pieces raw.stream": _PROFILE,
    "plugins/module_utils/_aws/helpers.py::_popen subprocess.Popen": "profile_timeout: the helper is ended with it",
    "plugins/module_utils/_aws/session.py::_pause self._stopped.wait": "profile_timeout: the event is set with its end",
    "plugins/module_utils/_awx/lookup.py::_settled time.sleep": "wait_timeout",
    "plugins/module_utils/_awx/project.py::fetch api.post": _REQUEST,
    "plugins/module_utils/_awx/project.py::await_fetched time.sleep": "wait_timeout",
    "plugins/module_utils/_awx/related.py::apply api.post": _REQUEST,
    "plugins/module_utils/_common/deadlines.py::run self._news.get": "the caller's seconds, or a signal and its grace",
    "plugins/module_utils/_common/deadlines.py::pause self._news.get": "the caller's seconds",
    "plugins/module_utils/_common/parent.py::_watch poll.poll": "half a second, in a thread that ends with the process",
    "plugins/module_utils/_common/parent.py::_watch threading.Event().wait": "half a second, in the same thread",
    "plugins/module_utils/_common/workers.py::result self._done.wait": "the caller's seconds",
    "plugins/module_utils/_common/workers.py::wait self._changed.wait": _PROFILE,
    "plugins/module_utils/_files/locks.py::locked fcntl.flock": "gives the lock back, which never waits",
    "plugins/module_utils/_files/locks.py::take time.sleep": "the caller's seconds",
    "plugins/module_utils/_files/locks.py::_is_taken fcntl.flock": "LOCK_NB",
    "plugins/module_utils/_files/private_file.py::_read file.read": "a regular file, opened with O_NONBLOCK",
    "plugins/module_utils/_http/request.py::_response open_url": "timeout, by a bounded call around it",
    "plugins/module_utils/_http/rest.py::_answered time.sleep": "a number of attempts, each pause bounded",
    "plugins/module_utils/_probe/cleanup.py::run self._calls.pause": _ENDING,
    "plugins/module_utils/_probe/removal.py::call self._calls.pause": _ENDING,
    "plugins/module_utils/_probe/step_runner.py::_attempts self._calls.pause": "step_timeout and consistency_timeout",
    "plugins/module_utils/_probe/sweep.py::remove self._calls.pause": _ENDING,
    "plugins/module_utils/_wavefront/alerts.py::is_searchable time.sleep": "the caller's seconds",
    "plugins/module_utils/_wavefront/csp.py::_authorize post": _REQUEST,
    "plugins/plugin_utils/_delivery/report.py::send select.select": "its last argument",
    "plugins/plugin_utils/_delivery/sender.py::_send time.sleep": "deadline: it does not begin what would outlast it",
    "plugins/plugin_utils/_http/connection.py::post self.request": _ALARM,
    "plugins/plugin_utils/_http/connection.py::request process.wait": _ALARM,
    "plugins/plugin_utils/_http/connection.py::_running subprocess.Popen": "it is killed when the connection is closed",
    "plugins/plugin_utils/_http/connection.py::_exchange answers.readline": _ALARM,
    "plugins/plugin_utils/_http/worker.py::answer self._session.request": _ALARM,
    "plugins/plugin_utils/_http/worker.py::main for sys.stdin.buffer": "its parent's end closes the pipe",
    "plugins/plugin_utils/_http/worker.py::_text response.raw.stream": _ALARM,
    "plugins/plugin_utils/_otlp/exporter.py::export self._connection.post": _ALARM,
    "plugins/plugin_utils/_prometheus/pushgateway.py::_exchange self._connection.request": _ALARM,
    "plugins/plugin_utils/_wavefront/exporter.py::_attempt self._connection.post": _ALARM,
    "plugins/plugin_utils/_wavefront/exporter.py::_authorize self._connection.post": _ALARM,
    "roles/collector/files/home.py::main wait": _HOME,
    "roles/collector/files/home.py::wait wait_for": _HOME,
    "roles/collector/files/home.py::wait_for time.sleep": _HOME,
    "roles/collector/files/home.py::is_free fcntl.flock": "LOCK_NB, and giving the lock back",
    "roles/collector/files/home.py::as_user os.waitpid": "its child makes a few calls of the file system, and no more",
    "roles/collector/files/pack.py::released subprocess.run": "a local build, run by the controller's own task",
}
"""
Calls of botocore's clients are not among them, as they have no name of their own: the connect and read time-outs of
the session bound each, and profile_timeout or the probe's bounded calls all of them.
"""


def test_every_wait_has_a_bound() -> None:
    found = set(waits.found(_ROOT))
    assert sorted(found - BOUNDS.keys()) == [], "name what ends these waits in BOUNDS"
    assert sorted(BOUNDS.keys() - found) == [], "these are no longer there"


@pytest.mark.parametrize(
    "code",
    [
        "time.sleep(1)",
        "thread.join()",
        "thread.join(timeout=3)",
        "future.result()",
        "messages.get()",
        "messages.get(block=True)",
        "event.wait()",
        "lock.acquire()",
        "fcntl.flock(file, fcntl.LOCK_EX)",
        "subprocess.run(['x'])",
        "subprocess.check_output(['x'])",
        "process.communicate()",
        "connection.recv(1)",
        "listener.accept()",
        "requests.put('x')",
        "session.get()",
        "urllib.request.urlopen('x')",
        "select.select([x], [], [])",
        "poll.poll(100)",
        "pipe.readline()",
        "input('?')",
        "getpass.getpass()",
        "os.waitpid(1, 0)",
        "module.run_command('x')",
        "for line in sys.stdin: pass",
    ],
)
def test_a_wait_is_found(tmp_path: Path, code: str) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins/one.py").write_text(f"def work():\n    {code}\n")
    [place] = waits.found(tmp_path)
    assert place.startswith("plugins/one.py::work ")


@pytest.mark.parametrize(
    "code", ["', '.join(words)", "values.get('name')", "process.poll()", "probe.run(1)", "x.put(1)"]
)
def test_what_only_looks_like_a_wait_is_not_found(tmp_path: Path, code: str) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins/one.py").write_text(f"{code}\n")
    assert not waits.found(tmp_path)
