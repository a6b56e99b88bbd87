"""What is generated from the schema is up to date, and Ansible agrees with it."""

from pathlib import Path

from nai.installer.reference import drifted
from nai.installer.schema import schema


def test_generated_files_are_those_of_the_schema(root: Path) -> None:
    assert [str(path.relative_to(root)) for path in drifted(root, schema())] == [], "run `nai reference --write`"
