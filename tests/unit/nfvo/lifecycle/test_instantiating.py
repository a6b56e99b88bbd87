"""A service comes up: what VNFMs are asked, what is made, what the record says."""

from __future__ import annotations

from pathlib import Path

from tests.support.nfvo import descriptor, function, instances_of, stage


async def test_a_service_becomes_active(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        vnfm = await here.vnfm()
        record = await here.deploy(descriptor(function("media", instances=2)))
        assert (record["status"], record["task"]) == ("ACTIVE", "Onboarded")
        assert vnfm.actions == ["INSTANTIATE", "START"]
        made = instances_of(record)
        assert sorted(each["hostname"] for each in made) == here.servers
        assert all(each["ips"] and each["floatingIps"] for each in made)
        assert record["vlr"][0]["name"] == "private"
