"""Ballots that arrive together share a transaction, and each gets what it would have got alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from ballots.objects import Stored
from tests.hall import Hall
from tests.load.processes import pause
from voting.db import Tx, reading, transaction
from voting.ledger import Place
from voting.models.elections import AcceptedBallot, BallotHead
from voting.rules.verdicts import RuleBroken
from voting.services import casting
from voting.services.casting import Cast, CheckedBallot
from voting.views.api import joining
from voting.views.api.joining import Joiner

DEPUTIES = 8


@pytest.fixture
def hall(app: Flask) -> Hall:
    return Hall.build(app, trustees=1, threshold=1, deputies=DEPUTIES)


@pytest.fixture
def election(hall: Hall) -> int:
    return hall.open_election()


@pytest.fixture
def transactions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many transactions were begun for ballots, as the length of a list."""
    begun: list[int] = []

    @contextmanager
    def counted() -> Iterator[Tx]:
        begun.append(1)
        with transaction() as tx:
            yield tx

    monkeypatch.setattr(joining, "transaction", counted)
    return begun


def checked(hall: Hall, *ballots: Stored) -> list[CheckedBallot]:
    with reading() as tx:
        return [casting.check(tx, hall.slug, ballot.raw) for ballot in ballots]


def accepted() -> int:
    with reading() as tx:
        return len(tx.scalars(select(AcceptedBallot)).all())


def together(hall: Hall, ballots: list[CheckedBallot]) -> list[Cast | RuleBroken | Exception]:
    """Bring ballots in threads of their own while the log is busy, then let it go."""
    joiner = Joiner()

    def bring(one: CheckedBallot) -> Cast:
        with hall.app.app_context():
            return joiner.accept(one)

    with ThreadPoolExecutor(len(ballots)) as pool:
        with joiner._turn:
            brought: list[Future[Cast]] = [pool.submit(bring, one) for one in ballots]
            while len(joiner._waiting) < len(ballots):
                pause(0.01)
        return [one.exception() or one.result() for one in brought]  # type: ignore[misc]


def words(outcomes: list[Cast | RuleBroken | Exception]) -> list[object]:
    """Tell of each ballot whether it is new, or under which rule it was refused."""
    return [one.is_new if isinstance(one, Cast) else getattr(one, "rule", one) for one in outcomes]


def test_a_queue_costs_one_transaction(hall: Hall, election: int, transactions: list[int]) -> None:
    ballots = [hall.ballot(election, number, ["p01"]) for number in range(1, DEPUTIES + 1)]

    outcomes = together(hall, checked(hall, *ballots))

    assert words(outcomes) == [True] * DEPUTIES
    assert len(transactions) == 1
    assert accepted() == DEPUTIES
    places = [one.place for one in outcomes if isinstance(one, Cast)]
    assert [place.object_id for place in places] == [ballot.id for ballot in ballots]
    assert len({place.position for place in places}) == DEPUTIES
    hall.count(election)
    assert hall.report().findings == []


def test_each_place_is_that_of_its_ballot_in_the_log(hall: Hall, election: int) -> None:
    ballots = [hall.ballot(election, number, ["p01"]) for number in range(1, 5)]
    with transaction() as tx:
        outcomes = casting.accept_together(tx, checked(hall, *ballots))

    for ballot, outcome in zip(ballots, outcomes, strict=True):
        assert isinstance(outcome, Cast)
        assert hall.send(ballot.raw) == outcome.place
        assert hall.receipt(outcome.place).text


def test_each_gets_what_it_would_have_got_alone(hall: Hall, election: int) -> None:
    stands = hall.ballot(election, 1, ["p01"])
    first, other = hall.ballot(election, 2, ["p01"]), hall.ballot(election, 2, ["p02"], "other")
    opened = hall.ballot(election, 3, ["p01"])
    lost, good = hall.ballot(election, 4, ["p01"]), hall.ballot(election, 5, ["p02"])
    known = checked(hall, stands, first, first, other, opened, lost, good)
    hall.send(stands.raw)
    hall.challenge(election, 3, ["p01"])
    hall.revoke(4)

    with transaction() as tx:
        outcomes = casting.accept_together(tx, known)

    assert words([*outcomes]) == [
        False,
        True,
        False,
        "ballot.second",
        "ballot.challenged",
        "ballot.credential",
        True,
    ]
    assert accepted() == 3


def test_random_numbers_used_twice_are_found_among_ballots_that_come_together(
    hall: Hall, election: int
) -> None:
    one, two = checked(hall, *(hall.ballot(election, n, ["p01"]) for n in (1, 2)))
    assert one.valid is not None
    copied = CheckedBallot(two.congress_id, two.election_id, two.stored, one.valid, None)

    with transaction() as tx:
        outcomes = casting.accept_together(tx, [one, copied])

    assert words([*outcomes]) == [True, "ballot.reused"]
    with reading() as tx:
        heads = tx.scalars(select(BallotHead.head)).all()
    assert sorted(heads) == sorted(one.heads)


def test_a_ballot_that_breaks_the_transaction_breaks_its_own_alone(
    hall: Hall, election: int, transactions: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ballots = checked(hall, *(hall.ballot(election, n, ["p01"]) for n in (1, 2, 3)))
    poison = ballots[1].stored.id
    real = casting.accept_together

    def break_on_one(tx: Tx, batch: list[CheckedBallot]) -> list[Cast | RuleBroken]:
        outcomes = real(tx, batch)
        if poison in [one.stored.id for one in batch]:
            raise IntegrityError("INSERT", {}, ValueError())
        return outcomes

    monkeypatch.setattr(casting, "accept_together", break_on_one)
    outcomes = together(hall, ballots)

    assert [type(one) for one in outcomes] == [Cast, IntegrityError, Cast]
    assert len(transactions) == 4
    assert accepted() == 2


def test_a_database_that_is_away_is_told_to_all_and_nothing_is_kept(
    hall: Hall, election: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ballots = checked(hall, *(hall.ballot(election, n, ["p01"]) for n in (1, 2, 3)))
    real = casting.accept_together

    def lose_the_database(tx: Tx, batch: list[CheckedBallot]) -> list[Cast | RuleBroken]:
        real(tx, batch)
        raise OperationalError("COMMIT", {}, ValueError())

    monkeypatch.setattr(casting, "accept_together", lose_the_database)
    outcomes = together(hall, ballots)

    assert [type(one) for one in outcomes] == [OperationalError] * 3
    assert accepted() == 0
    monkeypatch.undo()
    assert words(together(hall, ballots)) == [True] * 3


def test_a_log_takes_the_ballots_of_its_congress_alone(
    hall: Hall, election: int, transactions: list[int]
) -> None:
    mine, theirs = checked(hall, *(hall.ballot(election, n, ["p01"]) for n in (1, 2)))
    elsewhere = Place(mine.congress_id + 1, 0, theirs.stored.id, "ballot")
    other = CheckedBallot(mine.congress_id + 1, 0, theirs.stored, None, elsewhere)

    assert words(together(hall, [mine, other])) == [True, False]
    assert len(transactions) == 2


def test_no_more_than_a_few_dozen_share_a_checkpoint(
    hall: Hall, election: int, transactions: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "MOST", 3)
    ballots = [hall.ballot(election, number, ["p01"]) for number in range(1, DEPUTIES + 1)]

    assert words(together(hall, checked(hall, *ballots))) == [True] * DEPUTIES
    assert len(transactions) >= 3
    assert accepted() == DEPUTIES


def test_whoever_comes_alone_does_not_wait(hall: Hall, election: int) -> None:
    (ballot,) = checked(hall, hall.ballot(election, 1, ["p01"]))
    done = threading.Event()
    joiner = Joiner()

    def bring() -> None:
        with hall.app.app_context():
            joiner.accept(ballot)
        done.set()

    thread = threading.Thread(target=bring)
    thread.start()
    assert done.wait(20)
    thread.join()
    assert joiner._waiting == []
