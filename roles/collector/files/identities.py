# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Prints the identity of each AWS profile that is named; without any, the host's own."""

from __future__ import annotations

import sys

from ansible_collections.keyward.iam.plugins.module_utils._aws.instrumentation import CallCounter
from ansible_collections.keyward.iam.plugins.module_utils._aws.session import ConnectionSettings, ProfileSession


def identity(profile: str | None) -> str:
    """Return the account and the ARN of a profile."""
    sts = ProfileSession(profile, ConnectionSettings(), CallCounter()).create_client("sts")
    caller = sts.get_caller_identity()
    return f"account {caller['Account']}, {caller['Arn']}"


def main(profiles: list[str]) -> int:
    """Show all profiles, and fail if one has no valid credentials."""
    failed = 0
    for profile in profiles or [None]:
        try:
            shown = identity(profile)
        # A helper or a file that credentials come from may fail in any way, which is no reason to pass over the others.
        except Exception as error:  # noqa: BLE001
            failed, shown = 1, f"FAILED: {error or type(error).__name__}"
        sys.stdout.write(f"{profile or 'the host itself'}: {shown}\n")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
