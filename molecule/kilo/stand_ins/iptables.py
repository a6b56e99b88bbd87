#!/usr/bin/python3
"""Stand-in for iptables 1.4, its table `filter` alone: `iptables [-w] -C|-I|-A|-D CHAIN …`, `iptables-{save,restore}`.

The rules are gone after a restart of the host, as the kernel's are.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from shared import fail, locked

FILE = Path("/run/stand-ins-iptables.json")
BUILT_IN = ("INPUT", "FORWARD", "OUTPUT")
Chains = dict[str, list[str]]


def restored(chains: Chains, text: str, *, flush: bool) -> Chains:
    """Returns the chains after `iptables-restore`: a chain that the text declares starts empty, with --noflush too."""
    result: Chains = {name: [] for name in BUILT_IN} if flush else {name: list(rules) for name, rules in chains.items()}
    complete = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(":"):
            name = line[1:].split()[0]
            if flush or name not in BUILT_IN:
                result[name] = []
        elif line.startswith("-A "):
            _add, name, *rule = line.split()
            if name not in result or "-j" not in rule:
                fail(f"iptables-restore: line {number} failed", code=1)
            result[name].append(" ".join(rule))
        elif line == "COMMIT":
            complete = True
        elif line and not line.startswith(("#", "*filter")):
            fail(f"Error occurred at line: {number}", code=2)
    if not complete:
        fail("iptables-restore: COMMIT expected", code=1)
    return result


def change(chains: Chains, words: list[str]) -> None:
    """One command of `iptables`."""
    verb, name, *rule = words
    if name not in chains:
        fail("iptables: No chain/target/match by that name.")
    position = int(rule.pop(0)) - 1 if verb == "-I" and rule[0].isdigit() else 0
    text = " ".join(rule)
    target = rule[rule.index("-j") + 1]
    if target not in chains and target not in ("ACCEPT", "DROP", "REJECT"):
        fail(f"iptables v1.4.21: Couldn't load target `{target}':No such file or directory", code=2)
    if verb == "-I":
        chains[name].insert(position, text)
    elif verb == "-A":
        chains[name].append(text)
    elif text not in chains[name]:
        fail("iptables: Bad rule (does a matching rule exist in that chain?).")
    elif verb == "-D":
        chains[name].remove(text)


def main() -> int:
    """Entry point."""
    program, words = Path(sys.argv[0]).name, sys.argv[1:]
    with locked():
        chains: Chains = json.loads(FILE.read_text()) if FILE.exists() else {name: [] for name in BUILT_IN}
        if program == "iptables-save":
            lines = [f":{name} - [0:0]" for name in chains]
            lines += [f"-A {name} {rule}" for name, rules in chains.items() for rule in rules]
            sys.stdout.write("\n".join(["*filter", *lines, "COMMIT", ""]))
        elif program == "iptables-restore":
            files = [word for word in words if not word.startswith("-")]
            text = Path(files[0]).read_text() if files else sys.stdin.read()
            after = restored(chains, text, flush="--noflush" not in words)
            if "--test" not in words:
                FILE.write_text(json.dumps(after))
        else:
            change(chains, [word for word in words if word != "-w"])
            FILE.write_text(json.dumps(chains))
    return 0


if __name__ == "__main__":
    sys.exit(main())
