"""The image synchroniser."""

import fcntl
import json
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nai.hypervisor.image_sync import BusyError, Report, Synchroniser, due
from nai.hypervisor.images import ImageError
from nai.hypervisor.source import GlanceImage, SourceError

A, B, C = (f"{letter * 8}-0000-4000-8000-000000000000" for letter in "abc")


class Copies:
    """A host's copies, in memory."""

    def __init__(self, there: Collection[str] = (), used: Collection[str] = (), broken: Collection[str] = ()) -> None:
        """Keeps what it is told."""
        self.there, self.used, self.broken = set(there), set(used), set(broken)

    def copies(self) -> dict[str, str]:
        """Stands in for the real one."""
        return dict.fromkeys(self.there, "sha256:x")

    def in_use(self) -> set[str]:
        """Stands in for the real one."""
        return self.used & self.there

    def ensure(self, image_id: str, _source: object) -> tuple[dict[str, str], bool]:
        """Stands in for the real one."""
        if image_id in self.broken:
            raise ImageError(f"image {image_id}: the digest differs")
        self.there.add(image_id)
        return {}, True

    def remove(self, image_id: str) -> bool:
        """Stands in for the real one."""
        assert image_id not in self.used
        self.there.discard(image_id)
        return True


class Glance:
    """A list of images, or none."""

    def __init__(self, *ids: str, fails: bool = False) -> None:
        """Keeps what it is told."""
        self._ids, self._fails = ids, fails

    def docker_images(self) -> dict[str, GlanceImage]:
        """Stands in for the real one."""
        if self._fails:
            raise SourceError("Glance: no answer")
        return {one: GlanceImage(one, one, "active", "docker", 0, "", "") for one in self._ids}


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Keeps what it is told."""
        self.now = 1000.0

    def __call__(self) -> float:
        """Stands in for the real one."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Time, standing still."""
    return Clock()


def synchroniser(copies: Copies, tmp_path: Path, clock: Clock, grace: float = 100) -> Synchroniser:
    return Synchroniser(copies, tmp_path, grace, clock)  # type: ignore[arg-type]


def run(copies: Copies, glance: Glance, tmp_path: Path, clock: Clock, check: bool = False) -> Report:
    return synchroniser(copies, tmp_path, clock).run(glance, check=check)  # type: ignore[arg-type]


def test_missing_images_come_and_a_second_run_changes_nothing(tmp_path: Path, clock: Clock) -> None:
    copies = Copies([A])
    report = run(copies, Glance(A, B), tmp_path, clock)
    assert (report.present, report.loaded, report.changed) == ([A], [B], True)
    again = run(copies, Glance(A, B), tmp_path, clock)
    assert (again.present, again.loaded, again.changed) == ([A, B], [], False)


def test_check_says_what_it_would_do_and_does_nothing(tmp_path: Path, clock: Clock) -> None:
    copies = Copies([A])
    run(copies, Glance(), tmp_path, clock)
    clock.now += 100
    report = run(copies, Glance(B), tmp_path, clock, check=True)
    assert (report.loaded, report.removed, report.changed) == ([B], [A], True)
    assert copies.there == {A}


def test_an_image_that_left_glance_goes_after_its_grace_period(tmp_path: Path, clock: Clock) -> None:
    copies = Copies([A, B])
    assert run(copies, Glance(B), tmp_path, clock).waiting == {A: 100}
    clock.now += 99
    assert run(copies, Glance(B), tmp_path, clock).waiting == {A: 1}
    clock.now += 1
    assert run(copies, Glance(B), tmp_path, clock).removed == [A]
    assert copies.there == {B}


def test_an_image_in_use_stays_and_its_grace_period_begins_when_it_is_free(tmp_path: Path, clock: Clock) -> None:
    copies = Copies([A], used=[A])
    for _ in range(3):
        assert run(copies, Glance(), tmp_path, clock).used == [A]
        clock.now += 1000
    copies.used.clear()
    assert run(copies, Glance(), tmp_path, clock).waiting == {A: 100}


def test_an_image_that_comes_back_to_glance_starts_anew(tmp_path: Path, clock: Clock) -> None:
    copies = Copies([A])
    run(copies, Glance(), tmp_path, clock)
    clock.now += 60
    run(copies, Glance(A), tmp_path, clock)
    clock.now += 60
    assert run(copies, Glance(), tmp_path, clock).waiting == {A: 100}


def test_one_broken_image_stops_neither_the_others_nor_the_cleaning(tmp_path: Path, clock: Clock) -> None:
    copies = Copies([C], broken=[A])
    report = synchroniser(copies, tmp_path, clock, grace=0).run(Glance(A, B))  # type: ignore[arg-type]
    assert report.failed == {A: f"image {A}: the digest differs"}
    assert (report.loaded, report.removed) == ([B], [C])


def test_without_a_list_nothing_is_removed(tmp_path: Path, clock: Clock) -> None:
    copies = Copies([A])
    with pytest.raises(SourceError):
        synchroniser(copies, tmp_path, clock, grace=0).run(Glance(fails=True))  # type: ignore[arg-type]
    assert copies.there == {A}


def test_two_runs_do_not_meet(tmp_path: Path, clock: Clock) -> None:
    with (tmp_path / "sync.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BusyError, match="another process"):
            run(Copies(), Glance(), tmp_path, clock)
    run(Copies(), Glance(), tmp_path, clock)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": "b"}', '"x"'])
def test_a_damaged_state_only_starts_the_grace_periods_anew(tmp_path: Path, clock: Clock, content: str) -> None:
    (tmp_path / "unused-images.json").write_text(content)
    assert run(Copies([A]), Glance(), tmp_path, clock).waiting == {A: 100}


def test_nova_prunes_without_loading(tmp_path: Path, clock: Clock) -> None:
    copies = Copies([A, B])
    report = synchroniser(copies, tmp_path, clock, grace=0).prune({B, C})
    assert (report.removed, copies.there) == ([A], {B})


def test_the_report_is_plain_data(tmp_path: Path, clock: Clock) -> None:
    report = json.loads(json.dumps(run(Copies(), Glance(A), tmp_path, clock).as_dict()))
    assert report["changed"] is True
    assert report["loaded"] == [A]


@given(
    unused=st.sets(st.sampled_from("abcdef")),
    since=st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 2000)),
    grace=st.floats(0, 1000),
)
def test_nothing_goes_before_its_time_and_nothing_else_is_remembered(
    unused: set[str], since: dict[str, float], grace: float
) -> None:
    now = 1000.0
    over, moments = due(unused, since, now, grace)
    assert moments.keys() == unused
    assert set(over) <= unused
    for image_id in unused:
        known = since.get(image_id, now)
        assert (image_id in over) == (now - min(known, now) >= grace)
