"""The steps that scale the media servers: out under load, back to the busy one without."""

from __future__ import annotations

from collections.abc import Callable

from nai.installer.verification.errors import CheckFailedError
from nai.installer.verification.media_plane.descriptor import (
    COOLDOWN_SECONDS,
    IN_PERCENT,
    MAXIMUM,
    OUT_PERCENT,
    PERIOD_SECONDS,
)
from nai.installer.verification.media_plane.kurento import Kurento
from nai.installer.verification.media_plane.load import Load, described
from nai.installer.verification.media_plane.manager import Manager, MediaServer, Session
from nai.installer.verification.report import Report


class Scaling:
    """Scales by load alone, and looks at what that does."""

    def __init__(
        self,
        report: Report,
        manager: Manager,
        load: Load,
        instances: Callable[[], list[str]],
        connect: Callable[[str], Kurento],
    ) -> None:
        """Loads nothing.

        Args:
            report: Gets the steps.
            manager: The VNFM.
            load: The sessions.
            instances: Names of the network service's instances, as Nova has them.
            connect: Connects to the media server at an address, as soon as it answers.
        """
        self._report = report
        self._manager = manager
        self._load = load
        self._instances = instances
        self._connect = connect

    def out(self) -> None:
        """Takes all room there is until there are as many media servers as allowed.

        Raises:
            CheckFailedError: There are not, or more, or one does not answer.
        """
        for number in range(2, MAXIMUM + 1):
            with self._report.step(f"load beyond {OUT_PERCENT} %: {number} media servers") as step:
                step.seen = described(self._wait_for_number(number))
            self._report.figures[f"scale_out_to_{number}_seconds"] = self._report.steps[-1].seconds
        with self._report.step("every media server answers and carries sessions") as step:
            servers = self._load.wait_for("all media servers full", _are_full, filling=True)
            for server in servers:
                self._connect(server.address).close()
            step.seen = described(servers)
        with self._report.step(f"no more than {MAXIMUM} media servers however loaded") as step:
            servers = self._load.stay(3 * PERIOD_SECONDS + COOLDOWN_SECONDS, filling=True)
            instances = self._instances()
            if len(servers) != MAXIMUM or len(instances) != MAXIMUM:
                seen = f"{described(servers)}; instances {', '.join(instances)}"
                raise CheckFailedError(f"{MAXIMUM} media servers", seen)
            step.seen = described(servers)

    def back(self) -> None:
        """Ends all sessions but one, which is on the newest media server: the older ones have to go, not the newest.

        Raises:
            CheckFailedError: They do not go, or the session is disturbed.
        """
        busy = self._manager.servers()[-1]
        kept = next(session for session in self._load.sessions if session.server == busy.id)
        expected = f"{busy.hostname} alone, as the others are empty"
        with self._report.step(f"load below {IN_PERCENT} %: empty media servers go", expected) as step:
            for session in [each for each in self._load.sessions if each is not kept]:
                self._load.end(session)
            step.seen = described(self._wait_until_alone(busy, kept, expected))
        self._report.figures["scale_in_seconds"] = self._report.steps[-1].seconds
        with self._report.step("the session of the last media server goes on", "it answers") as step:
            if self._manager.session(kept.id) is None:
                raise CheckFailedError("the session still registered", "it is gone")
            self._connect(kept.address).close()
            self._load.wait_for("one instance in Nova", lambda _servers: len(self._instances()) == 1, filling=False)
            step.seen = kept.address
        self._load.end(kept)

    def _wait_for_number(self, number: int) -> list[MediaServer]:
        def there(servers: list[MediaServer]) -> bool:
            return len([each for each in servers if each.address]) >= number

        return self._load.wait_for(f"{number} media servers with addresses", there, filling=True)

    def _wait_until_alone(self, busy: MediaServer, kept: Session, expected: str) -> list[MediaServer]:
        def alone(servers: list[MediaServer]) -> bool:
            if not any(each.id == busy.id and each.used == kept.points for each in servers):
                raise CheckFailedError(f"{busy.hostname} with its session", described(servers))
            return len(servers) == 1

        return self._load.wait_for(expected, alone, filling=False)


def _are_full(servers: list[MediaServer]) -> bool:
    return bool(servers) and all(each.used == each.capacity for each in servers)
