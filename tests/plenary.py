"""Puts a congress, a sitting with its deputies and its officials straight into the tables."""

from __future__ import annotations

from datetime import date
from itertools import count

from voting import clock, ledger
from voting.db import Tx
from voting.models.people import Congress, RoleGrant, User
from voting.models.sittings import Attendance, Delegation, Deputy, Presence, Sitting, Stage
from voting.rules.access import Actor
from voting.rules.roles import Role

_logins = count(1)


def make_sitting(tx: Tx, slug: str, *, deputies: int, named: bool = False) -> tuple[int, int]:
    """Make a congress with its log and a sitting at which everybody is present."""
    congress = Congress(
        slug=slug,
        name=f"{slug}人民代表大会",
        origin=f"localhost/{slug}",
        created_at=clock.now(),
    )
    tx.add(congress)
    tx.flush()
    ledger.create_key(tx.settings, congress.slug, congress.origin)
    ledger.start(tx, congress)
    sitting = Sitting(
        congress_id=congress.id,
        name="第一次会议",
        starts_on=date(2026, 2, 1),
        ends_on=date(2026, 2, 3),
        deputies=deputies,
        is_named=named,
        stage=Stage.MEETING,
        created_at=clock.now(),
    )
    tx.add(sitting)
    tx.flush()
    _fill(tx, sitting)
    return congress.id, sitting.id


def make_official(tx: Tx, congress_id: int, role: Role) -> Actor:
    """Make an account with one role, and give the actor for it."""
    login = f"{role}-{next(_logins)}"
    user = User(login=login, name=login, created_at=clock.now())
    tx.add(user)
    tx.flush()
    tx.add(RoleGrant(user_id=user.id, congress_id=congress_id, role=role, granted_at=clock.now()))
    tx.flush()
    return Actor(user.id, login, frozenset({(congress_id, role)}))


def _fill(tx: Tx, sitting: Sitting) -> None:
    """Give the congress its deputies, who have all come."""
    delegation = Delegation(congress_id=sitting.congress_id, name="第一代表团", position=1)
    tx.add(delegation)
    tx.flush()
    people = [
        Deputy(
            congress_id=sitting.congress_id,
            number=str(number),
            name=f"代表{number}",
            delegation_id=delegation.id,
            position=number,
        )
        for number in range(1, sitting.deputies + 1)
    ]
    tx.add_all(people)
    tx.flush()
    present = Presence.PRESENT
    tx.add_all(
        Attendance(sitting_id=sitting.id, deputy_id=person.id, status=present) for person in people
    )
    tx.flush()
