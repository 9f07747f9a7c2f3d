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
from .groups import DELIVERY, groups_of, told_apart
from .state import Times

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from .._delivery.labels import Labels
    from .._http.connection import Connection
    from .groups import Group
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
        self._began = int(time.time())
        self._collects = False
        self._of_job: tuple[Sample, ...] = ()
        self._incomplete: list[Sample] = []

    def encoder(self) -> SampleEncoder:
        return SampleEncoder(metrics.DESCRIPTIONS)

    def export(self, items: Sequence[Sample], seconds: float) -> ExportResult:
        until = time.monotonic() + seconds
        found = groups_of([*self._incomplete, *items], self._job)
        self._collects |= any(group.key and group.time >= self._began for group in found)
        groups = [group if group.key else self._with_earlier(group) for group in found]
        result = self._write(groups, seconds, until)
        if result.status is ExportStatus.ACCEPTED:
            # The rest of a collection that is larger than a batch comes with a later one.
            self._incomplete = [sample for group in groups if group.part for sample in group.samples]
        return result

    def shutdown(self) -> None:
        self._connection.close()

    def _write(self, groups: Sequence[Group], seconds: float, until: float) -> ExportResult:
        times = Times(self._began, time.time())
        if self._text_file is not None:
            try:
                self._text_file.update(groups, times, seconds)
            except LockedError as error:
                return ExportResult(ExportStatus.RETRY, "locked", str(error), self._label("textfile_dir"), sent=False)
            except (OSError, KeywardError) as error:
                reason = f"{self._text_file.path} cannot be written: {getattr(error, 'strerror', None) or error}"
                return ExportResult(ExportStatus.STOP, "no file", reason, self._label("textfile_dir"), sent=False)
        if self._pushgateway is not None:
            return self._pushgateway.push(groups, times, until - time.monotonic())
        return ExportResult(ExportStatus.ACCEPTED)

    def _with_earlier(self, group: Group) -> Group:
        """
        The job's own group is of the run, which may deliver more than once. That an earlier run could not reach a host
        is out of date where this run collects.
        """
        self._of_job = tuple(
            sample
            for sample in told_apart([*self._of_job, *group.samples])
            if sample.metric in DELIVERY or not self._collects or sample.timestamp >= self._began
        )
        return group._replace(samples=self._of_job)
