# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Files of a journal: what was written whole is delivered, what is broken is set aside as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ansible_collections.keyward.iam.plugins.plugin_utils._journal import maintenance
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import (
    FORMAT,
    BrokenFileError,
    Entry,
    Journal,
    _checksum,
)
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.records import StorageError
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point

if TYPE_CHECKING:
    from pathlib import Path

_DESTINATION = "https://one.example.com"
_POINTS = [Point("aws.iam.accessKey", age, 1_800_000_000, {"name": "alice"}, "AWS") for age in range(3)]
_ROWS = b"\n".join(
    json.dumps([point.metric, point.value, point.timestamp, point.source, point.tags]).encode() for point in _POINTS
)
_RECORD = b'{"code":"c","reason":"r","metric":"m","value":1,"timestamp":7,"source":"AWS","tags":{"a":"b"}}\n'

SEEDS = (
    b"f" + json.dumps({"format": 2, "points": 3, "destination": _DESTINATION, "sha256": ""}).encode() + b"\n" + _ROWS,
    b"1" + json.dumps({"format": 1, "points": 3}).encode() + b"\n" + _ROWS,
    b"f" + json.dumps({"format": 9, "points": 3}).encode() + b"\n" + _ROWS,
    b"s" + _ROWS,
    b"s" + _ROWS.replace(b"}]", b"},true]"),
    b"r" + _RECORD * 2,
    b"n" + json.dumps({"time": 1_800_000_000, "reason": "connection refused"}).encode(),
)
FOUND = (b"1" + json.dumps({"format": 1}).encode() + b"\n" + _ROWS,)


def check(data: bytes, room: Path) -> None:
    journal = Journal(room, 1 << 24, _DESTINATION)
    journal.write(_POINTS)
    [sound] = journal.entries()
    form, content = data[:1], data[1:]
    path = room / f"{journal.new_stem()}.3.{'' if form == b'1' else f'{sound.address}.'}points"
    if form == b"r":
        (room / "aside").mkdir()
        path = room / "aside" / f"{journal.new_stem()}.2.rejected.jsonl"
    elif form == b"n":
        path = room / ".last-failure"
    elif form == b"s":
        # Sealed by whoever wrote it.
        header = {"format": FORMAT, "points": content.count(b"\n") + 1, "destination": _DESTINATION}
        header["sha256"] = _checksum(header, content.rstrip(b"\n"))
        content = json.dumps(header).encode() + b"\n" + content
    path.write_bytes(content)
    assert journal.read(sound) == _POINTS
    for entry in journal.entries():
        _check_entry(journal, entry, content)
    assert maintenance.lines({"name": "wavefront", **maintenance.about(journal)})
    journal.destination = "https://two.example.com"
    maintenance.restore(journal)
    assert sum(journal.read(entry) == _POINTS for entry in journal.entries() if entry.stem == sound.stem) == 1
    if form == b"r" and path.exists():
        assert path.read_bytes() == content
    maintenance.discard(journal)
    assert journal.waiting() == 0


def _check_entry(journal: Journal, entry: Entry, content: bytes) -> None:
    try:
        points = journal.read(entry)
    except BrokenFileError:
        assert journal.rejected.add_broken(entry.path).read_bytes() == content
    except StorageError:
        assert entry.path.read_bytes() == content
    else:
        for point in points:
            assert {type(text) for text in (point.metric, point.source, *point.tags, *point.tags.values())} == {str}
