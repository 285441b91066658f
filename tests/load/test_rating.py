"""Thirty parts of projects on one paper, rated by 347 deputies: every ballot real, all counted."""

from __future__ import annotations

import time
from datetime import date

import pytest
from flask import Flask

from tests.application import app, clock, settings
from tests.hall import Hall
from tests.rated import committee_of, decide, declare, marks_of, open_rating, set_up
from voting.clock import StoppedClock
from voting.db import transaction
from voting.rules.vote import RatingSettings
from voting.services.ratings import settling
from voting.services.ratings.preparing import What
from voting.services.ratings.settling import Settlement

__all__ = ["app", "clock", "settings"]

DEPUTIES = 347
PROJECTS = 10
PARTS = 3
PATIENCE = 60.0


@pytest.mark.timeout(600)
def test_347_deputies_rate_thirty_parts_on_one_paper(app: Flask, clock: StoppedClock) -> None:
    hall = Hall.build(app, deputies=DEPUTIES)
    office = committee_of(hall)
    decide(hall, [f"项目{place}" for place in range(1, PROJECTS + 1)], parts=PARTS)
    rating_id = set_up(
        hall, office, what=What.SUB_ITEMS, settings=RatingSettings(strict=True, abstain=True)
    )
    election = open_rating(hall)
    codes = [f"2025-{p:02}-{s}" for p in range(1, PROJECTS + 1) for s in range(1, PARTS + 1)]
    # Each part has other counts, so that a column that slips is seen.
    counts = [(300 - 9 * place, 30 + 8 * place, 10 + place, 7) for place in range(30)]
    ballots = [
        hall.ballot(election, number, list(zip(codes, row, strict=True))).raw
        for number, row in enumerate(marks_of(counts, DEPUTIES), start=1)
    ]

    begun = time.monotonic()
    for raw in ballots:
        hall.send(raw)
    taken = time.monotonic() - begun
    declare(hall, election)
    with transaction() as tx:
        rating = settling.settle(
            tx, office, rating_id, Settlement("区人大", date(2026, 2, 2), date(2026, 6, 30))
        )

        assert [
            (item.satisfied, item.basic, item.dissatisfied, item.abstain) for item in rating.items
        ] == counts
        # More than half of 347 is 174: the 15th part is the first below it.
        grades = [item.grade for item in rating.items]
        assert grades == ["satisfied"] * 15 + ["basic"] * 15
    assert hall.report().findings == []
    assert taken <= PATIENCE
