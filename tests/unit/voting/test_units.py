"""Units are named by the office, and only those who act for one see what is its business."""

from __future__ import annotations

import pytest

from tests.unit.voting.sitting_made import Desk, a_person
from voting.db import Tx
from voting.errors import Conflict, NotAllowed, NotValid
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services import units
from voting.services.people import sessions
from voting.services.units import UnitCard


def a_unit(tx: Tx, desk: Desk, name: str = "区教育局") -> int:
    """Enter a unit."""
    return units.save_unit(tx, desk.actor, desk.congress_id, UnitCard(0, name)).id


def a_member(tx: Tx, desk: Desk, unit_id: int, login: str = "jiaoyu") -> Actor:
    """Invite somebody to act for a unit."""
    invited = units.invite_member(tx, desk.actor, unit_id, login=login, name="陈经办")
    return sessions.find_actor(tx, invited.user_id)


def test_a_unit_is_found_by_its_name_whatever_gaps_were_typed(tx: Tx) -> None:
    desk = Desk.open(tx, deputies=2)
    made = a_unit(tx, desk)

    found = units.find_or_make(tx, desk.actor, desk.congress_id, "  区教育局 ")
    new = units.find_or_make(tx, desk.actor, desk.congress_id, "区民政局")

    assert found.id == made
    assert new.id != made
    names = {card.name for card in units.list_units(tx, desk.congress_id)}
    assert names == {"区教育局", "区民政局"}


def test_two_units_can_not_have_one_name(tx: Tx) -> None:
    desk = Desk.open(tx, deputies=2)
    a_unit(tx, desk)
    other = a_unit(tx, desk, "区民政局")

    with pytest.raises(NotValid):
        units.save_unit(tx, desk.actor, desk.congress_id, UnitCard(other, "区教育局"))


def test_only_members_act_for_a_unit(tx: Tx) -> None:
    desk = Desk.open(tx, deputies=2)
    education, civil = a_unit(tx, desk), a_unit(tx, desk, "区民政局")
    member = a_member(tx, desk, education)

    assert [card.id for card in units.units_of(tx, member, desk.congress_id)] == [education]
    assert units.check_member(tx, member, education).id == education
    with pytest.raises(NotAllowed):
        units.check_member(tx, member, civil)
    with pytest.raises(NotAllowed):
        units.check_member(tx, desk.actor, education)


def test_one_account_may_act_for_two_units_and_be_taken_away(tx: Tx) -> None:
    desk = Desk.open(tx, deputies=2)
    education, civil = a_unit(tx, desk), a_unit(tx, desk, "区民政局")
    member = a_member(tx, desk, education)
    assert member.user_id is not None

    units.assign_member(tx, desk.actor, civil, member.user_id)
    with pytest.raises(Conflict):
        units.assign_member(tx, desk.actor, civil, member.user_id)
    units.remove_member(tx, desk.actor, education, member.user_id)

    assert [card.id for card in units.units_of(tx, member, desk.congress_id)] == [civil]


def test_a_deputys_account_can_not_be_named_for_a_unit(tx: Tx) -> None:
    desk = Desk.open(tx, deputies=2)
    deputy = a_person(tx, desk.congress_id, Role.DEPUTY)
    assert deputy.user_id is not None

    with pytest.raises(Conflict):
        units.assign_member(tx, desk.actor, a_unit(tx, desk), deputy.user_id)


def test_units_are_entered_by_offices_alone(tx: Tx) -> None:
    desk = Desk.open(tx, deputies=2)
    unit = a_unit(tx, desk)
    member = a_member(tx, desk, unit)

    with pytest.raises(NotAllowed):
        units.save_unit(tx, member, desk.congress_id, UnitCard(0, "区水利局"))
    with pytest.raises(NotAllowed):
        units.invite_member(tx, member, unit, login="other", name="他人")
    with pytest.raises(NotAllowed):
        units.list_members(tx, member, unit)
