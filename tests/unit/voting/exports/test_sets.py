"""Every form and table of a real vote can be had from its gathered values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from tests.hall import Hall
from tests.unit.voting.exports.pdf import pages
from voting.db import Tx, reading, transaction
from voting.errors import NotAllowed, NotFound, NotNow
from voting.exports.sets import (
    FORM_NAMES,
    MIME_TYPES,
    RESULT_FORMATS,
    WORD_FORMS,
    Form,
    Format,
    make_form,
    print_form,
    write_result,
)
from voting.models.sittings import BallotKind, Scrutineer, Sitting
from voting.rules.access import NOBODY
from voting.rules.vote import DecisionSettings, RatingSettings, Settings
from voting.services import candidates, elections
from voting.services.candidates import Adoption
from voting.services.reports.papers import Papers, read_papers
from voting.services.sittings import rulebook

AT = datetime(2026, 2, 1, 3, 30, tzinfo=UTC)
LIST = (
    "名称,总投资(万元),完成时限\n住房保障,480000,2026-12-31\n教育惠民,1200,\n养老服务,,\n".encode()
)


@dataclass
class Vote:
    """A vote in a hall."""

    hall: Hall
    election: int
    object_id: str

    def papers(self) -> Papers:
        """Gather its values."""
        with reading() as tx:
            return read_papers(tx, self.hall.secretary, self.hall.slug, self.object_id)


def prepare(hall: Hall, kind: BallotKind, settings: Settings) -> Vote:
    """Adopt a list and rules, and open a vote on them."""
    with transaction() as tx:
        listed = candidates.import_candidates(
            tx, hall.secretary, hall.sitting_id, kind=kind, data=LIST
        )
        candidates.lock_candidates(tx, hall.secretary, listed.id, Adoption(date(2026, 1, 20)))
        rulebook.draft_rules(tx, hall.secretary, hall.sitting_id, kind=kind, settings=settings)
        rulebook.adopt_rules(
            tx, hall.secretary, hall.sitting_id, kind=kind, adopted_on=date(2026, 2, 1)
        )
        _name_scrutineers(tx, hall)
        election = elections.prepare(
            tx, hall.secretary, hall.sitting_id, kind, title="民生实事项目票决"
        )
        return Vote(hall, election.id, election.object_id)


def _name_scrutineers(tx: Tx, hall: Hall) -> None:
    for place, is_chief in ((1, True), (2, False)):
        tx.add(
            Scrutineer(
                sitting_id=hall.sitting_id, deputy_id=place, position=place, is_chief=is_chief
            )
        )


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A hall of four deputies with everybody present."""
    return Hall.build(app, trustees=1, threshold=1)


@pytest.fixture
def vote(hall: Hall) -> Vote:
    """A decision that is prepared and not yet opened."""
    return prepare(hall, BallotKind.DECISION, DecisionSettings(2))


@pytest.fixture
def counted(vote: Vote) -> Vote:
    """The same, counted."""
    vote.hall.open(vote.election)
    for number in (1, 2, 3):
        vote.hall.cast(vote.election, number, ["p01", "p03"])
    vote.hall.cast(vote.election, 4, ["p02"])
    vote.hall.count(vote.election)
    return vote


def test_every_form_of_a_counted_vote_is_printed(counted: Vote) -> None:
    papers = counted.papers()

    said = {form: "".join(pages(print_form(form, papers, AT))) for form in Form}

    assert "2026年度民生实事项目" in said[Form.BALLOT]
    assert "总投资480,000万元" in said[Form.BALLOT]
    assert "收回表决票4" in said[Form.CARDS_AND_BALLOTS]
    assert "住房保障375.0%1是入选" in said[Form.COUNT]
    assert counted.object_id in said[Form.COUNT]
    assert "代表1为总监票人，代表2为监票人" in said[Form.SCRIPT]
    assert "1．住房保障，得赞成票3票" in said[Form.SCRIPT]
    assert "1．住房保障2．养老服务现予公告" in said[Form.ANNOUNCEMENT]
    assert "应到4实到4" in said[Form.ATTENDANCE]
    assert "第一条" in said[Form.RULES]


def test_before_the_count_there_are_papers_and_reports_but_no_result(vote: Vote) -> None:
    papers = vote.papers()

    for form in (Form.RULES, Form.BALLOT, Form.ATTENDANCE, Form.SCRIPT):
        assert pages(print_form(form, papers, AT))
    for form in (Form.COUNT, Form.ANNOUNCEMENT):
        with pytest.raises(NotNow):
            print_form(form, papers, AT)
    with pytest.raises(NotNow):
        write_result(papers, Format.CSV)


def test_forms_that_an_office_edits_are_written_for_word(counted: Vote) -> None:
    papers = counted.papers()

    written = [print_form(form, papers, AT, as_word=True) for form in WORD_FORMS]

    assert all(data.startswith(b"PK") for data in written)


def test_the_result_is_written_in_every_format(counted: Vote) -> None:
    papers = counted.papers()

    written = {kind: write_result(papers, kind) for kind in RESULT_FORMATS}

    content = json.loads(written[Format.JSON])
    assert content["election"] == counted.object_id
    assert [project["votes"] for project in content["projects"]] == [3, 1, 3]
    assert "p01;1;3;住房保障;1;4800000000" in written[Format.PABULIB].decode()
    assert written[Format.XLSX].startswith(b"PK")
    assert set(MIME_TYPES) == set(Format)
    assert set(FORM_NAMES) == set(Form)


def test_a_rehearsal_is_not_announced(counted: Vote) -> None:
    with transaction() as tx:
        tx.get_one(Sitting, counted.hall.sitting_id).is_rehearsal = True
    papers = counted.papers()

    with pytest.raises(NotNow):
        make_form(Form.ANNOUNCEMENT, papers, AT)


def test_a_rating_looks_back_at_the_year_before(hall: Hall) -> None:
    papers = prepare(hall, BallotKind.RATING, RatingSettings()).papers()

    (paper,) = pages(print_form(Form.BALLOT, papers, AT))

    assert "2025年度民生实事项目满意度测评票" in paper


def test_a_rating_has_no_pabulib(hall: Hall) -> None:
    vote = prepare(hall, BallotKind.RATING, RatingSettings())
    hall.open(vote.election)
    hall.count(vote.election)
    papers = vote.papers()

    with pytest.raises(NotNow):
        write_result(papers, Format.PABULIB)
    assert b"kind" in write_result(papers, Format.JSON)
    assert pages(print_form(Form.COUNT, papers, AT))


def test_papers_are_for_those_who_run_the_sitting(vote: Vote) -> None:
    with reading() as tx:
        with pytest.raises(NotAllowed):
            read_papers(tx, NOBODY, vote.hall.slug, vote.object_id)
        with pytest.raises(NotFound):
            read_papers(tx, vote.hall.secretary, vote.hall.slug, "0" * 64)


def test_a_ballot_paper_is_no_document(vote: Vote) -> None:
    with pytest.raises(ValueError, match="print_form"):
        make_form(Form.BALLOT, vote.papers(), AT)
