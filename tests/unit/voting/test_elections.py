"""Votes until their opening: what is asked, in which round, and what must be so before it opens."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from ballots.manifest import Manifest, check_manifest
from ballots.outcome import Turnout
from tests.hall import Hall, projects, sheet
from voting.db import reading, transaction
from voting.errors import Conflict, NotAllowed, NotFound, NotNow
from voting.models.elections import Election, ElectionState
from voting.models.journal import Approval
from voting.models.sittings import (
    Attendance,
    BallotKind,
    Candidate,
    CandidateList,
    Presence,
    Sitting,
    SittingRules,
    Stage,
)
from voting.rules.roles import Role
from voting.rules.verdicts import RuleBroken
from voting.rules.vote import (
    Base,
    DecisionSettings,
    RatingSettings,
    Settings,
    Shortfall,
    Style,
    Threshold,
    Tie,
)
from voting.services import candidates, elections, tallying
from voting.services.candidates import Adoption
from voting.services.elections import RunOff, make_manifest
from voting.services.sittings import rulebook


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting with cards and keys, and nothing to vote on yet."""
    return Hall.build(app, trustees=1, threshold=1)


def list_candidates(hall: Hall, number: int, kind: BallotKind = BallotKind.DECISION) -> None:
    """Adopt a list of candidates."""
    with transaction() as tx:
        listed = CandidateList(sitting_id=hall.sitting_id, kind=kind, version=1)
        listed.candidates = [
            Candidate(position=i, code=project.id, title=project.title)
            for i, project in enumerate(projects(number), start=1)
        ]
        tx.add(listed)
        tx.flush()
        candidates.lock_candidates(tx, hall.secretary, listed.id, Adoption(date(2026, 1, 20)))


def adopt(hall: Hall, settings: Settings, kind: BallotKind = BallotKind.DECISION) -> None:
    """Adopt rules."""
    with transaction() as tx:
        rulebook.draft_rules(tx, hall.secretary, hall.sitting_id, kind=kind, settings=settings)
        rulebook.adopt_rules(
            tx, hall.secretary, hall.sitting_id, kind=kind, adopted_on=date(2026, 2, 1)
        )


def prepare(hall: Hall, kind: BallotKind = BallotKind.DECISION) -> int:
    with transaction() as tx:
        return elections.prepare(tx, hall.secretary, hall.sitting_id, kind, title="票决").id


def manifest(hall: Hall, election: int) -> Manifest:
    with reading() as tx:
        return elections.manifest_of(tx, elections.find_election(tx, election))


def test_a_vote_asks_for_the_locked_candidates_under_the_adopted_rules(hall: Hall) -> None:
    list_candidates(hall, 5)
    adopt(hall, DecisionSettings(2, threshold=Threshold.PRESENT, tie=Tie.PRESIDIUM))

    asked = manifest(hall, prepare(hall))

    [question] = asked.questions
    assert [option.id for option in question.options] == ["p01", "p02", "p03", "p04", "p05"]
    assert (question.min, question.max, question.abstain) == (1, 2, True)
    assert asked.rules == {
        "seats": 2,
        "threshold": "present",
        "tie": "presidium",
        "shortfall": "runoff",
    }


def test_projects_can_be_asked_one_by_one(hall: Hall) -> None:
    list_candidates(hall, 3)
    adopt(hall, DecisionSettings(2, style=Style.EACH))

    asked = manifest(hall, prepare(hall))

    assert [question.id for question in asked.questions] == ["p01", "p02", "p03"]
    assert {(question.min, question.max) for question in asked.questions} == {(1, 1)}
    [limit] = asked.limits
    assert (limit.min, limit.max) == (0, 2)


def test_a_rating_asks_for_a_grade_of_each_project(hall: Hall) -> None:
    list_candidates(hall, 2, BallotKind.RATING)
    adopt(hall, RatingSettings(Base.PRESENT, strict=True, abstain=False), BallotKind.RATING)

    asked = manifest(hall, prepare(hall, BallotKind.RATING))

    assert [[option.id for option in question.options] for question in asked.questions] == [
        ["satisfied", "basic", "dissatisfied"]
    ] * 2
    assert asked.rules == {"base": "present", "strict": True}


@pytest.mark.parametrize("style", list(Style))
@pytest.mark.parametrize("seats", [1, 2, 5, 9])
def test_every_setting_makes_a_paper_that_holds(style: Style, seats: int) -> None:
    made = make_manifest("票决", projects(10), DecisionSettings(seats, style=style))

    assert check_manifest(made).manifest == made


def test_without_adopted_rules_nothing_is_put_to_the_vote(hall: Hall) -> None:
    list_candidates(hall, 3)

    with pytest.raises(NotNow):
        prepare(hall)


def test_without_a_locked_list_nothing_is_put_to_the_vote(hall: Hall) -> None:
    adopt(hall, DecisionSettings(1))

    with pytest.raises(NotNow):
        prepare(hall)


def test_without_keys_or_roll_nothing_is_put_to_the_vote(app: Flask) -> None:
    hall = Hall.gather(app, trustees=1, threshold=1)
    with pytest.raises(NotNow):
        hall.prepare()
    hall.hold_ceremony()

    with pytest.raises(NotNow):
        hall.prepare()

    hall.publish_roll()
    assert hall.prepare()


def test_only_the_secretariat_prepares_a_vote(hall: Hall) -> None:
    with pytest.raises(NotAllowed), transaction() as tx:
        elections.prepare_manifest(tx, hall.chair, hall.sitting_id, sheet())
    with pytest.raises(NotAllowed), transaction() as tx:
        elections.prepare(tx, hall.chief, hall.sitting_id, BallotKind.DECISION, title="x")


def test_the_same_vote_is_not_put_twice(hall: Hall) -> None:
    hall.prepare(sheet())

    with pytest.raises(RuleBroken) as refused:
        hall.prepare(sheet())

    assert refused.value.rule == "order.repeated"


def test_a_paper_that_asks_nothing_is_refused(hall: Hall) -> None:
    with pytest.raises(RuleBroken) as refused:
        hall.prepare(Manifest("空", "decision", 1, [], [], sheet().rules))

    assert refused.value.rule == "manifest.empty"


# Rounds


def test_a_second_vote_of_a_kind_waits_for_the_end_of_the_first(hall: Hall) -> None:
    list_candidates(hall, 3)
    adopt(hall, DecisionSettings(1))
    prepare(hall)

    with pytest.raises(Conflict):
        prepare(hall)


def test_after_an_annulled_vote_the_next_one_names_it(hall: Hall) -> None:
    list_candidates(hall, 3)
    adopt(hall, DecisionSettings(1))
    first = prepare(hall)
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.annul(tx, actor, first, reason="题目有误")

    asked = manifest(hall, prepare(hall))

    assert (asked.round, asked.previous) == (2, hall.row(first).object_id)


def test_after_a_void_vote_the_next_one_names_it(hall: Hall) -> None:
    list_candidates(hall, 3)
    adopt(hall, DecisionSettings(1))
    first = prepare(hall)
    hall.open(first)
    hall.revoke(3, 4)
    leave(hall, 2)
    hall.count(first)

    asked = manifest(hall, prepare(hall))

    assert (asked.round, asked.previous) == (2, hall.row(first).object_id)


def test_after_a_decided_vote_there_is_none_of_its_kind(hall: Hall) -> None:
    list_candidates(hall, 3)
    adopt(hall, DecisionSettings(1))
    first = prepare(hall)
    hall.open(first)
    hall.count(first)

    with pytest.raises(Conflict):
        prepare(hall)


def decide(hall: Hall, settings: DecisionSettings, *chosen: list[str], number: int = 4) -> int:
    """Hold a vote on some projects with these ballots."""
    election = hall.open_election(make_manifest("票决", projects(number), settings))
    for card, names in enumerate(chosen, start=1):
        if settings.style is Style.EACH:
            marks = [
                (project.id, "for" if project.id in names else "against")
                for project in projects(number)
            ]
            hall.cast(election, card, marks)
        else:
            hall.cast(election, card, names)
    hall.count(election)
    return election


def asked_after(hall: Hall, election: int) -> RunOff | None:
    with reading() as tx:
        return elections.asked_run_off(tx, elections.find_election(tx, election))


def run_off(hall: Hall, election: int) -> int:
    with transaction() as tx:
        return elections.run_off(tx, hall.secretary, election).id


@pytest.mark.parametrize("style", list(Style))
def test_a_tie_is_run_off_between_the_tied_for_the_open_seats(hall: Hall, style: Style) -> None:
    settings = DecisionSettings(2, style=style, threshold=Threshold.NONE)
    tied = decide(hall, settings, ["p01", "p02"], ["p01", "p03"], number=3)

    assert asked_after(hall, tied) == RunOff(("p02", "p03"), 1, is_tie=True)
    second = run_off(hall, tied)
    asked = manifest(hall, second)
    assert asked.rules["threshold"] == "none"
    assert asked.rules["seats"] == 1
    assert list(elections.project_titles(asked)) == ["p02", "p03"]
    assert asked.previous == hall.row(tied).object_id


def test_a_shortfall_is_run_off_between_all_not_elected_under_the_same_threshold(
    hall: Hall,
) -> None:
    settings = DecisionSettings(2, threshold=Threshold.ALL)
    first = decide(hall, settings, ["p01"], ["p01"], ["p01"], ["p02"])

    assert asked_after(hall, first) == RunOff(("p02", "p03", "p04"), 1, is_tie=False)
    asked = manifest(hall, run_off(hall, first))
    assert (asked.rules["threshold"], asked.rules["seats"], asked.round) == ("all", 1, 2)
    assert asked.questions[0].max == 1


def test_fewer_projects_than_seats_are_run_off_with_as_many_marks(hall: Hall) -> None:
    settings = DecisionSettings(3, threshold=Threshold.ALL)
    first = decide(hall, settings, ["p01"], ["p01"], ["p01"], number=4)
    second = run_off(hall, first)
    hall.open(second)
    for card in (1, 2, 3):
        hall.cast(second, card, ["p02"])
    hall.count(second)

    third = manifest(hall, run_off(hall, second))

    assert third.rules["seats"] == 1
    assert third.round == 3


@pytest.mark.parametrize(
    "rules",
    [
        DecisionSettings(1, threshold=Threshold.NONE, tie=Tie.PRESIDIUM),
        DecisionSettings(1, threshold=Threshold.ALL, shortfall=Shortfall.VACANT),
        DecisionSettings(1, threshold=Threshold.ALL, shortfall=Shortfall.NEXT),
    ],
)
def test_where_the_rules_ask_for_no_run_off_there_is_none(
    hall: Hall, rules: DecisionSettings
) -> None:
    election = decide(hall, rules, ["p01"], ["p02"])

    assert asked_after(hall, election) is None
    with pytest.raises(NotNow):
        run_off(hall, election)


def test_a_run_off_is_prepared_once(hall: Hall) -> None:
    election = decide(hall, DecisionSettings(1, threshold=Threshold.NONE), ["p01"], ["p02"])
    run_off(hall, election)

    with pytest.raises(Conflict):
        run_off(hall, election)


def test_a_run_off_decides_with_the_same_cards_and_keys(hall: Hall) -> None:
    election = decide(hall, DecisionSettings(1, threshold=Threshold.NONE), ["p01"], ["p02"])
    second = run_off(hall, election)

    hall.open(second)
    hall.cast(second, 1, ["p02"])
    hall.count(second)

    with reading() as tx:
        outcome = elections.outcome_of(tx, elections.find_election(tx, second))
    assert outcome == hall.replay().elections[hall.row(second).object_id].outcome
    assert hall.report().findings == []


def test_an_annulled_run_off_is_repeated_word_for_word(hall: Hall) -> None:
    election = decide(hall, DecisionSettings(1, threshold=Threshold.NONE), ["p01"], ["p02"])
    second = run_off(hall, election)
    with pytest.raises(NotNow):
        repeat(hall, second)
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.annul(tx, actor, second, reason="停电")

    third = repeat(hall, second)

    before, again = manifest(hall, second), manifest(hall, third)
    assert again.questions == before.questions
    assert again.rules == before.rules
    assert (again.round, again.previous) == (3, hall.row(second).object_id)
    with pytest.raises(Conflict):
        repeat(hall, second)
    with pytest.raises(Conflict):
        run_off(hall, election)
    hall.open(third)
    hall.cast(third, 1, ["p02"])
    hall.count(third)
    assert hall.report().findings == []


def repeat(hall: Hall, election: int) -> int:
    with transaction() as tx:
        return elections.repeat(tx, hall.secretary, election).id


def test_a_void_vote_is_repeated_and_a_decided_one_is_not(hall: Hall) -> None:
    election = hall.open_election()
    hall.revoke(3, 4)
    leave(hall, 2)
    hall.count(election)
    arrive(hall)
    hall.issue([5, 6])

    second = repeat(hall, election)

    hall.open(second)
    for card in (1, 2, 5, 6):
        hall.cast(second, card, ["p01"])
    hall.count(second)
    with pytest.raises(NotNow):
        repeat(hall, second)


def arrive(hall: Hall) -> None:
    with transaction() as tx:
        rows = tx.scalars(select(Attendance).where(Attendance.sitting_id == hall.sitting_id))
        for row in rows:
            row.status = Presence.PRESENT


def test_before_the_outcome_no_run_off_is_asked(hall: Hall) -> None:
    election = hall.open_election()

    assert asked_after(hall, election) is None
    with reading() as tx, pytest.raises(NotNow):
        elections.outcome_of(tx, elections.find_election(tx, election))


def test_an_unknown_vote_is_not_found(hall: Hall) -> None:
    with reading() as tx, pytest.raises(NotFound):
        elections.find_election(tx, 99)


# Opening


def leave(hall: Hall, number: int) -> None:
    with transaction() as tx:
        rows = tx.scalars(select(Attendance).where(Attendance.sitting_id == hall.sitting_id))
        for row in list(rows)[:number]:
            row.status = Presence.LEFT


def blockers(hall: Hall, election: int) -> list[str]:
    with reading() as tx:
        return [str(blocker) for blocker in elections.zero_report(tx, election).blockers]


def test_the_zero_report_shows_an_empty_box(hall: Hall) -> None:
    election = hall.prepare()

    with reading() as tx:
        report = elections.zero_report(tx, election)

    assert (report.ballots, report.issued, report.present, report.quorum) == (0, 4, 4, 3)
    assert report.blockers == ()
    assert report.quorum == Turnout(4, 4, 4, 0).quorum


def test_one_consent_does_not_open_a_vote(hall: Hall) -> None:
    election = hall.prepare()
    with reading() as tx:
        digest = elections.zero_report(tx, election).digest

    with transaction() as tx:
        first = elections.open_election(tx, hall.chair, election, report=digest)
    state = hall.row(election).state
    with transaction() as tx:
        second = elections.open_election(tx, hall.chief, election, report=digest)

    assert first.missing == (Role.CHIEF_SCRUTINEER,)
    assert state is ElectionState.PREPARED
    assert second.is_complete
    assert hall.row(election).state is ElectionState.OPEN


def test_the_secretariat_can_not_open_a_vote(hall: Hall) -> None:
    election = hall.prepare()
    with reading() as tx:
        digest = elections.zero_report(tx, election).digest

    with pytest.raises(NotAllowed), transaction() as tx:
        elections.open_election(tx, hall.secretary, election, report=digest)


def test_who_consents_has_seen_the_zero_report(hall: Hall) -> None:
    election = hall.prepare()

    with pytest.raises(Conflict), transaction() as tx:
        elections.open_election(tx, hall.chair, election, report="")


def test_a_vote_opens_once(hall: Hall) -> None:
    election = hall.open_election()

    with pytest.raises(NotNow):
        hall.open(election)


def test_below_the_quorum_nothing_opens(hall: Hall) -> None:
    election = hall.prepare()
    hall.revoke(3, 4)
    leave(hall, 2)

    assert "two thirds" in blockers(hall, election)[0]
    with pytest.raises(NotNow):
        hall.open(election)


def test_more_good_cards_than_deputies_open_nothing(hall: Hall) -> None:
    election = hall.prepare()
    leave(hall, 1)

    assert blockers(hall, election) == ["4 cards are good but only 3 deputies are present."]


def test_without_an_issued_card_nothing_opens(app: Flask) -> None:
    hall = Hall.gather(app, trustees=1, threshold=1)
    hall.publish_roll()
    hall.hold_ceremony()

    assert blockers(hall, hall.prepare()) == ["No card has been issued."]


def test_votes_are_opened_one_after_the_other(hall: Hall) -> None:
    hall.open_election(sheet(title="第一"))
    second = hall.prepare(sheet(title="第二"))

    assert blockers(hall, second) == ["The vote “第一” is open; close it first."]


def test_outside_a_sitting_nothing_opens(hall: Hall) -> None:
    election = hall.prepare()
    with transaction() as tx:
        tx.get_one(Sitting, hall.sitting_id).stage = Stage.ENDED

    assert blockers(hall, election) == ["The sitting has not begun, or it has ended."]


def test_consents_are_used_up_by_the_opening(hall: Hall) -> None:
    hall.open_election()

    with reading() as tx:
        assert all(row.closed_at for row in tx.scalars(select(Approval)))
        assert tx.scalars(select(Election)).one().opened_at is not None
        assert tx.scalars(select(SittingRules)).all() == []
