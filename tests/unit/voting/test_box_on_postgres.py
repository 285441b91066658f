"""The ballot box over PostgreSQL: the same votes, many writers, and no fork of the log."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from tests.hall import Hall
from voting import ledger
from voting.app import create_app
from voting.config import Settings
from voting.db import Tx, db, reading, transaction
from voting.ledger import LogLocked, Place
from voting.rules.verdicts import RuleBroken

TABLETS = 12


@pytest.fixture
def settings(tmp_path: Path, postgres_database: str) -> Settings:
    """Settings of an installation over PostgreSQL."""
    return Settings(
        data_dir=tmp_path,
        database=postgres_database,
        secret=b"0" * 64,
        base_url="http://localhost",
        testing=True,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An app over that database."""
    made = create_app(settings)
    with made.app_context():
        db.create_all()
        yield made
        db.engine.dispose()


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting of twelve."""
    return Hall.build(app, trustees=1, threshold=1, deputies=TABLETS)


def at_once(hall: Hall, raws: list[bytes]) -> list[object]:
    """Send ballots in one instant, each from a thread of its own."""
    barrier = threading.Barrier(len(raws))
    answers: list[object] = [None] * len(raws)

    def run(number: int) -> None:
        with hall.app.app_context():
            barrier.wait()
            try:
                answers[number] = hall.send(raws[number])
            except RuleBroken as refused:
                answers[number] = refused.rule

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(raws))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_ballot_that_arrives_while_its_copy_is_checked_is_the_same_ballot(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    election = hall.open_election()
    raw = hall.ballot(election, 1, ["p01"]).raw
    real = ledger.seek
    places: list[Place] = []

    def seek_and_be_late(tx: Tx, slug: str, object_id: str) -> tuple[int, Place | None]:
        found = real(tx, slug, object_id)
        monkeypatch.undo()
        places.append(hall.send(raw))
        return found

    monkeypatch.setattr(ledger, "seek", seek_and_be_late)
    places.append(hall.send(raw))

    assert places[0] == places[1]


def test_a_whole_hall_casts_at_once(hall: Hall) -> None:
    election = hall.open_election()
    raws = [hall.ballot(election, card, ["p01"]).raw for card in range(1, TABLETS + 1)]

    places = at_once(hall, raws)

    assert len({place.position for place in places if isinstance(place, Place)}) == TABLETS
    hall.count(election)
    report = hall.report()
    assert report.findings == []
    assert report.elections[0].counts[0][2] == TABLETS


def test_one_card_on_many_tablets_is_one_ballot(hall: Hall) -> None:
    election = hall.open_election()
    raws = [hall.ballot(election, 1, ["p01"], salt).raw for salt in range(6)]

    answers = at_once(hall, raws)

    assert sum(isinstance(answer, Place) for answer in answers) == 1
    assert answers.count("ballot.second") == 5


def test_one_ballot_sent_many_times_at_once_has_one_place(hall: Hall) -> None:
    election = hall.open_election()

    answers = at_once(hall, [hall.ballot(election, 1, ["p01"]).raw] * 6)

    assert len({repr(answer) for answer in answers}) == 1
    assert isinstance(answers[0], Place)


def test_writers_of_two_instances_never_fork_the_log(hall: Hall, settings: Settings) -> None:
    other = create_app(settings)
    election = hall.open_election()
    raws = [hall.ballot(election, card, ["p01"]).raw for card in range(1, 9)]

    def run(app: Flask, mine: list[bytes]) -> None:
        with app.app_context():
            for raw in mine:
                hall.send(raw)

    threads = [
        threading.Thread(target=run, args=(app, mine))
        for app, mine in ((hall.app, raws[:4]), (other, raws[4:]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with other.app_context():
        db.engine.dispose()

    hall.count(election)
    assert hall.report().elections[0].ballots == 8


def test_a_restored_database_signs_nothing_more(hall: Hall) -> None:
    election = hall.open_election()
    with transaction() as tx:
        tx.execute(text("create table kept as select * from log_heads"))
    hall.cast(election, 1, ["p01"])
    with transaction() as tx:
        tx.execute(text("delete from log_entries where position >= (select size from kept)"))
        tx.execute(
            text(
                "update log_heads set size = kept.size, root = kept.root,"
                " checkpoint = kept.checkpoint from kept"
            )
        )
        tx.execute(text("delete from accepted_ballots"))

    with pytest.raises(LogLocked):
        hall.cast(election, 2, ["p01"])

    with reading() as tx:
        assert ledger.find_log(tx, hall.slug).size > 0
