# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a person does with a journal: look at it, bring back what was set aside, or throw all of it away."""

from __future__ import annotations

import contextlib
import time
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._common.dates import iso_of_epoch
from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural

from .._metrics.point import gathered
from .journal import ASIDE, Journal

# Long enough for another run's request to end.
LOCK_SECONDS = 30


def about(journal: Journal) -> dict[str, t.Any]:
    """What waits, how old it is, and why."""
    sizes = {}
    for entry in journal.entries():
        # Another run may deliver it in between.
        with contextlib.suppress(FileNotFoundError):
            sizes[entry] = entry.path.stat().st_size
    entries = list(sizes)
    failure = journal.last_failure()
    return {
        "journal": str(journal.directory),
        "left": sum(entry.gathered for entry in entries),
        "files": len(entries),
        "bytes": sum(sizes.values()),
        "oldest": iso_of_epoch(entries[0].time_ns / 1e9) if entries else None,
        "oldest_seconds": max(0, int(time.time() - entries[0].time_ns / 1e9)) if entries else None,
        "reason": failure["reason"] if failure else None,
        "failed_at": iso_of_epoch(failure["time"]) if failure else None,
        "aside": dict(journal.aside.counts()),
    }


def lines(about: dict[str, t.Any]) -> list[str]:
    """The same for people."""
    text = [f"{about['name']}: nothing waits in {about['journal']}."]
    if about["files"]:
        waiting = f"{plural(about['left'], 'point')} in {plural(about['files'], 'file')} ({about['bytes']} bytes)"
        text = [f"{about['name']}: {waiting} in {about['journal']}, the oldest since {about['oldest']}."]
        if about["reason"]:
            text.append(f"  The last delivery failed at {about['failed_at']}: {about['reason']}.")
    if about["aside"]:
        codes = ", ".join(f"{count} {code}" for code, count in about["aside"].items())
        text.append(f"  Set aside in {about['journal']}/{ASIDE}: {codes}.")
    return text


def discard(journal: Journal) -> int:
    """Remove what waits and what was set aside; returns the number of points."""
    with journal.lock(LOCK_SECONDS):
        entries = journal.entries()
        count = sum(entry.gathered for entry in entries) + sum(
            gathered(point for point, _code, _reason in journal.aside.rejected(path)) for path in journal.aside.files()
        )
        journal.remove(entries)
        journal.aside.remove(journal.aside.files())
        journal.forget_failure()
    return count


def restore(journal: Journal) -> int:
    """Put what was set aside back into the queue; returns the number of points. Broken files stay."""
    count = 0
    with journal.lock(LOCK_SECONDS):
        for path in journal.aside.files():
            points = [point for point, _code, _reason in journal.aside.rejected(path)]
            if points:
                journal.write(points)
                journal.aside.remove([path])
                count += gathered(points)
    return count
