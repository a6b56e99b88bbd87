"""Asks for servers on behalf of a test and deletes them after it."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.support.cloud import PREFIX, KeyPair, Network, Server

NewServer = Callable[..., Server]


def server_factory(connection: Any, image: Any, key: KeyPair, network: Network, folder: Path) -> Iterator[NewServer]:
    """Yields a function that asks for servers; deletes all of them at the end.

    Args:
        connection: Of the administrator.
        image: What they boot from, if nothing else is said.
        key: Their key pair.
        network: Their network and security group, if nothing else is said.
        folder: Where their host keys are pinned; its name becomes part of theirs.
    """
    made: list[Server] = []
    numbers = itertools.count(1)
    flavor = connection.compute.find_flavor("d1.small", ignore_missing=False)

    def new(host: str = "", **wanted: Any) -> Server:
        """Asks for a server and returns at once.

        Args:
            host: Name of the compute host it must run on; empty leaves it to the scheduler.
            wanted: Arguments of openstacksdk's `create_server` that differ from the usual ones.
        """
        arguments = {
            "name": f"{PREFIX}-{folder.name}-{next(numbers)}".replace("_", "-"),
            "image_id": image.id,
            "flavor_id": flavor.id,
            "networks": [{"uuid": network.id}],
            "security_groups": [{"name": network.security_group_id}],
            "key_name": key.name,
            **({"availability_zone": f"nova:{host}"} if host else {}),
            **wanted,
        }
        created = connection.compute.create_server(**arguments)
        server = Server(connection, created.id, key, folder / f"known_hosts-{created.id}", "root")
        made.append(server)
        return server

    yield new
    for server in made:
        connection.compute.delete_server(server.id, ignore_missing=True)
    for server in made:
        server.delete()
