# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Does a schema of the host's own MariaDB hold a table?"""

from __future__ import annotations

from ansible_collections.nubomedia.nai.plugins.module_utils.lazy import module_or_none


class DatabaseError(Exception):
    """The server cannot be asked; the message says why and what to do."""


def has_tables(schema: str, socket: str) -> bool:
    """Asks MariaDB through its local socket, as root, who needs no password there.

    Args:
        schema: name of the schema; one that does not exist has no table.
        socket: path of the server's socket.

    Raises:
        DatabaseError: PyMySQL is missing, or the server does not answer.
    """
    pymysql = module_or_none("pymysql")
    if pymysql is None:
        raise DatabaseError("PyMySQL is not installed on this host; install the package python3-pymysql")
    try:
        connection = pymysql.connect(unix_socket=socket, user="root", connect_timeout=10)
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM information_schema.tables WHERE table_schema = %s LIMIT 1", (schema,))
            return cursor.fetchone() is not None
    except pymysql.err.MySQLError as error:
        raise DatabaseError(
            f"MariaDB does not answer at {socket}: {error}. Start mariadb.service before the migration"
        ) from error
