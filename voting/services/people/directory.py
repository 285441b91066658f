"""Accounts as administrators see them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from voting import clock
from voting.db import Tx
from voting.models.people import User, UserState
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.roles import Role
from voting.services.people.accounts import find_person


@dataclass(frozen=True, slots=True)
class Grant:
    """A role as it is shown; without a congress it holds for the installation."""

    id: int
    role: Role
    congress: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """An account as administrators see it."""

    id: int
    login: str
    name: str
    state: UserState
    is_locked: bool
    grants: tuple[Grant, ...]


def list_people(tx: Tx, actor: Actor, *, search: str = "") -> tuple[Person, ...]:
    """List all accounts whose name or sign-in name holds a text."""
    access.check(actor, Action.READ_PEOPLE)
    query = select(User).options(selectinload(User.grants)).order_by(User.login)
    if search:
        found = User.name.contains(search, autoescape=True)
        query = query.where(found | User.login.contains(search.casefold(), autoescape=True))
    return tuple(_shown(user) for user in tx.scalars(query))


def read_person(tx: Tx, actor: Actor, user_id: int) -> Person:
    """Show one account."""
    access.check(actor, Action.READ_PEOPLE)
    return _shown(find_person(tx, user_id))


def _shown(user: User) -> Person:
    locked = user.locked_until is not None and user.locked_until > clock.now()
    grants = sorted(user.grants, key=lambda grant: (grant.congress_id or 0, grant.role))
    return Person(
        id=user.id,
        login=user.login,
        name=user.name,
        state=user.state,
        is_locked=locked,
        grants=tuple(
            Grant(grant.id, grant.role, grant.congress.name if grant.congress else None)
            for grant in grants
        ),
    )
