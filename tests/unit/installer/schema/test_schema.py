"""The declarations are sound."""

import re

import pytest

from nai.installer.schema import Removed, Schema, Scope, Type, Variable, schema
from nai.installer.schema.model import for_role
from nai.installer.schema.values import problems


@pytest.mark.parametrize("variable", schema().variables.values(), ids=lambda variable: variable.name)
def test_a_declaration_explains_itself_and_its_default_fits(variable: Variable) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", variable.name)
    assert variable.help.endswith(".")
    assert not variable.secret or (variable.required and variable.default is None)
    assert not variable.required or variable.default is None
    assert variable.type is not Type.ENUM or variable.choices
    if variable.default is not None and not variable.is_computed:
        assert list(problems(variable, variable.default)) == []


def test_shared_names_start_with_nai_and_those_of_roles_with_the_role() -> None:
    for variable in schema().of_scope(Scope.ROLE):
        assert variable.name.startswith(f"{variable.role}_")
    with pytest.raises(ValueError, match="has to start with mariadb_"):
        for_role("mariadb", Variable(name="maria_x", type=Type.INT, help="X."))


def test_a_name_is_declared_once() -> None:
    one = Variable(name="nai_x", type=Type.INT, help="X.")
    with pytest.raises(ValueError, match="declared twice"):
        Schema.of([one, one])
    with pytest.raises(ValueError, match="declared twice"):
        Schema.of([one, Removed("nai_x", "y")])


def test_a_former_name_says_the_new_one() -> None:
    declared = Schema.of([Variable(name="nai_x", type=Type.INT, help="X.", former_names=("nai_old_x",))])
    assert declared.removed["nai_old_x"] == Removed("nai_old_x", "write nai_x", "has been renamed")


def test_the_contract_secrets_are_declared() -> None:
    wanted = {f"{service}_service_password" for service in ("glance", "placement", "nova", "neutron")}
    wanted |= {f"{service}_database_password" for service in ("keystone", "glance", "placement", "nova", "neutron")}
    assert wanted | {"keystone_admin_password", "rabbitmq_openstack_password", "neutron_metadata_secret"} <= set(
        schema().secrets
    )
