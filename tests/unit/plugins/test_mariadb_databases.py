"""What mariadb_databases asks of the server, with a server that is a dictionary."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.nubomedia.nai.plugins.modules import mariadb_databases as module

PARAMS: dict[str, Any] = {
    "network": "192.0.2.0/24",
    "character_set": "utf8mb3",
    "accounts": [{"name": "nova", "password": "secret", "schemas": ["nova_api", "nova"]}],
}
HOST = "192.0.2.0/255.255.255.0"


class Cursor:
    """Answers the questions with rows, remembers the other statements."""

    def __init__(self, answers: dict[str, list[tuple[Any, ...]]]) -> None:
        """Takes the rows by the beginning of the question."""
        self.answers = answers
        self.rows: list[tuple[Any, ...]] = []
        self.statements: list[str] = []

    def execute(self, statement: str, values: tuple[str, ...] | None = None) -> None:
        """Answers or remembers."""
        for begin, rows in self.answers.items():
            if statement.startswith(begin):
                self.rows = rows
                return
        self.statements.append(statement % tuple(f"'{value}'" for value in values) if values else statement)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows of the last question."""
        return self.rows


class Connection:
    """A connection with that cursor."""

    def __init__(self, cursor: Cursor) -> None:
        """Takes the cursor."""
        self._cursor = cursor

    def cursor(self) -> Cursor:
        """The cursor."""
        return self._cursor


def server(answers: dict[str, list[tuple[Any, ...]]], check_mode: bool = False) -> tuple[module.Server, Cursor]:
    cursor = Cursor({"SHOW DATABASES": [], "SELECT User": [], "SHOW GRANTS": [], **answers})
    return module.Server(Connection(cursor), PARAMS, check_mode), cursor


def complete() -> dict[str, list[tuple[Any, ...]]]:
    return {
        "SHOW DATABASES": [("nova",), ("nova_api",)],
        "SELECT User": [("nova", HOST, module.password_hash("secret"))],
        "SHOW GRANTS": [
            (f"GRANT USAGE ON *.* TO `nova`@`{HOST}` IDENTIFIED BY PASSWORD '*14E6'",),
            (f"GRANT ALL PRIVILEGES ON `nova`.* TO `nova`@`{HOST}`",),
            (f"GRANT ALL PRIVILEGES ON `nova\\_api`.* TO `nova`@`{HOST}`",),
        ],
    }


def test_the_hash_is_the_servers() -> None:
    assert module.password_hash("secret") == "*14E65567ABDB5135D0CFD9A70B3032C179A49EE7"


def test_a_new_server_gets_schemas_account_and_grants() -> None:
    fresh, cursor = server({})
    fresh.ensure()
    assert cursor.statements == [
        "CREATE DATABASE `nova_api` CHARACTER SET utf8mb3",
        "CREATE DATABASE `nova` CHARACTER SET utf8mb3",
        f"CREATE USER 'nova'@'{HOST}' IDENTIFIED BY PASSWORD '{module.password_hash('secret')}'",
        f"GRANT ALL PRIVILEGES ON `nova\\_api`.* TO `nova`@`{HOST}`",
        f"GRANT ALL PRIVILEGES ON `nova`.* TO `nova`@`{HOST}`",
    ]
    assert not any("secret" in statement for statement in cursor.statements)


def test_a_complete_server_is_left_alone() -> None:
    same, cursor = server(complete())
    same.ensure()
    assert (same.changes, cursor.statements) == ([], [])


def test_check_mode_tells_without_doing() -> None:
    dry, cursor = server({}, check_mode=True)
    dry.ensure()
    assert "schema nova: created" in dry.changes
    assert cursor.statements == []


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"SELECT User": [("nova", HOST, "*OLD")]}, f"SET PASSWORD FOR 'nova'@'{HOST}' = "),
        (
            {"SELECT User": [("nova", HOST, module.password_hash("secret")), ("nova", "%", "*X")]},
            "DROP USER 'nova'@'%'",
        ),
        (
            {"SHOW GRANTS": [(f"GRANT ALL PRIVILEGES ON *.* TO `nova`@`{HOST}`",)]},
            f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM 'nova'@'{HOST}'",
        ),
    ],
    ids=["password", "other-network", "surplus-grant"],
)
def test_what_differs_is_put_right(answers: dict[str, list[tuple[Any, ...]]], expected: str) -> None:
    changed, cursor = server({**complete(), **answers})
    changed.ensure()
    assert cursor.statements[0].startswith(expected)
