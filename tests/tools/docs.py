# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Writes a page for each plugin, role and playbook from its documentation; with --check it only compares, and fails where
they differ.
"""

from __future__ import annotations

import json
import re
import sys
import typing as t
from pathlib import Path

import jinja2
import yaml
from ansible.parsing.plugin_docs import read_docstring
from ansible.plugins.loader import fragment_loader, init_plugin_loader
from ansible.utils.plugin_docs import add_fragments, get_docstring

from tools.checkout import ROOT
from tools.markup import COLLECTION, Renderer, page

_PAGES = ROOT / "docs"
_PLUGIN_TYPES = {"modules": "module", "callback": "callback", "inventory": "inventory"}
_MADE = "<!-- Made by `make docs` -->"

Documents = t.Iterator[tuple[str, str, str, str]]
"""The name, the kind, the summary and the page of each."""


def render() -> dict[str, str]:
    """Return the text of every page by its path below docs."""
    pages = {}
    for directory, documents in (("plugins", _plugins()), ("roles", _roles()), ("playbooks", _playbooks())):
        index = [_MADE, f"# The {directory} of keyward.iam", ""]
        for name, kind, summary, text in documents:
            pages[f"{directory}/{page(name)}"] = text
            index.append(f"- [`{name}`]({page(name)}){kind}: {summary}")
        pages[f"{directory}/README.md"] = "\n".join(index) + "\n"
    return pages


def _plugins() -> Documents:
    for directory, plugin_type in _PLUGIN_TYPES.items():
        for path in sorted((ROOT / "plugins" / directory).glob("[!_]*.py")):
            fqcn = COLLECTION + path.stem
            doc, text = _page(path, fqcn, plugin_type)
            yield fqcn, f" ({plugin_type})", _summary(fqcn, plugin_type, doc), text


def _roles() -> Documents:
    for path in sorted((ROOT / "roles").glob("*/meta/argument_specs.yml")):
        fqcn = COLLECTION + path.parts[-3]
        yield _specified(fqcn, "role", path, _specifications(path)["main"])


def _playbooks() -> Documents:
    path = ROOT / "playbooks" / "meta" / "argument_specs.yml"
    for name, doc in sorted(_specifications(path).items()):
        yield _specified(COLLECTION + name, "playbook", path, doc)


def _specifications(path: Path) -> dict[str, dict[str, t.Any]]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"])


def _specified(fqcn: str, kind: str, path: Path, doc: dict[str, t.Any]) -> tuple[str, str, str, str]:
    return fqcn, "", _summary(fqcn, kind, doc), _text(fqcn, kind, path, doc)


def _summary(fqcn: str, kind: str, doc: dict[str, t.Any]) -> str:
    return Renderer(fqcn, kind).paragraphs(doc["short_description"])[0]


def _text(fqcn: str, kind: str, path: Path, doc: dict[str, t.Any], **more: t.Any) -> str:
    text = _TEMPLATE.render(
        fqcn=fqcn,
        plugin_type=kind,
        source=path.relative_to(ROOT),
        doc={"version_added": "0.1.0", **doc},
        text=Renderer(fqcn, kind).paragraphs,
        **more,
    )
    return re.sub(r"\n{3,}", "\n\n", text)


def _page(path: Path, fqcn: str, plugin_type: str) -> tuple[dict[str, t.Any], str]:
    doc, examples, returns, _metadata = get_docstring(
        str(path), fragment_loader, collection_name=COLLECTION.rstrip("."), is_module=plugin_type == "module"
    )
    fragments, theirs = _others(path)
    doc["options"] = {name: entry for name, entry in doc.get("options", {}).items() if name not in theirs["options"]}
    for part in ("notes", "requirements"):
        doc[part] = [text for text in doc.get(part, []) if text not in theirs.get(part, [])]
    return doc, _text(fqcn, plugin_type, path, doc, examples=examples, returns=returns, fragments=fragments)


def _others(path: Path) -> tuple[list[str], dict[str, t.Any]]:
    """Return the fragments of other collections that a plugin uses, and their text, which changes by their versions."""
    listed = read_docstring(str(path))["doc"].get("extends_documentation_fragment", [])
    fragments = [name for name in listed if not name.startswith(COLLECTION)]
    doc: dict[str, t.Any] = {"options": {}, "extends_documentation_fragment": list(fragments)}
    add_fragments(doc, str(path), fragment_loader=fragment_loader, is_module=True)
    return fragments, doc


def _value(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value)


def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    # Markdown, in which nothing is to be escaped as for HTML.
    environment = jinja2.Environment(loader=loader, keep_trailing_newline=True, autoescape=False)  # noqa: S701
    environment.filters["value"] = _value
    return environment.get_template("plugin.md.j2")


_TEMPLATE = _template()


def main() -> int:
    """Write the pages, or compare them."""
    init_plugin_loader()
    pages = render()
    directories = {Path(name).parent for name in pages}
    present = {
        str(path.relative_to(_PAGES)): path.read_text(encoding="utf-8")
        for directory in directories
        for path in (_PAGES / directory).glob("*.md")
    }
    if "--check" in sys.argv[1:]:
        stale = sorted(name for name in pages.keys() | present.keys() if pages.get(name) != present.get(name))
        for name in stale:
            print(f"docs/{name} does not match the documentation that it is made from: run 'make docs'")
        return 1 if stale else 0
    for name in present.keys() - pages.keys():
        (_PAGES / name).unlink()
    for name, text in pages.items():
        (_PAGES / name).parent.mkdir(parents=True, exist_ok=True)
        (_PAGES / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
