# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

usable = $(shell $(1) -c 'import sys; print(sys.executable if sys.version_info >= (3, 11) else "")' 2>/dev/null)
first = $(firstword $(foreach candidate,$(1),$(call usable,$(candidate))))
pythons = python3.13 python3.12 python3.11 python3.14 $(wildcard $(or $(PYENV_ROOT),$(HOME)/.pyenv)/versions/3.1[1-9]*/bin/python3)
found = $(or $(call usable,python3),$(call first,$(pythons)))
missing = $(error Python 3.11 or newer is needed: name one with 'make PYTHON=/path/to/python3')
python = $(or $(if $(PYTHON),$(call usable,$(PYTHON)),$(found)),$(missing))
tool = cd tests && $(python) -m tools.
# The commit for which CI runs: another one adds another cell of the matrix.
turn = $(if $(TURN),--turn=$(TURN))

.PHONY: help
help: ## Show this help
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18

.PHONY: demo
demo: .venv ## Collect keys from an embedded AWS and deliver them to an embedded receiver
	@PYTHONPATH=tests .venv/bin/python -m testbed.scenarios.demo

.PHONY: test
test: ## Run all tests, and with the oldest and newest of everything what depends on it (ARGS='-k name' goes to pytest)
	@$(tool)run_tests $(turn) $(ARGS)

.PHONY: test-matrix
test-matrix: ## Run what depends on them with each ansible-core, its oldest and newest Python, and the lowest packages
	@$(tool)run_tests --matrix $(ARGS)

.PHONY: test-as-user
test-as-user: ## Run all tests without the rights of root (ARGS go to pytest)
	@$(tool)run_tests --as-user $(ARGS)

.PHONY: test-host
test-host: ## Run the tests on Debian hosts made for them, which takes root (ARGS go to pytest)
	@$(tool)run_host_tests $(ARGS)

.PHONY: lint
lint: ## Run all linters (ARGS='ruff mypy' for some)
	@$(tool)lint $(turn) $(ARGS)

.PHONY: sanity
sanity: ## Run Ansible's own checks with each ansible-core that a Python of this machine takes
	@$(tool)lint sanity --matrix $(ARGS)

.PHONY: docs
docs: ## Write the pages of plugins, roles and playbooks, and the dashboards for Grafana, from what they are made of
	@$(tool)environment lint
	@cd tests && ../.venv-lint/bin/python -m tools.docs && ../.venv-lint/bin/python -m tools.grafana

.PHONY: docs-site
docs-site: ## Build the documentation as HTML, and check its links (ARGS=--external for those outside it too)
	@$(tool)site $(ARGS)

.PHONY: build
build: ## Build the tarball for Galaxy
	@$(tool)galaxy

.PHONY: release
release: ## Turn the changelog's fragments into the release that galaxy.yml names (ARGS='--check 0.1.0' to see if it is ready)
	@$(tool)environment lint
	@cd tests && ../.venv-lint/bin/python -m tools.release $(ARGS)

.PHONY: bench
bench: .venv ## Measure speed and memory (ARGS='--only users' for a part, --write for docs/performance.md)
	@PYTHONPATH=tests .venv/bin/python -m bench $(ARGS)

.PHONY: fuzz
fuzz: ## Search for input from outside that breaks what reads it (ARGS='--seconds 300 journal' for a part)
	@$(tool)fuzzing $(ARGS)

.PHONY: .venv
.venv:
	@$(tool)environment

.PHONY: soak
soak: .venv ## Run the probe 500 times in random faults and kills
	@PYTHONPATH=tests .venv/bin/python -m testbed.scenarios.soak $(ARGS)

.PHONY: coverage
coverage: ## Measure which lines and branches the tests run, in all their processes (ARGS go to pytest)
	@$(tool)run_coverage $(ARGS)

.PHONY: mutation
mutation: ## Change the core in one place at a time, and tell what no test notices (ARGS='_journal rules.py' for a part)
	@$(tool)mutate $(ARGS)

.PHONY: clean
clean: ## Remove everything that the other commands made
	rm -rf .venv .venv-* .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/output keyward-iam-*.tar.gz demo-report.html
