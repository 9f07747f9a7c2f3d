# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The layout's rules hold for the collection, and each of them finds what breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names
from tools import architecture

_ROOT = Path(__file__).parents[2]
_MODULE_UTILS = "ansible_collections.keyward.iam.plugins.module_utils"
_NAMES = "plugins/plugin_utils/_metrics/names.py"


_DRIVEN = {
    "tests/integration/test_access_key_info.py": """
        module_utils/_access_keys/collect module_utils/_access_keys/listing module_utils/_access_keys/profile
        module_utils/_access_keys/request module_utils/_aws/account module_utils/_aws/instrumentation
        module_utils/_aws/module module_utils/_aws/profiles module_utils/_aws/session module_utils/_common/workers
    """,
    "tests/integration/test_access_key_errors.py": """
        module_utils/_aws/boto module_utils/_aws/boundary module_utils/_aws/denials module_utils/_aws/errors
        module_utils/_aws/helpers module_utils/_aws/instance_role module_utils/_aws/local_errors
        module_utils/_aws/responses module_utils/_aws/shared_files module_utils/_common/parent
        module_utils/_common/signals
    """,
    "tests/unit/plugins/module_utils/_access_keys/test_roles.py": "module_utils/_aws/roles",
    "tests/unit/plugins/plugin_utils/_prometheus/test_exporter.py": """
        plugin_utils/_prometheus/groups plugin_utils/_prometheus/state plugin_utils/_prometheus/text
        plugin_utils/_prometheus/textfile
    """,
    "tests/integration/prometheus/test_prometheus.py": "plugin_utils/_prometheus/pushgateway",
    "tests/integration/organization/test_inventory.py": """
        plugin_utils/_organization/accounts plugin_utils/_organization/connection
        plugin_utils/_organization/variables
    """,
    "tests/integration/test_access_key_report.py": "module_utils/_access_keys/report_fetch",
    "tests/unit/plugins/module_utils/_awx/test_manage.py": """
        module_utils/_awx/api module_utils/_awx/change module_utils/_awx/credentials module_utils/_awx/fields
        module_utils/_awx/kinds module_utils/_awx/lookup module_utils/_awx/module module_utils/_awx/project
        module_utils/_awx/related module_utils/_awx/rules module_utils/_awx/values
    """,
    "tests/unit/plugins/module_utils/_common/test_text.py": """
        module_utils/_common/redaction module_utils/_common/secret_forms
    """,
    "tests/unit/plugins/module_utils/_credentials/test_edit.py": "module_utils/_credentials/aws_file",
    "tests/unit/plugins/module_utils/_credentials/test_files.py": """
        module_utils/_files/directories module_utils/_files/links module_utils/_files/private_file
    """,
    "tests/unit/plugins/module_utils/_wavefront/test_api.py": """
        module_utils/_http/environment module_utils/_http/faults module_utils/_http/request module_utils/_http/rest
        module_utils/_wavefront/tokens
    """,
    "tests/e2e/test_metrist_extension.py": """
        module_utils/_metrist/configuration module_utils/_metrist/environment module_utils/_metrist/monitor
    """,
    "tests/integration/probe/test_probe_module.py": """
        module_utils/_probe/cleanup module_utils/_probe/connection module_utils/_probe/dry_run
        module_utils/_probe/execute module_utils/_probe/removal module_utils/_probe/run module_utils/_probe/step_runner
    """,
    "tests/integration/probe/test_probe_sweep.py": "module_utils/_probe/sweep",
    "tests/unit/plugins/plugin_utils/_wavefront/test_access.py": """
        module_utils/_wavefront/access module_utils/_wavefront/csp
    """,
    "tests/integration/test_wavefront_alert.py": "module_utils/_wavefront/alerts",
    "tests/integration/test_grafana_dashboard.py": """
        module_utils/_grafana/api module_utils/_grafana/manage module_utils/_grafana/module
    """,
    "tests/integration/test_wavefront_dashboard.py": """
        module_utils/_wavefront/change module_utils/_wavefront/manage module_utils/_wavefront/module
    """,
    "tests/unit/plugins/plugin_utils/_delivery/test_delivery.py": """
        plugin_utils/_delivery/backlog plugin_utils/_delivery/self_metrics
    """,
    "tests/unit/plugins/plugin_utils/_delivery/test_sender.py": """
        plugin_utils/_delivery/exporter plugin_utils/_delivery/time_budget
    """,
    "tests/integration/delivery/test_runs.py": """
        plugin_utils/_delivery/callback plugin_utils/_delivery/output plugin_utils/_delivery/registry
        plugin_utils/_delivery/worker
    """,
    "tests/unit/plugins/plugin_utils/_wavefront/test_options.py": """
        plugin_utils/_delivery/labels plugin_utils/_delivery/options plugin_utils/_delivery/tls
    """,
    "tests/unit/plugins/plugin_utils/_wavefront/test_exporter.py": """
        plugin_utils/_http/connection plugin_utils/_http/messages plugin_utils/_http/worker
    """,
    "tests/unit/plugins/plugin_utils/_journal/test_journal.py": """
        plugin_utils/_journal/maintenance plugin_utils/_journal/records plugin_utils/_journal/rejected
        plugin_utils/_journal/volatile
    """,
    "tests/unit/plugins/plugin_utils/_metrics/test_conversion.py": "plugin_utils/_metrics/point",
    "tests/unit/plugins/plugin_utils/_otlp/test_encoder.py": "plugin_utils/_otlp/protobuf",
    "tests/unit/plugins/plugin_utils/_tables/test_access_keys.py": "plugin_utils/_tables/table",
    "tests/integration/test_variables.py": "plugin_utils/_variables/specifications",
}
"""By the test that drives them, the private modules that have no unit test of their own."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for directory in ("plugins/modules", "plugins/module_utils", "plugins/plugin_utils", "playbooks", "roles"):
        (tmp_path / directory).mkdir(parents=True)
    return tmp_path


def _write(root: Path, **files: str) -> None:
    """File names with double underscores for slashes; the last one is the suffix's dot."""
    for name, content in files.items():
        path, _separator, suffix = name.rpartition("__")
        file = root / f"{path.replace('__', '/')}.{suffix}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)


def test_no_package_leads_back_to_itself() -> None:
    assert architecture.circles(_ROOT) == []


def test_a_circle_is_found_over_any_number_of_packages(tree: Path) -> None:
    _write(
        tree,
        plugins__module_utils___a__one__py="from .._b.two import x\n",
        plugins__module_utils___b__two__py="def late():\n    from .._c import three\n",
        plugins__module_utils___c__three__py=f"from {_MODULE_UTILS}._a.one import y\n",
    )
    assert architecture.circles(tree) == ["module_utils/_a -> module_utils/_b -> module_utils/_c -> module_utils/_a"]


def test_target_code_imports_no_controller_code() -> None:
    assert architecture.target_imports_controller(_ROOT) == []


@pytest.mark.parametrize(
    "code",
    [
        "from ansible_collections.keyward.iam.plugins.plugin_utils._a.x import y",
        "import ansible_collections.keyward.iam.plugins.plugin_utils._a.x",
        "from ...plugin_utils._a import x",
        "from ansible.plugins.callback import CallbackBase",
        "def late():\n    import ansible.parsing.dataloader",
    ],
)
def test_controller_code_is_found_in_target_code(tree: Path, code: str) -> None:
    _write(tree, plugins__module_utils___b__one__py=code, plugins__plugin_utils___a__x__py="")
    [problem] = architecture.target_imports_controller(tree)
    assert problem.startswith("plugins/module_utils/_b/one.py:")


def test_journal_delivery_and_exporters_know_nothing_of_iam() -> None:
    assert architecture.generic_imports_iam(_ROOT) == []


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("plugins__plugin_utils___journal__one__py", "from .._metrics.conversion import points"),
        ("plugins__plugin_utils___wavefront__one__py", "from .._metrics import conversion"),
        ("plugins__plugin_utils___delivery__one__py", "from .._tables.probe import x"),
        (
            "plugins__plugin_utils___wavefront__one__py",
            f"from {_MODULE_UTILS}._access_keys.model import AccessKey",
        ),
    ],
)
def test_an_exporter_that_knows_iam_is_found(tree: Path, file: str, code: str) -> None:
    _write(tree, **{file: code}, plugins__plugin_utils___metrics__conversion__py="")
    assert len(architecture.generic_imports_iam(tree)) == 1


def test_one_file_spells_the_names_of_metrics() -> None:
    assert architecture.metric_names_elsewhere(_ROOT, _NAMES) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("plugins__callback__one__py", "NAME = 'aws.iam.accessKey'"),
        ("plugins__plugin_utils___a__one__py", "name = f'aws.iam.probe.{step}'"),
        ("plugins__plugin_utils___a__one__py", "NAME = 'aws_iam_access_key_age_days'"),
        ("playbooks__one__yml", "- debug: msg=aws.iam.collector.success"),
        ("roles__one__tasks__main__yaml", "query: ts(aws.iam.probe.state)"),
    ],
)
def test_a_metric_that_is_spelled_elsewhere_is_found(tree: Path, file: str, text: str) -> None:
    _write(tree, **{file: text, "plugins__plugin_utils___metrics__names__py": "NAME = 'aws.iam.accessKey'"})
    assert len(architecture.metric_names_elsewhere(tree, _NAMES)) == 1


def test_documentation_may_spell_a_metric(tree: Path) -> None:
    _write(
        tree,
        plugins__callback__one__py='"""About aws.iam.accessKey."""\nDOCUMENTATION = "aws.iam.probe.state"\n',
        playbooks__one__yml="# The metric aws.iam.accessKey.\n- amazon.aws.iam_access_key_info:\n",
    )
    assert architecture.metric_names_elsewhere(tree, _NAMES) == []


def test_dashboards_and_alerts_query_metrics_that_exist() -> None:
    known = {value for value in vars(names).values() if isinstance(value, str) and architecture.METRIC.fullmatch(value)}
    known |= {entry.prometheus for entry in (names.DESCRIPTIONS | names.PROMETHEUS_ONLY).values()}
    assert "aws.iam.accessKey" in known
    content = [
        file
        for directory in ("playbooks", "roles")
        for file in (_ROOT / directory).glob("**/*")
        if file.is_file() and file.suffix in {".j2", ".json"}
    ]
    queried = {name for file in content for name in architecture.METRIC.findall(file.read_text("utf-8"))}
    assert queried
    assert queried - known == set()


def test_every_private_module_is_in_a_package() -> None:
    assert architecture.flat_private_modules(_ROOT) == []


def test_a_flat_private_module_is_found(tree: Path) -> None:
    _write(tree, plugins__module_utils___flat__py="", plugins__plugin_utils___a____init____py="")
    (tree / "plugins/plugin_utils/_a").mkdir(exist_ok=True)
    (tree / "plugins/plugin_utils/_a/__init__.py").write_text("")
    assert {"plugins/module_utils/_flat.py", "plugins/plugin_utils/_a/__init__.py"} <= set(
        architecture.flat_private_modules(tree)
    )


def test_every_main_is_short() -> None:
    assert architecture.long_mains(_ROOT) == []


def test_a_main_of_twenty_lines_is_found(tree: Path) -> None:
    body = "    pass\n"
    _write(
        tree,
        plugins__modules__short__py=f"def main():\n{18 * body}",
        plugins__modules__long__py=f"def main() -> None:\n{19 * body}",
    )
    assert architecture.long_mains(tree) == ["plugins/modules/long.py: main has 20 lines"]


def test_every_private_module_has_a_test() -> None:
    entries = [(module, test) for test, modules in _DRIVEN.items() for module in modules.split()]
    assert len(entries) == len(dict(entries))
    assert architecture.missing_tests(_ROOT, dict(entries)) == []


def test_a_module_without_a_test_is_found(tree: Path) -> None:
    _write(
        tree,
        plugins__module_utils___a__tested__py="",
        plugins__module_utils___a__untested__py="",
        plugins__module_utils___a__driven__py="",
        tests__unit__plugins__module_utils___a__test_tested__py="",
        tests__e2e__test_all__py="",
    )
    entries = {"module_utils/_a/driven": "tests/e2e/test_all.py"}
    [problem] = architecture.missing_tests(tree, entries)
    assert problem.startswith("module_utils/_a/untested has no tests/unit/plugins/module_utils/_a/test_untested.py")


def test_an_entry_that_is_wrong_is_found(tree: Path) -> None:
    _write(tree, plugins__module_utils___a__driven__py="")
    entries = {"module_utils/_a/driven": "tests/none.py", "module_utils/_a/gone": "x"}
    assert len(architecture.missing_tests(tree, entries)) == 2
