"""Deploy keys: in the engine only, by name, and gone when nobody has the name."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from sqlalchemy import delete

from nai.core.errors import NotFoundError
from nai.paas.applications import secrets
from nai.paas.engines.errors import EngineError
from nai.paas.errors import FieldsError, LimitError
from nai.paas.tables import ProjectRow
from tests.unit.paas.applications.world import World


def key(form: serialization.PrivateFormat, passphrase: bytes | None = None) -> str:
    made = (
        ed25519.Ed25519PrivateKey.generate()
        if form is serialization.PrivateFormat.OpenSSH
        else ec.generate_private_key(ec.SECP256R1())
    )
    encryption = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return made.private_bytes(serialization.Encoding.PEM, form, encryption).decode()


OPENSSH = key(serialization.PrivateFormat.OpenSSH)
PEM = key(serialization.PrivateFormat.TraditionalOpenSSL)


@pytest.mark.parametrize(
    "text",
    [
        OPENSSH,
        PEM,
        key(serialization.PrivateFormat.PKCS8),
        OPENSSH.replace("\n", "\r\n"),
        f"\n  {OPENSSH.strip()}",
        base64.b64encode(PEM.encode()).decode(),
    ],
)
def test_keys(text: str) -> None:
    checked = secrets.checked_key(text)
    assert checked.startswith("-----BEGIN ")
    assert checked.endswith("PRIVATE KEY-----\n")
    assert "\r" not in checked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "x" * 20_000,
        "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----",
        base64.b64encode(b"\xff\xfe").decode(),
        key(serialization.PrivateFormat.OpenSSH, b"secret words"),
        key(serialization.PrivateFormat.TraditionalOpenSSL, b"secret words"),
    ],
)
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(FieldsError) as caught:
        secrets.checked_key(text)
    assert list(caught.value.fields) == ["privateKey"]
    assert "abc" not in str(caught.value)


async def test_a_key_is_used_by_builds_and_never_seen_again(world: World) -> None:
    name = await secrets.put(world.paas, world.project_id, OPENSSH)
    assert world.engine.secrets == {name: OPENSSH}
    made = await world.create(gitURL="git@git.example.org:team/app.git", secretName=name)
    await world.is_(made.id or "", "RUNNING")
    assert world.engine.builds[made.os_name or ""]["deploy_key"] == name
    await world.settle()
    for file in world.directory.glob("paas.db*"):
        assert OPENSSH.splitlines()[1].encode() not in file.read_bytes()
    async with world.database.session() as session:
        assert await secrets.names(session, world.project_id) == [name]
        assert await secrets.names(session, "another") == []
    with pytest.raises(NotFoundError):
        await secrets.remove(world.paas, "another", name)
    with pytest.raises(NotFoundError):
        await secrets.remove(world.paas, None, "unknown")
    await secrets.remove(world.paas, world.project_id, name)
    assert world.engine.secrets == {}


async def test_what_nobody_has_the_name_of_is_forgotten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = await secrets.put(world.paas, world.project_id, PEM)
    world.engine.refusals["put_secret"] = "no"
    with pytest.raises(EngineError):
        await secrets.put(world.paas, world.project_id, PEM)
    assert await secrets.sweep(world.paas) == []
    await world.clock.advance(700)
    assert len(await secrets.sweep(world.paas)) == 1
    async with world.database.session() as session:
        assert await secrets.names(session, None) == [kept]
    monkeypatch.setattr(secrets, "MOST_SECRETS", 1)
    with pytest.raises(LimitError):
        await secrets.put(world.paas, world.project_id, PEM)
    async with world.database.session() as session:
        await session.execute(delete(ProjectRow).where(ProjectRow.id == world.project_id))
    assert await secrets.sweep(world.paas) == [kept]
    assert world.engine.secrets == {}
