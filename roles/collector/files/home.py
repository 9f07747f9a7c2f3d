# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
What root does in the collector's home, where the collector's user may change everything, and with the directory of text
files, where others than root may.

    home.py check HOME UID
    home.py program PATH UID
    home.py [--check] make HOME UID GID
    home.py [--check] take HOME UID GID NAME...
    home.py [--check] remove HOME NAME...
    home.py [--check] clear DIRECTORY
    home.py count HOME NAME...
    home.py plan DIRECTORY UID GID
    home.py [--check] share DIRECTORY UID GID
    home.py [--check] unshare DIRECTORY GID MODE
    home.py wait HOME SECONDS

Directories are entered through descriptors from the root on, and no link that another user than root made is followed.
It prints whether something was changed, or would be with --check, as JSON; or fails with one sentence.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import pwd
import stat
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = 0
MOST_LINKS = 40
MAY_WRITE = 0o3
OTHERS_READ = stat.S_IROTH | stat.S_IXOTH
# How long a lock is waited for that a process holds which is no run of the collector.
OTHERS_LOCK_SECONDS = 60
POLL_SECONDS = 0.5
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


class RefusedError(Exception):
    """One sentence that says what is wrong and what to do."""


@contextmanager
def opened(name: str, flags: int, directory: int | None = None) -> Iterator[int]:
    """Open something for the time of a block."""
    descriptor = os.open(name, flags, dir_fd=directory)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def entered(path: str) -> Iterator[int]:
    """Enter a directory step by step."""
    pending = path.strip("/").split("/")
    way: list[str] = []
    links = 0
    here = os.open("/", DIRECTORY)
    try:
        while pending:
            name = pending.pop(0)
            status = os.stat(name, dir_fd=here, follow_symlinks=False)
            shown = "/" + "/".join([*way, name])
            if stat.S_ISLNK(status.st_mode):
                links += 1
                # A user may have another name for a link of root's.
                if status.st_uid != ROOT or not is_roots(os.fstat(here)) or links > MOST_LINKS:
                    raise RefusedError(
                        f"{shown} is a symbolic link of {user(status.st_uid)}: replace it by a directory"
                    )
                target = os.readlink(name, dir_fd=here)
                pending[:0] = target.strip("/").split("/")
                if target.startswith("/"):
                    way, back = [], "/"
                else:
                    back = ""
            elif name == "..":
                raise RefusedError(f"{shown} leads out of {path}")
            else:
                way, back = [*way, name], name
            if back:
                following = os.open(back, DIRECTORY, dir_fd=here)
                os.close(here)
                here = following
        yield here
    finally:
        os.close(here)


def is_roots(status: os.stat_result) -> bool:
    """Say whether only root may write to a directory."""
    return status.st_uid == ROOT and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def check_owner(path: str, uid: int) -> None:
    """Refuse a home that is reached by a link of another than root, or is another user's; a negative user is any."""
    with suppress(FileNotFoundError), entered(path) as home:
        owner = os.fstat(home).st_uid
        if owner != uid >= 0:
            raise RefusedError(f"{path} belongs to {user(owner)}, not to {user(uid)}: choose another collector_home")


def check_program(path: str, uid: int) -> None:
    """Refuse a program that the user could replace, since root runs it."""
    for name in (path, os.path.realpath(path)):
        for place in (Path(name), *Path(name).parents):
            with suppress(FileNotFoundError):
                status = place.stat()
                shared = status.st_mode & stat.S_IWOTH and not status.st_mode & stat.S_ISVTX
                if status.st_uid == uid or shared:
                    writer = user(uid) if status.st_uid == uid else "any user"
                    raise RefusedError(
                        f"{writer} may write to {place}, and root would run {path}: choose another Python"
                    )


def make(path: str, uid: int, gid: int, *, check: bool) -> bool:
    """Make the home, as root where only root may write, else as the user itself."""
    with suppress(FileNotFoundError), entered(path) as home:
        return put_mode(home, uid, gid, check=check)
    if check:
        return True
    above, name = os.path.split(path.rstrip("/"))
    make_above(above, "collector_home")
    with entered(above) as parent:
        status = os.fstat(parent)
        if is_roots(status):
            os.mkdir(name, 0o700, dir_fd=parent)
            with opened(name, DIRECTORY, parent) as home:
                os.fchown(home, uid, gid)
                os.fchmod(home, 0o700)
        elif status.st_uid == uid:
            as_user(uid, gid, lambda: os.mkdir(name, 0o700, dir_fd=parent))
        else:
            raise RefusedError(f"others than root and {user(uid)} may write to {above}: choose another collector_home")
    return True


def make_above(path: str, setting: str) -> None:
    """Make the directories that are missing, where only root may write."""
    with suppress(FileNotFoundError), entered(path):
        return
    above, name = os.path.split(path)
    make_above(above, setting)
    with entered(above) as parent:
        if not is_roots(os.fstat(parent)):
            raise RefusedError(f"{path} is not there: make it, or choose another {setting}")
        os.mkdir(name, 0o755, dir_fd=parent)


def share(path: str, uid: int, gid: int, *, check: bool) -> dict[str, object]:
    """
    Let the user write to a directory that others read: by its group, or as the owner of one that is made.

    Of what was there `before`, directories that are `made` were not, and `gid` and `mode` are what is changed.
    """
    with suppress(FileNotFoundError), entered(path) as directory:
        status = os.fstat(directory)
        if may_write(status, uid, gid):
            return {"changed": False, "before": {"made": []}}
        mode = stat.S_IMODE(status.st_mode)
        if mode & stat.S_IWGRP or mode & OTHERS_READ != OTHERS_READ:
            raise RefusedError(
                f"{path} belongs to {user(status.st_uid)} and gid {status.st_gid} with mode {mode:o}, and the user of "
                "the collector may not write there: let it, or choose another collector_prometheus_textfile_dir"
            )
        if not check:
            os.fchown(directory, -1, gid)
            os.fchmod(directory, mode | stat.S_IRWXG)
        return {"changed": True, "before": {"made": [], "gid": status.st_gid, "mode": mode}}
    made = [path]
    while not os.path.lexists(os.path.dirname(made[-1])):  # noqa: PTH120
        made.append(os.path.dirname(made[-1]))  # noqa: PTH120
    setting = "collector_prometheus_textfile_dir"
    with entered(os.path.dirname(made[-1])) as parent:  # noqa: PTH120
        if not is_roots(os.fstat(parent)):
            raise RefusedError(f"{path} is not there: make it, or choose another {setting}")
    if not check:
        make_above(path, setting)
        with entered(path) as directory:
            os.fchown(directory, uid, gid)
    return {"changed": True, "before": {"made": made}}


def shared(action: str, path: str, *numbers: int, check: bool) -> dict[str, object]:
    """Do what is asked for with a directory of text files."""
    if action == "unshare":
        return {"changed": unshare(path, *numbers, check=check)}
    if action == "share":
        return share(path, *numbers, check=check)
    return {"before": share(path, *numbers, check=True)["before"]}


def may_write(status: os.stat_result, uid: int, gid: int) -> bool:
    """Say whether a user, who may not exist yet, can make files in a directory."""
    groups = {gid}
    with suppress(KeyError):
        groups.update(os.getgrouplist(pwd.getpwuid(uid).pw_name, gid))
    shift = 6 if status.st_uid == uid else 3 if status.st_gid in groups else 0
    return status.st_mode >> shift & MAY_WRITE == MAY_WRITE


def unshare(path: str, gid: int, mode: int, *, check: bool) -> bool:
    """Take back what was changed for the user, unless it was changed again."""
    with suppress(FileNotFoundError), entered(path) as directory:
        status = os.fstat(directory)
        if status.st_gid == gid or stat.S_IMODE(status.st_mode) != mode | stat.S_IRWXG:
            return False
        if not check:
            os.fchown(directory, -1, gid)
            os.fchmod(directory, mode)
        return True
    return False


def put_mode(home: int, uid: int, gid: int, *, check: bool) -> bool:
    """Close a home of the user to others. A home of another user is left to `take`."""
    status = os.fstat(home)
    if status.st_uid != uid or (status.st_gid, stat.S_IMODE(status.st_mode)) == (gid, 0o700):
        return False
    if not check:
        os.fchown(home, -1, gid)
        os.fchmod(home, 0o700)
    return True


def take(path: str, uid: int, gid: int, names: list[str], *, check: bool) -> bool:
    """Give the home and its data to another user, if all of it belongs to the owner of the home."""
    with suppress(FileNotFoundError), entered(path) as home:
        former = os.fstat(home).st_uid
        if former == uid:
            return False
        for change in (False, True):
            for name in names:
                hand_over(path, home, name, former, (uid, gid) if change and not check else None)
        if not check:
            os.fchown(home, uid, gid)
        return True
    return False


def hand_over(path: str, home: int, name: str, former: int, owner: tuple[int, int] | None) -> None:
    """Check, and hand over if there is a new owner, all that is below a name."""
    for place, _names, files, directory in walk(path, home, name):
        checked(place, os.fstat(directory), former, directory, owner)
        for entry in files:
            shown = f"{place}/{entry}"
            with suppress(FileNotFoundError):
                checked(shown, os.stat(entry, dir_fd=directory, follow_symlinks=False), former, None, None)
                with opened(entry, FILE, directory) as file:
                    checked(shown, os.fstat(file), former, file, owner)


def checked(
    path: str, status: os.stat_result, former: int, descriptor: int | None, owner: tuple[int, int] | None
) -> None:
    """Refuse what root cannot hand over without harm to others."""
    if stat.S_ISLNK(status.st_mode):
        raise RefusedError(f"{path} is a symbolic link, and root follows none there: remove it")
    if not stat.S_ISDIR(status.st_mode) and not stat.S_ISREG(status.st_mode):
        raise RefusedError(f"{path} is neither a file nor a directory: remove it")
    if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
        raise RefusedError(f"{path} is a hard link to a file that has another name as well: remove it")
    if status.st_uid != former:
        raise RefusedError(
            f"{path} belongs to {user(status.st_uid)}, not to {user(former)}: remove it, or change its owner"
        )
    if owner is not None and descriptor is not None:
        os.fchown(descriptor, *owner)


def remove(path: str, names: list[str], *, check: bool) -> bool:
    """Remove entries of the home with all that is in them; of a link, the link alone."""
    changed = False
    with suppress(FileNotFoundError), entered(path) as home:
        for name in names:
            with suppress(FileNotFoundError):
                status = os.stat(name, dir_fd=home, follow_symlinks=False)
                changed = True
                if check:
                    continue
                if not stat.S_ISDIR(status.st_mode):
                    os.unlink(name, dir_fd=home)
                    continue
                for _place, directories, files, directory in walk(path, home, name, topdown=False):
                    for entry in files:
                        os.unlink(entry, dir_fd=directory)
                    for entry in directories:
                        remove_directory(entry, directory)
                os.rmdir(name, dir_fd=home)
    return changed


def remove_directory(name: str, above: int) -> None:
    """Remove a directory, or what has taken its place meanwhile."""
    try:
        os.rmdir(name, dir_fd=above)
    except NotADirectoryError:
        os.unlink(name, dir_fd=above)


def clear(path: str, *, check: bool) -> bool:
    """Remove a directory in which nothing is left."""
    above, name = os.path.split(path.rstrip("/"))
    with suppress(FileNotFoundError), entered(above) as parent:
        with opened(name, DIRECTORY, parent) as directory:
            if os.listdir(directory):  # noqa: PTH208
                return False
        if not check:
            os.rmdir(name, dir_fd=parent)
        return True
    return False


def count(path: str, names: list[str]) -> int:
    """Count the files below some names, but for hidden ones such as locks."""
    with suppress(FileNotFoundError), entered(path) as home:
        directories = [name for name in names if is_directory(name, home)]
        found = [files for name in directories for _place, _names, files, _fd in walk(path, home, name)]
        return sum(not name.startswith(".") for files in found for name in files)
    return 0


def walk(path: str, home: int, name: str, *, topdown: bool = True) -> Iterator[tuple[str, list[str], list[str], int]]:
    """Walk through descriptors below a name of the home, on its own file system; nothing where it is no directory."""
    try:
        status = os.stat(name, dir_fd=home, follow_symlinks=False)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(status.st_mode):
        checked(f"{path}/{name}", status, status.st_uid, None, None)
        raise RefusedError(f"{path}/{name} is a file where a directory belongs: remove it")
    device = os.fstat(home).st_dev
    for place, directories, files, directory in os.fwalk(name, topdown, dir_fd=home, onerror=raised):
        if os.fstat(directory).st_dev != device:
            raise RefusedError(f"another file system is mounted at {path}/{place}: unmount it")
        # os.fwalk counts links to directories among the directories, and enters none.
        links = [entry for entry in directories if is_link(entry, directory)]
        others = [entry for entry in directories if entry not in links]
        yield f"{path}/{place}", others, files + links, directory


def is_directory(name: str, directory: int) -> bool:
    """Say whether an entry is there and a directory."""
    with suppress(FileNotFoundError):
        return stat.S_ISDIR(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode)
    return False


def is_link(name: str, directory: int) -> bool:
    """Say whether an entry is a symbolic link."""
    return stat.S_ISLNK(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode)


def raised(error: OSError) -> None:
    """Let no error of os.fwalk pass."""
    raise error


def wait(path: str, seconds: float) -> None:
    """Wait until no job of the collector is under way."""
    started = time.monotonic()
    with suppress(FileNotFoundError), entered(f"{path}/lock") as locks:
        for name in sorted(os.listdir(locks)):  # noqa: PTH208
            status = os.stat(name, dir_fd=locks, follow_symlinks=False)
            checked(f"{path}/lock/{name}", status, status.st_uid, None, None)
            with opened(name, FILE, locks) as lock:
                wait_for(lock, f"{path}/lock/{name}", started, seconds)


def wait_for(lock: int, path: str, started: float, seconds: float) -> None:
    """Wait for one lock: long for a run of the collector, not so long for another process."""
    while not is_free(lock):
        pids = holders(os.fstat(lock))
        known = any("keyward-collector" in command(pid) for pid in pids)
        if time.monotonic() - started > (seconds if known else min(seconds, OTHERS_LOCK_SECONDS)):
            named = " and ".join(f"process {pid} ({command(pid) or 'unknown'})" for pid in pids) or "another process"
            raise RefusedError(f"{named} still holds {path}: end it")
        time.sleep(POLL_SECONDS)


def is_free(lock: int) -> bool:
    """Say whether a lock is free."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(lock, fcntl.LOCK_UN)
    return True


def holders(status: os.stat_result) -> list[int]:
    """Return the other processes that have a file open."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/fd/*"):
        # A process may end, or close a file, meanwhile.
        with suppress(OSError):
            if os.path.samestat(path.stat(), status):
                found.add(int(path.parts[2]))
    return sorted(found - {os.getpid()})


def command(pid: int) -> str:
    """Return the command of a process, in one line of printable characters."""
    with suppress(OSError):
        text = Path(f"/proc/{pid}/cmdline").read_bytes()[:200].replace(b"\0", b" ").decode(errors="replace").strip()
        return "".join(character if character.isprintable() else "?" for character in text)
    return ""


def as_user(uid: int, gid: int, act: Callable[[], None]) -> None:
    """Do something with the rights of a user, in a process of its own."""
    child = os.fork()
    if not child:
        code = 1
        try:
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
            act()
            code = 0
        except OSError as error:
            code = error.errno or 1
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        raise OSError(code, os.strerror(code))


def user(uid: int) -> str:
    """Name a user."""
    with suppress(KeyError):
        return f"{pwd.getpwuid(uid).pw_name} (uid {uid})"
    return f"uid {uid}"


def main(arguments: list[str]) -> dict[str, object]:
    """Do what is asked for."""
    check = arguments[:1] == ["--check"]
    action, path, *others = arguments[check:]
    # What is made for others is readable for them, whatever root's own is.
    os.umask(stat.S_IWGRP | stat.S_IWOTH)
    answer: dict[str, object] = {"changed": False}
    if action == "check":
        check_owner(path, int(others[0]))
    elif action == "program":
        check_program(path, int(others[0]))
    elif action == "make":
        answer["changed"] = make(path, *map(int, others), check=check)
    elif action == "take":
        answer["changed"] = take(path, int(others[0]), int(others[1]), others[2:], check=check)
    elif action == "remove":
        answer["changed"] = remove(path, others, check=check)
    elif action == "clear":
        answer["changed"] = clear(path, check=check)
    elif action == "count":
        answer["count"] = count(path, others)
    elif action == "wait":
        wait(path, float(others[0]))
    else:
        answer |= shared(action, path, *map(int, others), check=check)
    return answer


if __name__ == "__main__":
    try:
        sys.stdout.write(json.dumps(main(sys.argv[1:])))
    except RefusedError as refused:
        sys.exit(str(refused))
    except OSError as error:
        shown = f"{error.filename}: " if error.filename else ""
        hint = ", where a directory belongs" if error.errno == errno.ENOTDIR else ""
        sys.exit(f"{sys.argv[-1] if not shown else ''}{shown}{error.strerror}{hint}")
