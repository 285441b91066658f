"""A41 to A43, A45: what fails or comes twice in the hall loses nothing and counts nothing twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from ballots.receipt import check_receipt, parse_receipt
from tests.application import app, settings
from tests.hall import Hall
from voting import clock
from voting.db import reading
from voting.ledger import Place
from voting.rules.verdicts import RuleBroken
from voting.services import casting

__all__ = ["app", "settings"]

YEAR = timedelta(days=365)


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting of four with three trustees, two of whom open the count."""
    return Hall.build(app)


def in_one_instant(*acts: Callable[[], Place]) -> list[Place | str]:
    """Do things at once; gives the place of each, or the rule that refused it."""
    start, answers = threading.Barrier(len(acts)), dict[int, Place | str]()

    def run(number: int) -> None:
        start.wait()
        try:
            answers[number] = acts[number]()
        except RuleBroken as refused:
            answers[number] = refused.rule

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(acts))]


def sender(hall: Hall, raw: bytes) -> Callable[[], Place]:
    """Send from another thread."""

    def send() -> Place:
        with hall.app.app_context():
            return hall.send(raw)

    return send


def test_a41_a_ballot_whose_answer_was_lost_is_sent_again_and_counts_once(hall: Hall) -> None:
    election = hall.open_election()
    raw = hall.ballot(election, 1, ["p01"]).raw
    lost = hall.send(raw)

    again = hall.send(raw)

    assert again == lost
    receipt = parse_receipt(hall.receipt(again).text)
    assert check_receipt(receipt, hall.key()) == lost.object_id
    hall.count(election)
    assert hall.report().elections[0].ballots == 1


def test_a41_a_ballot_that_was_checked_and_not_stored_leaves_the_card_good(hall: Hall) -> None:
    election = hall.open_election()
    with reading() as tx:
        casting.check(tx, hall.slug, hall.ballot(election, 1, ["p01"]).raw)

    hall.cast(election, 1, ["p02"], "on another tablet")

    hall.count(election)
    assert hall.report().elections[0].counts[1] == ("projects", "p02", 1)


def test_a41_after_the_closing_a_stored_ballot_still_gets_its_receipt(hall: Hall) -> None:
    election = hall.open_election()
    raw = hall.ballot(election, 1, ["p01"]).raw
    place = hall.send(raw)
    hall.close(election)

    assert hall.send(raw) == place


def test_a42_a_double_tap_is_one_ballot_with_one_answer(hall: Hall) -> None:
    election = hall.open_election()
    raw = hall.ballot(election, 1, ["p01"]).raw

    answers = in_one_instant(*[sender(hall, raw)] * 3)

    assert len({repr(answer) for answer in answers}) == 1
    assert isinstance(answers[0], Place)


def test_a42_two_tablets_with_one_card_get_the_answer_that_is_true_for_each(hall: Hall) -> None:
    election = hall.open_election()
    raws = [hall.ballot(election, 1, [f"p0{i}"], i).raw for i in (1, 2)]

    answers = in_one_instant(*(sender(hall, raw) for raw in raws))

    assert sorted(isinstance(answer, Place) for answer in answers) == [False, True]
    assert "ballot.second" in answers
    hall.count(election)
    assert hall.report().elections[0].ballots == 1


@pytest.mark.parametrize("years", [-1, 1])
def test_a43_a_clock_that_is_wrong_by_a_year_decides_nothing(hall: Hall, years: int) -> None:
    with clock.stopped(datetime.now(UTC) + years * YEAR):
        election = hall.open_election()
        hall.cast(election, 1, ["p01"])
    with clock.stopped(datetime.now(UTC) - years * YEAR):
        hall.cast(election, 2, ["p02"])
        hall.count(election)

    report = hall.report()
    assert report.findings == []
    assert report.elections[0].ballots == 2


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a45_with_any_one_device_lost_the_others_open_the_count(hall: Hall, lost: int) -> None:
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])

    hall.count(election, [index for index in (1, 2, 3) if index != lost])

    report = hall.report()
    assert report.findings == []
    assert report.elections[0].counts[0] == ("projects", "p01", 1)
