"""What the public pages show of votes, receipts and the log, as the services give it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from ballots.ballot import short_tracker
from ballots.objects import ObjectId
from tests.hall import Hall, sheet
from voting.db import reading, transaction
from voting.errors import NotFound
from voting.models.elections import ElectionState
from voting.models.sittings import Attendance, Presence
from voting.rules.vote import Base, DecisionSettings, RatingSettings, Style, Threshold
from voting.services import elections, milestones, reports, tallying
from voting.services.elections import Project, make_manifest
from voting.services.milestones import Stage
from voting.services.reports import Standing, VotePage


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting of four deputies, cards issued."""
    return Hall.build(app)


def vote(hall: Hall, election: int) -> VotePage:
    object_id = hall.row(election).object_id
    with reading() as tx:
        return reports.read_vote(tx, hall.slug, object_id)


def _shown(tracker: str) -> str:
    return short_tracker(ObjectId(tracker))


def _send_home(hall: Hall, *, leaving: int) -> None:
    with transaction() as tx:
        rows = tx.scalars(select(Attendance).where(Attendance.sitting_id == hall.sitting_id))
        for row in list(rows)[:leaving]:
            row.status = Presence.LEFT


def test_before_the_close_there_is_turnout_and_no_figure(hall: Hall) -> None:
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])

    page = vote(hall, election)

    assert page.state is ElectionState.OPEN
    assert page.turnout.ballots == 1
    assert not page.is_counted
    assert page.decision is None


def test_between_close_and_outcome_there_is_no_figure(hall: Hall) -> None:
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])
    hall.close(election)

    page = vote(hall, election)

    assert page.state is ElectionState.TALLIED
    assert not page.is_counted


def test_rows_have_rank_share_and_standing(hall: Hall) -> None:
    election = hall.open_election(sheet(4, seats=2, threshold="none"))
    hall.cast(election, 1, ["p02", "p03"])
    hall.cast(election, 2, ["p02", "p03"])
    hall.cast(election, 3, ["p02"])
    hall.cast(election, 4, [("projects", "abstain")])
    hall.count(election)

    decision = vote(hall, election).decision

    assert decision is not None
    assert [(row.code, row.votes, row.rank) for row in decision.ranked] == [
        ("p02", 3, 1),
        ("p03", 2, 2),
        ("p01", 0, 3),
        ("p04", 0, 3),
    ]
    assert [row.share for row in decision.ranked[:2]] == [Decimal("75.0"), Decimal("50.0")]
    assert [row.code for row in decision.elected] == ["p02", "p03"]
    assert decision.rows[0].standing is Standing.NOT_ELECTED
    assert decision.abstentions == 1
    assert decision.ballots == 4


def test_projects_voted_on_apart_show_for_against_and_abstain(hall: Hall) -> None:
    settings = DecisionSettings(1, style=Style.EACH, threshold=Threshold.PRESENT)
    projects = [Project("p01", "甲"), Project("p02", "乙")]
    paper = make_manifest("逐项票决", projects, settings)
    election = hall.open_election(paper)
    hall.cast(election, 1, [("p01", "for"), ("p02", "against")])
    hall.cast(election, 2, [("p01", "for"), ("p02", "abstain")])
    hall.cast(election, 3, [("p01", "for"), ("p02", "against")])
    hall.count(election)

    decision = vote(hall, election).decision

    assert decision is not None
    assert decision.is_each
    assert decision.required == 3
    first, second = decision.rows
    assert (first.title, first.votes, first.against, first.abstain) == ("甲", 3, 0, 0)
    assert (second.votes, second.against, second.abstain) == (0, 2, 1)
    assert decision.abstentions is None


def test_a_tie_links_to_its_run_off_and_back(hall: Hall) -> None:
    election = hall.open_election(sheet(2, threshold="none"))
    hall.cast(election, 1, ["p01"])
    hall.cast(election, 2, ["p02"])
    hall.count(election)
    before = vote(hall, election)
    with transaction() as tx:
        later = elections.run_off(tx, hall.secretary, election).id

    first, second = vote(hall, election), vote(hall, later)

    assert before.run_off is not None
    assert before.following is None
    assert before.decision is not None
    assert [row.code for row in before.decision.tied] == ["p01", "p02"]
    assert first.following is not None
    assert first.following.object_id == second.object_id
    assert second.previous is not None
    assert second.previous.object_id == first.object_id
    assert second.round == 2


def test_a_void_round_shows_votes_and_elects_nobody(hall: Hall) -> None:
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])
    hall.revoke(2, 3, 4)
    _send_home(hall, leaving=3)
    hall.count(election)

    decision = vote(hall, election).decision

    assert decision is not None
    assert not decision.is_valid
    assert {row.standing for row in decision.rows} == {Standing.VOID}


def test_an_annulled_vote_shows_its_reason_and_no_figure(hall: Hall) -> None:
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])
    with transaction() as tx:
        tallying.annul(tx, hall.chair, election, reason="题目有误")
    asked = vote(hall, election)
    with transaction() as tx:
        tallying.annul(tx, hall.chief, election, reason="题目有误")

    page = vote(hall, election)

    assert asked.annul_reason is None
    assert page.state is ElectionState.ANNULLED
    assert page.annul_reason == "题目有误"
    assert not page.is_counted


def test_a_rating_shows_grades_and_both_rates(hall: Hall) -> None:
    projects = [Project("p01", "甲"), Project("p02", "乙")]
    settings = RatingSettings(Base.VALID)
    paper = make_manifest("满意度测评", projects, settings, kind="rating")
    election = hall.open_election(paper)
    hall.cast(election, 1, [("p01", "satisfied"), ("p02", "dissatisfied")])
    hall.cast(election, 2, [("p01", "satisfied"), ("p02", "dissatisfied")])
    hall.cast(election, 3, [("p01", "basic"), ("p02", "abstain")])
    hall.count(election)

    rating = vote(hall, election).rating

    assert rating is not None
    first, second = rating.rows
    assert (first.satisfied, first.basic, first.grade) == (2, 1, "satisfied")
    assert (first.satisfied_share, first.content_share) == (Decimal("66.67"), Decimal("100.00"))
    assert (second.dissatisfied, second.abstain, second.grade) == (2, 1, "dissatisfied")
    assert rating.has_abstain


def test_the_threshold_of_those_present_is_named_once_it_is_known(hall: Hall) -> None:
    election = hall.open_election(sheet(threshold="present"))
    before = [clause.params.get("required") for clause in vote(hall, election).clauses]
    hall.count(election)

    after = [clause.params.get("required") for clause in vote(hall, election).clauses]

    assert before == [None] * 7
    assert after.count(3) == 1


def test_a_vote_of_another_congress_is_not_found(hall: Hall, app: Flask) -> None:
    other = Hall.build(app, slug="other")
    object_id = other.row(other.prepare()).object_id

    with reading() as tx, pytest.raises(NotFound):
        reports.read_vote(tx, hall.slug, object_id)


def test_a_congress_shows_its_sitting_with_the_latest_vote_first(hall: Hall) -> None:
    first = hall.open_election(sheet(title="第一次"))
    hall.cast(first, 1, ["p01"])
    hall.cast(first, 2, ["p01"])
    hall.cast(first, 3, ["p01"])
    hall.count(first)
    hall.prepare(sheet(title="第二次"))

    with reading() as tx:
        page = reports.read_congress(tx, hall.slug)

    assert page.current is not None
    assert [line.title for line in page.current.votes] == ["第二次", "第一次"]
    assert page.current.votes[1].elected == ("项目1",)
    assert page.earlier == ()


def test_a_receipt_is_found_by_its_sixteen_characters_however_typed(hall: Hall) -> None:
    election = hall.open_election()
    place = hall.cast(election, 1, ["p01"])
    proof = hall.receipt(place)

    with reading() as tx:
        known = reports.read_receipt(tx, _shown(place.object_id).lower().replace("-", " "))
        unknown = reports.read_receipt(tx, "0000-0000-0000-0000")
        wrong = reports.read_receipt(tx, "?")

    assert known is not None
    assert known.text == proof.text
    assert known.code == _shown(place.object_id)
    assert known.vote == hall.row(election).object_id
    assert unknown is None
    assert wrong is None


def test_every_log_is_known_with_key_and_fingerprint(hall: Hall, app: Flask) -> None:
    Hall.gather(app, slug="other")

    with reading() as tx:
        logs = reports.known_logs(tx)

    assert {log.slug for log in logs} == {hall.slug, "other"}
    assert logs[0].fingerprint != logs[1].fingerprint
    assert all(len(log.fingerprint) == 39 for log in logs)


def test_the_log_is_shown_newest_first_page_by_page(app: Flask) -> None:
    hall = Hall.build(app, deputies=40)
    election = hall.open_election()
    for number in range(1, 41):
        hall.cast(election, number, ["p01"])

    with reading() as tx:
        first, last = reports.read_log(tx, hall.slug), reports.read_log(tx, hall.slug, 2)
        with pytest.raises(NotFound):
            reports.read_log(tx, hall.slug, 3)

    assert first.pages == 2
    assert first.lines[0].position == first.size - 1
    assert first.lines[0].kind == "ballot"
    assert last.lines[-1].position == 0
    assert last.lines[-1].subject == "第一次会议"
    assert len(first.lines) + len(last.lines) == first.size


def test_every_type_and_member_of_a_log_has_words(hall: Hall) -> None:
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])
    hall.challenge(election, 2, ["p02"])
    hall.revoke(4)
    hall.count(election)
    with transaction() as tx:
        milestones.record(tx, hall.congress_id, "p01", Stage.ADOPTED, content={})

    with reading() as tx:
        size = reports.read_log(tx, hall.slug).size
        entries = [reports.read_entry(tx, hall.slug, position) for position in range(size)]
        with pytest.raises(NotFound):
            reports.read_entry(tx, hall.slug, size)

    assert {entry.line.kind for entry in entries} == set(reports.KINDS) - {"annul"}
    assert {member.name for entry in entries for member in entry.members} <= set(reports.MEMBERS)
    ballot = next(entry for entry in entries if entry.line.kind == "ballot")
    assert ballot.vote == hall.row(election).object_id
    assert [member.place for member in ballot.members if member.name == "election"] != [None]
