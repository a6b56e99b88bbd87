"""A stand-in for MongoDB's programs, as an archive that the cloud repository's scripts install.

`mongod` and `mongos` go to the background, write their process id and listen; `mongosh` notes what it is told. All of
them note their arguments, in the directory `calls` beside their own.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

_SERVER = r"""#!/usr/bin/env python3
import os, pathlib, socket, sys

arguments = sys.argv[1:]
if "--help" in arguments:
    print("  --dbpath arg\n  --port arg")
    sys.exit(0)
name = pathlib.Path(sys.argv[0]).name
calls = pathlib.Path(sys.argv[0]).resolve().parent.parent / "calls"
calls.mkdir(exist_ok=True)
with open(calls / name, "a") as file:
    file.write(" ".join(arguments) + "\n")
option = dict(zip(arguments, arguments[1:]))
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((option["--bind_ip"], int(option["--port"])))
listener.listen(64)
child = os.fork()
if child:
    pathlib.Path(option["--pidfilepath"]).write_text(str(child))
    sys.exit(0)
os.setsid()
null = os.open(os.devnull, os.O_RDWR)
for number in range(3):
    os.dup2(null, number)
while True:
    listener.accept()[0].close()
"""

_SHELL = r"""#!/usr/bin/env python3
import pathlib, sys

calls = pathlib.Path(sys.argv[0]).resolve().parent.parent / "calls"
calls.mkdir(exist_ok=True)
with open(calls / "mongosh", "a") as file:
    file.write(" ".join(sys.argv[1:]) + "\n" + sys.stdin.read())
"""


def archive() -> bytes:
    """The archive, as MongoDB's own is laid out; the same bytes each time."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, text in (("mongod", _SERVER), ("mongos", _SERVER), ("mongosh", _SHELL)):
            member = tarfile.TarInfo(f"mongodb-stand-in/bin/{name}")
            content = text.encode()
            member.size, member.mode = len(content), 0o755
            tar.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def write_archive(path: Path) -> str:
    """Write the archive to a file.

    Returns:
        Its SHA-256, in hexadecimal.
    """
    content = archive()
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()
