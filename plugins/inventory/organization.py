# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

DOCUMENTATION = r"""
name: organization
short_description: The accounts of an AWS organization as hosts
version_added: 0.1.0
author:
  - keyward contributors (!UNKNOWN)
extends_documentation_fragment:
  - amazon.aws.common.plugins
  - amazon.aws.region.plugins
  - constructed
  - inventory_cache
description:
  - Each account of an AWS organization is a host, with the variables that the playbook keyward.iam.collect reads.
  - The name of the configuration file ends with C(.keyward_organization.yml) or C(.keyward_organization.yaml).
  - The credentials are those of the management account or of a delegated administrator. They need
    C(organizations:ListRoots), C(organizations:ListOrganizationalUnitsForParent),
    C(organizations:ListAccountsForParent) and C(organizations:ListTagsForResource).
  - "Each host has C(keyward_account_id), C(keyward_account_name), C(keyward_ou_path), C(keyward_account_tags),
    C(keyward_role_arns), which is a list with the one role of the account, and C(ansible_connection=local). With
    O(external_id), it has C(keyward_external_id)."
  - Each host is in the group C(accounts), and in a group C(ou_...) for the organizational unit that it is in. The group
    of a unit is a child of the group of the unit that it is in.
  - It costs two calls for each organizational unit, and one for each account. Use the inventory cache.
options:
  plugin:
    description: The name of this plugin.
    required: true
    choices: [keyward.iam.organization]
  role_name:
    description:
      - The role to assume in each account, without C(role/) and with its path if it has one, such as
        V(keyward-collector) or V(audit/keyward-collector).
    type: str
    required: true
  external_id:
    description: The external id that the trust policies of the roles ask for.
    type: str
  organizational_units:
    description:
      - Only the accounts in these units and in those below them. Ids such as V(ou-ab12-cd34ef56), or paths such as
        V(/Workloads/Production).
      - By default the whole organization.
    type: list
    elements: str
    default: []
  statuses:
    description: Only accounts with one of these states.
    type: list
    elements: str
    choices: [ACTIVE, SUSPENDED, PENDING_CLOSURE, PENDING_ACTIVATION, CLOSED]
    default: [ACTIVE]
  exclude_accounts:
    description: Ids of accounts, or shell patterns of their names, to leave out.
    type: list
    elements: str
    default: []
  tags:
    description: Only accounts that have these tags, with values that match these shell patterns.
    type: dict
    default: {}
  hostname:
    description:
      - What the hosts are called by. Where accounts have the same name, the id is added to it.
    type: str
    choices: [name, id]
    default: name
requirements:
  - boto3
  - botocore
seealso:
  - module: keyward.iam.access_key_info
"""

EXAMPLES = r"""
# accounts.keyward_organization.yml: all active accounts
plugin: keyward.iam.organization
profile: management
role_name: keyward-collector

# production.keyward_organization.yml: the accounts of one unit, cached for a day, in groups by a tag
# ansible-playbook -i production.keyward_organization.yml keyward.iam.collect -e keyward_hosts=accounts
---
plugin: keyward.iam.organization
role_name: keyward-collector
external_id: keyward-7f3a
organizational_units:
  - /Workloads/Production
exclude_accounts:
  - sandbox-*
keyed_groups:
  - key: keyward_account_tags.team
    prefix: team
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/keyward/inventory
cache_timeout: 86400
"""

import typing as t

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.keyward.iam.plugins.plugin_utils._organization.accounts import (
    Account,
    Wanted,
    host_names,
    matching,
    read_accounts,
)
from ansible_collections.keyward.iam.plugins.plugin_utils._organization.connection import (
    organizations_client,
    sentence_of,
)

SUFFIXES = (".keyward_organization.yml", ".keyward_organization.yaml")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "keyward.iam.organization"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith(SUFFIXES)

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:  # noqa: FBT001, FBT002
        super().parse(inventory, loader, path)
        self._read_config_data(path)
        try:
            accounts = matching(self._accounts(path, cache=cache), self._wanted())
        except Exception as error:
            raise AnsibleParserError(f"{self.NAME}: {sentence_of(error)}") from error
        names = host_names(accounts, self.get_option("hostname"))
        inventory.add_group("accounts")
        for account in accounts:
            self._add(inventory, account, names[account.id])

    def _accounts(self, path: str, *, cache: bool) -> list[Account]:
        """What the cache holds is the whole organization, so that other filters need no other cache."""
        key = self.get_cache_key(path)
        use_cache = self.get_option("cache")
        if use_cache and cache:
            try:
                return [Account.from_json(stored) for stored in self._cache[key]]
            except (KeyError, TypeError, ValueError, AttributeError):
                pass
        accounts = read_accounts(organizations_client(self._option))
        if use_cache:
            self._cache[key] = [account.as_json() for account in accounts]
        return accounts

    def _option(self, name: str) -> t.Any:
        """Credentials in a file of YAML are templates that look them up."""
        value = self.get_option(name)
        return self.templar.template(value) if isinstance(value, str) else value

    def _wanted(self) -> Wanted:
        return Wanted(
            self.get_option("organizational_units"),
            self.get_option("statuses"),
            [str(account) for account in self.get_option("exclude_accounts")],
            {str(key): str(value) for key, value in self.get_option("tags").items()},
        )

    def _add(self, inventory: t.Any, account: Account, name: str) -> None:
        host = inventory.add_host(name, group="accounts")
        variables: dict[str, t.Any] = {
            "keyward_account_id": account.id,
            # Whoever has an account chooses its name and tags: they are no templates.
            "keyward_account_name": wrap_var(account.name),
            "keyward_ou_path": wrap_var(account.ou_path),
            "keyward_account_tags": wrap_var(dict(account.tags)),
            "keyward_role_arns": [f"arn:{account.partition}:iam::{account.id}:role/{self.get_option('role_name')}"],
            "ansible_connection": "local",
        }
        if self.get_option("external_id"):
            variables["keyward_external_id"] = self.get_option("external_id")
        for variable, value in variables.items():
            inventory.set_variable(host, variable, value)
        parent = None
        for _unit_id, path in account.units[1:]:
            group = inventory.add_group(self._sanitize_group_name("ou_" + path.strip("/").replace("/", "_")))
            if parent is not None:
                inventory.add_child(parent, group)
            parent = group
        if parent is not None:
            inventory.add_child(parent, host)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)
