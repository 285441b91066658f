"""What projects become when a vote is announced: over rounds, by hand, and in the log for good."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from tests.hall import Hall
from tests.plenary import make_official
from voting import clock
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.errors import NotNow
from voting.models.projects import ProjectState
from voting.models.sittings import BallotKind, Candidate, CandidateList, Sitting
from voting.rules.roles import Role
from voting.rules.vote import DecisionSettings, Threshold
from voting.services import (
    announcements,
    candidates,
    elections,
    handcounts,
    milestones,
    projects,
    tallying,
)
from voting.services.announcements import Notice
from voting.services.candidates import Adoption
from voting.services.handcounts import Sheet
from voting.services.handcounts.rounds import chosen_in_all
from voting.services.milestones import Stage
from voting.services.sittings import rulebook

KIND = BallotKind.DECISION
CODES = ("p01", "p02", "p03", "p04")


@pytest.fixture
def hall(app: Flask, clock: StoppedClock) -> Hall:
    """A sitting whose list of four came from a table; two are chosen by plain rank."""
    made = Hall.build(app)
    with transaction() as tx:
        listed = CandidateList(sitting_id=made.sitting_id, kind=KIND, version=1)
        listed.candidates = [
            Candidate(position=place, code=code, title=f"项目{code}", unit="区教育局", co_units=[])
            for place, code in enumerate(CODES, start=1)
        ]
        tx.add(listed)
        tx.flush()
        adoption = Adoption(date(2026, 1, 20), "常委会决定")
        candidates.lock_candidates(tx, made.secretary, listed.id, adoption)
        settings = DecisionSettings(2, threshold=Threshold.NONE)
        rulebook.draft_rules(tx, made.secretary, made.sitting_id, kind=KIND, settings=settings)
        rulebook.adopt_rules(
            tx, made.secretary, made.sitting_id, kind=KIND, adopted_on=date(2026, 2, 1)
        )
    return made


def hold(hall: Hall, election: int, ballots: list[tuple[str, ...]], *, number: int) -> None:
    """Vote, count, declare and announce."""
    hall.open(election)
    for place, chosen in enumerate(ballots, start=1):
        hall.cast(election, place, list(chosen))
    hall.count(election)
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.declare(tx, actor, election)
    with transaction() as tx:
        vote = elections.find_election(tx, election)
        notice = Notice(number, date(2026, 2, 1), clock.now())
        announcements.announce(tx, hall.secretary, vote, notice)


def prepare(hall: Hall) -> int:
    with transaction() as tx:
        return elections.prepare(tx, hall.secretary, hall.sitting_id, KIND, title="票决").id


def states(hall: Hall) -> dict[str, ProjectState]:
    with reading() as tx:
        return {row.code: row.state for row in projects.list_projects(tx, hall.congress_id)}


def test_a_plain_outcome_decides_two_and_passes_over_two(hall: Hall) -> None:
    hold(hall, prepare(hall), [("p01", "p02")] * 3, number=1)

    assert states(hall) == {
        "p01": ProjectState.DECIDED,
        "p02": ProjectState.DECIDED,
        "p03": ProjectState.NOT_CHOSEN,
        "p04": ProjectState.NOT_CHOSEN,
    }
    assert hall.report().findings == []


def test_a_code_that_another_year_has_gets_its_year_before_it(hall: Hall) -> None:
    hold(hall, prepare(hall), [("p01", "p02")] * 3, number=1)
    with transaction() as tx:
        before = tx.get_one(Sitting, hall.sitting_id)
        later = Sitting(
            congress_id=hall.congress_id,
            name="第二次会议",
            starts_on=before.starts_on,
            ends_on=before.ends_on,
            deputies=before.deputies,
            stage=before.stage,
            created_at=clock.now(),
        )
        tx.add(later)
        tx.flush()
        listed = CandidateList(sitting_id=later.id, kind=KIND, version=1)
        listed.candidates = [
            Candidate(position=1, code="p01", title="明年的项目", co_units=[]),
            Candidate(position=2, code="q01", title="另一项目", co_units=[]),
        ]
        tx.add(listed)
        tx.flush()
        candidates.lock_candidates(tx, hall.secretary, listed.id, Adoption(date(2026, 2, 1)))

        assert [row.code for row in listed.candidates] == ["2026-p01", "q01"]


def test_a_tie_waits_for_the_run_off_and_each_decision_names_its_own_outcome(hall: Hall) -> None:
    first = prepare(hall)
    hold(hall, first, [("p01", "p02"), ("p01", "p03")], number=1)
    assert states(hall) == {
        "p01": ProjectState.DECIDED,
        "p02": ProjectState.LISTED,
        "p03": ProjectState.LISTED,
        "p04": ProjectState.LISTED,
    }

    with transaction() as tx:
        second = elections.run_off(tx, hall.secretary, first).id
    hold(hall, second, [("p03",), ("p03",), ("p02",)], number=2)

    assert states(hall)["p03"] is ProjectState.DECIDED
    assert states(hall)["p02"] is states(hall)["p04"] is ProjectState.NOT_CHOSEN
    with reading() as tx:
        found = chosen_in_all(tx, elections.find_election(tx, second))
        outcomes = {
            hall.row(n).outcome_object: code for n, code in ((first, "p01"), (second, "p03"))
        }
        assert {code: outcome for outcome, code in outcomes.items()} == found.outcomes
        way = milestones.of_project(tx, hall.congress_id, "p03")
    assert [line.stage for line in way] == [Stage.ADOPTED, Stage.DECIDED]
    assert all(line.is_verified for line in way)
    assert hall.report().findings == []


def test_votes_on_paper_decide_as_well_and_name_no_outcome(hall: Hall) -> None:
    with transaction() as tx:
        tellers = [make_official(tx, hall.congress_id, Role.SCRUTINEER) for _ in range(2)]
        hand = handcounts.begin(tx, hall.secretary, hall.sitting_id, KIND, title="票决").id
    counted = Sheet(issued=4, returned=4, void=0, counts=(3, 2, 1, 0, 0))
    for teller in tellers:
        with transaction() as tx:
            handcounts.enter(tx, teller, hand, counted)
    with transaction() as tx:
        handcounts.sign(tx, hall.chief, hand)
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            handcounts.declare(tx, actor, hand)
    with transaction() as tx:
        vote = handcounts.find_hand_count(tx, hand)
        announcements.announce(tx, hall.secretary, vote, Notice(1, date(2026, 2, 1), clock.now()))

    assert states(hall)["p01"] is states(hall)["p02"] is ProjectState.DECIDED
    assert states(hall)["p03"] is ProjectState.NOT_CHOSEN
    with reading() as tx:
        way = milestones.of_project(tx, hall.congress_id, "p01")
    assert way[-1].content is not None
    assert way[-1].content["by_hand"] is True
    assert hall.report().findings == []


def test_a_list_gets_no_new_version_once_its_vote_was_opened(hall: Hall) -> None:
    election = prepare(hall)
    with transaction() as tx:
        draft = candidates.reopen_list(tx, hall.secretary, hall.sitting_id, KIND)
    hall.open(election)

    with transaction() as tx:
        assert candidates.is_voted(tx, hall.sitting_id, KIND)
        with pytest.raises(NotNow, match="opened"):
            candidates.reopen_list(tx, hall.secretary, hall.sitting_id, KIND)
        with pytest.raises(NotNow, match="opened"):
            candidates.lock_candidates(tx, hall.secretary, draft.id, Adoption(date(2026, 2, 1), ""))
