"""Each step of taking a ballot meets each mishap; then the tablet sends again, and all is well.

A step is a statement that the ballot box sends to its database, or the commit. The table that
comes of it is a file of the test's folder: step, mishap, and whether the ballot stood before the
tablet sent it again. At the end the record is checked, and every receipt ever given is in it.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from ballots.objects import object_id
from ballots.receipt import check_receipt, parse_receipt
from tests.hall import Hall
from voting.clock import StoppedClock
from voting.config import Settings
from voting.db import db, reading
from voting.ledger import Place, place_of

CARDS = 220
MOST_STEPS = 40


class PowerCut(Exception):
    """The machine lost its power at this step."""


@dataclass
class Box:
    """An open vote, what happened in it, and every receipt that was ever given."""

    hall: Hall
    election: int
    card: int = 0
    receipts: dict[str, int] = field(default_factory=dict)
    table: list[str] = field(default_factory=list)

    def suffer(self, mishap: Mishap) -> None:
        """Let a mishap befall every step once, and send again after each."""
        for step in range(1, MOST_STEPS):
            self.card += 1
            raw = self.hall.ballot(self.election, self.card, ["p01"]).raw
            steps = Steps(step, mishap)
            with steps.watched():
                self.try_to_send(raw)
            if not steps.is_over:
                return
            db.engine.dispose()
            stood = self.stands(raw)
            place = self.hall.send(raw)
            assert place == self.hall.send(raw)
            self.keep(place)
            word = "stood" if stood else "was sent again"
            self.table.append(f"{step:2} {mishap.name:28} {word}  {steps.name}")
        pytest.fail("there are more steps than were thought of")

    def try_to_send(self, raw: bytes) -> None:
        """Send a ballot as a tablet does, which keeps it whatever comes."""
        with suppress(PowerCut, SQLAlchemyError):
            self.keep(self.hall.send(raw))

    def keep(self, place: Place) -> None:
        """Check a receipt as the tablet does, and keep it."""
        receipt = parse_receipt(self.hall.receipt(place).text)
        assert check_receipt(receipt, self.hall.key()) == place.object_id
        self.receipts[place.object_id] = receipt.index

    def stands(self, raw: bytes) -> bool:
        """Tell whether a ballot is in the log."""
        with reading() as tx:
            return place_of(tx, self.hall.congress_id, object_id(raw)) is not None

    def check(self) -> None:
        """Count, and find every receipt in the record and nothing twice."""
        self.hall.count(self.election)
        report = self.hall.report()
        assert report.findings == []
        assert report.elections[0].ballots == len(self.receipts)
        with reading() as tx:
            for object_id, index in self.receipts.items():
                place = place_of(tx, self.hall.congress_id, object_id)
                assert place is not None
                assert place.position == index
        written = Path(self.hall.app.extensions["settings"].data_dir) / "steps.txt"
        written.write_text("\n".join(self.table), encoding="utf-8")


@dataclass(frozen=True)
class Mishap:
    """What befalls a step, before it is done or after."""

    name: str
    strike: Callable[[Any], None]
    is_after: bool = False


@dataclass
class Steps:
    """Counts the statements and the commit of one ballot, and strikes at one of them."""

    at: int
    mishap: Mishap
    count: int = 0
    name: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the step was reached."""
        return self.count >= self.at

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch all that the box asks of the database."""
        moment = "after_cursor_execute" if self.mishap.is_after else "before_cursor_execute"
        dialect, real = db.engine.dialect, db.engine.dialect.do_commit
        dialect.do_commit = partial(self._commit, real)  # type: ignore[method-assign]  # as watched
        event.listen(db.engine, moment, self._statement)
        try:
            yield
        finally:
            event.remove(db.engine, moment, self._statement)
            del dialect.do_commit

    def _statement(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self._step(connection.connection.driver_connection, " ".join(statement.split())[:60])

    def _commit(self, real: Callable[[Any], None], pooled: Any) -> None:
        if self.mishap.is_after:
            real(pooled)
        self._step(pooled.driver_connection, "COMMIT")
        if not self.mishap.is_after:
            real(pooled)

    def _step(self, driver: Any, name: str) -> None:
        self.count += 1
        if self.count == self.at:
            self.name = name
            self.mishap.strike(driver)


def fail(_driver: Any) -> None:
    """Fail as a program does."""
    raise PowerCut


def end_connection(address: str, driver: psycopg.Connection) -> None:
    """End the database's side of the connection, as a restart of the database does."""
    with psycopg.connect(address.replace("+psycopg", "")) as other:
        other.execute("SELECT pg_terminate_backend(%s, 2000)", (driver.info.backend_pid,))


def fill_disk(driver: sqlite3.Connection) -> None:
    """Let the database file grow no more."""
    driver.execute("PRAGMA max_page_count = 1")


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Settings of an installation over either database."""
    if request.param == "sqlite":
        return settings
    return replace(settings, database=request.getfixturevalue("postgres_database"))


@pytest.fixture
def box(app: Flask) -> Box:
    """An open vote with cards enough for all mishaps."""
    hall = Hall.build(app, trustees=1, threshold=1, deputies=CARDS)
    return Box(hall, hall.open_election())


def test_whatever_befalls_a_step_costs_no_ballot_and_no_receipt(
    box: Box, settings: Settings, clock: StoppedClock
) -> None:
    later, earlier = (partial(_move, clock, days) for days in (366, -366))
    mishaps = [
        Mishap("fails", fail),
        Mishap("fails, but was done", fail, is_after=True),
        Mishap("the clock goes a year ahead", later),
        Mishap("the clock goes a year back", earlier, is_after=True),
    ]
    if settings.database.startswith("postgresql"):
        ended = partial(end_connection, settings.database)
        mishaps += [
            Mishap("the database restarts", ended),
            Mishap("it restarts, but it was done", ended, is_after=True),
        ]
    else:
        mishaps.append(Mishap("the disk is full", fill_disk))

    for mishap in mishaps:
        box.suffer(mishap)

    assert len(box.table) > 15 * len(mishaps)
    box.check()


def _move(clock: StoppedClock, days: int, _driver: Any) -> None:
    clock.advance(timedelta(days=days).total_seconds())


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_whichever_step_a_server_is_killed_at_costs_no_ballot_and_no_receipt(box: Box) -> None:
    for is_after in (False, True):
        for step in range(1, MOST_STEPS):
            box.card += 1
            raw = box.hall.ballot(box.election, box.card, ["p01"]).raw
            was_killed = send_and_be_killed(box, raw, Mishap("", _kill, is_after), step)
            stood = box.stands(raw)
            box.keep(box.hall.send(raw))
            if not was_killed:
                break
            word = "stood" if stood else "was sent again"
            box.table.append(f"{step:2} killed {'after' if is_after else 'before':6} {word}")

    assert len(box.table) > 30
    assert any("stood" in line for line in box.table)
    box.check()


def _kill(_driver: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def send_and_be_killed(box: Box, raw: bytes, mishap: Mishap, step: int) -> bool:
    """Have a process of its own send a ballot, and tell whether it was killed at its step."""
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        with Steps(step, mishap).watched():
            box.hall.send(raw)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
