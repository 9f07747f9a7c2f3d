# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a run of the probe would do, found out by reading only."""

from __future__ import annotations

from .._aws.errors import ACCESS_DENIED_CODES, UserError
from .errors import CallError, classify
from .run import Probe
from .settings import ProbeSettings


def dry_run(probe: Probe, settings: ProbeSettings) -> str:
    """One sentence. Raises UserError if a run would be misconfigured, as far as reading can tell."""
    try:
        probe.open()
        probe.identify()
    except CallError as error:
        raise UserError(error.failure.code, error.failure.sentence) from error
    _check_policy(probe)
    stale = probe.sweep(dry_run=True)
    leftovers = f"the leftovers of earlier runs {', '.join(stale)}" if stale else "no leftovers of earlier runs"
    return (
        f"would remove {leftovers}, make the user {settings.user_path}{probe.names.user} and the group "
        f"{settings.group_path}{probe.names.group}, put one into the other, attach {probe.policy_arn}, and undo it all"
    )


def _check_policy(probe: Probe) -> None:
    try:
        policy = probe.read_policy()
    except CallError as error:
        _error_class, code, sentence, *_rest = classify(error.error, probe.policy_arn)
        if code not in ACCESS_DENIED_CODES:
            raise UserError(code, sentence) from error
        probe.warnings.append(f"whether {probe.policy_arn} exists is not known: {sentence}")
    else:
        if not policy["IsAttachable"]:
            raise UserError("PolicyNotAttachable", f"{probe.policy_arn} is not attachable: set policy_arn to another")
