"""What a shared application has to be like. Pure: the document as a whole, all that is wrong with it by field.

Which addresses an application may name is for each PaaS manager to say; here is what none of them could deploy, and
what must not be shown to everybody.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from nai.catalogue.applications import EnvironmentVariable, MarketplaceApplication, Port, SupportingService

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
GIT_URL = re.compile(r"(https?|ssh)://(?P<user>[^\s/@]*@)?[^\s/@]+(/[^\s@]*)?|[A-Za-z0-9._-]+@[^\s/:@]+:[^\s]+")
IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@-]{0,511}")
PROTOCOLS = ("TCP", "UDP")

LONGEST_URL = 2048
LONGEST_TEXT = 255
LONGEST_DESCRIPTION = 10_000
LONGEST_VALUE = 32_768
MOST_REQUIREMENTS = 50
MOST_PORTS = 20
MOST_SERVICES = 20
MOST_VARIABLES = 100
MOST_OF_ENVIRONMENT = 128 * 1024
MOST_REPLICAS = 100
MOST_INSTANCES = 1000
HIGHEST_PORT = 65535
HIGHEST_THRESHOLD = 100_000.0

NEEDED = {
    "description": "what the application is, in a sentence or more",
    "provider": "who offers it",
    "gitURL": "the address of its Git repository",
    "name": "what it is called",
    "shared": "whether everybody sees it",
    "flavor": "the size of its media servers: SMALL, MEDIUM or LARGE",
}
"""Fields that have to be there, as in the original, and what they are."""

NESTED = ("ports", "services", "env_vars")
FROM_HERE = ("id", "shared_by", "downloads")
"""Fields that clients cannot set."""


def refusal(body: Any, malformed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a document whose fields are not all of the right form: those, and the others beside them.

    Args:
        body: The document, if it is one.
        malformed: What is wrong with the form, by field.
    """
    if not isinstance(body, dict):
        return dict(malformed)
    unreadable = {place.partition(".")[0] for place in malformed}
    try:
        rest = MarketplaceApplication.model_validate({name: body[name] for name in body if name not in unreadable})
    except ValidationError:
        return dict(malformed)
    others = problems(rest)
    return {**malformed, **{name: text for name, text in others.items() if name.partition(".")[0] not in unreadable}}


def problems(application: MarketplaceApplication, *, may_be_private: bool = True) -> dict[str, str]:
    """All that is wrong with a document, by the names of fields on the wire.

    Args:
        application: The document.
        may_be_private: Whether there is somebody who would see it if it were not shared.
    """
    wrong: dict[str, str] = {}
    document = application.to_wire()
    for field, meaning in NEEDED.items():
        if document.get(field) in (None, ""):
            wrong[field] = f"is needed: {meaning}"
    _texts(application, wrong)
    if application.shared is False and not may_be_private:
        wrong["shared"] = "only who is logged in can keep an application back: else nobody would see it"
    _number("replicasNumber", application.replicas_number, 1, MOST_REPLICAS, wrong)
    _number("numberOfInstances", application.number_of_instances, 1, MOST_INSTANCES, wrong)
    if application.scale_out_limit != 0:
        least = max(1, application.number_of_instances)
        _number("scaleOutLimit", application.scale_out_limit, least, MOST_INSTANCES, wrong, or_else="0, or ")
    if not 0 <= application.scale_out_threshold <= HIGHEST_THRESHOLD:
        wrong["scaleOutThreshold"] = f"from 0 to {HIGHEST_THRESHOLD:g}"
    _ports("ports", application.ports, wrong)
    _variables("envVars", application.env_vars, wrong)
    _services(application.services, wrong)
    return wrong


def accepted(application: MarketplaceApplication) -> MarketplaceApplication:
    """A checked document with nothing in it that is not of the format or that clients cannot set."""
    return MarketplaceApplication(
        **{
            name: getattr(application, name)
            for name in MarketplaceApplication.model_fields
            if name in application.model_fields_set and name not in (*NESTED, *FROM_HERE)
        },
        ports=[_port(port) for port in application.ports],
        env_vars=[_variable(each) for each in application.env_vars],
        services=[
            SupportingService(
                name=service.name,
                docker_url=service.docker_url,
                replicas_number=service.replicas_number,
                route=service.route,
                ports=[_port(port) for port in service.ports],
                env_vars=[_variable(each) for each in service.env_vars],
            )
            for service in application.services
        ],
    )


def _texts(application: MarketplaceApplication, wrong: dict[str, str]) -> None:
    name, url = application.name or "", application.git_url or ""
    if name and not NAME.fullmatch(name):
        wrong["name"] = "1 to 63 letters, digits, _ and -, a letter or digit first and last: no PaaS takes another"
    _line("provider", application.provider, LONGEST_TEXT, wrong)
    if len(application.description or "") > LONGEST_DESCRIPTION:
        wrong["description"] = f"at most {LONGEST_DESCRIPTION} characters"
    if url:
        match = GIT_URL.fullmatch(url) if len(url) <= LONGEST_URL else None
        if match is None:
            wrong["gitURL"] = "an address of a Git repository is expected: https://…, ssh://… or git@host:path"
        elif ":" in (match["user"] or ""):
            wrong["gitURL"] = "there is a password in it, which everybody could read"
    if len(application.requirements) > MOST_REQUIREMENTS:
        wrong["requirements"] = f"at most {MOST_REQUIREMENTS}"
    else:
        for key, value in application.requirements.items():
            if not key or len(key) > LONGEST_TEXT or len(value) > LONGEST_TEXT:
                wrong[f"requirements.{key[:40]}"] = f"1 to {LONGEST_TEXT} characters, of the value at most so many"
    for field, text in {
        "secretName": application.secret_name,
        "turnServerUrl": application.turn_server_url,
        "turnServerUsername": application.turn_server_username,
        "turnServerPassword": application.turn_server_password,
        "stunServerIp": application.stun_server_ip,
        "stunServerPort": application.stun_server_port,
    }.items():
        _line(field, text, LONGEST_TEXT, wrong)


def _line(field: str, text: str | None, longest: int, wrong: dict[str, str]) -> None:
    if text and (len(text) > longest or not text.isprintable()):
        wrong[field] = f"one line of at most {longest} characters"


def _number(field: str, value: int, least: int, most: int, wrong: dict[str, str], *, or_else: str = "") -> None:
    if not least <= value <= most:
        wrong[field] = f"{or_else}from {least} to {most}"


def _ports(field: str, ports: Sequence[Port], wrong: dict[str, str]) -> None:
    if len(ports) > MOST_PORTS:
        wrong[field] = f"at most {MOST_PORTS}"
        return
    for index, port in enumerate(ports):
        place = f"{field}.{index}"
        if port.port is None:
            wrong[f"{place}.port"] = "a port is needed"
        else:
            _number(f"{place}.port", port.port, 1, HIGHEST_PORT, wrong)
        if port.target_port is not None:
            _number(f"{place}.targetPort", port.target_port, 1, HIGHEST_PORT, wrong)
        if _protocol(port) not in PROTOCOLS:
            wrong[f"{place}.protocol"] = " or ".join(PROTOCOLS)


def _services(services: Sequence[SupportingService], wrong: dict[str, str]) -> None:
    if len(services) > MOST_SERVICES:
        wrong["services"] = f"at most {MOST_SERVICES}"
        return
    for index, service in enumerate(services):
        place = f"services.{index}"
        if not NAME.fullmatch(service.name or ""):
            wrong[f"{place}.name"] = "1 to 63 letters, digits, _ and -, a letter or digit first and last"
        if not IMAGE.fullmatch(service.docker_url or ""):
            wrong[f"{place}.dockerURL"] = "the name of an image is expected"
        _number(f"{place}.replicasNumber", service.replicas_number, 1, MOST_REPLICAS, wrong)
        _line(f"{place}.route", service.route, LONGEST_TEXT, wrong)
        _ports(f"{place}.ports", service.ports, wrong)
        _variables(f"{place}.envVars", service.env_vars, wrong)


def _variables(field: str, variables: Sequence[EnvironmentVariable], wrong: dict[str, str]) -> None:
    if len(variables) > MOST_VARIABLES:
        wrong[field] = f"at most {MOST_VARIABLES}"
        return
    if (size := sum(len(each.value or "") for each in variables)) > MOST_OF_ENVIRONMENT:
        wrong[field] = f"they have {size} characters in all; at most {MOST_OF_ENVIRONMENT}"
    for index, variable in enumerate(variables):
        if not VARIABLE.fullmatch(variable.name or ""):
            wrong[f"{field}.{index}.name"] = "letters, digits and _, no digit first, at most 255"
        value = variable.value or ""
        if "\0" in value or len(value) > LONGEST_VALUE:
            wrong[f"{field}.{index}.value"] = f"at most {LONGEST_VALUE} characters, none of them NUL"


def _protocol(port: Port) -> str:
    return (port.protocol or PROTOCOLS[0]).upper()


def _port(port: Port) -> Port:
    return Port(port=port.port, target_port=port.target_port or port.port, protocol=_protocol(port))


def _variable(variable: EnvironmentVariable) -> EnvironmentVariable:
    return EnvironmentVariable(name=variable.name, value=variable.value or "")
