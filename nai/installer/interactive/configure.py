"""Makes an inventory out of a person's answers, or a file's."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path

from nai.installer.checkout import checkout, displayed
from nai.installer.interactive import preseed
from nai.installer.interactive.assembling import opened
from nai.installer.interactive.dialogue import Dialogue
from nai.installer.interactive.question import Kind, Question
from nai.installer.interactive.summary import shown_answer, summary, title
from nai.installer.interactive.terminal import Back, NoTerminalError, Terminal
from nai.installer.inventory import InventoryError, loader_with_vault, vault_of
from nai.installer.inventory_files import Draft, ForeignInventoryError, InventoryWriteError, read, write
from nai.installer.inventory_files.rendering import hosts_text, main_text
from nai.installer.validation import Finding
from nai.installer.validation.partial import about, variable_of


class ConfigureError(Exception):
    """Nothing was written; the text says why, one line for each reason."""


def configure(directory: Path | None, answers: Path | None = None, write_answers: Path | None = None) -> Path | None:
    """Asks, or reads a file of answers, and writes the inventory.

    Args:
        directory: Where it is or will be; without one it is asked for.
        answers: File of answers; then nothing is asked.
        write_answers: File that the answers are written to, without secrets.

    Returns:
        The inventory's directory; None when the person decided against it.

    Raises:
        ConfigureError: There is neither a terminal nor a file, or something is wrong with file or inventory.
        KeyboardInterrupt: The person interrupted it.
    """
    try:
        if answers is not None:
            if directory is None:
                raise ConfigureError("name the inventory's directory: nai configure DIRECTORY --preseed FILE")
            dialogue = _of_file(directory, answers)
        else:
            terminal = Terminal()
            directory = (
                directory or Path(terminal.directory(displayed(checkout() / "inventories" / "cloud"))).expanduser()
            )
            dialogue = Dialogue(opened(read(directory)), incomplete)
            if not _of_person(directory, dialogue, terminal):
                return None
        if write_answers is not None:
            _write_answers(write_answers, preseed.text(dialogue))
    except (ForeignInventoryError, InventoryWriteError, InventoryError, NoTerminalError, preseed.PreseedError) as error:
        raise ConfigureError(str(error)) from error
    return directory


def incomplete(draft: Draft, names: Collection[str]) -> list[str]:
    """What is wrong with some variables of an inventory that still lacks others."""
    with tempfile.TemporaryDirectory(prefix="nai-configure-") as folder:
        main = Path(folder) / "group_vars" / "all" / "main.yml"
        main.parent.mkdir(parents=True)
        main.write_text(main_text(draft), encoding="utf-8")
        (Path(folder) / "hosts.yml").write_text(hosts_text(draft), encoding="utf-8")
        return [_told(finding) for finding in about(names, [folder])]


def _of_file(directory: Path, answers: Path) -> Dialogue:
    given = preseed.read(answers, vault_of(loader_with_vault()))
    # The answers are checked all at once at the end.
    dialogue = Dialogue(opened(read(directory)), lambda _draft, _names: ())
    try:
        preseed.follow(dialogue, given, answers)
    except preseed.PreseedError as error:
        others = incomplete(dialogue.draft, dialogue.variables_answered) if dialogue.draft.groups else []
        raise ConfigureError(
            "\n".join([str(error), *(f"{displayed(answers)}: {other}" for other in others)])
        ) from error
    if findings := write(directory, dialogue.draft, dialogue.secrets):
        raise ConfigureError("\n".join(f"{displayed(answers)}: {_told(finding)}" for finding in findings))
    return dialogue


def _of_person(directory: Path, dialogue: Dialogue, terminal: Terminal) -> bool:
    terminal.introduce(directory)
    while True:
        if (question := dialogue.next) is not None:
            _ask(dialogue, terminal, question)
            continue
        terminal.say(f"\n{summary(dialogue)}\n")
        match terminal.choose(
            f"Write this inventory to {displayed(directory)}?",
            [("yes", "Yes"), ("change", "Change an answer"), ("no", "No, write nothing")],
        ):
            case "yes":
                if not (findings := write(directory, dialogue.draft, dialogue.secrets)):
                    return True
                terminal.complain(_told(finding) for finding in findings)
                dialogue.ask_again(dialogue.about(_subjects(findings)))
            case "change":
                _change(dialogue, terminal)
            case _:
                return False


def _ask(dialogue: Dialogue, terminal: Terminal, question: Question) -> None:
    typed: str | None = None
    while True:
        try:
            answer = terminal.ask(question, typed)
        except Back:
            dialogue.back()
            return
        if not (problems := dialogue.answer(question, answer)):
            return
        terminal.complain(problems)
        typed = answer if isinstance(answer, str) and question.kind is Kind.TEXT else None


def _change(dialogue: Dialogue, terminal: Terminal) -> None:
    by_number = dict(enumerate(dialogue.questions))
    chosen = terminal.choose(
        "Which one?",
        [
            (str(number), f"{title(question)}: {shown_answer(question, dialogue.answers.get(question.key))}")
            for number, question in by_number.items()
        ],
    )
    dialogue.ask_again([by_number[int(chosen)].key])


def _subjects(findings: Iterable[Finding]) -> set[str]:
    """Variables and groups that findings are about; a finding about a host names its variables in its text."""
    found: set[str] = set()
    for finding in findings:
        found |= {variable_of(finding) or finding.key}
        if finding.key.startswith("host "):
            found |= set(re.findall(r"nai_\w+", finding.wrong))
    return found


def _told(finding: Finding) -> str:
    """A finding without its place in a file, which is not there yet."""
    what = f"{finding.key}: " if finding.key else ""
    value = f"value {finding.value} " if finding.value else ""
    return f"{what}{value}{finding.wrong}; {finding.action}"


def _write_answers(path: Path, text: str) -> None:
    try:
        descriptor, new = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(new).replace(path)
    except OSError as error:
        raise InventoryWriteError(
            f"{path}: the answers cannot be written ({error.strerror}); name another file"
        ) from error
