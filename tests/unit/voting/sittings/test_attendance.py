"""Check-in keeps a status and nothing else, and hands out one card to each who comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.unit.voting.sitting_made import Desk, a_person, serial
from voting.db import Tx
from voting.errors import Conflict, NotAllowed, NotFound, NotNow, NotValid
from voting.models.journal import JournalEntry
from voting.models.sittings import Card, CardState, Presence
from voting.rules import vote
from voting.rules.roles import Role
from voting.services.sittings import attendance, cards, plenary
from voting.services.sittings.attendance import CheckIn, Figures


def figures(deputies: int, present: int) -> Figures:
    """Give figures of which only the number present matters."""
    return Figures(deputies, deputies, present, 0, 0, 0, 0, deputies - present)


@pytest.mark.parametrize(
    ("deputies", "quorum", "majority"),
    [(327, 218, 164), (45, 30, 23), (2980, 1987, 1491), (200, 134, 101), (1, 1, 1), (3, 2, 2)],
)
def test_quorum_and_majority_of_real_congresses(deputies: int, quorum: int, majority: int) -> None:
    assert (vote.quorum(deputies), vote.majority(deputies)) == (quorum, majority)


@given(st.integers(1, 10_000), st.integers(0, 10_000))
def test_the_quorum_is_two_thirds_and_not_one_less(deputies: int, present: int) -> None:
    found = figures(deputies, min(present, deputies))

    assert found.has_quorum == (3 * found.present >= 2 * deputies)
    assert found.present + found.lacking == max(found.present, found.quorum)


@given(st.integers(0, 10_000))
def test_a_majority_is_more_than_half_and_not_one_more_than_needed(members: int) -> None:
    needed = vote.majority(members)

    assert 2 * needed > members
    assert 2 * (needed - 1) <= members


def test_whoever_comes_in_gets_a_card(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()

    found = desk.check_in(0, card=3)
    late = desk.check_in(1, Presence.LATE, card=1)

    assert (found.present, late.present, late.late) == (1, 2, 1)
    assert cards.count_cards(tx, desk.sitting.id).drawn == 2
    with pytest.raises(NotValid):
        desk.check_in(2)


def test_a_second_desk_is_told_that_the_deputy_is_in_already(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()
    desk.check_in(0, card=1)

    with pytest.raises(Conflict):
        desk.check_in(0, card=2)

    assert cards.count_cards(tx, desk.sitting.id).drawn == 1


def test_one_card_is_not_handed_out_twice(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()
    desk.check_in(0, card=1)

    with pytest.raises(Conflict):
        desk.check_in(1, card=1)
    with pytest.raises(NotFound):
        desk.check_in(1, card=99)


def test_nothing_ties_a_deputy_to_a_card_in_a_sealed_sitting(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()
    before = tx.query(JournalEntry).count()

    desk.check_in(0, card=7)

    assert tx.get_one(Card, (desk.sitting.id, serial(7))).holder_id is None
    assert tx.query(JournalEntry).count() == before
    assert [event.details for event in tx.told[-1:]] == [
        {"sitting_id": desk.sitting.id, "present": 1}
    ]


def test_a_named_sitting_knows_who_holds_a_card(tx: Tx) -> None:
    desk = Desk.open(tx, named=True)
    desk.begin()

    desk.check_in(0, card=7)

    assert tx.get_one(Card, (desk.sitting.id, serial(7))).holder_id == desk.deputies()[0].id


def test_leave_needs_no_card(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()

    assert desk.check_in(0, Presence.LEAVE).leave == 1
    assert desk.check_in(0, card=1).leave == 0


def test_being_late_or_not_can_be_corrected_without_another_card(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()
    desk.check_in(0, card=1)

    assert desk.check_in(0, Presence.LATE).present == 1
    assert cards.count_cards(tx, desk.sitting.id).drawn == 1


def test_whoever_leaves_gives_the_card_back(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()
    desk.check_in_all()
    cards.issue_batch(tx, desk.actor, desk.sitting.id)

    with pytest.raises(NotNow):
        desk.check_in(0, Presence.LEFT)
    found = desk.check_in(0, Presence.LEFT, card=12)

    assert (found.present, found.left) == (11, 1)
    counts = cards.count_cards(tx, desk.sitting.id)
    assert (counts.issued, counts.revoked) == (11, 1)


def test_in_a_named_sitting_the_card_of_one_who_leaves_is_known(tx: Tx) -> None:
    desk = Desk.open(tx, named=True)
    desk.begin()
    desk.check_in(0, card=5)

    desk.check_in(0, Presence.LEFT)

    assert tx.get_one(Card, (desk.sitting.id, serial(5))).state is CardState.REVOKED


def test_check_in_waits_for_the_sitting_to_begin(tx: Tx) -> None:
    desk = Desk.open(tx)

    with pytest.raises(NotNow):
        desk.check_in(0, card=1)


def test_only_the_secretariat_checks_in(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()
    chair = a_person(tx, desk.congress_id, Role.CHAIR)
    entry = CheckIn(desk.deputies()[0].id, Presence.PRESENT, serial(1))

    with pytest.raises(NotAllowed):
        attendance.check_in(tx, chair, desk.sitting.id, entry)
    with pytest.raises(NotFound):
        attendance.check_in(tx, desk.actor, desk.sitting.id, CheckIn(10_000, Presence.LEAVE))


def test_deputies_are_found_by_number_name_or_seat(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()
    first = desk.deputies()[0]

    by_number = attendance.find_deputies(tx, desk.actor, desk.sitting.id, f" {first.number} ")
    by_name = attendance.find_deputies(tx, desk.actor, desk.sitting.id, "甲")
    by_nothing = attendance.find_deputies(tx, desk.actor, desk.sitting.id, "  ")
    by_wildcard = attendance.find_deputies(tx, desk.actor, desk.sitting.id, "%")

    assert [line.deputy_id for line in by_number] == [first.id]
    assert len(by_name) == 12
    assert list(by_nothing) == list(by_wildcard) == []


def test_the_sheet_names_those_who_are_not_there_by_delegation(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()
    desk.check_in(0, card=1)
    desk.check_in(1, Presence.LEAVE)

    report = attendance.report_attendance(tx, desk.actor, desk.sitting.id)

    assert [(line.name, line.listed) for line in report.delegations] == [
        ("第1代表团", 6),
        ("第2代表团", 6),
    ]
    assert sum(line.present for line in report.delegations) == report.figures.present == 1
    away = [line for group in report.delegations for line in group.away]
    assert [line.status for line in away].count(Presence.LEAVE) == 1
    assert len(away) == 11


def test_somebody_elected_meanwhile_is_expected_too(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()
    desk.deputies()[0].is_active = False

    assert plenary.expect_newcomers(tx, desk.sitting) == 0
    assert len(tx.scalars(select(Card)).all()) == 15
