"""What keeps dockerd from starting: a file that names a process of somebody else."""

from pathlib import Path

import pytest

from nai.installer.testbed.command import CommandError, run, run_pipe
from nai.installer.testbed.connections import connected_processes
from nai.installer.testbed.engine import is_program, read_pid
from nai.installer.testbed.errors import TestbedError
from nai.installer.testbed.preflight import CAP_SYS_ADMIN, check_space, has_capability, memory_problems


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A /proc with one process."""
    (tmp_path / "41").mkdir()
    (tmp_path / "41" / "comm").write_text("dockerd\n")
    return tmp_path


@pytest.mark.parametrize(("pid", "expected"), [(41, True), (42, False), (None, False)])
def test_only_a_living_process_counts(proc: Path, pid: int | None, expected: bool) -> None:
    assert is_program(pid, "dockerd", proc) is expected


def test_an_id_that_was_given_to_another_program_does_not_count(proc: Path) -> None:
    (proc / "41" / "comm").write_text("python3\n")
    assert not is_program(41, "dockerd", proc)


@pytest.mark.parametrize(("text", "expected"), [("123\n", 123), ("", None), ("x", None)])
def test_a_damaged_pid_file_names_nobody(tmp_path: Path, text: str, expected: int | None) -> None:
    path = tmp_path / "docker.pid"
    path.write_text(text)
    assert read_pid(path) == expected
    assert read_pid(tmp_path / "absent") is None


def test_a_failure_shows_what_the_program_said() -> None:
    with pytest.raises(CommandError, match="status 3") as caught:
        run(["sh", "-c", "echo why >&2; exit 3"])
    assert caught.value.stderr == "why\n"


def test_a_missing_program_says_what_installs_it() -> None:
    with pytest.raises(TestbedError, match="no-such-program is not installed; scripts/bootstrap"):
        run(["no-such-program"])


def test_a_pipe_passes_bytes_and_reports_the_side_that_failed() -> None:
    assert run_pipe(["printf", "abc"], ["tr", "a-c", "A-C"]) == "ABC"
    with pytest.raises(CommandError, match="producer-broke"):
        run_pipe(["sh", "-c", "echo producer-broke >&2; exit 1"], ["cat"])
    with pytest.raises(CommandError, match="consumer-broke"):
        run_pipe(["yes"], ["sh", "-c", "echo consumer-broke >&2; exit 1"])


def test_capabilities_are_read_from_the_effective_set() -> None:
    status = "CapPrm:\t000001ffffffffff\nCapEff:\t000001fffeffffff\n"
    assert has_capability(status, CAP_SYS_ADMIN)
    assert not has_capability(status, 24)  # CAP_SYS_RESOURCE
    assert not has_capability("CapPrm:\t000001ffffffffff\n", CAP_SYS_ADMIN)


def test_a_small_machine_is_told_what_it_needs() -> None:
    assert memory_problems("MemFree: 1 kB\nMemTotal:       16384000 kB\n") == []
    assert memory_problems("MemTotal:        4096000 kB\n") == [
        "4.2 GB of memory, 8 GB are needed for a cloud on four hosts"
    ]


def test_no_room_names_the_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nai.installer.testbed.preflight.NEEDED_GB", 10**9)
    with pytest.raises(TestbedError, match=rf"has .* GB free, {10**9} GB are needed"):
        check_space(tmp_path / "not" / "there")


def test_connections_of_other_programs_are_not_ours() -> None:
    listing = (
        'ESTAB 0 0 172.31.90.1:48410 172.31.90.10:22 users:(("ssh",pid=123,fd=3))\n'
        'ESTAB 0 0 172.31.90.1:48412 172.31.90.10:5000 users:(("python",pid=9,fd=3),("ssh",pid=77,fd=4))\n'
    )
    assert connected_processes(listing, "ssh") == {123, 77}
