# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""The options that the callbacks share, and how messages name them."""

from __future__ import annotations

import configparser
import contextlib
import math
import os
import typing as t
from pathlib import Path

from ansible import constants
from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE, BOOLEANS_TRUE
from ansible.parsing.dataloader import DataLoader
from ansible.utils.vars import load_extra_vars

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError

from .._journal.journal import Journal
from .awx_job import JOB_TAGS, job_tags
from .delivery import Delivery, Settings
from .labels import Labels

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .exporter import Exporter
    from .output import Output

_BOOLEANS = frozenset(str(value).lower() for value in BOOLEANS_TRUE | BOOLEANS_FALSE)
_LONGEST_SECONDS = {"timeout": 3600, "deadline": 86400}
_MOST_MB = 1 << 20


class SettingError(KeywardError):
    """An option has a value that cannot be used."""


class Options:
    """A callback's options: their values, and how messages call them."""

    def __init__(
        self,
        value: t.Callable[[str], t.Any],
        definitions: Mapping[str, Mapping[str, t.Any]],
        destination: str = "url",
    ) -> None:
        """``destination`` is the option that tells where points go."""
        self._value = value
        self._definitions = definitions
        self.label = Labels(definitions, destination)

    def __call__(self, name: str) -> t.Any:
        return self._value(name)

    def __contains__(self, name: str) -> bool:
        return name in self._definitions

    def path(self, name: str) -> str | None:
        """Raises SettingError for one that names a home or a variable that is not there."""
        path = self(name)
        # Ansible makes the working directory of an empty path, which AWX sets for a field that was left blank.
        if not path or Path(path) == Path.cwd():
            return None
        for part in Path(path).parts:
            if part == "~":
                variables = self._definitions[name].get("env", ())
                named = "".join(f" or {variable['name']}" for variable in variables[:1])
                raise SettingError(
                    f"{name} {path} needs a home directory, and none is known: set HOME{named} to an absolute path"
                )
            if part[0] == "~" or "$" in part:
                raise SettingError(f"{self.label(name)} is {path}, and {part} is not known: set an absolute path")
        return str(path)


@contextlib.contextmanager
def blank_is_unset(definitions: Mapping[str, Mapping[str, t.Any]]) -> Iterator[None]:
    """As far as Ansible can see meanwhile, variables that hold nothing do not exist."""
    blank = {
        variable["name"]: os.environ[variable["name"]]
        for definition in definitions.values()
        for variable in definition.get("env", ())
        if not os.environ.get(variable["name"], "set").strip()
    }
    for name in blank:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(blank)


def check_texts(definitions: Mapping[str, Mapping[str, t.Any]]) -> None:
    """
    Ansible takes whatever it does not know for false, and fails on whole numbers without end. Raises SettingError.
    """
    file = configparser.ConfigParser(interpolation=None, strict=False)
    with contextlib.suppress(configparser.Error, OSError, UnicodeDecodeError):
        file.read(getattr(constants, "CONFIG_FILE", None) or ())
    for name, definition in definitions.items():
        judge, allowed = _JUDGES.get(definition.get("type", ""), (None, ""))
        if judge is None:
            continue
        texts = [os.environ.get(each["name"], "") for each in definition.get("env", ())]
        texts += [file.get(each["section"], each["key"], fallback="") for each in definition.get("ini", ())]
        for text in filter(None, map(str.strip, texts)):
            if not judge(text):
                raise SettingError(f"{Labels(definitions)(name)} must be {allowed}, not {text!r:.80}")


def _is_boolean(text: str) -> bool:
    return text.lower() in _BOOLEANS


def _may_be_whole(text: str) -> bool:
    """Whatever is no number at all is named by Ansible."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return True


_BOOLEAN = (_is_boolean, "true or false (also yes, no, on, off, 1, 0)")
_WHOLE = (_may_be_whole, "a whole number")
_JUDGES: dict[str, tuple[t.Callable[[str], bool], str]] = {
    "bool": _BOOLEAN,
    "boolean": _BOOLEAN,
    "int": _WHOLE,
    "integer": _WHOLE,
}


def make_journal(options: Options, exporter: str) -> Journal:
    """Each exporter has a queue of its own: what one delivered, another may not."""
    directory = options.path("journal_dir")
    if directory is None:
        raise SettingError(f"{options.label('journal_dir')} is empty or the working directory: set an absolute path")
    if options("journal_max_mb") < 1:
        raise SettingError(f"journal_max_mb must be 1 or more, not {options('journal_max_mb')}")
    if options("journal_max_mb") > _MOST_MB:
        raise SettingError(f"journal_max_mb must be at most {_MOST_MB}, not {options('journal_max_mb')}")
    return Journal(Path(directory) / exporter, options("journal_max_mb") << 20)


def make_delivery(exporter: Exporter[t.Any], journal: Journal, options: Options, output: Output) -> Delivery:
    """Raises SettingError."""
    return Delivery(exporter, journal, _settings(exporter, options), output)


def _settings(exporter: Exporter[t.Any], options: Options) -> Settings:
    if not 1 <= options("batch_size") <= exporter.most_points:
        raise SettingError(f"batch_size must be 1 to {exporter.most_points}, not {options('batch_size')}")
    for name, longest in _LONGEST_SECONDS.items():
        seconds = options(name)
        if not seconds > 0:
            raise SettingError(f"{name} must be more than 0 seconds, not {seconds:g}")
        if seconds > longest:
            raise SettingError(f"{name} must be at most {longest} seconds, not {seconds:g}")
    source = options("source") if "source" in options else "keyward.iam"
    if not source.strip():
        raise SettingError("source must not be blank")
    return Settings(
        source=source,
        tags=_job_tags(options("job_tags")) | _point_tags(options("point_tags") or "", exporter.reserved_tags),
        batch_size=options("batch_size"),
        deadline=options("deadline"),
        log_points=options("log_points"),
        labels=options.label,
    )


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
