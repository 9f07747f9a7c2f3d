# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The delivery of a run, without Ansible around it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from ansible_collections.keyward.iam.plugins.callback import wavefront as callback
from ansible_collections.keyward.iam.plugins.doc_fragments import _delivery as fragment
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.options import Options, make_delivery, make_journal
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.output import Output
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point
from ansible_collections.keyward.iam.plugins.plugin_utils._wavefront.options import make_exporter

if TYPE_CHECKING:
    from testbed.fakes.wavefront import WavefrontReceiver


def _definitions() -> dict[str, dict[str, Any]]:
    """The callback's options, as Ansible puts them together."""
    options: dict[str, dict[str, Any]] = {}
    shared = fragment.ModuleDocFragment
    for text in (shared.DOCUMENTATION, shared.TLS, callback.DOCUMENTATION):
        for name, about in yaml.safe_load(text)["options"].items():
            options[name] = options.get(name, {}) | about
    return options


DEFINITIONS = _definitions()
DEFAULTS: dict[str, Any] = {name: about.get("default") for name, about in DEFINITIONS.items()}


class Run:
    """What a run of Ansible does with a delivery, and what it said; options are the callback's."""

    def __init__(self, **given: Any) -> None:
        self.said: list[str] = []
        options = Options((DEFAULTS | given).__getitem__, DEFINITIONS)
        self.journal = make_journal(options, "wavefront")
        output = Output(self.said.append, self.said.append)
        self.delivery = make_delivery(make_exporter(options), self.journal, options, output)

    def finish(self) -> str:
        """The run's last line, which is empty where there is nothing to say."""
        self.delivery.finish(hold=False)
        return self.said[-1] if self.said else ""

    @property
    def warnings(self) -> str:
        return "\n".join(self.said[:-1])


def some(count: int = 3, name: str = "user", **tags: str) -> Iterator[Point]:
    """Points of the present, each of a user of its own."""
    now = int(time.time())
    return (Point("aws.iam.accessKey", n % 400, now, {"name": f"{name}{n}", **tags}) for n in range(count))


def ages(receiver: WavefrontReceiver) -> int:
    """How many ages of keys have arrived."""
    return receiver.metrics.get("aws.iam.accessKey", 0)


def in_files(directory: Path, **secrets: str) -> dict[str, str]:
    """Options for secrets that are not in options themselves."""
    for name, secret in secrets.items():
        (directory / name).write_text(f"{secret}\n")
    return {f"{name}_file": str(directory / name) for name in secrets}
