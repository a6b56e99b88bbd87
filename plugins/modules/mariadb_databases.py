#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Schemas of MariaDB and the accounts that may use them, in one connection."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mariadb_databases
short_description: Schemas and accounts of MariaDB in one call
description:
  - Connects to the local server as root through its Unix socket and compares schemas, accounts, password hashes
    and grants with what is wanted.
  - The server gets hashes of the passwords only, so none is seen in its logs or in its process list.
  - An account has all privileges on its schemas and nothing else; further grants are revoked.
version_added: 0.1.0
author: The NAI authors
options:
  socket:
    description: Unix socket of the server.
    type: path
    default: /run/mysqld/mysqld.sock
  character_set:
    description: Character set of schemas that are made.
    type: str
    default: utf8mb3
  network:
    description: Network in CIDR notation from which the accounts may connect.
    type: str
    required: true
  accounts:
    description: Accounts by name. Others stay as they are.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the account.
        type: str
        required: true
      password:
        description: Its password.
        type: str
        required: true
      schemas:
        description: Schemas that it owns; made when missing.
        type: list
        elements: str
        required: true
attributes:
  check_mode:
    description: Tells what would change. Where the server is not there yet, everything would.
    support: full
  diff_mode:
    description: Shows what differs; never a password or a hash.
    support: full
"""

EXAMPLES = r"""
- name: Give Glance its schema
  nubomedia.nai.mariadb_databases:
    network: 192.0.2.0/24
    accounts:
      - name: glance
        password: "{{ glance_database_password }}"
        schemas: [glance]
"""

RETURN = r"""
changes:
  description: What was (or would be) changed, one line each.
  returned: success
  type: list
  elements: str
  sample: ["schema glance: created"]
"""

import hashlib  # noqa: E402
import ipaddress  # noqa: E402
from typing import Any  # noqa: E402

try:
    import pymysql
except ImportError:  # in check mode on a host without packages
    pymysql = None

from ansible.module_utils.basic import AnsibleModule  # noqa: E402


def password_hash(password: str) -> str:
    """The hash of MariaDB's `mysql_native_password`."""
    inner = hashlib.sha1(password.encode()).digest()  # noqa: S324  # the algorithm is MariaDB's
    return "*" + hashlib.sha1(inner).hexdigest().upper()  # noqa: S324


def account_host(network: str) -> str:
    """The host part of an account that may connect from a network: MariaDB's address/netmask form."""
    return str(ipaddress.IPv4Network(network).with_netmask)


def grant_line(name: str, host: str, schema: str) -> str:
    """How SHOW GRANTS writes all privileges on a schema; `_` is a wildcard in grants and therefore escaped."""
    escaped = schema.replace("_", "\\_")
    return f"GRANT ALL PRIVILEGES ON `{escaped}`.* TO `{name}`@`{host}`"


class Server:
    """One connection, and the changes that were made or would be."""

    def __init__(self, connection: Any, params: dict[str, Any], check_mode: bool) -> None:
        """Remembers what is wanted."""
        self.cursor = connection.cursor()
        self.params = params
        self.host = account_host(params["network"])
        self.check_mode = check_mode
        self.changes: list[str] = []

    def _query(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        self.cursor.execute(statement, values or None)
        return list(self.cursor.fetchall())

    def _change(self, text: str, statement: str, *values: str) -> None:
        self.changes.append(text)
        if not self.check_mode:
            self.cursor.execute(statement, values or None)

    def ensure(self) -> None:
        """Brings schemas, accounts and grants to the wanted state."""
        schemas = {row[0] for row in self._query("SHOW DATABASES")}
        hashes = {
            (row[0], row[1]): row[2] for row in self._query("SELECT User, Host, authentication_string FROM mysql.user")
        }
        for account in self.params["accounts"]:
            for schema in account["schemas"]:
                if schema not in schemas:
                    self._change(
                        f"schema {schema}: created",
                        f"CREATE DATABASE `{schema}` CHARACTER SET {self.params['character_set']}",
                    )
            self._ensure_account(account, hashes)
            # An account of the same name for another network would be a way around this one.
            for name, host in hashes:
                if name == account["name"] and host != self.host:
                    self._change(f"account {name}@{host}: removed", "DROP USER %s@%s", name, host)

    def _ensure_account(self, account: dict[str, Any], hashes: dict[tuple[str, str], str]) -> None:
        name, wanted_hash = account["name"], password_hash(account["password"])
        label = f"account {name}@{self.host}"
        have = hashes.get((name, self.host))
        if have is None:
            create = "CREATE USER %s@%s IDENTIFIED BY PASSWORD %s"
            self._change(f"{label}: created", create, name, self.host, wanted_hash)
        elif have != wanted_hash:
            self._change(f"{label}: password set", "SET PASSWORD FOR %s@%s = %s", name, self.host, wanted_hash)
        grants = set() if have is None else {row[0] for row in self._query("SHOW GRANTS FOR %s@%s", name, self.host)}
        wanted = {grant_line(name, self.host, schema) for schema in account["schemas"]}
        surplus = {grant for grant in grants - wanted if not grant.startswith("GRANT USAGE ON *.*")}
        if surplus:
            revoke = "REVOKE ALL PRIVILEGES, GRANT OPTION FROM %s@%s"
            self._change(f"{label}: other grants revoked", revoke, name, self.host)
            grants = set()
        for grant in sorted(wanted - grants):
            self._change(f"{label}: {grant.partition(' TO ')[0]}", grant)


def all_of(params: dict[str, Any]) -> list[str]:
    """The changes on a host whose server is not there yet."""
    host = account_host(params["network"])
    return [
        line
        for account in params["accounts"]
        for line in (
            *(f"schema {schema}: created" for schema in account["schemas"]),
            f"account {account['name']}@{host}: created",
        )
    ]


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            "socket": {"type": "path", "default": "/run/mysqld/mysqld.sock"},
            "character_set": {"type": "str", "default": "utf8mb3"},
            "network": {"type": "str", "required": True},
            "accounts": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "name": {"type": "str", "required": True},
                    "password": {"type": "str", "required": True, "no_log": True},
                    "schemas": {"type": "list", "elements": "str", "required": True},
                },
            },
        },
        supports_check_mode=True,
    )
    changes: list[str] = []
    if pymysql is None:
        if not module.check_mode:
            module.fail_json(msg="Python's pymysql is missing on this host; install the package python3-pymysql")
        changes = all_of(module.params)
    else:
        try:
            connection = pymysql.connect(unix_socket=module.params["socket"], user="root", autocommit=True)
        except pymysql.Error as error:
            if not module.check_mode:
                module.fail_json(
                    msg=f"MariaDB does not answer root on {module.params['socket']}: {error}; is the server running?"
                )
            changes = all_of(module.params)
        else:
            server = Server(connection, module.params, module.check_mode)
            try:
                server.ensure()
            except pymysql.Error as error:
                module.fail_json(msg=f"MariaDB refused a statement after {server.changes}: {error}")
            finally:
                connection.close()
            changes = server.changes
    diff = {"before": "", "after": "".join(f"{line}\n" for line in changes)} if changes else {}
    module.exit_json(changed=bool(changes), changes=changes, diff=diff)


if __name__ == "__main__":
    main()
