# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Debian hosts on this machine that are reached over SSH, with a file system, a network and processes of their own."""

from __future__ import annotations

from .archives import build as build_archive
from .galaxy import Galaxy
from .host import CronHost, Host, SystemdHost
from .image import Image
from .machine import LackingError
from .package_index import PackageIndex
from .wheels import download as download_wheels

__all__ = [
    "CronHost",
    "Galaxy",
    "Host",
    "Image",
    "LackingError",
    "PackageIndex",
    "SystemdHost",
    "build_archive",
    "download_wheels",
]
