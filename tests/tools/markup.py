# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Ansible's documentation markup as the Markdown of a repository: readable as it is, and with links between pages."""

from __future__ import annotations

import re
import typing as t

from antsibull_docs_parser import dom, parser
from antsibull_docs_parser.format import LinkProvider
from antsibull_docs_parser.md import MDFormatter, to_md

COLLECTION = "keyward.iam."
# Where the pages are of what is no plugin.
_DIRECTORIES = {"role": "roles", "playbook": "playbooks"}


def page(fqcn: str) -> str:
    """Return the name of a plugin's page."""
    return f"{fqcn.removeprefix(COLLECTION)}.md"


class Renderer:
    """Renders the texts of one plugin, role or playbook."""

    def __init__(self, fqcn: str, plugin_type: str) -> None:
        self._plugin = dom.PluginIdentifier(fqcn=fqcn, type=plugin_type)
        self._links = _Pages(_DIRECTORIES.get(plugin_type, "plugins"))

    def paragraphs(self, texts: str | t.Sequence[str]) -> list[str]:
        """Return the Markdown of one or several paragraphs."""
        parsed = parser.parse(texts, parser.Context(self._plugin, role_entrypoint="main"), errors="exception")
        return [to_md([part], _FORMATTER, self._links, current_plugin=self._plugin) for part in parsed]


class _Pages(LinkProvider):
    def __init__(self, directory: str) -> None:
        self._directory = directory

    def plugin_link(self, plugin: dom.PluginIdentifier) -> str | None:
        if not plugin.fqcn.startswith(COLLECTION):
            return None
        directory = _DIRECTORIES.get(plugin.type, "plugins")
        return ("" if directory == self._directory else f"../{directory}/") + page(plugin.fqcn)


class _Formatter(MDFormatter):
    """As the original, with backticks for code, and without its escapes of what Markdown reads as text anyway."""

    def format_text(self, part: dom.TextPart) -> str:
        return re.sub(r"([\\`*_<\[])", r"\\\1", part.text)

    def format_code(self, part: dom.CodePart) -> str:
        return _code(part.text)

    def format_env_variable(self, part: dom.EnvVariablePart) -> str:
        return _code(part.name)

    def format_option_value(self, part: dom.OptionValuePart) -> str:
        return _code(part.value)

    def format_option_name(self, part: dom.OptionNamePart, url: str | None) -> str:
        return _named_value(part, url)

    def format_return_value(self, part: dom.ReturnValuePart, url: str | None) -> str:
        return _named_value(part, url)

    def format_module(self, part: dom.ModulePart, url: str | None) -> str:
        return _linked(part.fqcn, url)

    def format_plugin(self, part: dom.PluginPart, url: str | None) -> str:
        return _linked(part.plugin.fqcn, url)

    def format_link(self, part: dom.LinkPart) -> str:
        return f"[{part.text}]({part.url})"

    def format_url(self, part: dom.URLPart) -> str:
        return f"<{part.url}>"


def _code(text: str) -> str:
    return f"`{text}`"


def _named_value(part: dom.OptionNamePart | dom.ReturnValuePart, url: str | None) -> str:
    return _linked(part.name if part.value is None else f"{part.name}={part.value}", url)


def _linked(text: str, url: str | None) -> str:
    return f"[{_code(text)}]({url})" if url else _code(text)


_FORMATTER = _Formatter()
