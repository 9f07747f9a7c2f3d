# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What never answers costs a run its deadline, and no point."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.stand_in import collect, deliver, play
from testbed.fakes.wavefront import slow_head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import Journal
    from testbed.drivers.runs import Ansible
    from testbed.fakes.wavefront import WavefrontReceiver

FOREIGN = {"ansible.builtin.debug": {"msg": "none of ours"}}


def test_a_sink_that_trickles_its_headers_costs_a_run_its_deadline_and_the_next_run_delivers(
    quick: Ansible, wavefront: WavefrontReceiver
) -> None:
    quick.set(WAVEFRONT_TIMEOUT="0.5", WAVEFRONT_DEADLINE="2")
    plays = [play(collect(prefix=f"play{number}", keys=2)) for number in range(3)]
    started = time.monotonic()
    quick.playbook([play(FOREIGN) for _play in plays])
    usual = time.monotonic() - started

    wavefront.always(slow_head(20))
    started = time.monotonic()
    down = quick.playbook(plays)
    assert time.monotonic() - started < usual + 2 + 3
    assert down.code == 0
    assert "no answer in time" in down
    assert "30 in the journal" in down

    wavefront.calm()
    quick.set(WAVEFRONT_TIMEOUT="10", WAVEFRONT_DEADLINE="20")
    up = quick.playbook([play(deliver())])
    assert up.code == 0, up.output
    assert "wavefront: 30 points delivered" in up
    assert wavefront.metrics["aws.iam.accessKey"] == 6


@pytest.fixture
def silent_resolver(tmp_path: Path) -> Iterator[Callable[[str], list[str]]]:
    """Makes the command that runs a playbook where names are looked up at a server that never answers."""
    address = f"127.53.{random.randrange(256)}.{random.randrange(1, 255)}"  # noqa: S311
    settings = tmp_path / "resolv.conf"
    settings.write_text(f"nameserver {address}\noptions timeout:30 attempts:5\n")
    elsewhere = ["unshare", "--mount", "sh", "-ec", 'mount --bind "$0" /etc/resolv.conf; exec "$@"', str(settings)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        try:
            server.bind((address, 53))
            subprocess.run([*elsewhere, "true"], capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("the machine does not allow a name server, or a namespace, of the test's own")
        yield lambda book: [*elsewhere, "ansible-playbook", book]


@pytest.mark.once
def test_a_look_up_that_hangs_costs_a_run_its_deadline(
    quick: Ansible, journal: Journal, silent_resolver: Callable[[str], list[str]]
) -> None:
    quick.set(WAVEFRONT_URL="https://wavefront.example.com", WAVEFRONT_TIMEOUT="1", WAVEFRONT_DEADLINE="3")
    book = quick.home / "book.yml"
    book.write_text(json.dumps([play(FOREIGN)]))
    started = time.monotonic()
    quick.command(*silent_resolver(str(book)))
    usual = time.monotonic() - started

    book.write_text(json.dumps([play(collect(keys=2)), play(collect(keys=2, prefix="later"))]))
    started = time.monotonic()
    run = quick.command(*silent_resolver(str(book)))
    assert time.monotonic() - started < usual + 3 + 3
    assert run.code == 0
    assert "https://wavefront.example.com/report: no answer in time" in run
    assert "wavefront: 0 points delivered in 0 requests, 0 invalid, 20 in the journal" in run
    assert journal.waiting() == 20
