# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Options: what they make, and one clear sentence for each that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.options import SettingError
from testbed.drivers.deliveries import Run


def make(**options: Any) -> Any:
    return Run(**{"url": "http://127.0.0.1:2878", "journal_dir": "/nowhere"} | options).delivery


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://example.wavefront.com", "https://example.wavefront.com/report"),
        ("https://example.wavefront.com/", "https://example.wavefront.com/report"),
        ("https://example.wavefront.com/report", "https://example.wavefront.com/report"),
        ("https://example.wavefront.com/report/?f=wavefront", "https://example.wavefront.com/report"),
        (" http://proxy:2878 ", "http://proxy:2878/report"),
        ("http://gateway/wavefront/", "http://gateway/wavefront/report"),
        ("http://[::1]:2878", "http://[::1]:2878/report"),
    ],
)
def test_a_url_is_taken_as_people_paste_it(given: str, used: str) -> None:
    assert make(url=given).exporter._url == used


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"url": "example.wavefront.com"}, "url must look like https://"),
        ({"url": "ftp://example.wavefront.com"}, "url must look like https://"),
        ({"url": "http://proxy:70000"}, "url must look like https://"),
        ({"url": "http://me:secret@proxy"}, "url must not hold a user or a password"),
        ({"batch_size": 0}, "batch_size must be 1 to 10000, not 0"),
        ({"batch_size": 10001}, "batch_size must be 1 to 10000, not 10001"),
        ({"journal_max_mb": 0}, "journal_max_mb must be 1 or more, not 0"),
        ({"timeout": 0.0}, "timeout must be more than 0 seconds, not 0"),
        ({"deadline": -1.0}, "deadline must be more than 0 seconds, not -1"),
        ({"timeout": float("inf")}, "timeout must be at most 3600 seconds, not inf"),
        ({"timeout": float("nan")}, "timeout must be more than 0 seconds, not nan"),
        ({"deadline": 1e12}, "deadline must be at most 86400 seconds, not 1e+12"),
        ({"journal_max_mb": 10**15}, "journal_max_mb must be at most 1048576"),
        ({"source": " "}, "source must not be blank"),
        ({"point_tags": "team"}, "'team' does not"),
        ({"point_tags": "source=me"}, "reserved tag source"),
        ({"job_tags": ["schedule", "job_id"]}, "job_tags may hold job_template and schedule, not job_id"),
        ({"api_token": "a", "api_token_file": "/b"}, "only one of api_token, api_token_file can be used"),
        (
            {"csp_api_token": "a", "csp_api_token_file": "/b"},
            "only one of csp_api_token, csp_api_token_file can be used",
        ),
        ({"csp_client_id": "a"}, "csp_client_id and csp_client_secret need each other"),
        ({"csp_client_secret_file": "/b"}, "csp_client_id and csp_client_secret need each other"),
        ({"client_key": "/key.pem"}, "client_key needs client_cert"),
        ({"journal_dir": "/srv/~/.local"}, "set HOME or KEYWARD_JOURNAL_DIR"),
        ({"journal_dir": "/srv/~nouser/journal"}, "and ~nouser is not known: set an absolute path"),
        ({"journal_dir": "/srv/$UNSET/journal"}, "journal_dir (KEYWARD_JOURNAL_DIR) is /srv/$UNSET/journal"),
        ({"ca_path": "/srv/${UNSET}.pem"}, "ca_path (WAVEFRONT_CA_PATH) is /srv/${UNSET}.pem"),
        ({"api_token_file": "/srv/~nouser"}, "api_token_file (WAVEFRONT_API_TOKEN_FILE) is /srv/~nouser"),
    ],
)
def test_a_wrong_option_gets_one_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingError) as error:
        make(**options)
    assert sentence in str(error.value)
    assert "secret" not in str(error.value).replace("csp_client_secret", "")


def test_fields_that_awx_leaves_blank_are_not_set() -> None:
    files = ("api_token_file", "csp_api_token_file", "csp_client_secret_file", "ca_path", "client_cert", "client_key")
    blank = dict.fromkeys(files, str(Path.cwd()))
    exporter = make(**blank, api_token="", csp_api_token="", point_tags="", job_tags=[""]).exporter
    assert type(exporter._token).__name__ == "NoToken"
    assert exporter._connection._tls == (True, None)
