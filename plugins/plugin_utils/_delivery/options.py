# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The options that all shipping callbacks share, each mistake with one sentence."""

from __future__ import annotations

import typing as t
from pathlib import Path

from ansible.parsing.dataloader import DataLoader
from ansible.utils.vars import load_extra_vars

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError

from .._journal.journal import Journal
from .awx_job import JOB_TAGS, job_tags
from .delivery import Settings

Option = t.Callable[[str], t.Any]
"""Gives an option's value for its name."""


class SettingError(KeywardError):
    """An option has a value that cannot be used. A sentence for people, without secrets."""


def make_journal(option: Option, exporter: str) -> Journal:
    """Each exporter has a queue of its own: what one delivered, another may not."""
    directory = Path(option("journal_dir"))
    if "~" in directory.parts:
        raise SettingError(
            f"journal_dir {directory} needs a home directory, and none is known: set HOME or KEYWARD_JOURNAL_DIR"
        )
    if option("journal_max_mb") < 1:
        raise SettingError(f"journal_max_mb must be 1 or more, not {option('journal_max_mb')}")
    return Journal(directory / exporter, option("journal_max_mb") << 20)


def delivery_settings(option: Option, most_points: int, reserved_tags: t.Collection[str]) -> Settings:
    if not 1 <= option("batch_size") <= most_points:
        raise SettingError(f"batch_size must be 1 to {most_points}, not {option('batch_size')}")
    for name in ("timeout", "deadline"):
        if not option(name) > 0:
            raise SettingError(f"{name} must be more than 0 seconds, not {option(name):g}")
    if not option("source").strip():
        raise SettingError("source must not be blank")
    return Settings(
        source=option("source"),
        tags=_job_tags(option("job_tags")) | _point_tags(option("point_tags") or "", reserved_tags),
        batch_size=option("batch_size"),
        deadline=option("deadline"),
        log_points=option("log_points"),
    )


def file(path: str | None) -> str | None:
    """Ansible makes the working directory of an empty path, which AWX sets for a field that was left blank."""
    return None if not path or Path(path) == Path.cwd() else path


def _job_tags(names: t.Iterable[str]) -> dict[str, str]:
    # ansible-core 2.18 and 2.19 make one blank name of a blank text.
    wanted = list(filter(None, names))
    if unknown := [name for name in wanted if name not in JOB_TAGS]:
        raise SettingError(f"job_tags may hold {' and '.join(JOB_TAGS)}, not {', '.join(unknown)}")
    # From the command line, which Ansible has read: to callbacks, it gives options from extra vars since 2.21 only.
    return job_tags(wanted, load_extra_vars(DataLoader())) if wanted else {}


def _point_tags(text: str, reserved: t.Collection[str]) -> dict[str, str]:
    tags: dict[str, str] = {}
    for pair in filter(None, map(str.strip, text.split(","))):
        key, equals, value = map(str.strip, pair.partition("="))
        if not (key and equals and value):
            raise SettingError(f"point_tags must look like key=value,key=value, which {pair!r} does not")
        if key in reserved:
            raise SettingError(f"point_tags must not hold the reserved tag {key}")
        tags[key] = value
    return tags
