"""Gauges and counters for Prometheus, read from memory when they are scraped."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from nai.vnfm.media_server.changes import Change, ChangeKind
from nai.vnfm.media_server.heartbeat import HeartbeatWatch
from nai.vnfm.media_server.plane import Plane

PREFIX = "nai_media_server"


class PlaneCollector(Collector):
    """What Prometheus sees of the plane."""

    def __init__(self, plane: Plane, watch: HeartbeatWatch) -> None:
        """Takes what is counted, and begins to count registrations."""
        self._plane = plane
        self._watch = watch
        self._counts = dict.fromkeys((ChangeKind.REGISTERED, ChangeKind.UNREGISTERED, ChangeKind.REFUSED), 0)
        plane.subscribe(self._heard)

    def _heard(self, change: Change) -> None:
        if change.kind in self._counts:
            self._counts[change.kind] += 1

    def collect(self) -> Iterator[Metric]:
        """Returns all families."""
        servers = GaugeMetricFamily(f"{PREFIX}s", "Media servers by pool.", labels=["vnfr", "pool"])
        used = GaugeMetricFamily(f"{PREFIX}_used_points", "Points in use.", labels=["vnfr"])
        capacity = GaugeMetricFamily(f"{PREFIX}_capacity_points", "Points that the servers carry.", labels=["vnfr"])
        applications = GaugeMetricFamily(f"{PREFIX}_applications", "Registered applications.", labels=["vnfr"])
        load = GaugeMetricFamily(f"{PREFIX}_load", "Mean of the used points of the servers.", labels=["vnfr"])
        for vnfr_id, fleet in self._plane.state.fleets.items():
            for pool, number in fleet.counts.items():
                servers.add_metric([vnfr_id, pool.value], number)
            used.add_metric([vnfr_id], fleet.used_points)
            capacity.add_metric([vnfr_id], sum(server.max_capacity for server in fleet.servers.values()))
            applications.add_metric([vnfr_id], len(fleet.applications))
            load.add_metric([vnfr_id], fleet.load)
        yield from (servers, used, capacity, applications, load)
        outcomes = CounterMetricFamily(f"{PREFIX}_registrations", "Registrations by outcome.", labels=["outcome"])
        outcomes.add_metric(["placed"], self._counts[ChangeKind.REGISTERED])
        outcomes.add_metric(["refused"], self._counts[ChangeKind.REFUSED])
        yield outcomes
        gone = CounterMetricFamily(f"{PREFIX}_unregistrations", "Applications that are gone.")
        gone.add_metric([], self._counts[ChangeKind.UNREGISTERED])
        yield gone
        removed = CounterMetricFamily(f"{PREFIX}_expired", "Applications given up, by reason.", labels=["reason"])
        for reason, number in self._watch.removed.items():
            removed.add_metric([reason.value], number)
        yield removed
        yield _counter("missed_heartbeats", "Checks that found no fresh heartbeat.", self._watch.missed)
        writer = self._plane.writer
        yield _counter("commits", "Transactions of the state.", writer.commits)
        yield _counter("rows", "Rows written or deleted by them.", writer.rows)
        writable = GaugeMetricFamily(f"{PREFIX}_store_writable", "Whether the database takes changes.")
        writable.add_metric([], writer.failing is None)
        yield writable


def _counter(name: str, text: str, value: float) -> CounterMetricFamily:
    family = CounterMetricFamily(f"{PREFIX}_{name}", text)
    family.add_metric([], value)
    return family
