"""Whether a value fits its declaration. Pure functions for validation and the interactive questions."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from nai.installer.schema.model import Field, Type

SIZE_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
DURATION_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}

_HOSTNAME_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([KMGT]?)")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a value.

    Attributes:
        where: Path inside the value, for instance `[1].ram_mb`; empty for the whole value.
        wrong: A clause that says what is wrong: `is not an IPv4 address`.
        action: A clause that says what to do: `write four numbers …`.
    """

    where: str
    wrong: str
    action: str


class MisfitError(ValueError):
    """A value is not of its type; the arguments are what is wrong and what to do."""

    def __init__(self, wrong: str, action: str) -> None:
        """Keeps both clauses."""
        super().__init__(wrong, action)
        self.wrong = wrong
        self.action = action


def parse_size(value: object) -> int:
    """Bytes of a size.

    Raises:
        MisfitError: It is not a size.
    """
    found = _SIZE.fullmatch(str(value)) if isinstance(value, int | str) and not isinstance(value, bool) else None
    if not found:
        raise MisfitError("is not a size", "write bytes, or a number with K, M, G or T, for instance 512M")
    return int(float(found[1]) * SIZE_UNITS[found[2]])


def parse_duration(value: object) -> float:
    """Seconds of a duration.

    Raises:
        MisfitError: It is not a duration.
    """
    found = (
        _DURATION.fullmatch(str(value))
        if isinstance(value, int | float | str) and not isinstance(value, bool)
        else None
    )
    if not found:
        raise MisfitError("is not a duration", "write seconds, or a number with s, m, h or d, for instance 10m")
    return float(found[1]) * DURATION_UNITS[found[2]]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise MisfitError(f"is {_kind(value)}, not text", "put it in quotes")
    return value


def _bool(value: object) -> bool:
    # A text such as "false" is refused although Ansible can convert it: a condition on it stops the run.
    if not isinstance(value, bool):
        raise MisfitError("is not a truth value", "write true or false without quotes (after -e: '{\"name\": true}')")
    return value


def _int(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    # `-e name=5` gives the text "5".
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    raise MisfitError("is not a whole number", "write digits only")


def _float(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value)
    raise MisfitError("is not a number", "write a number such as 1.5")


def _address(value: object) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(_text(value))
    except ValueError as error:
        if isinstance(error, MisfitError):
            raise
        raise MisfitError(
            "is not an IPv4 address", "write four numbers from 0 to 255 with dots between them"
        ) from error


def _cidr(value: object) -> ipaddress.IPv4Network:
    text = _text(value)
    if "/" not in text:
        raise MisfitError("has no prefix length", f"write the network with its length, for instance {text}/24")
    try:
        interface = ipaddress.IPv4Interface(text)
    except ValueError as error:
        raise MisfitError(
            "is not an IPv4 network", "write address and prefix length, for instance 10.0.0.0/24"
        ) from error
    if interface.ip != interface.network.network_address:
        raise MisfitError("is an address inside a network, not a network", f"write {interface.network}")
    return interface.network


def _port(value: object) -> int:
    number = _int(value)
    if not 1 <= number <= 65535:
        raise MisfitError("is not a port", "write a number from 1 to 65535")
    return number


def _hostname(value: object) -> str:
    text = _text(value)
    if len(text) > 253 or not all(_HOSTNAME_LABEL.fullmatch(label) for label in text.split(".")):
        raise MisfitError("is not a host name", "write labels of letters, digits and hyphens with dots between them")
    return text


def _path(value: object) -> str:
    text = _text(value)
    if not text.startswith(("/", "~")):
        raise MisfitError("is not an absolute path", "write the path from / on")
    return text


def _url(value: object) -> str:
    text = _text(value)
    try:
        parts = urlsplit(text)
        usable = bool(parts.scheme and parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or " " in text:
        raise MisfitError("is not a URL", "write scheme, host and path, for instance http://example.org:8080/path")
    return text


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise MisfitError(f"is {_kind(value)}, not a list", "write [first, second] or lines that start with a hyphen")
    return value


def _dict(value: object) -> Mapping[object, object]:
    if not isinstance(value, Mapping):
        raise MisfitError(f"is {_kind(value)}, not a dictionary", "write key: value pairs, indented below the name")
    return value


def _config(value: object) -> Mapping[object, object]:
    for section, options in _dict(value).items():
        if not isinstance(options, Mapping):
            raise MisfitError(
                f"has {_kind(options)} in section {section}", "write section, then option: value, indented"
            )
        for option, setting in options.items():
            if isinstance(setting, Mapping):
                raise MisfitError(
                    f"has a dictionary as option {section}.{option}", "write text, a number, true, false or a list"
                )
    return _dict(value)


_PARSERS: dict[Type, Callable[[object], object]] = {
    Type.STRING: _text,
    Type.BOOL: _bool,
    Type.INT: _int,
    Type.FLOAT: _float,
    Type.IPV4_ADDRESS: _address,
    Type.IPV4_CIDR: _cidr,
    Type.PORT: _port,
    Type.HOSTNAME: _hostname,
    Type.PATH: _path,
    Type.URL: _url,
    Type.ENUM: _text,
    Type.SIZE: parse_size,
    Type.DURATION: parse_duration,
    Type.LIST: _list,
    Type.DICT: _dict,
    Type.CONFIG: _config,
}


def parse(kind: Type, value: object) -> object:
    """A value in Python's own type: an `IPv4Network` for a CIDR, bytes for a size, seconds for a duration.

    Raises:
        MisfitError: The value is not of that kind.
    """
    return _PARSERS[kind](value)


def problems(field: Field, value: object, where: str = "") -> Iterator[Problem]:
    """Everything that is wrong with a value.

    Args:
        field: Its declaration.
        value: The value, templates rendered.
        where: Path of the value inside the variable.
    """
    if field.empty_allowed and value == "":
        return
    try:
        parsed = parse(field.type, value)
    except MisfitError as misfit:
        yield Problem(where, misfit.wrong, misfit.action)
        return
    yield from _outside_choices(field, parsed, where)
    yield from _outside_range(field, parsed, where)
    if field.pattern and isinstance(parsed, str) and not re.fullmatch(field.pattern, parsed):
        yield Problem(where, "has the wrong form", f"write {field.pattern_hint or field.pattern}")
    if isinstance(parsed, list | tuple):
        yield from _inside_list(field, parsed, where)
    elif field.type is Type.DICT and isinstance(parsed, Mapping):
        yield from _inside_dict(field, parsed, where)


def _outside_choices(field: Field, parsed: object, where: str) -> Iterator[Problem]:
    if field.choices and parsed not in field.choices:
        one_of = "" if len(field.choices) == 1 else "one of "
        yield Problem(
            where,
            "is not among the choices",
            f"write {one_of}{', '.join(field.choices)}{nearest(str(parsed), field.choices)}",
        )


def _outside_range(field: Field, parsed: object, where: str) -> Iterator[Problem]:
    is_number = isinstance(parsed, int | float) and not isinstance(parsed, bool)
    if not is_number and not isinstance(parsed, str | list | tuple):
        return
    measure = parsed if isinstance(parsed, int | float) else len(parsed)  # type: ignore[arg-type]
    unit = (
        (f" {field.unit}" if field.unit else "")
        if is_number
        else " characters"
        if isinstance(parsed, str)
        else " entries"
    )
    if field.minimum is not None and measure < field.minimum:
        size = "small" if is_number else "short"
        yield Problem(where, f"is too {size}", f"the minimum is {_number(field.minimum)}{unit}")
    if field.maximum is not None and measure > field.maximum:
        size = "large" if is_number else "long"
        yield Problem(where, f"is too {size}", f"the maximum is {_number(field.maximum)}{unit}")


def _inside_list(field: Field, values: Sequence[object], where: str) -> Iterator[Problem]:
    if field.elements is None:
        return
    element = Field(name=field.name, type=field.elements, help="", fields=field.fields)
    for number, value in enumerate(values):
        yield from problems(element, value, f"{where}[{number}]")
    scalars = [value for value in values if isinstance(value, str | int)]
    yield from _repeated(scalars, where)
    if any(part.name == "name" for part in field.fields):
        yield from _repeated(
            [value["name"] for value in values if isinstance(value, Mapping) and "name" in value], where
        )


def _repeated(values: Iterable[object], where: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for value in map(str, values):
        if value in seen:
            yield Problem(where, f"has {value} twice", "keep one of them")
        seen.add(value)


def _inside_dict(field: Field, values: Mapping[object, object], where: str) -> Iterator[Problem]:
    known = {part.name: part for part in field.fields}
    for key, value in values.items():
        if known and key not in known:
            yield Problem(
                f"{where}.{key}",
                "is an unknown key",
                f"the keys are {', '.join(known)}{nearest(str(key), known)}",
            )
        elif known:
            yield from problems(known[str(key)], value, f"{where}.{key}")
        elif field.elements is not None:
            yield from problems(Field(name=str(key), type=field.elements, help=""), value, f"{where}.{key}")
    for name, part in known.items():
        if part.required and name not in values:
            yield Problem(
                where, f"has no key {name}", f"add {name}: {part.help[:1].lower()}{part.help[1:].rstrip('.')}"
            )


def nearest(name: str, names: Iterable[str]) -> str:
    """A suggestion ` (did you mean X?)`, or nothing when no name is near."""
    found = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f" (did you mean {found[0]}?)" if found else ""


def shown(value: object, limit: int = 60) -> str:
    """A value on one line, shortened: texts in quotes, truth values as YAML writes them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _kind(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a dictionary" if isinstance(value, Mapping) else "a list"
