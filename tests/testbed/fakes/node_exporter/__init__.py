# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The part of node_exporter that serves text files, for where the real one is not installed.

::

    with TextfileExporter(directory) as exporter:
        series = scrape(exporter.url)
"""

from __future__ import annotations

from .exporter import TextfileExporter, scrape

__all__ = ["TextfileExporter", "scrape"]
