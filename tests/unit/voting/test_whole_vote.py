"""A vote from the roll to the outcome, and what the record says of it to anyone who checks."""

from __future__ import annotations

from flask import Flask

from ballots.receipt import check_receipt, parse_receipt
from tests.hall import Hall, sheet


def test_a_whole_vote_leaves_a_sound_record(app: Flask) -> None:
    hall = Hall.build(app)
    election = hall.open_election()
    for number in (1, 2, 3):
        hall.cast(election, number, ["p01"])
    hall.challenge(election, 4, ["p02"])

    hall.count(election)

    report = hall.report()
    assert report.findings == []
    summary = report.elections[0]
    assert summary.counts[0] == ("projects", "p01", 3)
    assert summary.outcome is not None
    assert summary.outcome["elected"] == ["p01"]


def test_a_receipt_is_checked_offline_with_the_key_alone(app: Flask) -> None:
    hall = Hall.build(app)
    election = hall.open_election()

    place = hall.cast(election, 1, ["p01"])

    receipt = parse_receipt(hall.receipt(place).text)
    assert check_receipt(receipt, hall.key()) == place.object_id
    assert receipt.index == place.position


def test_two_votes_of_a_sitting_share_cards_and_keys(app: Flask) -> None:
    hall = Hall.build(app)
    first = hall.open_election()
    hall.cast(first, 1, ["p01"])
    hall.count(first)

    second = hall.open_election(sheet(5, seats=2, title="第二次票决"))
    hall.cast(second, 1, ["p05"])
    hall.count(second, [2, 3])

    assert hall.row(second).keys_object == hall.row(first).keys_object
    assert hall.report().findings == []
