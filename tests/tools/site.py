# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Builds the documentation as HTML: guides, playbooks, and the reference of plugins and roles that antsibull-docs makes.

A link to a page, a heading or an option that does not exist fails the build. With ``--external`` it also asks for every
address outside the site.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import environment
from tools.checkout import ROOT, listed_files

_SITE = ROOT / ".cache" / "site"
_SOURCE = _SITE / "source"
_HTML = _SITE / "html"
_REFERENCE = "reference"
# Markdown's pages of these are for readers of the repository. On the site antsibull-docs' own take their place.
_REPLACED = {"docs/plugins": ("module", "callback", "inventory"), "docs/roles": ("role",)}
_NOT_ON_THE_SITE = ("tests/", ".")
_README_OF_A_ROLE = re.compile(r"roles/(\w+)/README\.md")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)")

_CONFIGURATION = """
project = "keyward.iam"
author = copyright = "keyward contributors"
extensions = ["myst_parser", "sphinx_antsibull_ext", "sphinxcontrib.mermaid"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 6
html_theme = "sphinx_ansible_theme"
html_show_sourcelink = False
html_title = "keyward.iam"
html_theme_options = {"documentation_home_url": "index.html", "topbar_links": {}, "vcs_pageview_mode": ""}
nitpicky = True
linkcheck_timeout = 20
# Settings of Ansible's own.
nitpick_ignore_regex = [("envvar", "ANSIBLE_(LOAD_CALLBACK_PLUGINS|CACHE_PLUGIN|INVENTORY).*")]
"""

# The reference refers to these pages of Ansible's own documentation by their labels there.
_ANSIBLE = "https://docs.ansible.com/ansible/latest"
_ANSIBLES_PAGES = {
    "action_plugins": ("Action plugins", "plugins/action.html"),
    "callback_plugins": ("Callback plugins", "plugins/callback.html"),
    "inventory_plugins": ("Inventory plugins", "plugins/inventory.html"),
    "common_return_values": ("Common return values", "reference_appendices/common_return_values.html"),
    "ansible_configuration_settings": ("Ansible configuration settings", "reference_appendices/config.html"),
    "ansible_collections.amazon.aws.iam_access_key_info_module": (
        "amazon.aws.iam_access_key_info",
        "collections/amazon/aws/iam_access_key_info_module.html",
    ),
}

_INDEX = """
keyward.iam
===========

.. toctree::
   :maxdepth: 1

   README

.. toctree::
   :maxdepth: 1
   :caption: Guides

{guides}

.. toctree::
   :maxdepth: 1
   :caption: Playbooks

{playbooks}

.. toctree::
   :maxdepth: 2
   :caption: Plugins and roles

   {reference}/index
   {reference}/environment_variables
   {reference}/ansible
"""


def main(arguments: list[str]) -> int:
    """Build it, and say where it is."""
    made = environment.for_site()
    made.ensure()
    with environment.locked(_SITE):
        _prepare(made)
        code = _build(made, "html", _HTML)
        if code == 0 and "--external" in arguments:
            code = _build(made, "linkcheck", _SITE / "linkcheck")
    if code == 0:
        print(f"The site is {_HTML.relative_to(ROOT) / 'index.html'}.")
    return code


def _prepare(made: environment.Environment) -> None:
    shutil.rmtree(_SOURCE, ignore_errors=True)
    shutil.rmtree(_HTML, ignore_errors=True)
    (_SOURCE / _REFERENCE).mkdir(parents=True)
    command = ["collection", "--use-current", "--squash-hierarchy", "--fail-on-error"]
    _run(made, [made.path / "bin/antsibull-docs", *command, "--dest-dir", _SOURCE / _REFERENCE, "keyward.iam"])
    names = [name for name in listed_files() if not name.startswith(_NOT_ON_THE_SITE)]
    pages = [name for name in names if name.endswith(".md") and not _made_page(name)]
    for name in names:
        if name in pages:
            _write(name, _with_links_of_the_site((ROOT / name).read_text(encoding="utf-8"), name, {*pages}))
        elif not name.endswith(".md"):
            (_SOURCE / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, _SOURCE / name)
    _write("conf.py", _CONFIGURATION)
    _write(
        f"{_REFERENCE}/ansible.rst",
        "Ansible's own pages\n===================\n\n" + "\n".join(map(_heading, _ANSIBLES_PAGES)),
    )
    playbooks = [name for name in pages if name.startswith("docs/playbooks/")]
    guides = [name for name in pages if name not in ("README.md", *playbooks)]
    _write("index.rst", _INDEX.format(guides=_entries(guides), playbooks=_entries(playbooks), reference=_REFERENCE))


def _with_links_of_the_site(text: str, page: str, pages: set[str]) -> str:
    """Point links to pages that antsibull-docs makes there, and take those to what the site does not hold for text."""
    directory = Path(page).parent

    def replace(match: re.Match[str]) -> str:
        mark, label, target = match.groups()
        path, separator, anchor = target.partition("#")
        name = os.path.normpath(directory / path)
        # What does not exist stays, so that the build fails.
        if not path or "://" in path or name in pages or not (ROOT / name).exists():
            return match.group(0)
        if made := _made_page(name):
            return f"[{label}]({os.path.relpath(made, directory)})"
        if f"{name}/README.md" in pages:
            return f"[{label}]({path.rstrip('/')}/README.md{separator}{anchor})"
        is_there = (ROOT / name).is_file() and (mark or not name.startswith(_NOT_ON_THE_SITE))
        return match.group(0) if is_there else label

    return _LINK.sub(replace, text)


def _made_page(name: str) -> str | None:
    """Return antsibull-docs' page for one in Markdown; None where it makes none."""
    if of_role := _README_OF_A_ROLE.fullmatch(name):
        return f"{_REFERENCE}/{of_role[1]}_role.rst"
    kinds = _REPLACED.get(str(Path(name).parent), ())
    stems = [f"{Path(name).stem}_{kind}" for kind in kinds] + (["index"] if kinds else [])
    made = (f"{_REFERENCE}/{stem}.rst" for stem in stems)
    return next((page for page in made if (_SOURCE / page).exists()), None)


def _heading(label: str) -> str:
    title, path = _ANSIBLES_PAGES[label]
    return f".. _{label}:\n\n{title}\n{'-' * len(title)}\n\n{_ANSIBLE}/{path}\n"


def _entries(pages: Sequence[str]) -> str:
    return "\n".join(f"   {name.removesuffix('.md')}" for name in sorted(pages))


def _write(name: str, text: str) -> None:
    path = _SOURCE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _build(made: environment.Environment, builder: str, target: Path) -> int:
    command: list[str | Path] = [
        "-b",
        builder,
        "-q",
        "-n",
        "-W",
        "--keep-going",
        "-j",
        "2",
        "-d",
        _SITE / "doctrees",
        _SOURCE,
        target,
    ]
    return _run(made, [made.path / "bin/sphinx-build", *command], check=False)


def _run(made: environment.Environment, command: Sequence[str | Path], *, check: bool = True) -> int:
    environ = {
        **os.environ,
        # antsibull-docs asks ansible-doc.
        "PATH": f"{made.path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(_SITE / "home"),
        "ANSIBLE_COLLECTIONS_PATH": str(made.collections.parent),
    }
    (_SITE / "home").mkdir(exist_ok=True)
    return subprocess.run(command, env=environ, check=check).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except environment.SetupError as error:
        sys.exit(str(error))
