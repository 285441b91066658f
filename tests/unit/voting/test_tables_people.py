"""Invariants of people and roles that the database itself keeps."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from voting import clock
from voting.db import Tx
from voting.models.people import Congress, RoleGrant, User
from voting.rules.roles import Role


def a_user(tx: Tx, login: str) -> User:
    """Add an account."""
    user = User(login=login, name=login, created_at=clock.now())
    tx.add(user)
    tx.flush()
    return user


def grant(tx: Tx, user: User, role: Role, congress: Congress | None = None) -> None:
    """Give a role without asking anybody."""
    congress_id = congress.id if congress else None
    tx.add(RoleGrant(user_id=user.id, congress_id=congress_id, role=role, granted_at=clock.now()))
    tx.flush()


def test_one_person_cannot_hold_two_of_the_three_administrations(tx: Tx) -> None:
    user = a_user(tx, "wang")
    grant(tx, user, Role.SYSTEM_ADMIN)

    with pytest.raises(IntegrityError), tx.begin_nested():
        grant(tx, user, Role.AUDIT_ADMIN)


def test_an_office_of_a_congress_cannot_be_held_without_a_congress(tx: Tx) -> None:
    user = a_user(tx, "li")

    with pytest.raises(IntegrityError), tx.begin_nested():
        grant(tx, user, Role.SECRETARIAT)


def test_an_administration_cannot_be_held_in_one_congress(tx: Tx) -> None:
    congress = Congress(slug="a", name="甲", origin="h/a", created_at=clock.now())
    tx.add(congress)
    user = a_user(tx, "zhao")

    with pytest.raises(IntegrityError), tx.begin_nested():
        grant(tx, user, Role.SYSTEM_ADMIN, congress)


def test_roles_are_kept_by_value(tx: Tx) -> None:
    user = a_user(tx, "qian")
    grant(tx, user, Role.AUDIT_ADMIN)

    stored = tx.connection().exec_driver_sql("select role from role_grants").scalar()

    assert stored == "audit_admin"
