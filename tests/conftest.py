"""What every kind of test shares: the collection is importable by its full name, as Ansible does it."""

from pathlib import Path

import pytest
from ansible.plugins.loader import init_plugin_loader

from tests.support.repository import ROOT

# `import ansible_collections.nubomedia.nai.plugins…` needs Ansible's own finder: the `ansible` package of
# PyPI owns the name `ansible_collections`, so a path entry would not be looked at. A second call would warn.
init_plugin_loader([str(ROOT / "collections")])


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT
