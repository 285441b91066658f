"""Screening over PostgreSQL: the same list, and two who make projects at once."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from tests.plenary import make_official, make_sitting
from voting import clock
from voting.db import reading, transaction
from voting.models.proposals import Proposal, ProposalState, Source
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services import candidates, journal, projects
from voting.services.people import congresses
from voting.services.projects import MoneyPlan, PartPlan, ProjectPlan
from voting.services.reports import journeys, screens
from voting.services.screening import joining, lists, sheets
from voting.services.screening.lists import Adoption

YEAR = 2026
AT_ONCE = 4


@pytest.fixture
def app(postgres_app: Flask) -> Flask:
    """An app over PostgreSQL."""
    return postgres_app


@pytest.fixture
def office(app: Flask) -> Actor:
    """The committee's office of a congress with a sitting."""
    with transaction() as tx:
        congress_id, _ = make_sitting(tx, "binjiang", deputies=2)
        # A congress that was made through its page has a journal.
        journal.lock(tx)
        return make_official(tx, congress_id, Role.COMMITTEE)


def test_proposals_become_the_list_of_the_sitting(office: Actor) -> None:
    today = clock.now().date()
    with transaction() as tx:
        rows = [
            Proposal(
                congress_id=1,
                number=number,
                state=ProposalState.ACCEPTED,
                title=f"建议{number}",
                category="housing",
                source=Source.RESIDENT,
                supports=number,
                created_at=clock.now(),
            )
            for number in (1, 2)
        ]
        tx.add_all(rows)
        tx.flush()
        one = joining.found(tx, office, 1, [rows[0].id], year=YEAR)
        other = joining.found(tx, office, 1, [rows[1].id], year=YEAR)
        projects.add_part(tx, office, one.id, PartPlan("一"))
        projects.add_money(tx, office, one.id, MoneyPlan(YEAR, "财政", 1_000))
        sheets.ask(tx, office, other.id, [None], due_on=None)
        joining.merge(tx, office, one.id, other.id)
        draft = lists.draft_list(tx, office, 1, YEAR)
        lists.put_together(tx, office, draft, [other.id], seats=1)
        digest = lists.adopt(tx, office, draft, Adoption(today, "决定"))
        assert candidates.take_list(tx, office, 1, YEAR).digest == digest
    with reading() as tx:
        card = congresses.find_congress(tx, "binjiang")
        page = journeys.read_project(tx, card, "2026-02")
        assert page.project.demand == 5
        assert page.yearly_yuan == 1_000
        assert [line.entry.is_verified for line in page.way if line.entry] == [True]
        assert screens.read_screening(tx, office, card, YEAR).waiting == 0
        assert journeys.read_project(tx, card, "2026-01").merged_into is page.project


def test_projects_made_at_once_get_codes_of_their_own(app: Flask, office: Actor) -> None:
    ready = threading.Barrier(AT_ONCE)

    def make(number: int) -> None:
        with app.app_context():
            ready.wait()
            with transaction() as tx:
                plan = ProjectPlan(f"项目{number}")
                projects.make_project(tx, office, 1, year=YEAR, plan=plan)

    writers = [threading.Thread(target=make, args=(number,)) for number in range(AT_ONCE)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with reading() as tx:
        codes = [row.code for row in projects.list_projects(tx, 1, year=YEAR)]
    assert codes == ["2026-01", "2026-02", "2026-03", "2026-04"]
