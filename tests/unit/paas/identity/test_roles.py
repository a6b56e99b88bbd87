"""What roles allow (seed 3.4.1.3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nai.catalogue import RoleEnum
from nai.catalogue.applications import PaasRole, PaasUser
from nai.core.errors import ForbiddenError
from nai.paas.identity.roles import READING, check_access, is_administrator, role_in

PROJECTS = ("red", "green", "blue")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")

roles = st.builds(PaasRole, role=st.sampled_from(RoleEnum), project=st.sampled_from(PROJECTS))
users = st.builds(PaasUser, username=st.just("ann"), roles=st.lists(roles, max_size=3))


def allowed(user: PaasUser, project: str, method: str) -> bool:
    """Whether the user may."""
    try:
        check_access(user, project, method)
    except ForbiddenError:
        return False
    return True


@given(users, st.sampled_from(PROJECTS), st.sampled_from(METHODS))
def test_a_right_follows_from_a_role(user: PaasUser, project: str, method: str) -> None:
    held = {role.role for role in user.roles if role.project == project}
    expected = is_administrator(user) or RoleEnum.USER in held or (RoleEnum.GUEST in held and method in READING)
    assert allowed(user, project, method) is expected


@given(users, st.sampled_from(PROJECTS), st.sampled_from(METHODS), roles)
def test_a_further_role_takes_nothing_away(user: PaasUser, project: str, method: str, further: PaasRole) -> None:
    if allowed(user, project, method):
        assert allowed(user.model_copy(update={"roles": [*user.roles, further]}), project, method)


def test_the_strongest_role_counts() -> None:
    both = PaasUser(roles=[PaasRole(role=role, project="red") for role in (RoleEnum.USER, RoleEnum.GUEST)])
    assert role_in(both, "red") is RoleEnum.USER
    assert role_in(both, "green") is None
    boss = PaasUser(roles=[PaasRole(role=RoleEnum.ADMIN, project="red")])
    assert role_in(boss, "green") is RoleEnum.ADMIN


def test_a_refusal_says_why() -> None:
    guest = PaasUser(username="gus", roles=[PaasRole(role=RoleEnum.GUEST, project="red")])
    with pytest.raises(ForbiddenError, match="Guest is only allowed to execute GET"):
        check_access(guest, "red", "POST")
    with pytest.raises(ForbiddenError, match="gus has no role in the project green"):
        check_access(guest, "green", "GET")
