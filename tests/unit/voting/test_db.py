"""Transactions: one commit, events after it, writers that queue, times that keep their zone."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import text

from voting import clock as clocks
from voting.db import bus, db, reading, transaction
from voting.errors import msg
from voting.events import Event
from voting.models.base import UtcTime


@dataclass(frozen=True, slots=True)
class BellRung(Event):
    """A thing that happens in these tests only."""

    words = msg("The bell {name} was rung.")
    name: str


@pytest.fixture
def counter(app: Flask) -> None:
    """Put a table with one number into the database."""
    assert app
    with transaction() as tx:
        tx.execute(text("create table counter (n integer)"))
        tx.execute(text("insert into counter values (0)"))


@pytest.mark.usefixtures("app")
def test_events_are_handed_on_only_after_the_commit() -> None:
    heard: list[Event] = []
    bus().subscribe(heard.append)

    with transaction() as tx:
        tx.tell(BellRung("east"))
        before = list(heard)

    assert before == []
    assert heard == [BellRung("east")]


@pytest.mark.usefixtures("counter")
def test_a_block_that_raises_changes_nothing_and_tells_nobody() -> None:
    heard: list[Event] = []
    bus().subscribe(heard.append)

    def change_and_fail() -> None:
        with transaction() as tx:
            tx.execute(text("update counter set n = 5"))
            tx.tell(BellRung("west"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()

    with reading() as tx:
        assert tx.scalar(text("select n from counter")) == 0
    assert heard == []


@pytest.mark.usefixtures("app")
def test_a_failing_listener_does_not_undo_what_is_committed() -> None:
    heard: list[Event] = []

    def fail(_event: Event) -> None:
        raise RuntimeError

    bus().subscribe(fail)
    bus().subscribe(heard.append)

    with transaction() as tx:
        tx.tell(BellRung("south"))

    assert heard == [BellRung("south")]


@pytest.mark.usefixtures("counter")
def test_writers_that_read_first_lose_no_update(app: Flask) -> None:
    def add_ten() -> None:
        with app.app_context():
            for _ in range(10):
                with transaction() as tx:
                    n = tx.scalar(text("select n from counter"))
                    tx.execute(text("update counter set n = :n"), {"n": n + 1})

    threads = [threading.Thread(target=add_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with reading() as tx:
        assert tx.scalar(text("select n from counter")) == 40


@pytest.mark.usefixtures("counter")
def test_a_reader_is_not_held_up_by_a_writer() -> None:
    with transaction() as writer:
        writer.execute(text("update counter set n = 7"))
        with reading() as reader:
            assert reader.scalar(text("select n from counter")) == 0


@pytest.mark.usefixtures("app")
def test_sqlite_is_durable_and_checks_foreign_keys() -> None:
    with reading() as tx:
        assert tx.scalar(text("PRAGMA journal_mode")) == "wal"
        assert tx.scalar(text("PRAGMA synchronous")) == 2
        assert tx.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.usefixtures("app")
def test_times_come_back_in_utc_and_a_time_without_zone_is_refused(
    clock: clocks.StoppedClock,
) -> None:
    kind = UtcTime()
    dialect = db.engine.dialect
    shanghai = clock.at.astimezone(timezone(timedelta(hours=8)))

    stored = kind.process_bind_param(shanghai, dialect)

    assert stored == clock.at.replace(tzinfo=None)
    assert kind.process_result_value(stored, dialect) == clock.at
    with pytest.raises(ValueError, match="zone"):
        kind.process_bind_param(datetime(2026, 2, 1), dialect)  # noqa: DTZ001 - the point of it
