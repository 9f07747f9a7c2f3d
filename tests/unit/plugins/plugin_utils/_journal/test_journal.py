# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The journal's files: private, whole or absent, bounded, and robust against what else lies about."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
import time
from pathlib import Path

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._journal import maintenance
from ansible_collections.keyward.iam.plugins.plugin_utils._journal import volatile as _volatile
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import BrokenFileError, BusyError, Journal
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.records import StorageError
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.rejected import RejectedPoint
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.volatile import volatile_kind
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point

MEGABYTE = 1 << 20


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal" / "wavefront", 64 * MEGABYTE)


def some(count: int = 3, name: str = "user") -> list[Point]:
    return [Point("aws.iam.accessKey", n, 1_800_000_000 + n, {"name": f"{name}{n}"}, "AWS") for n in range(count)]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_was_written_is_read_back_in_order(journal: Journal) -> None:
    odd = [Point("m", value, 1, {"a": "\ud800 \N{GRINNING FACE}\n"}, "S") for value in (1.5, "masked", 10**30)]
    journal.write(some())
    journal.write(odd)
    first, second = journal.entries()
    assert journal.read(first) == some()
    assert journal.read(second) == odd
    assert journal.waiting() == 6
    journal.remove([first])
    assert journal.entries() == [second]


def test_nobody_else_can_read_it_whatever_the_umask(journal: Journal) -> None:
    before = os.umask(0)
    try:
        journal.write(some())
        journal.rejected.add([RejectedPoint(some()[0], "WF-300", "no number")], journal.new_stem())
    finally:
        os.umask(before)
    assert mode(journal.directory.parent) == mode(journal.directory) == mode(journal.rejected.directory) == 0o700
    files = [path for path in journal.directory.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert {mode(path) for path in files} == {0o600}


def test_the_delivery_s_own_metrics_are_kept_and_not_counted(journal: Journal) -> None:
    journal.write([Point("aws.iam.delivery.points", 0, 1, {"outcome": "delivered"}, "AWS", own=True), *some(1)])
    assert journal.waiting() == 1
    assert len(journal.read(journal.entries()[0])) == 2


@pytest.mark.parametrize("cut", [0, 1, 30, -1, -40])
def test_a_file_cut_short_is_broken(journal: Journal, cut: int) -> None:
    journal.write(some())
    [entry] = journal.entries()
    text = entry.path.read_bytes()
    entry.path.write_bytes(text[:cut])
    if text[:cut].rstrip(b"\n") == text.rstrip(b"\n"):
        assert journal.read(entry) == some()
    else:
        with pytest.raises(BrokenFileError, match="cut short"):
            journal.read(entry)


def test_a_file_of_the_first_format_that_does_not_count_its_points_is_broken(journal: Journal) -> None:
    journal.write(some())
    path = journal.directory / f"{journal.new_stem()}.1.points"
    path.write_bytes(b'{"format": 1}\n["m", 1, 2, "s", {"a": "b"}]\n')
    [entry] = [entry for entry in journal.entries() if entry.path == path]
    with pytest.raises(BrokenFileError, match=r"not what keyward\.iam writes"):
        journal.read(entry)


@pytest.mark.parametrize(
    "text", [b"\xff\xfe", b"{}\n", b"[]\n", b'{"format": 1, "points": 1}\n[1, 2, 3, 4, 5]\n', b'{"format": "x"}\n']
)
def test_a_file_of_something_else_is_broken(journal: Journal, text: bytes) -> None:
    journal.write(some())
    [entry] = journal.entries()
    entry.path.write_bytes(text)
    with pytest.raises(BrokenFileError, match=r"not what keyward\.iam writes"):
        journal.read(entry)


def test_a_newer_format_is_told_from_a_broken_file(journal: Journal) -> None:
    journal.write(some())
    [entry] = journal.entries()
    _header, *lines = entry.path.read_text().splitlines()
    entry.path.write_text("\n".join([json.dumps({"format": 3, "points": 3}), *lines]))
    with pytest.raises(StorageError, match=r"newer keyward\.iam \(format 3\)") as error:
        journal.read(entry)
    assert not isinstance(error.value, BrokenFileError)


def test_foreign_files_and_drafts_are_not_its_own(journal: Journal) -> None:
    journal.write(some())
    (journal.directory / "notes.txt").write_text("mine")
    (journal.directory / ".draft-of-a-killed-run").write_text("half")
    assert [path.name for path in journal.foreign()] == ["notes.txt"]
    assert len(journal.entries()) == 1


def test_drafts_of_killed_runs_are_removed_once_they_are_old(journal: Journal) -> None:
    journal.write(some())
    old, young = journal.directory / ".draft-old", journal.directory / ".draft-young"
    for draft in (old, young):
        draft.write_text("half")
    os.utime(old, (time.time() - 7200,) * 2)
    assert journal.make_room().all == 0
    assert (old.exists(), young.exists()) == (False, True)


def test_the_oldest_goes_first_when_the_bound_is_met(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "wavefront", MEGABYTE)
    batch = some(1000)
    for _unused in range(3):
        journal.write(batch)
    size = journal.entries()[0].path.stat().st_size
    journal = Journal(tmp_path / "wavefront", 2 * size)
    oldest = journal.entries()[0]
    assert journal.make_room() == (1000, 0)
    assert oldest not in journal.entries()
    assert journal.waiting() == 2000


def test_what_was_set_aside_goes_before_what_waits(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "wavefront", MEGABYTE)
    journal.write(some(1000))
    journal.rejected.add([RejectedPoint(point, "WF-300", "no number") for point in some(1000)], journal.new_stem())
    journal = Journal(tmp_path / "wavefront", journal.entries()[0].path.stat().st_size)
    assert journal.make_room().all == 0
    assert journal.rejected.files() == []
    assert journal.waiting() == 1000


def _hold(journal: Journal, ready: multiprocessing.synchronize.Event) -> None:
    with journal.lock(0):
        ready.set()
        time.sleep(60)


def test_a_lock_is_one_process_s_and_dies_with_it(journal: Journal) -> None:
    ready = multiprocessing.get_context("spawn").Event()
    holder = multiprocessing.get_context("spawn").Process(target=_hold, args=(journal, ready))
    holder.start()
    try:
        assert ready.wait(30)
        with pytest.raises(BusyError), journal.lock(0.1):
            pass
        assert Journal(journal.directory, 1).make_room().all == 0
    finally:
        holder.kill()
        holder.join()
    with journal.lock(1):
        pass


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("file", "{}/file is not a directory"),
        ("file/below", "{}/file is not a directory"),
        ("pipe", "{}/pipe is not a directory"),
        ("dangling", "{}/dangling is a symbolic link that leads to nothing"),
        ("loop", "Too many levels of symbolic links"),
        ("taken", "{}/taken/wavefront is not a directory"),
        ("n" * 300, "File name too long"),
        ("/dev/null", "/dev/null is not a directory"),
        ("/proc", "no directory can be made in /proc"),
        ("/proc/self/fd", "no directory can be made in /proc/self/fd"),
    ],
)
def test_a_directory_that_cannot_be_made_is_named_with_the_reason(tmp_path: Path, place: str, reason: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "wavefront").write_text("")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    journal = Journal(tmp_path / place / "wavefront", MEGABYTE)
    with pytest.raises(StorageError) as raised:
        journal.write(some())
    assert str(raised.value) == f"{tmp_path / place}/wavefront cannot be written: {reason.format(tmp_path)}"


def test_what_was_set_aside_can_be_read_and_brought_back(journal: Journal) -> None:
    path = journal.rejected.add([RejectedPoint(point, "HTTP 400", "refused") for point in some(2)], journal.new_stem())
    [record, _other] = map(json.loads, path.read_text().splitlines())
    assert record == {
        "code": "HTTP 400",
        "reason": "refused",
        "metric": "aws.iam.accessKey",
        "value": 0,
        "timestamp": 1_800_000_000,
        "source": "AWS",
        "tags": {"name": "user0"},
    }
    assert maintenance.about(journal)["aside"] == {"HTTP 400": 2}
    assert maintenance.restore(journal) == (2, [])
    assert maintenance.about(journal)["aside"] == {}
    assert journal.read(journal.entries()[0]) == some(2)


def test_looking_at_a_journal_and_discarding_it(journal: Journal) -> None:
    assert maintenance.lines({"name": "wavefront", **maintenance.about(journal)}) == [
        f"wavefront: nothing waits in {journal.directory}."
    ]
    journal.write(some(2))
    journal.note_failure("HTTP 503: maintenance")
    journal.rejected.add([RejectedPoint(point, "WF-300", "no number") for point in some(1)], journal.new_stem())
    waiting, why, aside = maintenance.lines({"name": "wavefront", **maintenance.about(journal)})
    assert "2 points in 1 file" in waiting
    assert "HTTP 503: maintenance" in why
    assert "1 WF-300" in aside
    assert maintenance.discard(journal) == (3, [])
    assert maintenance.about(journal)["left"] == 0
    assert maintenance.about(journal)["aside"] == {}
    assert maintenance.about(journal)["reason"] is None


def test_files_that_go_while_somebody_looks_are_passed_over(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    for count in (2, 3):
        journal.write(some(count))
        journal.rejected.add([RejectedPoint(point, "WF-300", "no number") for point in some(count)], journal.new_stem())
    entries, files = journal.entries(), journal.rejected.files()
    journal.remove(entries[:1])
    journal.rejected.remove(files[:1])
    # As a run sees it that listed the files before another one delivered the first of them.
    monkeypatch.setattr(journal, "entries", lambda: entries)
    monkeypatch.setattr(journal.rejected, "files", lambda: files)
    about = maintenance.about(journal)
    assert (about["left"], about["files"], about["aside"]) == (3, 1, {"WF-300": 3})


SHARED_MEMORY = Path("/dev/shm")  # noqa: S108


@pytest.mark.skipif(not SHARED_MEMORY.is_dir(), reason="the machine has no tmpfs at its usual place")
def test_a_volatile_path_is_known() -> None:
    assert "memory" in (volatile_kind(SHARED_MEMORY / "keyward" / "journal") or "")


def test_a_layer_of_a_rootless_container_is_volatile_and_a_volume_in_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "29 1 0:25 / / rw,relatime - fuse.fuse-overlayfs fuse-overlayfs rw\n"
        "30 29 8:1 / /var/lib/keyward rw,relatime - ext4 /dev/sda1 rw\n"
    )
    monkeypatch.setattr(_volatile, "_MOUNTS", mounts)
    assert "container" in (volatile_kind(Path("/runner/journal")) or "")
    assert volatile_kind(Path("/var/lib/keyward/journal")) is None


def test_every_flipped_bit_of_a_file_is_noticed(journal: Journal) -> None:
    journal.destination = "https://one.example.com"
    journal.write(some())
    [entry] = journal.entries()
    whole = entry.path.read_bytes()
    # The last character is the end of the last line, which may also be missing.
    for position in range(len(whole) - 1):
        for bit in range(8):
            entry.path.write_bytes(whole[:position] + bytes([whole[position] ^ 1 << bit]) + whole[position + 1 :])
            with pytest.raises(BrokenFileError):
                journal.read(entry)


NESTED = b"[" * 100_000


@pytest.mark.parametrize(
    "text",
    [
        NESTED,
        b'{"format": 1, "points": 1}\n' + NESTED,
        b'{"format": 1, "points": 0}\n',
        b'{"format": 1e999, "points": 0}\n',
        b'{"format": 1, "points": 3}\n' + b'["m", 1, 1, "S", {"a": ["b"]}]\n' * 3,
        b'{"format": [], "points": 1}\n',
        b"9" * 10_000,
        b"\0" * 1000,
    ],
)
@pytest.mark.parametrize("name", [None, "01764000000000000000-123-0123abcd.3.points"])
def test_whatever_a_file_holds_it_is_broken_and_nothing_else_happens(
    journal: Journal, text: bytes, name: str | None
) -> None:
    journal.write(some())
    [entry] = journal.entries()
    if name:
        entry.path.rename(journal.directory / name)
        [entry] = journal.entries()
    entry.path.write_bytes(text)
    with pytest.raises(BrokenFileError):
        journal.read(entry)


def test_a_name_that_tells_another_number_is_broken(journal: Journal) -> None:
    journal.write(some())
    [entry] = journal.entries()
    entry.path.rename(entry.path.with_name(entry.path.name.replace(".3.", ".30.")))
    [entry] = journal.entries()
    with pytest.raises(BrokenFileError):
        journal.read(entry)


def test_a_file_of_the_first_format_is_for_the_present_destination(journal: Journal) -> None:
    journal.directory.mkdir(parents=True)
    lines = ['{"format":1,"points":2}', '["aws.iam.accessKey",1,1800000000,"AWS",{"name":"a"}]']
    lines += ['["aws.iam.delivery.points",0,1800000000,"AWS",{"outcome":"dropped"}]']
    (journal.directory / "01764000000000000000-123-0123abcd.1.points").write_text("\n".join(lines) + "\n")
    journal.destination = "https://one.example.com"
    [entry] = journal.entries()
    key, own = journal.read(entry)
    assert (key.own, own.own) == (False, True)
    assert journal.waiting() == 1
    assert journal.entries_elsewhere() == []


def test_what_is_for_another_destination_waits_until_it_is_restored(journal: Journal) -> None:
    journal.destination = "https://one.example.com"
    journal.write(some(2))
    journal.destination = "https://two.example.com"
    journal.write(some(1))
    assert journal.waiting() == 1
    assert maintenance.elsewhere(journal) == [{"destination": "https://one.example.com", "left": 2, "files": 1}]
    said = "\n".join(maintenance.lines({"name": "wavefront", **maintenance.about(journal)}))
    assert "2 points in 1 file were collected for https://one.example.com" in said
    assert maintenance.restore(journal) == (2, [])
    assert journal.waiting() == 3
    journal.destination = "https://one.example.com"
    assert (journal.waiting(), maintenance.discard(journal)) == (0, (3, []))


@pytest.mark.parametrize("name", [".last-failure", ".lock", "points"])
@pytest.mark.parametrize("kind", ["fifo", "link", "directory"])
def test_what_is_no_file_is_neither_followed_nor_waited_for(
    journal: Journal, tmp_path: Path, name: str, kind: str
) -> None:
    journal.write(some())
    [entry] = journal.entries()
    path = entry.path if name == "points" else journal.directory / name
    path.unlink(missing_ok=True)
    target = tmp_path / "target"
    target.write_text('{"time": 1, "reason": "a stranger\'s"}')
    {"fifo": lambda: os.mkfifo(path), "link": lambda: path.symlink_to(target), "directory": path.mkdir}[kind]()
    assert journal.last_failure() is None
    if name == "points":
        assert journal.entries() == []
    if name == ".lock":
        with pytest.raises(StorageError, match="cannot be locked"), journal.lock(0):
            pass
    assert "stranger" in target.read_text()


def test_what_others_leave_beside_rejected_points_is_passed_over_and_said(journal: Journal) -> None:
    journal.rejected.add([RejectedPoint(point, "WF-300", "no number") for point in some(2)], journal.new_stem())
    cut = journal.rejected.add([RejectedPoint(some(1)[0], "WF-402", "too old")], journal.new_stem())
    cut.write_bytes(cut.read_bytes()[:-20])
    [whole] = [path for path in journal.rejected.files() if path != cut]
    for backup in (f"{whole.name}~", f"{whole.name}.bak", f".{whole.name}.swp", "notes.txt", f"#{whole.name}#"):
        (journal.rejected.directory / backup).write_bytes(whole.read_bytes())
    about = maintenance.about(journal)
    assert about["aside"] == {"WF-300": 2}
    assert about["passed_over"] == [f"{cut} was changed or cut short, and is left unchanged"]
    assert maintenance.restore(journal) == (2, about["passed_over"])
    assert journal.waiting() == 2
    assert cut.exists()
    assert maintenance.discard(journal).points == 2
    assert {path.name for path in journal.rejected.directory.iterdir()} == {
        f"{whole.name}~",
        f"{whole.name}.bak",
        f".{whole.name}.swp",
        "notes.txt",
        f"#{whole.name}#",
    }


def test_a_part_of_a_file_stays_known_by_its_run(journal: Journal) -> None:
    journal.write(some(3))
    [entry] = journal.entries()
    other = Journal(journal.directory, 64 * MEGABYTE)
    other.rewrite(entry, some(1))
    [rest] = journal.entries()
    assert (rest.stem, rest.run, rest.collected) == (entry.stem, journal.run, 1)
    other.rejected.add([RejectedPoint(some(1)[0], "WF-300", "no number")], rest.stem)
    assert journal.rejected.count_of_run(journal.run) == 1
    assert journal.rejected.count_of_run(other.run) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
def test_what_belongs_to_another_user_is_named(journal: Journal) -> None:
    journal.write(some())
    [entry] = journal.entries()
    context = multiprocessing.get_context("fork")
    reader, writer = context.Pipe(duplex=False)

    def as_nobody() -> None:
        os.setuid(65534)
        try:
            journal.read(entry)
        except StorageError as error:
            writer.send(str(error))

    for path in (journal.directory, *journal.directory.parents):
        # Those above the test's own can be entered by all.
        if not path.stat().st_mode & stat.S_IXOTH:
            path.chmod(0o755)
    other = context.Process(target=as_nobody)
    other.start()
    assert reader.poll(10)
    assert f"({entry.path} belongs to the user root)" in reader.recv()
    other.join()


def test_what_root_writes_belongs_to_the_owner_of_the_directory(journal: Journal) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    journal.directory.mkdir(parents=True)
    os.chown(journal.directory, 65534, 65534)
    with journal.lock(0):
        journal.write(some())
    assert {path.stat().st_uid for path in journal.directory.iterdir()} == {65534}
