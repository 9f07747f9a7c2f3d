# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the modules of this collection share of amazon.aws: its options, and how they become a connection."""

from __future__ import annotations

import os
import sys
import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.botocore import HAS_BOTO3
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._common.text import cleaned, remember, url_secrets
from .boto import BotoCoreError, Config
from .session import ConnectionSettings

_CREDENTIAL_OPTIONS = ("access_key", "secret_key", "session_token")


_SHOWS_TRACEBACKS = 3


def aws_module(argument_spec: dict[str, t.Any], **kwargs: t.Any) -> AnsibleAWSModule:
    """An AnsibleAWSModule that has boto3, or has failed with one sentence."""
    module = AnsibleAWSModule(argument_spec=argument_spec, check_boto3=False, **kwargs)
    if not HAS_BOTO3:
        module.fail_json(
            msg=f"boto3 is not installed for {sys.executable}: install it there, "
            "or set ansible_python_interpreter to a Python that has it"
        )
    endpoint_url = module.params.get("endpoint_url") or ""
    if "@" in endpoint_url:
        known = url_secrets(endpoint_url)
        remember(*known)
        # It is no secret option, and the result shows options.
        module._module.no_log_values.update(known)
    return module


def warn(module: AnsibleAWSModule, sentence: str) -> None:
    """Warn by Ansible's own module class: that of amazon.aws draws a deprecation warning from ansible-core 2.19 on."""
    module._module.warn(sentence)


def own_directory(module: AnsibleAWSModule) -> str | None:
    """The directory that Ansible made for this task on the host; None where it made none."""
    directory: str | None = module._module._tmpdir
    return directory


def connection_settings(module: AnsibleAWSModule) -> ConnectionSettings:
    """
    The connection options of a task. An option that only repeats the environment is left to botocore,
    which gives the environment its place: below a named profile, above the shared files.
    """
    params = module.params
    # Half a pair in the environment does no harm beside named profiles.
    pair = explicit_option if named_profiles(module) else _option
    if bool(pair(module, "access_key")) != bool(pair(module, "secret_key")):
        module.fail_json(msg="access_key and secret_key go together: set both or neither")
    # A session token in the environment belongs to the keys that are there.
    session_token = (
        explicit_option(module, "session_token") if explicit_option(module, "access_key") else params["session_token"]
    )
    try:
        Config(**(params["aws_config"] or {}))
    except (TypeError, ValueError, BotoCoreError) as error:
        module.fail_json(msg=f"aws_config is not what botocore's Config takes: {cleaned(str(error))}")
    return ConnectionSettings(
        access_key_id=params["access_key"] or None,
        secret_access_key=params["secret_key"] or None,
        session_token=session_token or None,
        region=explicit_option(module, "region"),
        fallback_region=params["region"] or None,
        endpoint_url=params["endpoint_url"] or None,
        verify=(params["aws_ca_bundle"] or None) if params["validate_certs"] else False,
        config=params["aws_config"] or {},
    )


def _option(module: AnsibleAWSModule, option: str) -> str | None:
    return module.params[option] or None


def explicit_option(module: AnsibleAWSModule, option: str) -> str | None:
    """An option's value, unless it merely stands in the environment."""
    value = module.params[option] or None
    _fallback, names = module.argument_spec[option].get("fallback", (None, []))
    return None if value in [os.environ.get(name) for name in names] else value


def named_profiles(module: AnsibleAWSModule) -> list[str]:
    """The profiles a task names, by O(profiles) or O(profile). Fails where it names a second source of credentials."""
    profile = explicit_option(module, "profile")
    profiles = module.params.get("profiles") or ([profile] if profile else [])
    source = "profiles" if module.params.get("profiles") else "profile"
    conflicting = [
        option for option in ("profile", *_CREDENTIAL_OPTIONS) if option != source and explicit_option(module, option)
    ]
    if profiles and conflicting:
        module.fail_json(msg=f"{source} and {conflicting[0]} are mutually exclusive: set one of them")
    return profiles


def exit_module(
    module: AnsibleAWSModule,
    result: dict[str, t.Any],
    *,
    failures: t.Sequence[str],
    warnings: t.Sequence[str],
    tracebacks: t.Sequence[str],
) -> t.NoReturn:
    """Return the result, which failures make a failed one. Tracebacks are shown at -vvv only."""
    for sentence in [*warnings, *(tracebacks if module._module._verbosity >= _SHOWS_TRACEBACKS else ())]:
        warn(module, sentence)
    if failures:
        module.fail_json(msg="; ".join(failures), **result)
    module.exit_json(**result)
