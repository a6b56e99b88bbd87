"""The service comes up by itself once its database and the broker are there; what it keeps survives a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from typer.testing import CliRunner

from nai.core.cipher import CipherError
from nai.core.clock import ManualClock
from nai.paas.bringing_up import RETRY_SECONDS
from nai.paas.command import app as command
from nai.paas.context import Paas
from nai.paas.errors import ApplicationNotFoundError
from nai.paas.tables import Base
from tests.support.paas import PASSWORD, Around, NoApplications, RunningPaas, migrate, running, settings_in


async def readiness(run: RunningPaas) -> tuple[int, dict[str, str]]:
    answer = await run.client.get("/ready")
    return answer.status_code, answer.json()["checks"]


async def test_it_waits_for_tables_and_broker(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    clock = ManualClock()
    around = Around(clock=clock, broker_away=True)
    async with running(settings, around) as run:
        assert (await run.client.get("/health")).status_code == 200
        answer = await run.client.get("/api/v1/users/current", headers={"Authorization": "Bearer x"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert answer.json()["error"] == "Starting"
        assert (await run.try_log_in("admin", PASSWORD)).status_code == 503
        await migrate(settings)
        for _ in range(3):
            await clock.advance(RETRY_SECONDS)
        assert (await readiness(run)) == (503, {"database": "ok", "bus": "BusError", "engine": "ok"})
        around.broker_away = False
        for _ in range(200):
            await clock.advance(RETRY_SECONDS)
            await asyncio.sleep(0.01)
            if run.app.state.paas is not None:
                break
        assert (await readiness(run))[0] == 200
        await run.log_in()
        assert run.app.state.applications.calls == ["start"]
    assert run.app.state.applications.calls == ["start", "stop"]
    assert around.engine.calls["close"] == 1


async def test_an_engine_that_is_away_is_told_and_does_no_harm(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    await migrate(settings)
    around = Around()
    around.engine.reachable = False
    async with running(settings, around) as run:
        assert (await readiness(run))[1]["engine"] == "EngineUnreachableError"
        await run.request("GET", "/api/v1/users", status=200)


async def test_what_has_begun_does_not_go_on_beside_the_next_attempt(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    await migrate(settings)
    made: list[NoApplications] = []

    class Reluctant(NoApplications):
        async def start(self) -> None:
            await super().start()
            if len(made) == 1:
                raise OSError("not yet")

    def reluctant(paas: Paas) -> NoApplications:
        made.append(Reluctant(paas))
        return made[-1]

    clock = ManualClock()
    async with running(settings, Around(clock=clock, applications_of=reluctant)) as run:
        assert run.app.state.paas is None
        for _ in range(200):
            await clock.advance(RETRY_SECONDS)
            await asyncio.sleep(0.01)
            if run.app.state.paas is not None:
                break
        assert [each.calls for each in made] == [["start", "stop"], ["start"]]
    assert made[1].calls == ["start", "stop"]


async def test_the_settings_password_counts_when_it_is_another_one(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    await migrate(settings)
    async with running(settings) as run:
        token = run.headers
        change = {"old_pwd": PASSWORD, "new_pwd": "changed by hand"}
        await run.request("PUT", "/api/v1/users/changepwd", change, status=202)
    async with running(settings, log_in=False) as run:
        assert (await run.try_log_in("admin", "changed by hand")).status_code == 200
        await run.request("GET", "/api/v1/users/current", status=200, headers=token)
    async with running(settings_in(tmp_path, admin_password="from the settings"), log_in=False) as run:
        assert (await run.try_log_in("admin", "changed by hand")).status_code == 401
        await run.request("GET", "/api/v1/users/current", status=401, headers=token)
        await run.log_in("admin", "from the settings")


async def test_a_wrong_key_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "encryption.key"
    file.write_text("short")
    with pytest.raises(CipherError, match="32 characters"):
        async with running(settings_in(tmp_path)):
            pass


async def test_errors_leave_as_the_contract_says(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    await migrate(settings)
    async with running(settings) as run:

        async def missing() -> None:
            raise ApplicationNotFoundError("The project has no application x")

        run.app.add_api_route("/test/missing", missing)
        answer = await run.request("GET", "/test/missing", status=404)
        assert answer == {"error": "Application not found", "message": "The project has no application x"}
        answer = await run.client.put("/api/v1/users/current/x", headers=run.headers)
        assert answer.status_code == 404
        answer = await run.client.post("/api/v1/users", content=b"{", headers=run.headers)
        assert (answer.status_code, answer.json()["error"]) == (400, "Bad request")


def test_the_tables_are_what_the_revisions_make(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    asyncio.run(migrate(settings))
    engine = create_engine(settings.database_url.get_secret_value().replace("+aiosqlite", ""))

    def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
        return kind != "table" or name in Base.metadata.tables

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_the_settings_are_checked_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "paas.yml"
    file.write_text(
        f"""
database_url: sqlite+aiosqlite:///{tmp_path}/paas.db
broker_url: amqp://nowhere
admin_password: secret word
domain_name: Not A Domain
engine: {{kind: abacus}}
nfvo: {{}}
media_servers: {{address: 192.0.2.9, port: 0}}
"""
    )
    result = CliRunner().invoke(command, ["check", "--config", str(file)])
    assert result.exit_code == 2
    for place in ("domain_name", "engine", "nfvo.password", "media_servers.port"):
        assert place in result.output
    assert "secret word" not in result.output
    good = file.read_text().replace("Not A Domain", "apps.example").replace("abacus", "docker")
    file.write_text(good.replace("nfvo: {}", "nfvo: {password: x}").replace("port: 0", "port: 9000"))
    assert CliRunner().invoke(command, ["check", "--config", str(file)]).exit_code == 0
    assert CliRunner().invoke(command, ["migrate", "--config", str(file)]).exit_code == 0
