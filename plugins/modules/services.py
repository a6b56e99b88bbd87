#!/usr/bin/python
# Copyright: The NAI authors
# SPDX-License-Identifier: Apache-2.0
"""Units of systemd that are enabled, run with their present configuration, and answer."""

from __future__ import annotations

DOCUMENTATION = r"""
module: services
short_description: Services that run with their present configuration and answer
description:
  - Makes units of systemd enabled and running, and restarts those that started before their configuration was last
    written. No handler is needed, so nothing is lost when a run is killed between a change and the restart.
  - All units are looked at with one C(systemctl show) and started or restarted, in parallel, with one
    C(systemctl restart).
  - Returns when every unit that is to run is active, stays so, and answers at its O(services[].url) or
    O(services[].port).
  - The unit file or init script, its drop-ins and its environment files count as configuration by themselves.
  - A masked unit that is to run is unmasked.
version_added: 0.1.0
author: The NAI authors
options:
  services:
    description: The units.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the unit; without a suffix it is a service.
        type: str
        required: true
      state:
        description: Whether it is to run.
        type: str
        choices: [started, stopped]
        default: started
      enabled:
        description: Whether it starts with the host. By default what is V(started) does, V(stopped) does not.
        type: bool
      config:
        description:
          - Files, directories or globs that it reads when it starts. In a directory everything counts, and so does
            a removal.
          - Times are compared in microseconds; a file system with whole seconds causes at most one restart too many.
        type: list
        elements: path
        default: []
      url:
        description: HTTP or HTTPS URL that answers with a status below 500 when the service is up; asked from the host.
        type: str
      port:
        description: TCP port that accepts a connection when the service is up.
        type: int
      address:
        description: Address to which O(services[].port) belongs.
        type: str
        default: 127.0.0.1
      log_file:
        description: File whose last lines join the error, for a service that does not write to the journal.
        type: path
      timeout_seconds:
        description: How long it may take until it is up, in seconds.
        type: int
        default: 60
  daemon_reload:
    description: Whether systemd reads unit files again first; V(auto) does it when one of the units' files changed.
    type: str
    choices: [auto, always, never]
    default: auto
  mask:
    description: Texts to mask in the lines of a failed unit's journal. Values of secret variables are masked anyway.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: Can run in check mode and return what it would change.
    support: full
    details: A unit that is not installed yet counts as one that would be started. Nothing is waited for.
  diff_mode:
    description: Returns what changes.
    support: full
seealso:
  - module: nubomedia.nai.config_files
"""

EXAMPLES = r"""
- name: Run Glance
  nubomedia.nai.services:
    services:
      - name: glance-api
        config: [/etc/glance/glance-api.conf, /etc/glance/glance-api.conf.d, "/etc/glance/*.yaml"]
        url: http://192.0.2.10:9292/healthcheck
        timeout_seconds: 90

- name: Run the agents, and keep a service off
  nubomedia.nai.services:
    services:
      - {name: neutron-dhcp-agent, config: [/etc/neutron], log_file: /var/log/neutron/neutron-dhcp-agent.log}
      - {name: neutron-l3-agent, config: [/etc/neutron]}
      - {name: apache2, state: stopped}
"""

RETURN = r"""
restarted:
  description: Units that ran with an older configuration.
  returned: always
  type: list
  elements: str
  sample: [glance-api]
started:
  description: Units that did not run.
  returned: always
  type: list
  elements: str
  sample: []
stopped:
  description: Units that ran and are not to.
  returned: always
  type: list
  elements: str
  sample: []
reasons:
  description: Why a unit was restarted, by its name.
  returned: always
  type: dict
  sample: {glance-api: /etc/glance/glance-api.conf was written after its start}
failed_units:
  description: Units that did not come up, with state and last lines of journal and log file.
  returned: failure
  type: list
  elements: dict
"""

import os  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from ansible.module_utils.basic import AnsibleModule  # noqa: E402
from ansible_collections.nubomedia.nai.plugins.module_utils.service_plan import (  # noqa: E402
    Plan,
    Service,
    Verdict,
    judge,
    make_plan,
)
from ansible_collections.nubomedia.nai.plugins.module_utils.systemd import Systemd, SystemdError, Unit  # noqa: E402

POLL_SECONDS = 0.25
JOURNAL_LINES = 20

ARGUMENTS: dict[str, dict[str, Any]] = {
    "services": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["started", "stopped"], "default": "started"},
            "enabled": {"type": "bool"},
            "config": {"type": "list", "elements": "path", "default": []},
            "url": {"type": "str"},
            "port": {"type": "int"},
            "address": {"type": "str", "default": "127.0.0.1"},
            "log_file": {"type": "path"},
            "timeout_seconds": {"type": "int", "default": 60},
        },
    },
    "daemon_reload": {"type": "str", "choices": ["auto", "always", "never"], "default": "auto"},
    "mask": {"type": "list", "elements": "str", "default": [], "no_log": True},
}


def reload_units(
    systemd: Systemd, names: list[str], wish: str, check_mode: bool
) -> tuple[dict[str, Unit], frozenset[str]]:
    """Returns the units' state after systemd has read changed unit files, and the names of those that had changed."""
    units = systemd.show(names)
    changed = frozenset(name for name, unit in units.items() if unit.needs_daemon_reload and wish != "never")
    # A unit file that was just put there is found by itself, except where systemd remembers that there was none.
    missing = any(not unit.is_known for unit in units.values())
    if check_mode or wish == "never" or (wish == "auto" and not (changed or missing)):
        return units, changed
    systemd.call("daemon-reload")
    return systemd.show(names), changed


def apply(systemd: Systemd, plan: Plan) -> None:
    """Does what is planned; starts and restarts are queued, not waited for."""
    if plan.unmask:
        systemd.call("unmask", plan.unmask)
    if plan.enable:
        systemd.call("enable", plan.enable)
    if plan.disable:
        systemd.call("disable", plan.disable)
    if plan.stop:
        systemd.call("stop", plan.stop)
    if plan.reset:
        systemd.call("reset-failed", plan.reset)
    if queue := [*plan.start, *plan.restart]:
        systemd.call("restart", queue, "--no-block")


def wait(systemd: Systemd, services: list[Service]) -> dict[str, tuple[Unit, Verdict]]:
    """Waits until every service is up or lost; returns those that did not come up."""
    begin = time.monotonic()
    pending = {service.name: service for service in services}
    lost: dict[str, tuple[Unit, Verdict]] = {}
    counters: dict[str, int] = {}
    while pending:
        units = systemd.show(list(pending))
        for name, service in list(pending.items()):
            counters[name] = min(counters.get(name, units[name].restarts), units[name].restarts)
            verdict = judge(service, units[name], counters[name])
            if verdict.ready:
                del pending[name]
            elif verdict.lost or time.monotonic() - begin > service.timeout_seconds:
                lost[name] = (units[name], verdict)
                del pending[name]
        if pending:
            time.sleep(POLL_SECONDS)
    return lost


def last_lines(path: str | None) -> list[str]:
    """Returns the end of a log file, without reading all of it."""
    if not path:
        return []
    try:
        with Path(path).open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 16384))
            return file.read().decode(errors="replace").splitlines()[-JOURNAL_LINES:]
    except OSError:
        return []


def report(systemd: Systemd, service: Service, unit: Unit, verdict: Verdict) -> dict[str, Any]:
    """Returns what a reader needs to know of a unit that did not come up."""
    return {
        "name": unit.name,
        "problem": verdict.problem,
        "state": unit.describe(),
        "journal": systemd.journal(service.name, JOURNAL_LINES),
        "log": last_lines(service.log_file),
    }


def message(failures: list[dict[str, Any]]) -> str:
    """Returns the error of a task: every unit, its last words, what to do."""
    parts = []
    for failure in failures:
        lines = failure["log"] + failure["journal"]
        said = "\n  ".join(["Its last lines:", *lines]) if lines else "It wrote nothing to the journal."
        parts.append(
            f"{failure['name']} {failure['problem']}. {said}\n"
            "Correct what they tell and run the playbook again; "
            f"'systemctl status {failure['name']}' on the host tells more."
        )
    return "\n".join(parts)


def states(plan: Plan) -> dict[str, str]:
    """Returns the diff: one line per unit and change."""
    before, after = [], []
    for names, was, becomes in (
        (plan.unmask, "masked", "not masked"),
        (plan.enable, "not enabled", "enabled"),
        (plan.disable, "enabled", "not enabled"),
        (plan.stop, "running", "stopped"),
        (plan.start + plan.missing, "not running", "running"),
    ):
        before += [f"{name}: {was}" for name in names]
        after += [f"{name}: {becomes}" for name in names]
    before += [f"{name}: runs with an older configuration" for name in plan.restart]
    after += [f"{name}: restarted ({plan.reasons[name]})" for name in plan.restart]
    return {"before": "".join(f"{line}\n" for line in before), "after": "".join(f"{line}\n" for line in after)}


def main() -> None:
    """Entry point."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    services = [Service.of(entry) for entry in module.params["services"]]
    names = list(dict.fromkeys(service.name for service in services))
    systemd = Systemd(lambda argv: module.run_command(argv, environ_update={"LC_ALL": "C", "SYSTEMD_COLORS": "0"}))
    try:
        units, reloaded = reload_units(systemd, names, module.params["daemon_reload"], module.check_mode)
        plan = make_plan(services, units, systemd.is_enabled, reloaded)
        if plan.missing and not module.check_mode:
            module.fail_json(
                msg=f"There is no unit {', '.join(plan.missing)} on this host. Install the package that brings it, "
                "or correct the name."
            )
        for path in plan.from_the_future:
            module.warn(
                f"{path} was written in the future, by its time; set the host's clock. It does not cause a restart."
            )
        if not module.check_mode:
            apply(systemd, plan)
    except SystemdError as error:
        module.fail_json(msg=f"systemd refused: {error}")
    result = {
        "changed": plan.changed or bool(reloaded) or bool(plan.missing),
        "restarted": plan.restart,
        "started": plan.start + plan.missing,
        "stopped": plan.stop,
        "reasons": plan.reasons,
        **({"diff": states(plan)} if module._diff else {}),
    }
    if not module.check_mode:
        lost = wait(systemd, [service for service in services if service.runs])
        if lost:
            failures = [report(systemd, service, *lost[service.name]) for service in services if service.name in lost]
            module.fail_json(msg=message(failures), failed_units=failures, **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
