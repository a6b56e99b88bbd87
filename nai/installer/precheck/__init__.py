"""Whether the hosts can carry the platform: facts and variables in, findings out; nothing is asked of a host here."""

from nai.installer.precheck.host_checks import HOST_CHECKS
from nai.installer.precheck.model import Finding, Host, Needs, Severity, one_line_each
from nai.installer.precheck.platform_checks import PLATFORM_CHECKS

__all__ = ["Finding", "Host", "Needs", "Severity", "check_platform", "one_line_each"]


def check_platform(hosts: list[Host], needs: Needs) -> list[Finding]:
    """Runs every check over every host.

    Args:
        hosts: all hosts of the inventory, those that did not answer with `facts=None`.
        needs: what release and variables ask of them.

    Returns:
        All findings, by host in the order of `hosts`, errors first. A check named in `needs.ignored` only warns.
    """
    findings = [
        Finding(
            host.name,
            "reachable",
            f"no facts: {host.unreachable or 'the host did not answer'}",
            "look at its address, the SSH user and the key; `ansible HOST -m ping -vvv` shows more",
        )
        for host in hosts
        if host.facts is None
    ]
    answering = [host for host in hosts if host.facts is not None]
    for host in answering:
        for host_check in HOST_CHECKS:
            findings.extend(host_check(host, needs))
    for platform_check in PLATFORM_CHECKS:
        findings.extend(platform_check(answering, needs))
    order = {host.name: position for position, host in enumerate(hosts)}
    eased = [item.as_warning() if item.check in needs.ignored else item for item in findings]
    return sorted(eased, key=lambda item: (item.severity is Severity.WARNING, order.get(item.host, -1)))
