"""Collection over PostgreSQL: numbers, likeness, support, lists, counts and erasing work alike."""

from __future__ import annotations

import io
import threading
from datetime import date, timedelta

import pytest
import xlsxwriter
from flask import Flask

from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.imports.proposals import ProposalRow
from voting.models.proposals import Audience, ProposalState
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services import proposals
from voting.services.proposals import Intake, Order, Sender, Wanted, WindowPlan


@pytest.fixture
def app(postgres_app: Flask) -> Flask:
    """An app over PostgreSQL."""
    return postgres_app


@pytest.fixture
def office(congress_id: int) -> Actor:
    """The office, as a value."""
    return Actor(None, "office", frozenset({(congress_id, Role.COMMITTEE)}))


@pytest.fixture
def window_id(congress_id: int, office: Actor, clock: StoppedClock) -> int:
    """An open window."""
    end = clock.at + timedelta(days=30)
    plan = WindowPlan(2026, "征集", "", Audience.EVERYONE, clock.at, end)
    with transaction() as tx:
        return proposals.save_window(tx, office, congress_id, plan).id


def send(window_id: int, name: str) -> None:
    """Send a proposal from a device of its own."""
    row = ProposalRow(1, "老旧小区加装电梯", content="内容", place="西兴街道", name="李小梅")
    with transaction() as tx:
        proposals.submit_proposal(tx, window_id, row, Sender(name, name))


def test_what_residents_and_the_office_do(
    congress_id: int, office: Actor, window_id: int, clock: StoppedClock
) -> None:
    for name in "abc":
        send(window_id, name)
    with transaction() as tx:
        state = ProposalState.ACCEPTED
        proposals.set_states(tx, office, congress_id, [1, 2], state=state)
        for device in ("x", "x", "y"):
            proposals.support(tx, congress_id, 2, device)

    with reading() as tx:
        wanted = Wanted(query="加装 电梯", order=Order.WANTED)
        page = proposals.list_public(tx, congress_id, wanted)
        assert [(row.number, row.supports) for row in page.rows] == [(2, 2), (1, 0)]
        assert len(proposals.similar(tx, congress_id, "小区电梯")) == 2
        charts = proposals.read_charts(tx, congress_id)
        assert (charts.total, charts.supports, charts.areas[0].key) == (3, 2, "西兴街道")
        (due,) = proposals.dues(tx, office, congress_id, date(2026, 2, 1))
        assert due.due_on == date(2026, 2, 11)
    clock.advance(366 * 86400)
    with transaction() as tx:
        assert proposals.forget_senders(tx, congress_id) == 3


def test_what_the_database_can_t_hold_is_no_fault(congress_id: int, window_id: int) -> None:
    send(window_id, "a")
    row = ProposalRow(1, "电梯", content="内容", place="西兴街道")
    asked = proposals.read_wanted({"q": "电\0梯", "area": "\0"})

    with transaction() as tx:
        proposals.submit_proposal(tx, window_id, row, Sender("b", "b\0", "\0"))
        assert proposals.list_public(tx, congress_id, asked).total == 0
        assert proposals.similar(tx, congress_id, "电\0梯") == ()


def test_numbers_given_at_once_are_all_different(
    congress_id: int, window_id: int, app: Flask
) -> None:
    def from_a_thread(name: str) -> None:
        with app.app_context():
            send(window_id, name)

    threads = [threading.Thread(target=from_a_thread, args=(f"{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with reading() as tx:
        assert proposals.count_waiting(tx, congress_id) == 4


def test_a_list_is_taken_in(congress_id: int, office: Actor) -> None:
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory)
    sheet = book.add_worksheet()
    for line, row in enumerate([["项目名称", "地点"], ["电梯", "西兴街道"], ["食堂", "长河街道"]]):
        sheet.write_row(line, 0, row)
    book.close()

    with transaction() as tx:
        intake = Intake(is_looked_at=True)
        taken = proposals.import_proposals(
            tx, office, congress_id, memory.getvalue(), intake=intake
        )
        found = proposals.list_public(tx, congress_id, Wanted(query="食堂"))

    assert (taken, found.total) == (2, 1)
