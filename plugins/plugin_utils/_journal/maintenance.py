# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""What a person does with a journal: look at it, bring back what was set aside, or throw all of it away."""

from __future__ import annotations

import contextlib
import time
import typing as t
from collections import Counter

from ansible_collections.keyward.iam.plugins.module_utils._common.dates import iso_of_epoch
from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural

from .._metrics.point import count_collected
from .journal import ASIDE, BrokenFileError, Entry, Journal
from .records import StorageError, storage_errors

# Long enough for another run's request to end.
LOCK_SECONDS = 30


class Change(t.NamedTuple):
    points: int
    passed_over: list[str]
    """A sentence for each file that could not be read."""


def about(journal: Journal) -> dict[str, t.Any]:
    """What waits, how old it is, and why."""
    sizes = {}
    for entry in journal.entries():
        # Another run may deliver it in between.
        with storage_errors(f"{entry.path} cannot be read", entry.path), contextlib.suppress(FileNotFoundError):
            sizes[entry] = entry.path.stat().st_size
    entries = list(sizes)
    failure = journal.last_failure()
    aside, passed_over = journal.rejected.counts()
    return {
        "journal": str(journal.directory),
        "left": sum(entry.collected for entry in entries),
        "files": len(entries),
        "bytes": sum(sizes.values()),
        "oldest": _iso(entries[0].time_ns / 1e9) if entries else None,
        "oldest_seconds": max(0, int(time.time() - entries[0].time_ns / 1e9)) if entries else None,
        "reason": failure[1] if failure else None,
        "failed_at": _iso(failure[0]) if failure else None,
        "aside": dict(aside),
        "elsewhere": elsewhere(journal),
        "passed_over": passed_over,
    }


def elsewhere(journal: Journal) -> list[dict[str, t.Any]]:
    """What was collected for other destinations than the one that is set."""
    files: Counter[str | None] = Counter()
    points: Counter[str | None] = Counter()
    samples: dict[str | None, Entry] = {}
    for entry in journal.entries_elsewhere():
        files[entry.address] += 1
        points[entry.address] += entry.collected
        samples[entry.address] = entry
    return [
        {"destination": journal.destination_of(sample), "left": points[address], "files": files[address]}
        for address, sample in samples.items()
    ]


def lines(about: dict[str, t.Any]) -> list[str]:
    """The same for people."""
    text = [f"{about['name']}: nothing waits in {about['journal']}."]
    if about["files"]:
        waiting = f"{plural(about['left'], 'point')} in {plural(about['files'], 'file')} ({about['bytes']} bytes)"
        text = [f"{about['name']}: {waiting} in {about['journal']}, the oldest since {about['oldest']}."]
        if about["reason"]:
            text.append(f"  The last delivery failed at {about['failed_at']}: {about['reason']}.")
    text += [f"  {sentence_elsewhere(other)}" for other in about["elsewhere"]]
    if about["aside"]:
        codes = ", ".join(f"{count} {code}" for code, count in about["aside"].items())
        text.append(f"  Set aside in {about['journal']}/{ASIDE}: {codes}.")
    return text + [f"  {sentence}." for sentence in about["passed_over"]]


def sentence_elsewhere(other: dict[str, t.Any]) -> str:
    return (
        f"{plural(other['left'], 'point')} in {plural(other['files'], 'file')} were collected for "
        f"{other['destination']} and are not sent to another destination. To deliver them to the one that is set now, "
        "run keyward.iam.journal with keyward_journal=restore; keyward_journal=discard removes them."
    )


def discard(journal: Journal) -> Change:
    """Remove what waits, for whatever destination, and what was set aside."""
    with journal.lock(LOCK_SECONDS):
        entries = journal.entries() + journal.entries_elsewhere()
        count = sum(entry.collected for entry in entries)
        for path in journal.rejected.files():
            with contextlib.suppress(StorageError):
                count += count_collected(point for point, _code, _reason in journal.rejected.read(path))
        journal.remove(entries)
        journal.rejected.remove([*journal.rejected.files(), *journal.rejected.broken()])
        journal.forget_failure()
    return Change(count, [])


def restore(journal: Journal) -> Change:
    """Put what was set aside, or collected for another destination, into the queue. Broken files stay."""
    count = 0
    passed_over = []
    with journal.lock(LOCK_SECONDS):
        for path in journal.rejected.files():
            try:
                points = [point for point, _code, _reason in journal.rejected.read(path)]
            except StorageError as error:
                passed_over.append(str(error))
                continue
            if points:
                journal.write(points)
                count += count_collected(points)
            journal.rejected.remove([path])
        for entry in journal.entries_elsewhere():
            try:
                points = journal.read(entry)
            except BrokenFileError as error:
                passed_over.append(f"{error}. It was moved to {journal.rejected.add_broken(entry.path)}")
            except StorageError as error:
                passed_over.append(str(error))
            else:
                journal.rewrite(entry, points)
                count += entry.collected
    return Change(count, passed_over)


def _iso(moment: float) -> str | None:
    try:
        return iso_of_epoch(moment)
    except (ValueError, OverflowError, OSError):
        return None
