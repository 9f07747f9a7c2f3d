# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Makes the exporter of the callback prometheus from its options."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

from ansible import context

from ansible_collections.keyward.iam.plugins.module_utils._files.text_file import read_text
from ansible_collections.keyward.iam.plugins.module_utils._http.rest import split_url

from .._delivery.options import SettingError
from .._delivery.tls import http_settings, make_tls
from .._http.connection import Connection
from .exporter import Prometheus
from .pushgateway import Pushgateway
from .textfile import TextFile

if t.TYPE_CHECKING:
    from .._delivery.options import Options
    from .pushgateway import Login

_JOB = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_NOT_IN_JOB = re.compile(r"[^A-Za-z0-9_.-]")
_NO_PLAYBOOK = "ansible"


def make_exporter(options: Options) -> Prometheus:
    """Raises KeywardError."""
    directory, url = options.path("textfile_dir"), (options("pushgateway_url") or "").strip()
    if not directory and not url:
        raise SettingError(
            "there is no place for metrics: set KEYWARD_TEXTFILE_DIR or KEYWARD_PUSHGATEWAY_URL, or textfile_dir or "
            "pushgateway_url in the section callback_prometheus of ansible.cfg"
        )
    job = _job(options)
    label = options.label
    connection = Connection(make_tls(options), http_settings(label))
    return Prometheus(
        job,
        TextFile(_directory(directory, label("textfile_dir")), job) if directory else None,
        Pushgateway(_checked(url), job, connection, label, options("timeout"), _login(options)) if url else None,
        connection,
        label,
    )


def _directory(path: str, option: str) -> Path:
    if not Path(path).is_dir():
        raise SettingError(f"{option} is {path}, which is no directory: make it, or set the one of node_exporter")
    return Path(path)


def _login(options: Options) -> Login:
    """What gives user and password with each push, since the password's file may be replaced at any time."""
    user, password = options("pushgateway_username") or "", options("pushgateway_password") or ""
    path = options.path("pushgateway_password_file")
    if password and path:
        raise SettingError("only one of pushgateway_password, pushgateway_password_file can be used")
    if bool(user) != bool(password or path):
        raise SettingError("pushgateway_username and pushgateway_password or pushgateway_password_file go together")
    if ":" in user or not all(map(str.isprintable, (user, password))):
        raise SettingError(
            "pushgateway_username must hold no colon, and neither it nor the password a control character"
        )
    if not user:
        return lambda: None
    return (lambda: (user, _password(path))) if path else (lambda: (user, password))


def _password(path: str) -> str:
    """Raises FileError, and SettingError, which does not quote it."""
    password = read_text(path).strip()
    if not password or not password.isprintable():
        raise SettingError(f"pushgateway_password_file {path} must hold a password in one line")
    return password


def _job(options: Options) -> str:
    job = (options("job") or "").strip()
    if job and not _JOB.fullmatch(job):
        raise SettingError(
            f"{options.label('job')} must be 1 to 100 letters, digits, and characters of _.-, not {job!r:.80}"
        )
    return job or playbook_name(context.CLIARGS)


def playbook_name(arguments: t.Mapping[str, t.Any]) -> str:
    """The name of the first playbook of a command line: a path, or a collection's."""
    names = arguments.get("args")
    if "module_name" in arguments or not isinstance(names, (list, tuple)) or not names:
        return _NO_PLAYBOOK
    name = Path(str(names[0])).name
    stem = Path(name).stem if name.endswith((".yml", ".yaml", ".json")) else name.rpartition(".")[2]
    return _NOT_IN_JOB.sub("_", stem).lstrip(".-")[:100] or _NO_PLAYBOOK


def _checked(url: str) -> str:
    parts = split_url(url, "pushgateway_url", "https://pushgateway.example.com:9091")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise SettingError(
            "pushgateway_url must hold no user name, password, query or fragment: use pushgateway_username and "
            "pushgateway_password_file"
        )
    return url.strip()
