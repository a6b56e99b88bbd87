"""Records the answers of the machine's Docker engine: `python -m tests.unit.hypervisor.record`.

Needs the engine's socket, `busybox` (the static one) and root's rights on both. Leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError

from . import engine_tape

RECORDINGS = Path(__file__).with_name("recordings")
SOCKET = "/var/run/docker.sock"

IMAGE = "11111111-1111-4111-8111-111111111111"
SAVED = "22222222-2222-4222-8222-222222222222"
INSTANCE = "33333333-3333-4333-8333-333333333333"
NAME = f"nova-{INSTANCE}"
CONTAINER = "c0" * 32
LABELS = {"nai.instance": INSTANCE, "nai.name": "instance-0000002a", "nai.image": IMAGE}


def rootfs() -> bytes:
    """Returns a root file system with a shell, as a tar."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add("/bin/busybox", "bin/busybox")
        for name in ("sh", "sleep", "cat"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    return packed.getvalue()


def main() -> None:
    """Plays an instance's life on the engine and writes what the engine said."""
    recorder = engine_tape.Recorder(f"http+unix://{SOCKET}")
    client = engine_tape.client(recorder)
    with _cleaning(client):
        client.info()
        _refused(lambda: client.inspect_image(f"glance:{IMAGE}"))
        client.import_image_from_data(iter([rootfs()]), repository="glance", tag=IMAGE)
        client.inspect_image(f"glance:{IMAGE}")
        # What `docker save` writes is not worth a tape; only the answer to loading it is.
        saved = b"".join(docker.APIClient(f"unix://{SOCKET}").get_image(f"glance:{IMAGE}"))
        list(client.load_image(iter([saved])))
        client.images(name="glance")
        _refused(lambda: client.inspect_container(NAME))
        request = {
            "Image": f"glance:{IMAGE}",
            "Entrypoint": ["/bin/sleep", "1000"],
            "Labels": LABELS,
            "HostConfig": {
                "NetworkMode": "none",
                "Init": True,
                "Memory": 512 << 20,
                "MemorySwap": 512 << 20,
                "CpuPeriod": 100000,
                "CpuQuota": 100000,
            },
        }
        container = str(client.create_container_from_config(request, NAME)["Id"])
        _refused(lambda: client.create_container_from_config(request, NAME))
        for path in ("/bin/sh", "/bin/nothing"):
            with contextlib.suppress(APIError):
                client.get_archive(container, path)[0].close()
        client.put_archive(container, "/", b"\0" * 1024)
        client.inspect_container(NAME)
        client.start(container)
        client.inspect_container(NAME)
        client.containers(all=True, filters={"label": "nai.instance"})
        client.containers(all=True)
        client.logs(NAME, tail=5000)
        client.stats(container, stream=False)
        client.pause(NAME)
        client.inspect_container(NAME)
        client.unpause(NAME)
        client.stop(NAME, timeout=0)
        client.inspect_container(NAME)
        client.commit(container, repository="glance", tag=SAVED, changes=['ENTRYPOINT ["/bin/sleep"]'])
        client.remove_container(NAME, force=True, v=True)
        _refused(lambda: client.remove_container(NAME, force=True, v=True))
        client.remove_image(f"glance:{SAVED}")
        client.remove_image(f"glance:{IMAGE}")
        broken = str(client.create_container_from_config({**request, "Image": _again(client)}, NAME)["Id"])
        client.remove_container(broken, force=True)
    engine_tape.save(recorder, RECORDINGS / "engine.json", {container: CONTAINER})
    _shorten(RECORDINGS / "engine.json")


def _again(client: Any) -> str:
    """Makes the image once more, so that the tape has an image that came back."""
    client.import_image_from_data(iter([rootfs()]), repository="glance", tag=IMAGE)
    return f"glance:{IMAGE}"


def _refused(call: Callable[[], object]) -> None:
    with contextlib.suppress(APIError):
        call()


@contextlib.contextmanager
def _cleaning(client: Any) -> Iterator[None]:
    try:
        yield
    finally:
        for remove in (
            lambda: client.remove_container(NAME, force=True),
            lambda: client.remove_image(f"glance:{IMAGE}"),
            lambda: client.remove_image(f"glance:{SAVED}"),
        ):
            _refused(remove)


def _shorten(path: Path) -> None:
    """Leaves out the containers and images of others."""
    kept = []
    for exchange in json.loads(path.read_text()):
        if exchange["request"].startswith(("GET /containers/json", "GET /images/json")):
            own = [one for one in json.loads(exchange["text"]) if IMAGE in json.dumps(one)]
            exchange["text"] = json.dumps(own)
        if exchange["request"] == "GET /info":
            facts = json.loads(exchange["text"])
            names = ("ServerVersion", "Driver", "DockerRootDir", "NCPU", "MemTotal", "Architecture", "CgroupVersion")
            exchange["text"] = json.dumps({name: facts[name] for name in names if name in facts})
        kept.append(exchange)
    path.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
