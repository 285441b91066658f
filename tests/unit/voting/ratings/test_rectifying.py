"""What a poor grade asks for, from the demand to the second rating by the standing committee."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from tests.hall import Hall
from tests.plenary import make_official
from tests.rated import (
    cast,
    committee_of,
    committee_sitting,
    decide,
    declare,
    marks_of,
    open_rating,
    set_up,
)
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.errors import Conflict, NotAllowed, NotNow, NotValid
from voting.exports.forms.ratings import notes_of
from voting.i18n import speaking
from voting.models.milestones import Stage
from voting.models.projects import Project
from voting.models.ratings import RatingState, RectificationState
from voting.models.sittings import Attendance, BallotKind, Presence
from voting.models.units import UnitMember
from voting.rules.access import Actor
from voting.rules.journey import in_order
from voting.rules.roles import Role
from voting.rules.vote import RatingSettings
from voting.services import candidates, handcounts, milestones
from voting.services.candidates import Adoption
from voting.services.ratings import preparing, rectifying, settling
from voting.services.ratings import reading as ratings
from voting.services.ratings.preparing import RatingPlan
from voting.services.ratings.settling import Settlement
from voting.services.sittings import rulebook

SETTLEMENT = Settlement("区人大常委会", date(2026, 2, 2), date(2026, 6, 30), "限期整改")
CODES = ["2025-01", "2025-02"]
POOR = [(3, 1, 0), (0, 1, 3)]


@pytest.fixture
def hall(app: Flask, clock: StoppedClock) -> Hall:
    made = Hall.build(app)
    decide(made, ["老旧小区改造", "停车泊位增建"])
    return made


@pytest.fixture
def office(hall: Hall) -> Actor:
    return committee_of(hall)


@pytest.fixture
def unit(hall: Hall) -> Actor:
    """Somebody who acts for the unit of both projects."""
    with transaction() as tx:
        actor = make_official(tx, hall.congress_id, Role.UNIT)
        row = tx.query(Project).filter_by(code="2025-02").one()
        tx.add(UnitMember(unit_id=row.unit_id, user_id=actor.user_id))
    return actor


def settled(hall: Hall, office: Actor) -> int:
    """Hold a rating in which the second project fails; gives what is to be put right."""
    rating_id = set_up(hall, office)
    election = open_rating(hall)
    cast(hall, election, CODES, marks_of(POOR, 4))
    declare(hall, election)
    with transaction() as tx:
        settling.settle(tx, office, rating_id, SETTLEMENT)
        rows = rectifying.list_rectifications(tx, hall.congress_id)
        assert [row.item.code for row in rows] == ["2025-02"]
        return rows[0].id


def put_right(unit: Actor, rectification: int) -> None:
    """Enter measures and report."""
    with transaction() as tx:
        rectifying.plan_measures(tx, unit, rectification, "增设泊位三百个")
    with transaction() as tx:
        rectifying.report_done(tx, unit, rectification, "已全部投用")


def rate_again(hall: Hall, office: Actor, rectification: int, counts: tuple[int, int, int]) -> Hall:
    """Let the standing committee rate it again, and take the result over."""
    second = committee_sitting(hall)
    plan = RatingPlan(
        2025, second.sitting_id, settings=RatingSettings(abstain=False), adopted_on=date(2026, 7, 1)
    )
    with transaction() as tx:
        rating = preparing.set_up_again(
            tx, office, hall.congress_id, plan, rectifications=[rectification]
        ).id
    election = open_rating(second)
    cast(second, election, ["2025-02"], marks_of([counts], 3))
    declare(second, election)
    with transaction() as tx:
        later = Settlement("区人大常委会", date(2026, 7, 2), date(2026, 12, 31))
        settling.settle(tx, office, rating, later)
    return second


def stages_of(hall: Hall, code: str) -> list[Stage]:
    with reading() as tx:
        return [line.stage for line in milestones.of_project(tx, hall.congress_id, code)]


def test_a_poor_project_is_put_right_and_rated_again_by_the_committee(
    hall: Hall, office: Actor, unit: Actor
) -> None:
    rectification = settled(hall, office)
    put_right(unit, rectification)

    second = rate_again(hall, office, rectification, (2, 1, 0))

    with reading() as tx:
        row = rectifying.find_rectification(tx, rectification)
        assert row.state is RectificationState.DONE
        asked = tx.query(Attendance).filter_by(sitting_id=second.sitting_id).count()
        assert asked == 3
        project = tx.query(Project).filter_by(code="2025-02").one()
        words = [step.words.id for step in in_order(ratings.steps_of(tx, project))]
        assert words[0].startswith("Rated by")
        assert words[-1].startswith("Rated again")
        assert "Put right: rated well again" in words
    assert stages_of(hall, "2025-02")[-3:] == [Stage.RATED, Stage.RATED, Stage.RECTIFIED]
    assert hall.report().findings == []


def test_a_project_rated_poorly_again_has_to_be_put_right_again(
    hall: Hall, office: Actor, unit: Actor
) -> None:
    rectification = settled(hall, office)
    put_right(unit, rectification)

    rate_again(hall, office, rectification, (0, 0, 3))

    with reading() as tx:
        assert rectifying.find_rectification(tx, rectification).state is RectificationState.AGAIN
        rows = rectifying.list_rectifications(tx, hall.congress_id)
        assert [row.state for row in rows] == [
            RectificationState.DEMANDED,
            RectificationState.AGAIN,
        ]
    assert Stage.RECTIFIED not in stages_of(hall, "2025-02")


def test_only_the_unit_and_the_offices_act_and_only_in_order(
    hall: Hall, office: Actor, unit: Actor, clock: StoppedClock
) -> None:
    rectification = settled(hall, office)
    with transaction() as tx:
        stranger = make_official(tx, hall.congress_id, Role.UNIT)
        with pytest.raises(NotAllowed):
            rectifying.plan_measures(tx, stranger, rectification, "措施")
        with pytest.raises(NotNow):
            rectifying.report_done(tx, unit, rectification, "完成")
        with pytest.raises(NotValid):
            rectifying.plan_measures(tx, unit, rectification, " ")
        with pytest.raises(NotAllowed):
            rectifying.send_back(tx, unit, rectification, date(2026, 12, 1))
        due = ratings.dues(tx, unit, hall.congress_id, clock.at.date())
        assert [line.due_on for line in due] == [date(2026, 6, 30)]
    put_right(unit, rectification)
    with transaction() as tx:
        with pytest.raises(NotNow):
            rectifying.plan_measures(tx, unit, rectification, "再改")
        assert ratings.dues(tx, unit, hall.congress_id, clock.at.date()) == ()
        office_due = ratings.dues(tx, office, hall.congress_id, clock.at.date())
        assert [line.key for line in office_due] == [f"rate-again:{rectification}"]
        row = rectifying.send_back(tx, office, rectification, date(2026, 9, 1))
        assert (row.state, row.due_on) == (RectificationState.PLANNED, date(2026, 9, 1))


def test_what_is_not_reported_is_not_rated_again(hall: Hall, office: Actor) -> None:
    rectification = settled(hall, office)
    plan = RatingPlan(2025, hall.sitting_id)

    with transaction() as tx, pytest.raises(NotNow):
        preparing.set_up_again(tx, office, hall.congress_id, plan, rectifications=[rectification])


def test_a_result_is_taken_over_only_when_declared_and_once(
    hall: Hall, office: Actor, clock: StoppedClock
) -> None:
    rating_id = set_up(hall, office)
    with transaction() as tx, pytest.raises(NotNow, match="declared"):
        settling.settle(tx, office, rating_id, SETTLEMENT)
    election = open_rating(hall)
    cast(hall, election, CODES, marks_of(POOR, 4))
    declare(hall, election)
    with reading() as tx:
        due = ratings.dues(tx, office, hall.congress_id, clock.at.date())
        assert [line.endpoint for line in due] == ["ratings.rating_page"]
    too_early = Settlement("区人大", date(2026, 2, 2), date(2026, 2, 2))
    with transaction() as tx, pytest.raises(NotValid):
        settling.settle(tx, office, rating_id, too_early)
    with transaction() as tx:
        rating = settling.settle(tx, office, rating_id, SETTLEMENT)
        assert rating.state is RatingState.SETTLED
        with pytest.raises(NotNow):
            settling.settle(tx, office, rating_id, SETTLEMENT)
        with pytest.raises(NotNow):
            preparing.drop(tx, office, rating_id)


def test_basically_satisfied_is_put_right_too_where_that_is_asked(
    hall: Hall, office: Actor
) -> None:
    rating_id = set_up(hall, office)
    election = open_rating(hall)
    cast(hall, election, CODES, marks_of([(1, 3, 0), (0, 0, 4)], 4))
    declare(hall, election)
    both = Settlement("区人大", date(2026, 2, 2), date(2026, 6, 30), with_basic=True)

    with transaction() as tx:
        settling.settle(tx, office, rating_id, both)

        rows = rectifying.list_rectifications(tx, hall.congress_id)
        assert sorted(row.item.code for row in rows) == CODES


def test_a_sitting_takes_one_rating_and_a_dropped_one_leaves_an_empty_list(
    hall: Hall, office: Actor
) -> None:
    plan = RatingPlan(2025, hall.sitting_id)
    with transaction() as tx:
        rating = preparing.set_up(tx, office, hall.congress_id, plan)
        with pytest.raises(Conflict):
            preparing.set_up(tx, office, hall.congress_id, plan)
        preparing.drop(tx, office, rating.id)
        listed = candidates.latest_list(tx, hall.sitting_id, BallotKind.RATING)
        assert listed is not None
        assert listed.candidates == []
        again = preparing.set_up(tx, office, hall.congress_id, plan)
        assert [item.code for item in again.items] == CODES


def test_a_year_without_decided_projects_is_not_rated(hall: Hall, office: Actor) -> None:
    with transaction() as tx, pytest.raises(NotNow):
        preparing.set_up(tx, office, hall.congress_id, RatingPlan(2019, hall.sitting_id))


def test_a_deadline_can_pass(hall: Hall, office: Actor, unit: Actor, clock: StoppedClock) -> None:
    settled(hall, office)
    clock.at += timedelta(days=300)

    with reading() as tx:
        due = ratings.dues(tx, unit, hall.congress_id, clock.at.date())

    assert [line.is_overdue(clock.at.date()) for line in due] == [True]


def test_a_rating_counted_by_hand_is_taken_over_and_says_so(hall: Hall, office: Actor) -> None:
    rating_id = set_up(hall, office)
    with transaction() as tx:
        rulebook.adopt_rules(
            tx,
            hall.secretary,
            hall.sitting_id,
            kind=BallotKind.RATING,
            adopted_on=date(2026, 2, 1),
        )
        tellers = [make_official(tx, hall.congress_id, Role.SCRUTINEER) for _ in range(2)]
        hand = handcounts.begin(
            tx, hall.secretary, hall.sitting_id, BallotKind.RATING, title="满意度测评"
        ).id
    for teller in tellers:
        with transaction() as tx:
            counted = handcounts.Sheet(4, 4, 0, (3, 1, 0, 0, 1, 3))
            handcounts.enter(tx, teller, hand, counted)
    with transaction() as tx:
        handcounts.sign(tx, hall.chief, hand)
        with pytest.raises(NotNow):
            settling.settle(tx, office, rating_id, SETTLEMENT)
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            handcounts.declare(tx, actor, hand)

    with transaction() as tx:
        rating = settling.settle(tx, office, rating_id, SETTLEMENT)

        assert (rating.hand_count_id, rating.election_id) == (hand, None)
        assert [item.grade for item in rating.items] == ["satisfied", "dissatisfied"]
        with speaking("zh"):
            notes = [note.text for note in notes_of(rating)]
        assert notes[-1] == "4. 本次票决由人工计票。"
    assert stages_of(hall, "2025-01")[-1] is Stage.RATED
    assert hall.report().findings == []


def test_a_void_round_has_no_result_to_take_over(hall: Hall, office: Actor) -> None:
    rating_id = set_up(hall, office)
    election = open_rating(hall)
    cast(hall, election, CODES, [["satisfied", "satisfied"]] * 2)
    hall.revoke(3, 4)
    with transaction() as tx:
        for row in tx.query(Attendance).filter_by(sitting_id=hall.sitting_id).limit(2):
            row.status = Presence.LEFT
    declare(hall, election)

    with transaction() as tx:
        assert not settling.is_settleable(tx, preparing.find_rating(tx, rating_id))
        with pytest.raises(NotNow, match="void"):
            settling.settle(tx, office, rating_id, SETTLEMENT)


def test_a_list_that_was_changed_at_the_desk_is_not_taken_for_the_rating(
    hall: Hall, office: Actor
) -> None:
    rating_id = set_up(hall, office)
    with transaction() as tx:
        draft = candidates.reopen_list(tx, office, hall.sitting_id, BallotKind.RATING)
        candidates.remove_candidate(tx, office, draft.id, draft.candidates[1].id)
        candidates.lock_candidates(tx, office, draft.id, Adoption(date(2026, 2, 1)))
    election = open_rating(hall)
    cast(hall, election, CODES[:1], [["satisfied"]] * 4)
    declare(hall, election)

    with transaction() as tx, pytest.raises(NotNow, match="lists"):
        settling.settle(tx, office, rating_id, SETTLEMENT)
