# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
A receiver of OTLP over HTTP, which decodes requests with OpenTelemetry's own message classes.

::

    with OtlpReceiver(headers={"api-key": "secret"}) as otlp:
        otlp.answers(429, partial(2, "no such tenant"))
        ...
        assert otlp.values("aws.iam.accessKey") == [209]
"""

from __future__ import annotations

from .receiver import DataPoint, OtlpReceiver, partial

__all__ = ["DataPoint", "OtlpReceiver", "partial"]
