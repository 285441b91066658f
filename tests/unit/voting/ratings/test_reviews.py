"""Reviews on sheets: who is asked, one sheet each, averages as stated, nobody shown by few."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from tests.plenary import make_official, make_sitting
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.errors import Conflict, NotAllowed, NotNow, NotValid
from voting.exports.forms.ratings import review_table
from voting.exports.grids import grids_of
from voting.exports.ratings import review_file
from voting.i18n import speaking
from voting.models.reviews import ReviewSheet, ReviewTaker
from voting.models.sittings import Body, Deputy
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services.ratings import reading as ratings
from voting.services.ratings import reviews, taking, templates
from voting.services.ratings.reviews import ReviewPlan
from voting.services.sittings import committee

SHEET = "# 程序\n开庭规范 | 5\n笔录完整 | 10\n"


@pytest.fixture
def office(app: Flask, clock: StoppedClock) -> Actor:
    with transaction() as tx:
        congress_id, _ = make_sitting(tx, "binjiang", deputies=4)
        actor = make_official(tx, congress_id, Role.SECRETARIAT)
        deputies = tx.query(Deputy).order_by(Deputy.id).all()
        committee.name_members(tx, actor, congress_id, [row.id for row in deputies[:3]])
        return actor


@pytest.fixture
def members(office: Actor) -> list[Actor]:
    """Accounts of the four deputies; the first three sit on the standing committee."""
    with transaction() as tx:
        actors = []
        for row in tx.query(Deputy).order_by(Deputy.id).all():
            actor = make_official(tx, 1, Role.DEPUTY)
            row.user_id = actor.user_id
            actors.append(actor)
        return actors


def make(office: Actor, *, is_named: bool = False, grades: tuple[str, ...] = ()) -> int:
    """Enter a review of two hearings and open it."""
    with transaction() as tx:
        text = "总体评价" if grades else SHEET
        template = reviews.save_template(tx, office, 1, name="表", text=text, grades=grades)
        plan = ReviewPlan(
            "庭审评查",
            date(2026, 2, 1),
            template.id,
            Body.COMMITTEE,
            "第一庭 | 民事\n第二庭",
            is_named=is_named,
        )
        review = reviews.make_review(tx, office, 1, plan)
        reviews.open_review(tx, office, review.id)
        return review.id


def hand_in(actor: Actor, review_id: int, *marks: list[str]) -> None:
    with transaction() as tx:
        subjects = reviews.find_review(tx, review_id).subjects
        filled = {row.id: given for row, given in zip(subjects, marks, strict=True)}
        taking.hand_in(tx, actor, review_id, filled)


def test_scores_are_averaged_and_published_as_a_table(office: Actor, members: list[Actor]) -> None:
    review_id = make(office)
    for actor, mark in zip(members[:3], ("3", "4", "4"), strict=True):
        hand_in(actor, review_id, [mark, "9"], ["5", "10"])
    with transaction() as tx:
        result = taking.results(tx, reviews.find_review(tx, review_id))
        assert result.subjects == ()
        reviews.close_review(tx, office, review_id)

    with transaction() as tx:
        taking.publish_review(tx, office, review_id, office="监察司法工委", dated=date(2026, 2, 3))
        review = reviews.find_review(tx, review_id)
        result = taking.results(tx, review)

        first = result.subjects[0].judged
        assert first.total is not None
        assert first.total.average == Decimal("12.67")
        assert [score.average for score in first.items] == [Decimal("3.67"), Decimal("9.00")]
        with speaking("zh"):
            table = grids_of(review_table(result, "滨江区人大"))[0]
            assert list(table.rows[1]) == ["2", "第二庭", "15.00", "15.00"]
            assert review_file(result, "滨江区人大", "pdf")[0].startswith(b"%PDF")


def test_grades_are_counted_for_each_subject(office: Actor, members: list[Actor]) -> None:
    review_id = make(office, grades=("满意", "基本满意", "不满意", "不了解"))
    for actor, mark in zip(members[:3], ("满意", "基本满意", "不了解"), strict=True):
        hand_in(actor, review_id, [mark], ["满意"])
    with transaction() as tx:
        reviews.close_review(tx, office, review_id)
        result = taking.results(tx, reviews.find_review(tx, review_id))

        tally = result.subjects[0].judged.tallies[0]
        assert tally.counts == (1, 1, 0, 1)
        assert (tally.satisfied_rate, tally.content_rate) == (Decimal("33.33"), Decimal("66.67"))
        with speaking("zh"):
            row = grids_of(review_table(result, "滨江区人大"))[0].rows[0]
            assert row[1:4] == ("第一庭（民事）", "总体评价", "1")


def test_nothing_ties_an_anonymous_sheet_to_its_member(office: Actor, members: list[Actor]) -> None:
    review_id = make(office)
    hand_in(members[0], review_id, ["1", "1"], ["1", "1"])

    with reading() as tx:
        sheet = tx.query(ReviewSheet).one()
        assert sheet.deputy_id is None
        assert tx.query(ReviewTaker).one().deputy_id is not None
        assert set(ReviewTaker.__table__.columns.keys()) == {"review_id", "deputy_id"}


def test_a_named_sheet_bears_its_member(office: Actor, members: list[Actor]) -> None:
    review_id = make(office, is_named=True)
    hand_in(members[0], review_id, ["1", "1"], ["1", "1"])

    with transaction() as tx:
        assert tx.query(ReviewSheet).one().deputy_id is not None
        with pytest.raises(NotNow):
            taking.enter_paper(tx, office, review_id, {})
        reviews.close_review(tx, office, review_id)
        assert len(taking.results(tx, reviews.find_review(tx, review_id)).subjects) == 2


def test_a_member_hands_in_once_and_others_not_at_all(
    office: Actor, members: list[Actor], clock: StoppedClock
) -> None:
    review_id = make(office)
    with reading() as tx:
        due = ratings.dues(tx, members[0], 1, clock.at.date())
        assert [line.endpoint for line in due] == ["sheet.sheet_page"]
        assert ratings.dues(tx, members[3], 1, clock.at.date()) == ()
    hand_in(members[0], review_id, ["1", "1"], ["1", "1"])

    with pytest.raises(Conflict):
        hand_in(members[0], review_id, ["5", "5"], ["5", "5"])
    with pytest.raises(NotNow):
        hand_in(members[3], review_id, ["5", "5"], ["5", "5"])
    with pytest.raises(NotAllowed):
        hand_in(office, review_id, ["5", "5"], ["5", "5"])
    with pytest.raises(NotValid):
        hand_in(members[1], review_id, ["5", "5"], ["5"])
    with reading() as tx:
        assert ratings.dues(tx, members[0], 1, clock.at.date()) == ()


def test_few_anonymous_sheets_show_nothing(office: Actor, members: list[Actor]) -> None:
    review_id = make(office)
    for actor in members[:2]:
        hand_in(actor, review_id, ["1", "1"], ["1", "1"])
    with transaction() as tx:
        reviews.close_review(tx, office, review_id)

        assert taking.results(tx, reviews.find_review(tx, review_id)).subjects == ()
        with pytest.raises(NotNow):
            taking.publish_review(tx, office, review_id, office="工委", dated=date(2026, 2, 3))
    with pytest.raises(NotNow):
        hand_in(members[2], review_id, ["1", "1"], ["1", "1"])


def test_paper_sheets_fill_up_to_the_number_of_members(office: Actor, members: list[Actor]) -> None:
    review_id = make(office)
    with transaction() as tx:
        subjects = reviews.find_review(tx, review_id).subjects
        marks = {row.id: ["5", "10"] for row in subjects}
        for _ in range(3):
            taking.enter_paper(tx, office, review_id, marks)

        with pytest.raises(NotNow):
            taking.enter_paper(tx, office, review_id, marks)


def test_stages_follow_each_other(office: Actor) -> None:
    review_id = make(office)
    with transaction() as tx:
        with pytest.raises(NotNow):
            reviews.open_review(tx, office, review_id)
        with pytest.raises(NotNow):
            taking.publish_review(tx, office, review_id, office="工委", dated=date(2026, 2, 3))


def test_the_usual_sheets_are_offered_once(office: Actor) -> None:
    with transaction() as tx:
        templates.offer_templates(tx, 1)
        templates.offer_templates(tx, 1)

        names = [row.name for row in reviews.list_templates(tx, 1)]
        assert len(names) == len(set(names)) == 3


def test_two_reviews_of_one_title_and_no_subjects_are_refused(office: Actor) -> None:
    make(office)
    with transaction() as tx:
        template = reviews.list_templates(tx, 1)[0]
        plan = ReviewPlan("庭审评查", date(2026, 2, 1), template.id, Body.COMMITTEE, "甲")
        with pytest.raises(Conflict):
            reviews.make_review(tx, office, 1, plan)
        empty = ReviewPlan("述法", date(2026, 2, 1), template.id, Body.COMMITTEE, " \n ")
        with pytest.raises(NotValid):
            reviews.make_review(tx, office, 1, empty)
