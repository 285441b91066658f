"""Supervision over PostgreSQL: the same lights, tasks and counters, and numbers that are apart."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from tests.supervised import SLUG, YEAR, Supervised, begin, make_supervised, move
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.i18n import this_day
from voting.models.inspections import FindingKind
from voting.rules.access import NOBODY
from voting.rules.lights import Light
from voting.services.supervision import boards, dues, problems, progress
from voting.services.supervision.finding import find_project
from voting.services.supervision.problems import Found
from voting.services.supervision.progress import ReportForm

WRITERS = 4


@pytest.fixture
def app(postgres_app: Flask) -> Flask:
    """An app over PostgreSQL."""
    return postgres_app


@pytest.fixture
def begun(app: Flask, clock: StoppedClock) -> Supervised:
    """The congress under supervision."""
    move(clock, 3, 1)
    with transaction() as tx:
        made = make_supervised(tx)
        begin(tx, made)
    return made


def test_a_board_says_the_same(begun: Supervised, clock: StoppedClock) -> None:
    move(clock, 4, 10)
    with transaction() as tx:
        form = ReportForm("完成设计", "", "", 12, 100, reached=(1,))
        progress.report_progress(
            tx, begun.unit.actor, begun.congress_id, begun.codes[0], month=3, form=form
        )
    with reading() as tx:
        board = boards.read_board(tx, NOBODY, SLUG, YEAR)
        owed = dues(tx, begun.unit.actor, begun.congress_id, this_day())

    assert board.lines[0].light is not None
    assert board.lines[0].light.light is Light.YELLOW
    assert (board.counters.reports, board.counters.late, board.counters.groups) == (1, 1, 1)
    assert [due.key for due in owed] == [
        "progress:2026-m03:2026-02",
        "progress:2026-m03:2026-03",
    ]


def test_problems_entered_at_once_get_numbers_of_their_own(app: Flask, begun: Supervised) -> None:
    def enter() -> None:
        with app.app_context(), transaction() as tx:
            project = find_project(tx, begun.congress_id, begun.codes[0])
            found = Found(FindingKind.PROBLEM, "围挡破损", this_day())
            problems.raise_finding(tx, begun.office.actor, project, found)

    threads = [threading.Thread(target=enter) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with reading() as tx:
        rows = problems.list_findings(tx, begun.congress_id, YEAR)
    assert [row.number for row in rows] == list(range(1, WRITERS + 1))
