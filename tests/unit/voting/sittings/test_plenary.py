"""A sitting is planned, begun and ended in this order, and what the log has fixed stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.voting.sitting_made import PLAN, Desk, a_person, a_roll
from voting.db import Tx
from voting.errors import Conflict, NotAllowed, NotFound, NotNow, NotValid
from voting.models.sittings import Attendance, Presence, Stage
from voting.rules.roles import Role
from voting.services.sittings import attendance, cards, plenary


def test_a_sitting_is_planned(tx: Tx) -> None:
    desk = Desk.open(tx)

    assert desk.sitting.stage is Stage.PREPARING
    assert [s.name for s in plenary.list_sittings(tx, desk.congress_id)] == [PLAN.name]


def test_only_the_secretariat_plans(tx: Tx) -> None:
    desk = Desk.open(tx)
    chair = a_person(tx, desk.congress_id, Role.CHAIR)

    with pytest.raises(NotAllowed):
        plenary.plan_sitting(tx, chair, desk.congress_id, PLAN)


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (replace(PLAN, name=" "), "name"),
        (replace(PLAN, ends_on=date(2026, 1, 1)), "ends_on"),
        (replace(PLAN, deputies=0), "deputies"),
    ],
)
def test_an_impossible_plan_is_refused_with_the_field_at_fault(
    tx: Tx, plan: plenary.SittingPlan, field: str
) -> None:
    desk = Desk.open(tx)

    with pytest.raises(NotValid) as caught:
        plenary.plan_sitting(tx, desk.actor, desk.congress_id, plan)

    assert [problem.field for problem in caught.value.problems] == [field]


def test_two_sittings_of_one_name_are_refused(tx: Tx) -> None:
    desk = Desk.open(tx)

    with pytest.raises(Conflict):
        plenary.plan_sitting(tx, desk.actor, desk.congress_id, PLAN)


def test_a_plan_may_change_before_anything_is_in_the_log(tx: Tx) -> None:
    desk = Desk.open(tx)

    plenary.change_plan(
        tx,
        desk.actor,
        desk.sitting.id,
        replace(PLAN, name="第二次会议", deputies=11, is_named=True),
    )

    assert (desk.sitting.name, desk.sitting.deputies) == ("第二次会议", 11)


def test_name_and_number_stay_once_the_session_is_in_the_log(tx: Tx) -> None:
    desk = Desk.open(tx)
    cards.publish_roll(tx, desk.actor, desk.sitting.id, a_roll(15))

    plenary.change_plan(tx, desk.actor, desk.sitting.id, replace(PLAN, ends_on=date(2026, 2, 4)))

    assert desk.sitting.ends_on == date(2026, 2, 4)
    for plan in (replace(PLAN, deputies=13), replace(PLAN, name="x"), replace(PLAN, is_named=True)):
        with pytest.raises(NotNow):
            plenary.change_plan(tx, desk.actor, desk.sitting.id, plan)


def test_a_sitting_begins_with_everybody_expected(tx: Tx) -> None:
    desk = Desk.open(tx)

    desk.begin()

    figures = attendance.count_attendance(tx, desk.sitting.id)
    assert (figures.expected, figures.present) == (12, 0)
    with pytest.raises(NotNow):
        plenary.begin_sitting(tx, desk.actor, desk.sitting.id)


def test_a_sitting_does_not_begin_without_cards(tx: Tx) -> None:
    desk = Desk.open(tx)

    with pytest.raises(NotNow):
        plenary.begin_sitting(tx, desk.actor, desk.sitting.id)


def test_whoever_never_came_is_absent_at_the_end(tx: Tx) -> None:
    desk = Desk.open(tx)
    desk.begin()
    desk.check_in(0, card=1)

    plenary.end_sitting(tx, desk.actor, desk.sitting.id)

    statuses = [row.status for row in tx.query(Attendance).all()]
    assert sorted(statuses) == sorted([Presence.PRESENT] + [Presence.ABSENT] * 11)
    with pytest.raises(NotNow):
        plenary.end_sitting(tx, desk.actor, desk.sitting.id)
    with pytest.raises(NotNow):
        plenary.change_plan(tx, desk.actor, desk.sitting.id, PLAN)


def test_a_roster_that_differs_from_the_number_of_deputies_is_warned_of(tx: Tx) -> None:
    desk = Desk.open(tx)
    agreed = plenary.warn_of_roster(tx, desk.sitting)

    plenary.change_plan(tx, desk.actor, desk.sitting.id, replace(PLAN, deputies=13))

    assert agreed == []
    assert [str(m) for m in plenary.warn_of_roster(tx, desk.sitting)] == [
        "The roster has 12 deputies, and the sitting is planned with 13 in all."
    ]


def test_a_sitting_that_is_not_there_is_not_found(tx: Tx) -> None:
    with pytest.raises(NotFound):
        plenary.find_sitting(tx, 1)
