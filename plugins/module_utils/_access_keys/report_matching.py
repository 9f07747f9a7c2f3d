# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
What the credential report adds to the access keys that were found.

The report numbers a user's keys 1 and 2 and names no ids, so a key's slot is inferred from dates: a slot's rotation
date equals its key's creation date, or is later where the key was changed. Where two ways to pair keys and slots fit
equally well, only what they agree on is told.
"""

from __future__ import annotations

import itertools
import typing as t

from .._common.dates import iso, whole_days
from .credential_report import CredentialReport, KeySlot
from .model import ROOT_USER_NAME, AccessKey, AgeLimits, FoundKey, age_facts

if t.TYPE_CHECKING:
    import datetime as dt

Pairing = dict[str, KeySlot]
"""Access key id to slot."""


def report_facts(keys: t.Sequence[FoundKey], report: CredentialReport, now: dt.datetime) -> dict[str, AccessKey]:
    """By access key id, the fields that the report adds. Takes the keys of one user."""
    pairings = _best_pairings(keys, report.slots.get(keys[0].user_arn, []))
    facts: dict[str, AccessKey] = {}
    for key in keys:
        first, *others = [_slot_facts(key, pairing.get(key.access_key_id), now) for pairing in pairings]
        facts[key.access_key_id] = {
            name: value
            for name, value in first.items()
            if all(name in other and other[name] == value for other in others)
        }
    return facts


def root_keys(report: CredentialReport, now: dt.datetime, limits: AgeLimits) -> list[AccessKey]:
    """The root user's access keys, whose only date is the report's."""
    return [
        {
            "user_name": ROOT_USER_NAME,
            "user_arn": report.root_arn,
            "user_path": "/",
            "status": "Active" if slot.active else "Inactive",
            "root": True,
            "slot": slot.number,
            **(age_facts(slot.rotated_date, now, limits) if slot.rotated_date else {}),
            **_last_used(slot, now),
        }
        for slot in report.slots.get(report.root_arn or "", [])
    ]


def _best_pairings(keys: t.Sequence[FoundKey], slots: t.Sequence[KeySlot]) -> list[Pairing]:
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


def _slot_facts(key: FoundKey, slot: KeySlot | None, now: dt.datetime) -> AccessKey:
    if slot is None:
        return {}
    return {"reactivated": slot.rotated_date != key.create_date, **_last_used(slot, now)}


def _last_used(slot: KeySlot, now: dt.datetime) -> AccessKey:
    if slot.last_used_date is None:
        return {"last_used_date": None}
    facts: AccessKey = {
        "last_used_date": iso(slot.last_used_date),
        "last_used_days": whole_days(slot.last_used_date, now),
    }
    if slot.last_used_service:
        facts["last_used_service"] = slot.last_used_service
    if slot.last_used_region:
        facts["last_used_region"] = slot.last_used_region
    return facts
