#!/usr/bin/python3
"""Stand-in for rpm 4.11: `-q` with a query format, `-qa`, `-e` with and without `--nodeps`, `--import`."""

from __future__ import annotations

import sys

from shared import Interruption, Packages, fail, locked, record

ESCAPES = {r"\n": "\n", r"\t": "\t"}
DEFAULT_FORMAT = r"%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\n"


def formatted(package: dict[str, str], template: str) -> str:
    """Fills in a query format."""
    epoch = str(package.get("epoch", 0))
    tags = {
        "NAME": package["name"],
        "EPOCHNUM": epoch,
        "EPOCH": epoch if epoch != "0" else "(none)",
        "VERSION": package["version"],
        "RELEASE": package["release"],
        "ARCH": package.get("arch", "noarch"),
    }
    for tag, value in tags.items():
        template = template.replace(f"%{{{tag}}}", value)
    if "%{" in template:
        fail(f'error: incorrect format: unknown tag: "{template.partition("%{")[2].partition("}")[0]}"')
    for escape, character in ESCAPES.items():
        template = template.replace(escape, character)
    return template


def find(packages: Packages, name: str) -> dict[str, str] | None:
    """Returns the installed package of that name, or name-version[-release[.arch]]."""
    for package in packages.by_name.values():
        name_version = f"{package['name']}-{package['version']}"
        full = f"{name_version}-{package['release']}"
        if name in (package["name"], name_version, full, f"{full}.{package.get('arch', 'noarch')}"):
            return package
    return None


def query(packages: Packages, arguments: list[str]) -> int:
    """`rpm -q`: the exit code is the number of packages that are not installed."""
    template, names = DEFAULT_FORMAT, []
    words = iter(arguments)
    for word in words:
        if word in ("--qf", "--queryformat"):
            template = next(words)
        else:
            names.append(word)
    missing = 0
    for name in names:
        package = find(packages, name)
        if package is None:
            missing += 1
            sys.stdout.write(f"package {name} is not installed\n")
        else:
            sys.stdout.write(formatted(package, template))
    return missing


def erase(packages: Packages, arguments: list[str], interruption: Interruption) -> int:
    """`rpm -e`: all or nothing."""
    names = [word for word in arguments if not word.startswith("-")]
    found = {name: find(packages, name) for name in names}
    if missing := [name for name, package in found.items() if package is None]:
        fail(*(f"error: package {name} is not installed" for name in missing), code=len(missing))
    going = {package["name"] for package in found.values() if package}
    if "--nodeps" not in arguments:
        needed = [
            f"\t{name} is needed by (installed) {other}-{packages.by_name[other]['version']}"
            for name in sorted(going)
            for other in packages.needed_by(name)
            if other not in going
        ]
        if needed:
            fail("error: Failed dependencies:", *needed)
    interruption.at("before")
    for name in sorted(going):
        packages.erase(name, interruption)
    interruption.at("after")
    return 0


def main() -> int:  # noqa: RET503  # `fail` never returns
    """Entry point."""
    arguments = sys.argv[1:]
    with locked():
        record("rpm", arguments)
        packages = Packages()
        match arguments[0]:
            case "-q" | "--query":
                return query(packages, arguments[1:])
            case "-qa":
                sys.stdout.write("".join(formatted(package, DEFAULT_FORMAT) for package in packages.by_name.values()))
                return 0
            case "-e" | "--erase":
                return erase(packages, arguments[1:], Interruption("rpm", arguments))
            case "--import":
                return 0
    fail(f"rpm: {arguments[0]}: unknown option")


if __name__ == "__main__":
    sys.exit(main())
