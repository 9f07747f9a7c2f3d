# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Searches for input from outside that breaks what reads it: ``python -m fuzz``, or with names of targets for some.

Each module in ``targets`` reads one kind of input. Its C(SEEDS) are where a search begins, its C(FOUND) are what once
broke it, and C(check) takes any bytes and an empty directory: it raises where the reader does not keep its promise.
"""
