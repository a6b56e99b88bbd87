#!/bin/bash
# Brings MongoDB: what the image has, else an archive, else the packages of a repository.
# shellcheck source=mongodb_lib.sh
. ./mongodb_lib.sh
check_settings

from_archive() {
    mkdir -p "$MONGODB_DIRECTORY"
    # Python is there: the agent runs in it. curl, tar and gzip may not be.
    python3 - "$MONGODB_ARCHIVE" "${MONGODB_ARCHIVE_SHA256:-}" "$MONGODB_DIRECTORY" << 'PYTHON'
import hashlib
import os
import pathlib
import shutil
import sys
import tarfile
import tempfile
import urllib.request

address, digest, directory = sys.argv[1:]
if not address.startswith(("http://", "https://", "file://")):
    sys.exit(f"MONGODB_ARCHIVE is {address!r}: an http, https or file address is needed")
with tempfile.TemporaryFile() as archive:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            shutil.copyfileobj(answer, archive)
    except OSError as error:
        sys.exit(f"MongoDB cannot be fetched from {address} (MONGODB_ARCHIVE): {error}")
    archive.seek(0)
    found = hashlib.sha256()
    for part in iter(lambda: archive.read(1 << 20), b""):
        found.update(part)
    if digest and found.hexdigest() != digest.lower():
        sys.exit(f"the archive has the SHA-256 {found.hexdigest()}, not {digest} (MONGODB_ARCHIVE_SHA256)")
    archive.seek(0)
    programs = pathlib.Path(directory, "bin")
    programs.mkdir(parents=True, exist_ok=True)
    count = 0
    with tarfile.open(fileobj=archive) as tar:
        for member in tar:
            parts = pathlib.PurePosixPath(member.name).parts
            # Only programs: a name leads nowhere else.
            if member.isfile() and len(parts) >= 2 and parts[-2] == "bin" and member.mode & 0o100:
                target = programs / parts[-1]
                with tar.extractfile(member) as source, open(f"{target}.part", "wb") as file:
                    shutil.copyfileobj(source, file)
                os.chmod(f"{target}.part", 0o755)
                os.replace(f"{target}.part", target)
                count += 1
if not count:
    sys.exit("the archive has no programs in a folder bin")
print(f"{count} programs from {address}")
PYTHON
}

from_repository() {
    export DEBIAN_FRONTEND=noninteractive
    local key=/etc/apt/keyrings/mongodb.asc
    if [[ -n ${MONGODB_REPOSITORY_KEY:-} ]]; then
        mkdir -p "${key%/*}"
        printf '%s\n' "$MONGODB_REPOSITORY_KEY" > "$key"
        chmod 0644 "$key"
    fi
    printf '%s\n' "$MONGODB_REPOSITORY" > /etc/apt/sources.list.d/mongodb.list
    chmod 0644 /etc/apt/sources.list.d/mongodb.list
    apt-get -qq update || fail 'the repository of MONGODB_REPOSITORY cannot be read'
    local packages
    read -r -a packages <<< "${MONGODB_PACKAGES:-mongodb-org}"
    apt-get -qq install -y --no-install-recommends -- "${packages[@]}" || fail "${packages[*]} cannot be installed"
    # The packages bring a unit with another configuration.
    if [[ -d /run/systemd/system ]]; then
        systemctl disable --now mongod 2> /dev/null || true
    fi
}

if command -v mongod > /dev/null; then
    say "MongoDB is there: $(command -v mongod)"
elif [[ -n ${MONGODB_ARCHIVE:-} ]]; then
    from_archive
elif [[ -n ${MONGODB_REPOSITORY:-} ]]; then
    from_repository
else
    fail 'MongoDB is not in Debian: set cloud_repository_mongodb_archive (address of a .tgz of MongoDB) or' \
        'cloud_repository_mongodb_repository (a line for apt), or choose an image that has it' \
        '(cloud_repository_image)'
fi
command -v mongod > /dev/null || fail 'what was installed has no program mongod'
mkdir -p "$DATA" "$STATE" "$LOG"
