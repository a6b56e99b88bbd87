"""Does packstack take the answers that the inventory gives, and does it get what it cannot do without?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nai.installer.host_names import shortened
from nai.installer.inventory import NotRenderableError
from nai.installer.kilo import AnswerError, answer_file, unknown_keys
from nai.installer.validation.checks.release import release_of
from nai.installer.validation.context import Context
from nai.installer.validation.finding import Finding

ANSWERS = "packstack_answers"
INTERFACE = "nai_external_interface"

_SECRET_KEY = re.compile(r".*_(PW|PASSWORD|TOKEN|SECRET|SECRET_KEY|ENC_KEY|HASH)")


def check(context: Context) -> Iterator[Finding]:
    """Keys that do not exist, values that cannot be written, secrets, and the interface of the external bridge."""
    release = release_of(context)
    if release is None or release.installer != "packstack":
        return
    yield from _interpreter(context)
    for host in context.hosts("controller"):
        if not context.rendered(host, INTERFACE):
            wrong, action = f"has no {INTERFACE}", "name its NIC in the external network: packstack puts it into br-ex"
            yield Finding(context.source, None, f"host {host}", "", wrong, action)
        yield from _answers(context, host)
    yield from _secrets(context)


def _interpreter(context: Context) -> Iterator[Finding]:
    """The stage target_python brings the interpreter that is named here."""
    name = "ansible_python_interpreter"
    without = []
    for host in context.hosts("packstack"):
        raw = context.inventory.set_variables(host).get(name, "")
        try:
            path = str(context.inventory.render(host, raw))
        except NotRenderableError:
            path = ""
        if not path.startswith("/"):
            without.append(host)
    if without:
        wrong = f"is no absolute path for {shortened(without)}"
        yield context.finding(None, name, wrong, "name the Python 3.8 or newer that target_python brings")


def _answers(context: Context, host: str) -> Iterator[Finding]:
    answers = context.rendered(host, ANSWERS)
    if not isinstance(answers, Mapping):
        return
    unknown = {problem.key: problem for problem in unknown_keys(answers)}
    for key, value in answers.items():
        if problem := unknown.get(key):
            wrong, action = problem.wrong, problem.action
        else:
            try:
                answer_file({key: value})
                continue
            except AnswerError as error:
                wrong, _, action = str(error).removeprefix(f"{key}: ").partition("; ")
        # Without the value, which may be a password.
        yield context.finding(None, ANSWERS, wrong, action, where=f".{key}")


def _secrets(context: Context) -> Iterator[Finding]:
    """A password stands in the vault file; here is its variable."""
    for definition in context.definitions.found:
        if definition.key != ANSWERS or definition.encrypted or not isinstance(definition.value, Mapping):
            continue
        for key, value in definition.value.items():
            if value and _SECRET_KEY.fullmatch(str(key)) and "{{" not in str(value):
                wrong = "is a secret in plain text"
                action = (
                    "put it into group_vars/all/secrets.yml with `ansible-vault edit` under a name that ends in"
                    ' _password, and write "{{ that name }}" here'
                )
                yield Finding(definition.file, definition.line, f"{ANSWERS}.{key}", "", wrong, action)
