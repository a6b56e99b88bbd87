"""Starting, stopping and healing of single instances; scripts and restarts of whole functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from nai.catalogue import Action, Script
from nai.core.errors import NotFoundError
from nai.nfvo.errors import WrongStatusError as WrongStatus
from nai.nfvo.lifecycle.errors import WrongStatusError
from tests.support.nfvo import PROJECT, descriptor, function, instances_of, stage
from tests.unit.nfvo.lifecycle.test_scaling import PAIR, parts


async def test_stop_and_start(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(descriptor(function("media", instances=2)))
        orders, place = here.orchestrator.orders, parts(record, "media")
        first, second = (each["id"] for each in instances_of(record))
        with pytest.raises(WrongStatusError, match="only an INACTIVE"):
            await orders.power(PROJECT, *place, first, Action.START)
        await orders.power(PROJECT, *place, first, Action.STOP)
        record = await here.settled(record["id"])
        assert [each["state"] for each in instances_of(record)] == ["INACTIVE", "ACTIVE"]
        assert record["status"] == "ACTIVE"
        assert vnfm.received[-1]["vnfcInstance"]["id"] == first
        await orders.power(PROJECT, *place, second, Action.STOP)
        record = await here.settled(record["id"])
        assert record["status"] == "INACTIVE"
        await orders.power(PROJECT, *place, first, Action.START)
        record = await here.settled(record["id"])
        assert record["status"] == "ACTIVE"
        assert len(here.servers) == 2
        with pytest.raises(NotFoundError):
            await orders.power(PROJECT, *place, "nobody", Action.STOP)


async def test_an_instance_that_was_lost_is_made_again_and_healed(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(PAIR)
        lost = instances_of(record, "server")[0]
        here.vim.lose(lost["hostname"])
        await here.orchestrator.orders.heal(PROJECT, *parts(record, "server"), lost["id"], "it burnt down")
        record = await here.settled(record["id"])
        healed = instances_of(record, "server")[0]
        assert (healed["id"], healed["hostname"]) == (lost["id"], lost["hostname"])
        assert healed["vc_id"] != lost["vc_id"]
        assert healed["vc_id"] == here.vim.servers[lost["hostname"]].ext_id
        assert (record["status"], record["task"]) == ("ACTIVE", "Healed")
        heal = next(message for message in vnfm.received if message["action"] == "HEAL")
        assert heal["cause"] == "it burnt down"
        assert heal["vnfcInstance"]["vc_id"] == healed["vc_id"]
        # Whoever depends on it learns its new address.
        assert vnfm.received[-1]["action"] == "MODIFY"
        assert here.vim.user_data(healed["hostname"]).startswith("#!/bin/sh")


async def test_an_instance_that_is_off_is_switched_on(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.vnfm()
        record = await here.deploy(PAIR)
        off = instances_of(record, "server")[0]
        here.vim.set_status(off["hostname"], "SHUTOFF")
        await here.orchestrator.orders.heal(PROJECT, *parts(record, "server"), off["id"], "")
        record = await here.settled(record["id"])
        assert here.vim.servers[off["hostname"]].status == "ACTIVE"
        assert instances_of(record, "server")[0]["vc_id"] == off["vc_id"]


async def test_a_service_in_error_can_be_healed(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(PAIR)
        server = next(vnfr for vnfr in record["vnfr"] if vnfr["name"] == "server")
        await vnfm.fail(server, "it does not answer")
        await here.bus.join()
        broken = await here.orchestrator.records.document(record["id"]) or {}
        assert broken["status"] == "ERROR"
        assert "it does not answer" in broken["task"]
        instance = instances_of(record, "server")[0]["id"]
        await here.orchestrator.orders.heal(PROJECT, *parts(record, "server"), instance, "")
        assert (await here.settled(record["id"]))["status"] == "ACTIVE"


async def test_an_error_in_healing_is_said(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(PAIR)
        vnfm.errors["HEAL"] = "beyond repair"
        instance = instances_of(record, "server")[0]["id"]
        await here.orchestrator.orders.heal(PROJECT, *parts(record, "server"), instance, "")
        record = await here.settled(record["id"])
        assert (record["status"], record["task"]) == ("ERROR", "server: HEAL: beyond repair")


async def test_scripts_and_restart_of_a_function(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(PAIR)
        orders = here.orchestrator.orders
        service, vnfr, _ = parts(record, "server")
        await orders.update(PROJECT, service, vnfr, Action.EXECUTE, Script(name="tune.sh", payload="ZWNobw=="))
        await here.settled(service)
        assert vnfm.received[-1]["action"] == "EXECUTE"
        assert vnfm.received[-1]["script"]["name"] == "tune.sh"
        await orders.restart(PROJECT, service, vnfr)
        record = await here.settled(service)
        assert vnfm.actions[-2:] == ["STOP", "START"]
        assert record["status"] == "ACTIVE"
        with pytest.raises(WrongStatus, match="no failed operation"):
            await orders.resume(PROJECT, service)
