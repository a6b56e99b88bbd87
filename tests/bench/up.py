"""`make up` from a fresh clone: with nothing cached, then with the images there. Replaces the testbed of this checkout.

Debian's own packages of the machine (Docker, debootstrap) stay installed: only the first run ever fetches them.
"""

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.support.repository import ROOT

IMAGES = "nai-host/*"


def measure() -> dict[str, Any]:
    """Seconds of `make up` cold and with the cache; the testbed of the second one stays.

    Raises:
        subprocess.CalledProcessError: A step failed, or another checkout's testbed holds the images.
    """
    _make(ROOT, "down")
    _remove_images()
    with tempfile.TemporaryDirectory(prefix="nai-bench-", dir="/var/tmp") as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        cold = _make(clone, "up", NAI_CACHE_DIR=str(Path(folder) / "cache"))
        _make(clone, "down")
    return {"cold_seconds": cold, "cached_seconds": _make(ROOT, "up")}


def _remove_images() -> None:
    listed = subprocess.run(
        ["docker", "image", "ls", "--quiet", IMAGES], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.split()
    if listed:
        subprocess.run(["docker", "image", "rm", "--force", *listed], check=True, stdout=subprocess.DEVNULL)


def _make(checkout: Path, target: str, **environment: str) -> float:
    """Runs one target without this environment's Python in the way; returns the wall time in seconds."""
    outside = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    start = time.monotonic()
    subprocess.run(
        ["make", "--directory", checkout, target],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**outside, **environment},
    )
    return round(time.monotonic() - start, 1)
