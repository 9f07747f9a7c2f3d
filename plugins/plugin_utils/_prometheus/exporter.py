# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Keeps the state of things for Prometheus to scrape: in a text file, at a Pushgateway, or both."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._files.locks import LockedError

from .._delivery.exporter import ExportResult, ExportStatus
from .._metrics import names as metrics
from .encoder import Sample, SampleEncoder
from .groups import groups_of

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from .._delivery.labels import Labels
    from .._http.connection import Connection
    from .pushgateway import Pushgateway
    from .textfile import TextFile


class Prometheus:
    """The exporter behind the callback of the same name."""

    name = "prometheus"
    most_points = 1_000_000
    reserved_tags = frozenset({"job", "instance", "keyward_job"})

    def __init__(
        self,
        job: str,
        text_file: TextFile | None,
        pushgateway: Pushgateway | None,
        connection: Connection,
        label: Labels,
    ) -> None:
        places = [str(text_file.path)] if text_file else []
        places += [f"{pushgateway.url} (job {job})"] if pushgateway else []
        self.destination = " and ".join(places)
        self._job = job
        self._text_file = text_file
        self._pushgateway = pushgateway
        self._connection = connection
        self._label = label
        self._of_job: dict[tuple[str, tuple[tuple[str, str], ...]], Sample] = {}

    def encoder(self) -> SampleEncoder:
        return SampleEncoder(metrics.DESCRIPTIONS)

    def export(self, items: Sequence[Sample], seconds: float) -> ExportResult:
        until = time.monotonic() + seconds
        groups = [self._with_earlier(group) if not group.key else group for group in groups_of(items, self._job)]
        if self._text_file is not None:
            try:
                self._text_file.update(groups, seconds)
            except LockedError as error:
                return ExportResult(ExportStatus.RETRY, "locked", str(error), self._label("textfile_dir"), sent=False)
            except (OSError, KeywardError) as error:
                reason = f"{self._text_file.path} cannot be written: {getattr(error, 'strerror', None) or error}"
                return ExportResult(ExportStatus.STOP, "no file", reason, self._label("textfile_dir"), sent=False)
        if self._pushgateway is not None:
            return self._pushgateway.push(groups, until - time.monotonic())
        return ExportResult(ExportStatus.ACCEPTED)

    def shutdown(self) -> None:
        self._connection.close()

    def _with_earlier(self, group: t.Any) -> t.Any:
        """The job's own group is of the run, which may deliver more than once."""
        self._of_job.update({(sample.name, sample.labels): sample for sample in group.samples})
        return group._replace(samples=tuple(self._of_job.values()))
