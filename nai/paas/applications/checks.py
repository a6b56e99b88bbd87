"""What a developer's request has to be like. Pure: the request as a whole, all that is wrong with it by field."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from nai.catalogue.applications import CreateApplication, EnvironmentVariable, Flavor, Port, SupportingService
from nai.paas.applications.addresses import (
    HIGHEST_PORT,
    AddressError,
    Allowed,
    by_ssh,
    image_host,
    repository_host,
)
from nai.paas.applications.environment import variable_prefix
from nai.paas.errors import FieldsError, NameStructureError, TurnServerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
SERVICE = re.compile(r"[A-Za-z]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
SECRET = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
SERVER = re.compile(
    r"(turns?:)?(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)"
    r"(:(?P<port>[0-9]{1,5}))?(\?transport=(udp|tcp))?"
)
HOST = re.compile(r"[0-9A-Fa-f:.]{2,45}|[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
CREDENTIAL = re.compile(r"[!-~]{1,255}")
"""Printable ASCII: it becomes part of a media server's configuration."""

PROTOCOLS = ("TCP", "UDP")
MOST_PORTS = 20
MOST_SERVICES = 20
MOST_VARIABLES = 100
MOST_REPLICAS = 100
MOST_INSTANCES = 1000
HIGHEST_THRESHOLD = 100000.0
LONGEST_VALUE = 32768
LONGEST_REVISION = 255
MOST_OF_ENVIRONMENT = 128 * 1024

MADE_ANEW = ("ports", "services", "env_vars", "flavor", "secret_name")
"""Fields that are not taken as they come."""

RESERVED = frozenset(
    {"VNFR_ID", "VNFM_IP", "VNFM_PORT", "ROUTE", "CLOUDREPO_IP", "CLOUDREPO_PORT", "CDN_SERVER_IP", "PATH"}
)
"""Variables that the platform sets."""


@dataclasses.dataclass(frozen=True)
class Rules:
    """What an installation allows and has.

    Attributes:
        allowed: Addresses beyond the public Internet.
        has_stun_server: Whether there is a STUN server for those who name none.
        has_turn_server: Likewise a TURN server.
    """

    allowed: Allowed = dataclasses.field(default_factory=Allowed)
    has_stun_server: bool = False
    has_turn_server: bool = False


def check(request: CreateApplication, rules: Rules) -> None:
    """Refuse a request that cannot become an application.

    Raises:
        NameStructureError: Its name cannot be used.
        TurnServerError: Only what it says about its TURN server is wrong.
        FieldsError: Anything else; each of them names all wrong fields.
    """
    _raise(problems(request, rules))


def refusal(body: Any, found: Sequence[Mapping[str, Any]], rules: Rules) -> FieldsError | None:
    """What is wrong with a document whose fields are not all of the right form: those, and the others beside them.

    Args:
        body: The document.
        found: What pydantic says about it.
        rules: What the installation allows.

    Returns:
        None if it is no document at all.
    """
    if not isinstance(body, dict):
        return None
    wrong: dict[str, str] = {}
    for each in found:
        place = [str(part) for part in each["loc"] if part != "body"]
        wrong[".".join(place)[:200]] = str(each["msg"])
    unreadable = {name.partition(".")[0] for name in wrong}
    try:
        rest = CreateApplication.model_validate({name: value for name, value in body.items() if name not in unreadable})
    except ValidationError:
        rest = CreateApplication()
    others = problems(rest, rules)
    wrong |= {field: text for field, text in others.items() if field.partition(".")[0] not in unreadable}
    return FieldsError(wrong)


def problems(request: CreateApplication, rules: Rules) -> dict[str, str]:
    """All that is wrong with a request, by the names of fields on the wire."""
    wrong: dict[str, str] = {}
    name = request.name or ""
    if "." in name:
        wrong["name"] = "it must not have a dot in it"
    elif not NAME.fullmatch(name):
        wrong["name"] = "1 to 63 letters, digits, _ and -, a letter or digit first and last"
    _revision(request.revision or "", wrong)
    _source(request, rules, wrong)
    _ports("ports", request.ports, wrong)
    if not request.ports:
        wrong["ports"] = "at least one is needed: the first is what the application's address leads to"
    elif "ports.0.protocol" not in wrong and _protocol(request.ports[0]) != "TCP":
        wrong["ports.0.protocol"] = "the first port is what the application's address leads to, by TCP"
    _number("replicasNumber", request.replicas_number, 1, MOST_REPLICAS, wrong)
    _number("numberOfInstances", request.number_of_instances, 1, MOST_INSTANCES, wrong)
    if request.scale_out_limit != 0:
        least = max(1, request.number_of_instances)
        _number("scaleOutLimit", request.scale_out_limit, least, MOST_INSTANCES, wrong, or_else="0, or ")
    if not 0 <= request.scale_out_threshold <= HIGHEST_THRESHOLD:
        wrong["scaleOutThreshold"] = f"from 0 to {HIGHEST_THRESHOLD:g}"
    _turn(request, rules, wrong)
    _stun(request, rules, wrong)
    _variables("envVars", request.env_vars, wrong, "")
    _services(request.services, rules, wrong)
    return wrong


def accepted(request: CreateApplication) -> CreateApplication:
    """A checked request with every field in its own form, and nothing that a client must not set."""
    return CreateApplication(
        **{
            name: getattr(request, name)
            for name in CreateApplication.model_fields
            if name in request.model_fields_set and name not in MADE_ANEW
        },
        flavor=request.flavor or Flavor.SMALL,
        secret_name=request.secret_name or None,
        ports=[_port(port) for port in request.ports],
        env_vars=[EnvironmentVariable(name=each.name, value=each.value or "") for each in request.env_vars],
        services=[
            SupportingService(
                name=service.name,
                docker_url=service.docker_url,
                replicas_number=service.replicas_number,
                ports=[_port(port) for port in service.ports],
                env_vars=[EnvironmentVariable(name=each.name, value=each.value or "") for each in service.env_vars],
            )
            for service in request.services
        ],
    )


def check_replicas(number: int) -> None:
    """Refuse a number of containers that cannot be.

    Raises:
        FieldsError: It is too small or too large.
    """
    wrong: dict[str, str] = {}
    _number("replicasNumber", number, 1, MOST_REPLICAS, wrong)
    _raise(wrong)


def check_revision(revision: str) -> None:
    """Refuse a revision that cannot be kept.

    Raises:
        FieldsError: It is too long, or has signs that cannot be shown.
    """
    wrong: dict[str, str] = {}
    _revision(revision, wrong)
    _raise(wrong)


def _revision(revision: str, wrong: dict[str, str]) -> None:
    if len(revision) > LONGEST_REVISION or not revision.isprintable():
        wrong["revision"] = f"at most {LONGEST_REVISION} printable characters"


def _raise(wrong: dict[str, str]) -> None:
    if not wrong:
        return
    if "name" in wrong:
        raise NameStructureError(wrong)
    if all(field.startswith("turnServer") for field in wrong):
        raise TurnServerError(wrong)
    raise FieldsError(wrong)


def _source(request: CreateApplication, rules: Rules, wrong: dict[str, str]) -> None:
    url, secret = request.git_url or "", request.secret_name or ""
    if not url:
        wrong["gitURL"] = "the address of a Git repository is needed"
    else:
        try:
            repository_host(url, rules.allowed)
        except AddressError as error:
            wrong["gitURL"] = str(error)
    if secret and not SECRET.fullmatch(secret):
        wrong["secretName"] = "the name that POST /secret has answered is expected"
    elif url and "gitURL" not in wrong:
        if secret and not by_ssh(url):
            wrong["secretName"] = "a secret opens addresses like git@host:path or ssh://git@host/path only"
        elif not secret and by_ssh(url):
            wrong["secretName"] = "an address by SSH needs a secret: POST /secret makes one of a deploy key"


def _number(field: str, value: int, least: int, most: int, wrong: dict[str, str], *, or_else: str = "") -> None:
    if not least <= value <= most:
        wrong[field] = f"{or_else}from {least} to {most}"


def _ports(field: str, ports: Sequence[Port], wrong: dict[str, str]) -> None:
    if len(ports) > MOST_PORTS:
        wrong[field] = f"at most {MOST_PORTS}"
        return
    known: set[tuple[int, str]] = set()
    for index, port in enumerate(ports):
        place = f"{field}.{index}"
        number, target, protocol = port.port, port.target_port, _protocol(port)
        if number is None:
            wrong[f"{place}.port"] = "a port is needed"
        else:
            _number(f"{place}.port", number, 1, HIGHEST_PORT, wrong)
        if target is not None:
            _number(f"{place}.targetPort", target, 1, HIGHEST_PORT, wrong)
        if protocol not in PROTOCOLS:
            wrong[f"{place}.protocol"] = " or ".join(PROTOCOLS)
        if number is not None:
            if (number, protocol) in known:
                wrong[f"{place}.port"] = "the same port is there twice"
            known.add((number, protocol))


def _protocol(port: Port) -> str:
    return (port.protocol or PROTOCOLS[0]).upper()


def _port(port: Port) -> Port:
    return Port(port=port.port, target_port=port.target_port or port.port, protocol=_protocol(port))


def _turn(request: CreateApplication, rules: Rules, wrong: dict[str, str]) -> None:
    values = {
        "turnServerUrl": request.turn_server_url or "",
        "turnServerUsername": request.turn_server_username or "",
        "turnServerPassword": request.turn_server_password or "",
    }
    url, *credentials = values
    if values[url] and not _is_server(values[url]):
        wrong[url] = "a host and port are expected, perhaps with ?transport=tcp"
    for field in credentials:
        if values[field] and not CREDENTIAL.fullmatch(values[field]):
            wrong[field] = "1 to 255 printable characters, no blanks"
    if set(values["turnServerUsername"]) & set(":@"):
        wrong["turnServerUsername"] = "no : and no @"
    if not request.turn_server_activate:
        return
    if not values[url]:
        if not rules.has_turn_server:
            wrong[url] = "this installation has no TURN server of its own: name one"
    else:
        for field in credentials:
            if not values[field]:
                wrong[field] = "a TURN server requires authentication parameters"


def _is_server(text: str) -> bool:
    match = SERVER.fullmatch(text)
    return match is not None and 1 <= int(match["port"] or 1) <= HIGHEST_PORT


def _stun(request: CreateApplication, rules: Rules, wrong: dict[str, str]) -> None:
    host, port = request.stun_server_ip or "", request.stun_server_port or ""
    if host and not HOST.fullmatch(host):
        wrong["stunServerIp"] = "an address or the name of a host is expected"
    if port and not (port.isascii() and port.isdecimal() and len(port) <= 5 and 1 <= int(port) <= HIGHEST_PORT):
        wrong["stunServerPort"] = f"a number from 1 to {HIGHEST_PORT}"
    if not request.stun_server_activate:
        return
    if not host and not port:
        if not rules.has_stun_server:
            wrong["stunServerIp"] = "this installation has no STUN server of its own: name one"
    elif not port:
        wrong["stunServerPort"] = "a STUN server needs its port"
    elif not host:
        wrong["stunServerIp"] = "a STUN server needs its address"


def _services(services: Sequence[SupportingService], rules: Rules, wrong: dict[str, str]) -> None:
    if len(services) > MOST_SERVICES:
        wrong["services"] = f"at most {MOST_SERVICES}"
        return
    taken: set[str] = set()
    size = 0
    for index, service in enumerate(services):
        place, name = f"services.{index}", service.name or ""
        prefix = ""
        if not SERVICE.fullmatch(name):
            wrong[f"{place}.name"] = "1 to 63 letters, digits, _ and -, a letter first, no sign last"
        else:
            prefix = variable_prefix(name)
            own = {f"{prefix}_HOST", *(f"{prefix}_{each.name}" for each in service.env_vars)}
            if own & taken:
                wrong[f"{place}.name"] = f"another service has the variable {min(own & taken)[:300]} too"
            taken |= own
        if not service.docker_url:
            wrong[f"{place}.dockerURL"] = "the name of an image is needed"
        else:
            try:
                image_host(service.docker_url, rules.allowed)
            except AddressError as error:
                wrong[f"{place}.dockerURL"] = str(error)
        _number(f"{place}.replicasNumber", service.replicas_number, 1, MOST_REPLICAS, wrong)
        _ports(f"{place}.ports", service.ports, wrong)
        _variables(f"{place}.envVars", service.env_vars, wrong, prefix)
        size += sum(len(each.value or "") for each in service.env_vars)
    if size > MOST_OF_ENVIRONMENT:
        wrong["services"] = f"their variables have {size} characters in all; at most {MOST_OF_ENVIRONMENT}"


def _variables(
    field: str, variables: Sequence[EnvironmentVariable], wrong: dict[str, str], service_prefix: str
) -> None:
    if len(variables) > MOST_VARIABLES:
        wrong[field] = f"at most {MOST_VARIABLES}"
        return
    known: set[str] = set()
    for index, variable in enumerate(variables):
        place, name, value = f"{field}.{index}", variable.name or "", variable.value or ""
        if not VARIABLE.fullmatch(name):
            wrong[f"{place}.name"] = "letters, digits and _, no digit first, at most 255"
        elif name in known:
            wrong[f"{place}.name"] = "the same variable is there twice"
        elif service_prefix and (name == "HOST" or f"{service_prefix}_{name}" in RESERVED):
            wrong[f"{place}.name"] = f"{service_prefix}_{name} is a variable that the platform sets"
        elif not service_prefix and field == "envVars" and name in RESERVED:
            wrong[f"{place}.name"] = "a variable that the platform sets"
        known.add(name)
        if "\0" in value or len(value) > LONGEST_VALUE:
            wrong[f"{place}.value"] = f"at most {LONGEST_VALUE} characters, none of them NUL"
