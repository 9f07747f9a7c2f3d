# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._http.faults import NoAnswerError, NoAnswerYetError
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import ExportStatus
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.http_results import no_answer, refusal
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.labels import Labels
from ansible_collections.keyward.iam.plugins.plugin_utils._http.messages import Reply

LABEL = Labels({name: {"env": [{"name": name.upper()}]} for name in ("url", "timeout", "deadline", "batch_size")})


@pytest.mark.parametrize(
    ("status", "result", "setting"),
    [
        (301, ExportStatus.STOP, "url (URL)"),
        (400, ExportStatus.REJECTED, "url (URL)"),
        (401, ExportStatus.STOP, "the token"),
        (403, ExportStatus.STOP, "the token"),
        (404, ExportStatus.STOP, "url (URL)"),
        (413, ExportStatus.TOO_LARGE, "batch_size (BATCH_SIZE)"),
        (418, ExportStatus.RETRY, "url (URL)"),
    ],
)
def test_a_status_says_what_becomes_of_the_points(status: int, result: ExportStatus, setting: str) -> None:
    reply = Reply(status, "", 7.0, "http://elsewhere" if status == 301 else None)
    found = refusal(reply, "http://a", LABEL, said="no", access="the token", passes=lambda code: code == 418)
    assert (found.status, found.code, found.setting) == (result, f"HTTP {status}", setting)
    assert found.reason.endswith("redirected to http://elsewhere" if status == 301 else "no")
    assert found.retry_after == (7.0 if result is ExportStatus.RETRY else None)
    assert found.unauthorized == (status in {401, 403})


@pytest.mark.parametrize(
    ("kind", "setting", "out_of_time", "status", "named"),
    [
        (NoAnswerYetError, "timeout (TIMEOUT)", False, ExportStatus.RETRY, "timeout (TIMEOUT)"),
        (NoAnswerYetError, "timeout (TIMEOUT)", True, ExportStatus.RETRY, "deadline (DEADLINE)"),
        (NoAnswerYetError, "url (URL)", True, ExportStatus.RETRY, "url (URL)"),
        (NoAnswerError, "", False, ExportStatus.STOP, "url (URL)"),
    ],
)
def test_where_there_is_no_answer_the_setting_that_helps_is_named(
    kind: type[NoAnswerError], setting: str, status: ExportStatus, named: str, *, out_of_time: bool
) -> None:
    found = no_answer(
        kind("http://a", "no answer in time", "wait", setting), "http://a", LABEL, out_of_time=out_of_time
    )
    assert (found.status, found.setting, found.reason) == (status, named, "http://a: no answer in time")
