"""Deploy keys: the engine keeps them, the PaaS manager their names. Nobody can read one again.

A key's name is written down before the engine gets the key, and confirmed afterwards: of what a crash left in between
the sweep tells the engine to forget it.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from pydantic import SecretStr
from sqlalchemy import delete, or_, select, update

from nai.core.errors import NotFoundError
from nai.core.operations.table import microseconds
from nai.core.threads import in_thread
from nai.paas.applications.tables import SecretRow
from nai.paas.errors import FieldsError, LimitError
from nai.paas.tables import ProjectRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from nai.paas.context import Paas

LONGEST_KEY = 16 * 1024
MOST_SECRETS = 100
BEGIN = "-----BEGIN "
OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----"
UNCONFIRMED = timedelta(minutes=10)


async def put(paas: Paas, project_id: str, private_key: str) -> str:
    """Have the engine keep a private key, and return its name.

    Args:
        paas: The PaaS manager's parts.
        project_id: Whose applications may use it.
        private_key: PEM or OpenSSH's form, perhaps in base64; without a passphrase.

    Raises:
        FieldsError: It is no private key, or has a passphrase.
        LimitError: The project has as many as it may have.
        EngineError: The engine does not keep it.
    """
    key = await in_thread(checked_key, private_key)
    name = f"key-{secrets.token_hex(6)}"
    async with paas.database.session() as session:
        await session.execute(select(ProjectRow.id).where(ProjectRow.id == project_id).with_for_update())
        if len(await names(session, project_id)) >= MOST_SECRETS:
            raise LimitError(f"The project has {MOST_SECRETS} secrets already; delete one first")
        session.add(SecretRow(name=name, project_id=project_id, created_at=microseconds(paas.clock.now())))
    await paas.engine.put_secret(name, SecretStr(key))
    async with paas.database.session() as session:
        await session.execute(update(SecretRow).where(SecretRow.name == name).values(confirmed=True))
    return name


async def remove(paas: Paas, project_id: str | None, name: str) -> None:
    """Have the engine forget a key.

    Args:
        paas: The PaaS manager's parts.
        project_id: The project that it has to be of; None: any.
        name: The key's name.

    Raises:
        NotFoundError: The project has none of that name.
        EngineError: The engine does not forget it.
    """
    async with paas.database.session() as session:
        row = await session.get(SecretRow, name[:64])
    if row is None or (project_id is not None and row.project_id != project_id):
        raise NotFoundError(f"The project has no secret {name[:64]}")
    await paas.engine.delete_secret(row.name)
    async with paas.database.session() as session:
        await session.execute(delete(SecretRow).where(SecretRow.name == row.name))


async def names(session: AsyncSession, project_id: str | None) -> list[str]:
    """Names of the keys of a project (None: of all), oldest first."""
    query = select(SecretRow.name).order_by(SecretRow.created_at, SecretRow.name)
    return list(await session.scalars(query if project_id is None else query.where(SecretRow.project_id == project_id)))


async def exists(session: AsyncSession, name: str, project_id: str) -> bool:
    """Whether a project has a key of a name."""
    row = await session.get(SecretRow, name)
    return row is not None and row.project_id == project_id


async def sweep(paas: Paas) -> list[str]:
    """Forget keys that nobody knows the name of, or whose project is gone; returns their names."""
    limit = microseconds(paas.clock.now() - UNCONFIRMED)
    async with paas.database.session() as session:
        nobodys = select(SecretRow.name).where(
            or_(
                SecretRow.project_id.not_in(select(ProjectRow.id)),
                ~SecretRow.confirmed & (SecretRow.created_at < limit),
            )
        )
        found = list(await session.scalars(nobodys))
    for name in found:
        await paas.engine.delete_secret(name)
        async with paas.database.session() as session:
            await session.execute(delete(SecretRow).where(SecretRow.name == name))
    return found


def checked_key(text: str) -> str:
    """A private key as SSH reads it: lines end with a line feed, the last one too.

    Raises:
        FieldsError: It is none, or has a passphrase. What it is is not said.
    """
    if len(text) > LONGEST_KEY:
        raise FieldsError({"privateKey": f"at most {LONGEST_KEY} characters"})
    key = text.strip()
    if not key.startswith(BEGIN):
        try:
            key = base64.b64decode("".join(key.split()), validate=True).decode("ascii").strip()
        except (binascii.Error, ValueError):
            key = ""
    key = "\n".join(line.strip() for line in key.splitlines()) + "\n"
    load = serialization.load_ssh_private_key if key.startswith(OPENSSH) else serialization.load_pem_private_key
    try:
        load(key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise FieldsError(
            {"privateKey": "a private key without a passphrase is expected, as ssh-keygen writes it"}
        ) from None
    return key
