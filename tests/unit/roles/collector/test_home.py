# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What root does in the home of a user who does not mean well."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

HOME_PY = ROOT / "roles" / "collector" / "files" / "home.py"
USER, NEW, OTHER = 54321, 54322, 54323

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files to users")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A directory that only root may write to."""
    tmp_path.chmod(0o755)
    return tmp_path


@pytest.fixture
def home(base: Path) -> Path:
    """A collector's home, with a bit of everything."""
    home = base / "home"
    for name in ("journal/wavefront", "last", "lock"):
        (home / name).mkdir(parents=True)
    for name in ("journal/wavefront/1.points", "last/keys", "lock/keys"):
        (home / name).write_text("text")
    give(home, USER)
    return home


def give(path: Path, uid: int) -> None:
    for place in (path, *path.rglob("*")):
        os.chown(place, uid, uid, follow_symlinks=False)


def run(*arguments: object) -> tuple[dict[str, object], str]:
    command = [sys.executable, "-I", str(HOME_PY), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert "Traceback" not in done.stderr
    assert bool(done.returncode) == bool(done.stderr)
    return (json.loads(done.stdout) if done.stdout else {}), done.stderr.strip()


def owners(path: Path) -> set[int]:
    return {place.lstat().st_uid for place in (path, *path.rglob("*"))}


def test_it_makes_a_home_for_its_user_alone(base: Path) -> None:
    path = base / "new" / "home"
    assert run("--check", "make", path, USER, USER)[0] == {"changed": True}
    assert not path.parent.exists()
    assert run("make", path, USER, USER)[0] == {"changed": True}
    assert (path.stat().st_uid, path.stat().st_mode & 0o7777) == (USER, 0o700)
    assert path.parent.stat().st_uid == 0
    assert run("make", path, USER, USER)[0] == {"changed": False}


def test_below_a_directory_of_the_user_it_makes_the_home_as_the_user(base: Path) -> None:
    give(base, USER)
    assert run("make", base / "home", USER, USER)[0] == {"changed": True}
    assert (base / "home").stat().st_uid == USER
    base.chmod(0o500)
    (base / "home").rmdir()
    assert "Permission denied" in run("make", base / "home", USER, USER)[1]


def test_it_makes_no_home_where_others_may_write(base: Path) -> None:
    base.chmod(0o1777)
    assert "may write to" in run("make", base / "home", USER, USER)[1]
    assert list(base.iterdir()) == []


def test_all_that_the_former_user_had_goes_to_the_new_one(home: Path) -> None:
    assert run("--check", "take", home, NEW, NEW, "journal", "last", "lock")[0] == {"changed": True}
    assert owners(home) == {USER}
    assert run("take", home, NEW, NEW, "journal", "last", "lock", ".cache")[0] == {"changed": True}
    assert owners(home) == {NEW}
    assert run("take", home, NEW, NEW, "journal")[0] == {"changed": False}


def a_link_for_the_journal(home: Path, victim: Path) -> None:
    (home / "journal").rename(home / "aside")
    (home / "journal").symlink_to(victim.parent)


def a_link_in_the_journal(home: Path, victim: Path) -> None:
    (home / "journal/wavefront/2.points").symlink_to(victim)


def a_link_to_a_directory_in_it(home: Path, victim: Path) -> None:
    (home / "journal/wavefront/more").symlink_to(victim.parent)


def a_hard_link(home: Path, victim: Path) -> None:
    os.chown(victim, USER, USER)
    (home / "last/probe").hardlink_to(victim)


def a_file_of_another_user(home: Path, _victim: Path) -> None:
    (home / "lock/probe").touch()
    os.chown(home / "lock/probe", OTHER, OTHER)


def a_pipe(home: Path, _victim: Path) -> None:
    os.mkfifo(home / "journal/pipe")


def a_link_for_the_home(home: Path, victim: Path) -> None:
    home.rename(home.parent / "aside")
    home.symlink_to(victim.parent)
    os.chown(home, USER, USER, follow_symlinks=False)


def a_link_of_the_user_on_the_way(home: Path, victim: Path) -> None:
    a_link_for_the_home(home, victim)
    os.chown(home.parent, USER, USER)


@pytest.mark.parametrize(
    ("lay", "sentence"),
    [
        (a_link_for_the_journal, "is a symbolic link"),
        (a_link_in_the_journal, "is a symbolic link"),
        (a_link_to_a_directory_in_it, "is a symbolic link"),
        (a_hard_link, "is a hard link to a file that has another name as well"),
        (a_file_of_another_user, f"belongs to uid {OTHER}, not to uid {USER}"),
        (a_pipe, "is neither a file nor a directory"),
        (a_link_for_the_home, "is a symbolic link"),
        (a_link_of_the_user_on_the_way, "is a symbolic link"),
    ],
)
def test_what_leads_elsewhere_is_refused_before_anything_is_changed(
    home: Path, lay: Callable[[Path, Path], None], sentence: str
) -> None:
    file = home.parent / "other" / "victim"
    file.parent.mkdir()
    file.write_text("theirs")
    lay(home, file)
    before = file.stat().st_uid
    _answer, error = run("take", home, NEW, NEW, "journal", "last", "lock")
    assert sentence in error
    assert file.stat().st_uid == before
    assert NEW not in owners(home.parent)


@pytest.mark.parametrize(
    "lay", [a_link_for_the_journal, a_link_in_the_journal, a_link_to_a_directory_in_it, a_hard_link, a_pipe]
)
def test_of_a_link_the_link_alone_is_removed(home: Path, lay: Callable[[Path, Path], None]) -> None:
    victim = home.parent / "other" / "victim"
    victim.parent.mkdir()
    victim.write_text("theirs")
    lay(home, victim)
    assert run("count", home, "journal")[1] == ""
    assert run("--check", "remove", home, "journal")[0] == {"changed": True}
    assert os.path.lexists(home / "journal")
    assert run("remove", home, "journal", "last", "lock", ".cache")[0] == {"changed": True}
    assert victim.read_text() == "theirs"
    assert not {"journal", "last", "lock"} & {path.name for path in home.iterdir()}


@pytest.mark.parametrize("lay", [a_link_for_the_home, a_link_of_the_user_on_the_way])
def test_nothing_is_removed_behind_a_link_to_the_home(home: Path, lay: Callable[[Path, Path], None]) -> None:
    victim = home.parent / "other" / "journal"
    victim.mkdir(parents=True)
    lay(home, victim)
    for action in ("remove", "count"):
        assert "is a symbolic link" in run(action, home, "journal")[1]
    assert "is a symbolic link" in run("check", home, USER)[1]
    assert victim.exists()


def test_a_link_that_root_made_is_followed(home: Path) -> None:
    (home.parent / "link").symlink_to("home")
    (home / "journal/.lock").touch()
    assert run("count", home.parent / "link", "journal")[0] == {"changed": False, "count": 1}
    os.chown(home.parent, USER, USER)
    assert "is a symbolic link" in run("count", home.parent / "link", "journal")[1]


def test_a_home_of_another_user_is_refused(home: Path) -> None:
    assert run("check", home, USER) == ({"changed": False}, "")
    assert f"belongs to uid {USER}, not to uid {NEW}" in run("check", home, NEW)[1]
    assert run("check", home, -1) == ({"changed": False}, "")
    assert run("check", home.parent / "none", NEW) == ({"changed": False}, "")


def test_a_directory_is_cleared_away_when_it_is_empty(home: Path) -> None:
    assert run("clear", home)[0] == {"changed": False}
    assert run("remove", home, "journal", "last", "lock")[0] == {"changed": True}
    assert run("clear", home)[0] == {"changed": True}
    assert run("clear", home)[0] == {"changed": False}


def test_a_lock_is_waited_for_and_its_holder_is_named(home: Path) -> None:
    assert run("wait", home, 0)[0] == {"changed": False}
    with (home / "lock/keys").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        error = run("wait", home, 0)[1]
    assert f"process {os.getpid()} (" in error
    assert f"still holds {home}/lock/keys: end it" in error


@pytest.mark.parametrize("kind", ["link", "pipe", "socket"])
def test_a_lock_that_is_no_file_is_not_waited_for(home: Path, kind: str) -> None:
    lock = home / "lock/keys"
    lock.unlink()
    elsewhere = home.parent / "elsewhere"
    if kind == "link":
        lock.symlink_to(elsewhere)
    else:
        os.mknod(lock, (stat.S_IFIFO if kind == "pipe" else stat.S_IFSOCK) | 0o600)
    assert f"{lock} is " in run("wait", home, 30)[1]
    assert not elsewhere.exists()


def test_a_program_that_the_user_could_replace_is_refused(home: Path) -> None:
    program = home / "last/python"
    program.touch()
    assert "uid 54321 may write to" in run("program", program, USER)[1]
    link = home.parent / "link"
    link.symlink_to(program)
    assert "uid 54321 may write to" in run("program", link, USER)[1]
    assert run("program", sys.executable, USER) == ({"changed": False}, "")
    (home.parent / "shared").mkdir()
    (home.parent / "shared").chmod(0o777)
    assert "any user may write to" in run("program", home.parent / "shared/python", USER)[1]


def test_a_directory_of_text_files_is_made_for_the_user_with_those_above_it_for_root(base: Path) -> None:
    path = base / "node" / "textfiles"
    made = {"made": [str(path), str(path.parent)]}
    assert run("plan", path, -1, -1)[0] == {"changed": False, "before": made}
    assert run("--check", "share", path, USER, USER)[0] == {"changed": True, "before": made}
    assert not path.parent.exists()
    assert run("share", path, USER, USER)[0] == {"changed": True, "before": made}
    assert [(each.stat().st_uid, each.stat().st_mode & 0o7777) for each in (path, path.parent)] == [
        (USER, 0o755),
        (0, 0o755),
    ]
    assert run("share", path, USER, USER)[0] == {"changed": False, "before": {"made": []}}


def test_a_directory_of_text_files_that_is_there_is_shared_and_given_back(base: Path) -> None:
    path = base / "textfiles"
    path.mkdir(0o755)
    os.chown(path, OTHER, OTHER)
    before = {"made": [], "gid": OTHER, "mode": 0o755}
    assert run("plan", path, USER, USER)[0] == {"changed": False, "before": before}
    assert run("share", path, USER, USER)[0] == {"changed": True, "before": before}
    status = path.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (OTHER, USER, 0o775)
    assert run("share", path, USER, USER)[0] == {"changed": False, "before": {"made": []}}
    assert run("unshare", path, OTHER, 0o755)[0] == {"changed": True}
    assert (path.stat().st_gid, path.stat().st_mode & 0o7777) == (OTHER, 0o755)
    assert run("unshare", path, OTHER, 0o755)[0] == {"changed": False}


@pytest.mark.parametrize(("mode", "gid"), [(0o775, OTHER), (0o2775, OTHER), (0o750, OTHER), (0o700, 0), (0o711, 0)])
def test_a_directory_that_others_would_lose_is_not_shared(base: Path, mode: int, gid: int) -> None:
    path = base / "textfiles"
    path.mkdir()
    os.chown(path, 0, gid)
    path.chmod(mode)
    said = run("share", path, USER, USER)[1]
    assert f"gid {gid} with mode {mode:o}, and the user of the collector may not write there" in said
    assert (path.stat().st_gid, path.stat().st_mode & 0o7777) == (gid, mode)


@pytest.mark.parametrize(("owner", "group", "mode"), [(USER, 0, 0o755), (0, USER, 0o775), (0, 0, 0o1777)])
def test_a_directory_that_the_user_can_write_to_stays(base: Path, owner: int, group: int, mode: int) -> None:
    path = base / "textfiles"
    path.mkdir()
    os.chown(path, owner, group)
    path.chmod(mode)
    assert run("share", path, USER, USER)[0] == {"changed": False, "before": {"made": []}}
    assert path.stat().st_mode & 0o7777 == mode


def test_no_link_of_another_user_leads_to_what_is_shared(base: Path) -> None:
    theirs = base / "theirs"
    (base / "roots").mkdir(0o755)
    theirs.mkdir()
    (theirs / "textfiles").symlink_to(base / "roots")
    give(theirs, OTHER)
    for action in (("share", theirs / "textfiles", USER, USER), ("unshare", theirs / "textfiles", OTHER, 0o755)):
        assert "is a symbolic link of uid 54323" in run(*action)[1]
    assert (
        "is not there: make it, or choose another collector_prometheus_textfile_dir"
        in run("share", theirs / "new", USER, USER)[1]
    )
    assert (base / "roots").stat().st_gid == 0
