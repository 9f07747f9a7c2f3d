# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
What the credential report adds to the access keys that were listed.

The report numbers a user's keys 1 and 2 and names no ids, so a key's slot is inferred from dates: a slot's rotation
date equals its key's creation date, or is later where the key was changed. Where two ways to pair keys and slots fit
equally well, only what they agree on is told.
"""

from __future__ import annotations

import itertools
import typing as t

from .._common.dates import whole_days
from .credential_report import CredentialReport, KeySlot
from .model import ROOT_USER_NAME, AccessKey, AgeLimits, KeyOrigin, LastUse, ListedKey, ReportedKey, key_age

if t.TYPE_CHECKING:
    import datetime as dt

Pairing = dict[str, KeySlot]
"""Access key id to slot."""


def match_report(keys: t.Sequence[ListedKey], report: CredentialReport, now: dt.datetime) -> dict[str, ReportedKey]:
    """By access key id, what the report adds. Takes the keys of one user."""
    pairings = _best_pairings(keys, report.slots.get(keys[0].user_arn, []))
    return {
        key.access_key_id: _common([_reported(key, pairing.get(key.access_key_id), now) for pairing in pairings])
        for key in keys
    }


def root_keys(
    report: CredentialReport, now: dt.datetime, limits: AgeLimits | None, origin: KeyOrigin, *, exempt: bool = False
) -> list[AccessKey]:
    """The root user's access keys, whose only date is the report's."""
    return [
        AccessKey(
            origin=origin,
            user_name=ROOT_USER_NAME,
            user_arn=report.root_arn,
            user_path="/",
            status="Active" if slot.active else "Inactive",
            exempt=exempt,
            slot=slot.number,
            age=key_age(slot.rotated_date, now, limits) if slot.rotated_date else None,
            reported=ReportedKey(last_use=_last_use(slot, now)),
        )
        for slot in report.slots.get(report.root_arn or "", [])
    ]


def _best_pairings(keys: t.Sequence[ListedKey], slots: t.Sequence[KeySlot]) -> list[Pairing]:
    """The pairings that explain most: at least the one that pairs nothing, as for keys younger than the report."""
    ranked: list[tuple[tuple[int, int, int], Pairing]] = []
    for chosen in itertools.permutations([*slots, *([None] * len(keys))], len(keys)):
        pairs = [(key, slot) for key, slot in zip(keys, chosen) if slot is not None]
        dated = [(key, slot.rotated_date, slot) for key, slot in pairs if slot.rotated_date is not None]
        if len(dated) == len(pairs) and all(rotated >= key.create_date for key, rotated, _slot in dated):
            unchanged = sum(rotated == key.create_date for key, rotated, _slot in dated)
            same_status = sum(slot.active == (key.status == "Active") for key, slot in pairs)
            ranked.append(((len(pairs), unchanged, same_status), {key.access_key_id: slot for key, slot in pairs}))
    best = max(rank for rank, _pairing in ranked)
    return [pairing for rank, pairing in ranked if rank == best]


def _common(reported: t.Sequence[ReportedKey]) -> ReportedKey:
    """What all of them say, field by field."""
    return ReportedKey(*(values[0] if len(set(values)) == 1 else None for values in zip(*reported)))


def _reported(key: ListedKey, slot: KeySlot | None, now: dt.datetime) -> ReportedKey:
    if slot is None:
        return ReportedKey()
    changed = slot.rotated_date if slot.rotated_date != key.create_date else None
    # Where the report still has it as active, it was made inactive since then.
    inactive = changed is not None and key.status == "Inactive" and not slot.active
    return ReportedKey(
        changed is not None, _last_use(slot, now), whole_days(changed, now) if changed and inactive else None
    )


def _last_use(slot: KeySlot, now: dt.datetime) -> LastUse | None:
    if not slot.last_used_known:
        return None
    if slot.last_used_date is None:
        return LastUse()
    return LastUse(
        slot.last_used_date, whole_days(slot.last_used_date, now), slot.last_used_service, slot.last_used_region
    )
