"""A manager's engine in a process of its own, to be killed: it deploys what it is told to, and looks after it."""

from __future__ import annotations

import asyncio
import json
import sys

from nai.paas.engines.docker.engine import DockerEngine
from nai.paas.engines.docker.settings import DockerSettings
from nai.paas.engines.protocol import DeployRequest, PublishedPort


async def main(told: str) -> None:
    """Do it, and never end."""
    document = json.loads(told)
    engine = DockerEngine(DockerSettings.model_validate(document["settings"]))
    request = document["request"]
    ports = [PublishedPort(**port) for port in request.pop("ports")]
    await engine.deploy(DeployRequest(**request, ports=ports))
    print("deploying", flush=True)  # noqa: T201  # the test waits for it
    if document["restart"]:
        await engine.restart(request["name"])
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
