# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The example project as AWX runs it, from a credential's fields to the points at the receiver."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.secrets import leaks, parrot
from testbed.fakes.wavefront import hang

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import Journal
    from testbed.drivers.awx_jobs import Awx, Credentials, Inventory
    from testbed.fakes.aws import AwsEndpoint
    from testbed.fakes.wavefront import WavefrontReceiver

KEY = "aws.iam.accessKey"
SUCCESS = "aws.iam.collector.success"
BY_A_SCHEDULE = {
    "job_id": 1,
    "job_template_id": 7,
    "job_template_name": 'Collect "{{ all }}"',
    "schedule_id": 3,
    "schedule_name": "every hour",
}


def test_a_job_that_a_schedule_launched(
    awx: Awx, wavefront: WavefrontReceiver, localhost: Inventory, credentials: Credentials
) -> None:
    awx.task_env["WAVEFRONT_JOB_TAGS"] = "job_template,schedule"
    job = awx.run("collect.yml", localhost, credentials, extra_vars={"keyward_profiles": ["*"]}, about=BY_A_SCHEDULE)

    assert (job.status, job.rc) == ("successful", 0), job.stdout
    assert job.failed_tasks() == []
    assert "playbook_on_stats" in {event["event"] for event in job.events}
    assert {point.tags["name"]: point.value for point in wavefront.points_of(KEY)} == dict.fromkeys(
        ["production", "staging", "sandbox"], 209
    )
    assert f"wavefront: {len(wavefront.points) - 4} points delivered in 1 request, 0 invalid, 0 in the journal" in job
    for point in wavefront.points:
        assert (point.tags["job_template"], point.tags["schedule"]) == ('Collect "{{ all }}"', "every hour")
        assert not [tag for tag in point.tags if tag.endswith("_id")]


def enabling(awx: Awx, callbacks: str) -> Path:
    """The example project with other callbacks in its one line."""
    project = shutil.copytree(awx.project, awx.directory / "enabling")
    settings = (project / "ansible.cfg").read_text()
    assert settings.count("callbacks_enabled = keyward.iam.wavefront\n") == 1
    (project / "ansible.cfg").write_text(
        settings.replace("callbacks_enabled = keyward.iam.wavefront\n", f"callbacks_enabled = {callbacks}\n")
    )
    return project


def test_secrets_are_in_the_files_of_credentials_only(awx: Awx, localhost: Inventory) -> None:
    """Also where AWS and the receivers quote all that they are sent, in every form."""
    awx.project = enabling(awx, "keyward.iam.wavefront, keyward.iam.otlp")
    keys = {"quoted": "in/a+file&S3cret", "stray": "x/y"}
    session_token = "sess10n/t0ken+'&<%41>"
    profiles = "".join(
        f"[{name}]\naws_access_key_id = ASIAQUOTED0000000000\naws_secret_access_key = {secret}\n"
        f"aws_session_token = {session_token}\n"
        for name, secret in keys.items()
    )
    token = "wf-T0ken/of+all=sorts&<'\">"
    header = "0tel-key/of+all"
    with parrot() as other_side:
        awx.task_env |= {
            "ANSIBLE_VERBOSITY": "4",
            "AWS_ENDPOINT_URL": f"http://{other_side.address}",
            "KEYWARD_OTLP_DEADLINE": "2",
            "WAVEFRONT_DEADLINE": "2",
        }
        credentials = {
            "Keyward OTLP": {"endpoint": f"http://{other_side.address}/", "headers": f"api-key={header}"},
            "Keyward Wavefront token": {"url": f"http://{other_side.address}", "api_token": token},
            "Keyward AWS profiles": {"credentials": profiles},
        }
        job = awx.run("collect.yml", localhost, credentials, extra_vars={"keyward_profiles": ["*"]})
        assert other_side.requests > 3
    assert job.failed_tasks() == ["See that every profile was read", "Deliver the metrics"]
    assert "HTTP 400" in job

    assert "otlp: " in job
    secrets = [token, header, session_token, keys["quoted"]]
    texts = {path: path.read_text() for path in awx.directory.rglob("*") if path.is_file() and not path.is_symlink()}
    assert len([path for path in texts if path.parent.name == "job_events"]) > 10
    holding = {path: found for path, text in texts.items() for secret in secrets if (found := leaks(text, secret))}
    assert {path.parent.name for path in holding} == {"env"}, holding
    assert len(holding) == len(credentials)


@pytest.mark.once
def test_a_job_without_credentials_says_what_is_missing(awx: Awx, localhost: Inventory) -> None:
    job = awx.run("collect.yml", localhost, {}, extra_vars={"keyward_profiles": ["*"]})
    assert (job.status, job.rc) == ("failed", 2)
    assert job.failed_tasks() == ["See that every profile was read", "Deliver the metrics"]
    assert "there is no profile in ~/.aws/credentials (missing) or ~/.aws/config (missing)" in job
    assert "there is no url: set WAVEFRONT_URL" in job
    assert "WAVEFRONT_URL in a custom credential type" in job
    assert "Traceback" not in job


@pytest.mark.once
def test_a_profile_that_fails_makes_the_job_red_and_the_others_arrive(
    awx: Awx, aws: AwsEndpoint, wavefront: WavefrontReceiver, localhost: Inventory, credentials: Credentials
) -> None:
    aws.account("444455556666").deny("ListUsers")
    job = awx.run("collect.yml", localhost, credentials, extra_vars={"keyward_profiles": ["*"]})
    assert (job.status, job.rc) == ("failed", 2)
    assert job.failed_tasks() == ["See that every profile was read"]
    assert {point.tags["name"] for point in wavefront.points_of(KEY)} == {"production", "sandbox"}
    assert {point.tags["profile"]: point.value for point in wavefront.points_of(SUCCESS)} == {
        "production": 1,
        "staging": 0,
        "sandbox": 1,
    }


@pytest.mark.once
def test_what_jobs_could_not_deliver_the_next_one_does_once(
    awx: Awx, wavefront: WavefrontReceiver, journal: Journal, localhost: Inventory, credentials: Credentials
) -> None:
    asked = {"keyward_profiles": ["production"]}
    awx.task_env |= {"WAVEFRONT_DEADLINE": "1", "WAVEFRONT_TIMEOUT": "1"}
    with wavefront.down():
        unheard = awx.run("collect.yml", localhost, credentials, extra_vars=asked)
    assert (unheard.status, unheard.rc) == ("failed", 2)
    assert unheard.failed_tasks() == ["Deliver the metrics"]
    assert "Connection refused" in unheard
    waiting = journal.waiting()
    assert f"{waiting} in the journal" in unheard

    awx.task_env |= {"WAVEFRONT_DEADLINE": "10", "WAVEFRONT_TIMEOUT": "10"}
    with awx.start("collect.yml", localhost, credentials, extra_vars=asked) as job:
        # What waits is delivered before the first task, what was collected is not.
        wavefront.wait_for(lambda receiver: receiver.accepted >= waiting and receiver.in_flight == 0, timeout=60)
        wavefront.always(hang())
        wavefront.wait_for(lambda receiver: receiver.in_flight > 0, timeout=60)
        job.cancel()
        cancelled = job.wait()
    assert cancelled.status == "canceled"
    assert "PLAY RECAP" not in cancelled
    assert journal.waiting() == waiting

    wavefront.calm()
    well = awx.run("collect.yml", localhost, credentials, extra_vars=asked)
    assert (well.status, well.rc) == ("successful", 0), well.stdout
    assert journal.entries() == []
    assert [wavefront.arrivals(point) for point in wavefront.points_of(KEY)] == [1, 1, 1]
    assert [wavefront.arrivals(point) for point in wavefront.points_of(SUCCESS)] == [1, 1, 1]
