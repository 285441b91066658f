"""A congress with its office, deputies, a unit and a station, for tests of what they write."""

from __future__ import annotations

from dataclasses import dataclass

from tests.application import Member, enrol
from tests.unit.voting.sitting_made import a_roster
from voting.db import Tx, transaction
from voting.models.sittings import Deputy
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services import roster, units
from voting.services.people import congresses
from voting.services.roster import ImportChoice
from voting.services.units import UnitCard

SLUG = "binjiang"
NAME = "滨江区第七届人民代表大会"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"


@dataclass
class Office:
    """The people of a congress between its sittings."""

    congress_id: int
    secretary: Member
    committee: Member
    unit: Member
    other_unit: Member
    deputies: list[Member]
    unit_id: int
    other_unit_id: int
    deputy_ids: list[int]

    @property
    def desk(self) -> Actor:
        """The committee office."""
        return self.committee.actor

    @property
    def deputy(self) -> Actor:
        """The first deputy."""
        return self.deputies[0].actor


def open_office(tx: Tx, deputies: int = 3) -> Office:
    """Make the congress and its people."""
    admin = Actor(None, "test", frozenset({(None, Role.SYSTEM_ADMIN)}))
    made = congresses.make_congress(tx, admin, slug=SLUG, name=NAME)
    secretary = enrol(tx, "wenshu", (made.id, Role.SECRETARIAT), name="周文书")
    committee = enrol(tx, "gongwei", (made.id, Role.COMMITTEE), name="郑工委")
    data = a_roster(max(deputies, 3))
    roster.import_roster(tx, secretary.actor, made.id, data=data, choice=ImportChoice())
    listed = list(roster.list_deputies(tx, made.id))[:deputies]
    unit = a_unit(tx, committee.actor, made.id, name="区教育局", login="jiaoyu")
    other = a_unit(tx, committee.actor, made.id, name="区民政局", login="minzheng")
    return Office(
        made.id,
        secretary,
        committee,
        unit[1],
        other[1],
        [a_deputy(tx, made.id, row, place) for place, row in enumerate(listed, start=1)],
        unit[0],
        other[0],
        [row.id for row in listed],
    )


def opened() -> Office:
    """Make the congress in a transaction of its own, for tests of pages."""
    with transaction() as tx:
        return open_office(tx)


def a_deputy(tx: Tx, congress_id: int, row: Deputy, place: int) -> Member:
    """Give a deputy of the roster an account."""
    member = enrol(tx, f"daibiao{place}", (congress_id, Role.DEPUTY), name=row.name)
    row.user_id = member.actor.user_id
    tx.flush()
    return member


def a_unit(tx: Tx, actor: Actor, congress_id: int, *, name: str, login: str) -> tuple[int, Member]:
    """Enter a unit with somebody who acts for it."""
    unit = units.save_unit(tx, actor, congress_id, UnitCard(0, name))
    member = enrol(tx, login, (congress_id, Role.UNIT), name=f"{name}经办人")
    assert member.actor.user_id is not None
    units.assign_member(tx, actor, unit.id, member.actor.user_id)
    return unit.id, member
