"""Files from Glance."""

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from nai.hypervisor import archive

OWN = "glance:11111111-1111-4111-8111-111111111111"
OTHERS = "glance:99999999-9999-4999-8999-999999999999"


def tar_of(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def saved_files(tags: list[str], **more: bytes) -> dict[str, bytes]:
    manifest = [{"Config": "aa.json", "RepoTags": tags, "Layers": ["l/layer.tar"]}]
    long_name = "l/" + "x" * 180 + ".json"
    return {
        "aa.json": b"{}",
        "l/layer.tar": b"layer" * 1000,
        long_name: b"long",
        "manifest.json": json.dumps(manifest).encode(),
        "repositories": json.dumps({"glance": {"99999999-9999-4999-8999-999999999999": "l"}}).encode(),
        **more,
    }


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "image"
    path.write_bytes(content)
    return path


def loaded(path: Path) -> dict[str, bytes]:
    saved = archive.saved_image(path)
    assert saved is not None
    with tarfile.open(fileobj=io.BytesIO(b"".join(archive.saved_stream(path, saved, OWN)))) as tar:
        found = {}
        for member in tar:
            file = tar.extractfile(member)
            assert file is not None
            found[member.name] = file.read()
        return found


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_saved_image_gets_our_tag_and_no_other(tmp_path: Path, packed: bool) -> None:
    files = saved_files([OTHERS, "debian:latest"], **{"index.json": OTHERS.encode(), "oci-layout": b"{}"})
    content = tar_of(files)
    found = loaded(written(tmp_path, gzip.compress(content) if packed else content))
    assert json.loads(found["manifest.json"]) == [{"Config": "aa.json", "RepoTags": [OWN], "Layers": ["l/layer.tar"]}]
    assert OTHERS.encode() not in b"".join(found.values())
    assert b"99999999" not in b"".join(found.values())
    kept = {name for name in files if name not in {"manifest.json", "repositories", "index.json", "oci-layout"}}
    assert {name: found[name] for name in kept} == {name: files[name] for name in kept}


def test_names_that_begin_with_a_dot_are_the_same_files(tmp_path: Path) -> None:
    files = {f"./{name}": content for name, content in saved_files([OTHERS]).items()}
    found = loaded(written(tmp_path, tar_of(files)))
    assert OTHERS.encode() not in b"".join(found.values())


def test_a_root_file_system_is_not_a_saved_image(tmp_path: Path) -> None:
    assert archive.saved_image(written(tmp_path, tar_of({"etc/passwd": b"root"}))) is None
    # A program's own manifest.json is not ours.
    assert archive.saved_image(written(tmp_path, tar_of({"manifest.json": b'{"name": "app"}', "bin/sh": b""}))) is None
    content = tar_of({"etc/passwd": b"root"})
    path = written(tmp_path, content)
    assert b"".join(archive.plain_stream(path)) == content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"this is no tar at all" * 100, "neither the output of docker save nor a tar"),
        (b"", "neither the output of docker save nor a tar"),
        (tar_of({}), "neither|empty tar"),
        (tar_of({"oci-layout": b"{}", "index.json": b"{}"}), "OCI layout without manifest.json"),
        (tar_of({"manifest.json": b'[{"Config": "a"}, {"Config": "b"}]'}), "holds 2 images"),
        (tar_of({"manifest.json": b'[{"Config": "gone.json", "Layers": []}]'}), "names 'gone.json', which is not"),
        (tar_of({"a": b"", "manifest.json": b'[{"Config": "a", "Layers": ["../x"]}]'}), "which is not in the file"),
        (gzip.compress(tar_of({"a": b"x" * 9999}), mtime=0)[:-20], "neither the output"),
    ],
)
def test_what_is_no_image_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(archive.ArchiveError, match=words):
        archive.saved_image(written(tmp_path, content))
