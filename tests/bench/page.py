"""The page docs/figures.md out of a results file."""

from collections.abc import Mapping
from typing import Any

from tests.bench import media_server_page
from tests.bench.markdown import Row, table

HEAD = """# Figures

Measured by `make bench` on the embedded hosts; raw results: `tests/bench/results/{file}`.
{cpus} CPUs ({cpu_model}), {memory_gb} GB, kernel {kernel}; when each was measured stands at the end.
"""


def page(results: Mapping[str, Any], file: str) -> str:
    """Returns the page.

    Args:
        results: Content of the results file.
        file: Its name.
    """
    parts = [HEAD.format(file=file, **results["machine"])]
    parts += [f"`{name}` was not measured: {why}\n" for name, why in results["failures"].items()]
    measured = results["measures"]
    if up := measured.get("up"):
        rows: list[Row] = [
            ("`make up`, nothing cached", up["cold_seconds"], 480),
            ("`make up`, with the images of an earlier one", up["cached_seconds"], 300),
        ]
        parts += ["## From a fresh clone\n", table(("what", "seconds", "aim"), rows)]
    if made := measured.get("deployment"):
        total: Row = ("**all**", f"**{made['seconds']:.1f}**")
        parts += ["## Deploying\n", table(("stage", "seconds"), [*_seconds(made["stages"]), total])]
    if verbs := measured.get("verbs"):
        rows = [
            ("second run of `site.yml`", verbs["second_run_seconds"], 60),
            ("`nai validate`", verbs["validate_seconds"], 3),
            ("`plan.yml`", verbs["plan_seconds"], 45),
            ("`precheck.yml`", verbs["precheck_seconds"], ""),
        ]
        parts += ["## Nothing to do\n", table(("what", "seconds", "aim"), rows)]
        parts += [f"Tasks that the second run changed: {verbs['second_run_changed']}.\n"]
    if boot := measured.get("boot"):
        rows = [
            ("request to ACTIVE", boot["active_seconds"], 2),
            ("request to SSH's banner at the floating IP", boot["ssh_seconds"], 3),
            ("driver's spawn, waiting for Neutron included", boot["spawn_seconds"], ""),
            ("driver's own share of it", boot["driver_seconds"], 0.3),
            ("`docker run` of the same image, same host", boot["docker_run_seconds"], ""),
            ("the same to SSH's banner inside", boot["docker_run_ssh_seconds"], ""),
            ("ten at once: request of the first to ACTIVE of the last", boot["ten_active_seconds"], ""),
        ]
        parts += ["## Booting an instance\n", table((f"median of {boot['count']}", "seconds", "aim"), rows)]
        parts += [f"Did not boot, and is not counted: {why}.\n" for why in boot["failed"]]
    if memory := measured.get("memory"):
        parts += ["## Memory\n", "Proportional set size of the services, MB.\n"]
        for host, units in memory["pss_mb"].items():
            large = {unit: size for unit, size in units.items() if size >= 10}
            rows = [*large.items(), ("**all of the host**", f"**{memory['host_pss_mb'][host]}**")]
            parts += [f"### {host}\n", table(("service", "MB"), rows)]
    if scaling := measured.get("scaling"):
        by_hosts = scaling["seconds_by_hosts"]
        sizes = list(next(iter(by_hosts.values())))
        rows = [
            (name, *(by_size[size] for size in sizes), scaling["seconds_per_further_host"][name])
            for name, by_size in by_hosts.items()
        ]
        parts += ["## Growing with hosts\n", "Dry runs on light hosts, seconds.\n"]
        parts += [table(("what", *(f"{size} hosts" for size in sizes), "each further host"), rows)]
    if kilo := measured.get("kilo"):
        rows = [
            ("`nai validate`", kilo["validate_seconds"], 3),
            ("`plan.yml`, when no host answers", kilo["plan_seconds"], ""),
            (f"rendering all {kilo['rendered_files']} files of all hosts", kilo["render_seconds"], ""),
        ]
        parts += [f"## OpenStack Kilo on {kilo['hosts']} hosts\n", "The inventory `kilo_blades`; no host is needed.\n"]
        parts += [table(("what", "seconds", "aim"), rows)]
    if media_server := measured.get("media_server"):
        parts += media_server_page.parts(media_server)
    parts += ["## When\n", table(("measure", "date, commit"), results["measured"].items())]
    return "\n".join(parts)


def _seconds(stages: Mapping[str, float]) -> list[Row]:
    return [(stage, f"{seconds:.1f}") for stage, seconds in stages.items()]
