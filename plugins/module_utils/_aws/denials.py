# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What an access-denied error of AWS says: which action, and which kind of policy stands against it."""

from __future__ import annotations

import re
import typing as t

_STS_OPERATIONS = frozenset({"AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity", "GetSessionToken"})
_ACTION = re.compile(r"not authorized to perform: ([A-Za-z0-9-]+:[A-Za-z0-9]+)")
_ROLE = re.compile(r"on resource: (arn:[a-z0-9-]+:iam::\d{12}:role/[\w+=,.@/-]+)")
_EXPLICIT = re.compile(r"explicit deny in (?:an? )?([\w -]*?(?:policy|boundary))\b", re.IGNORECASE)
_MISSING = re.compile(r"because no ([\w -]*?(?:policy|boundary)) allows\b", re.IGNORECASE)


class Denial(t.NamedTuple):
    """
    C(policy) is the kind of policy that AWS names, such as V(service control policy), or None where it names none.
    C(explicit) is whether that policy denies the action; else it lacks an allow.
    """

    action: str
    policy: str | None
    explicit: bool
    role_arn: str | None

    @property
    def allow_helps(self) -> bool:
        """Whether an allow in a policy of this identity is what is missing."""
        return not self.explicit and self.policy in (None, "identity-based policy")

    @property
    def sentence(self) -> str:
        if self.explicit:
            if self.policy is None:
                return f"access denied: a policy denies {self.action} explicitly, and no allow helps against that"
            return (
                f"access denied: {_article(self.policy)} {self.policy} denies {self.action} explicitly: "
                "change that policy, no allow helps against it"
            )
        if not self.allow_helps:
            return (
                f"access denied: no {self.policy} allows {self.action}: allow it there, not in this identity's policies"
            )
        return f"access denied: allow {self.action} to this identity"


def denial(error: t.Any) -> Denial:
    """What a ClientError with one of ACCESS_DENIED_CODES says."""
    text = str(error.response.get("Error", {}).get("Message") or "")
    action, role = _ACTION.search(text), _ROLE.search(text)
    explicit, missing = _EXPLICIT.search(text), _MISSING.search(text)
    named = explicit or missing
    return Denial(
        action=action[1] if action else f"{_service(error.operation_name)}:{error.operation_name}",
        policy=named[1].strip().lower() if named else None,
        explicit=explicit is not None or "explicit deny" in text.lower(),
        role_arn=role[1] if role else None,
    )


def _service(operation: str) -> str:
    return "sts" if operation in _STS_OPERATIONS else "iam"


def _article(noun: str) -> str:
    return "an" if noun[:1] in "aeiou" else "a"
