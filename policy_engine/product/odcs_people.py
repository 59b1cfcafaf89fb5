"""Who an ODCS contract names: the members of the team, and the roles by which people get access."""

from __future__ import annotations

from typing import Final

from policy_engine.product.dates import read_date
from policy_engine.product.model import Member, Role
from policy_engine.product.odcs_terms import members_of, read_custom
from policy_engine.product.part import Part

_MEMBER: Final = {"role": "role", "description": "description", "date_in": "dateIn", "date_out": "dateOut"}
_ROLE: Final = {
    "name": "role",
    "access": "access",
    "description": "description",
    "first_level_approvers": "firstLevelApprovers",
    "second_level_approvers": "secondLevelApprovers",
}


def read_team(contract: Part) -> tuple[Member, ...]:
    """Everybody in the team, those who have left as well, in the contract's order."""
    return tuple(_member(part) for part in members_of(contract))


def read_roles(part: Part) -> tuple[Role, ...]:
    """The roles of a contract or of a server."""
    return tuple(_role(role) for role in part.parts("roles"))


def _member(part: Part) -> Member:
    custom = read_custom(part)
    named = "name" if part.text("name") else "username"
    return Member(
        name=part.text(named),
        role=part.text("role"),
        description=part.text("description"),
        date_in=read_date(part.entries.get("dateIn")),
        date_out=read_date(part.entries.get("dateOut")),
        pointer=part.pointer,
        pointers=part.stated({**_MEMBER, "name": named}) | custom.pointers,
        custom=custom.values,
    )


def _role(part: Part) -> Role:
    custom = read_custom(part)
    return Role(
        name=part.name("role", "a role"),
        access=part.text("access"),
        description=part.text("description"),
        first_level_approvers=part.text("firstLevelApprovers"),
        second_level_approvers=part.text("secondLevelApprovers"),
        pointer=part.pointer,
        pointers=part.stated(_ROLE) | custom.pointers,
        custom=custom.values,
    )
