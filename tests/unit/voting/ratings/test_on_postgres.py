"""Ratings, residents' sums and archives over PostgreSQL work as they do over SQLite."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.hall import Hall
from tests.rated import cast, committee_of, decide, declare, marks_of, open_rating, set_up
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.exports.archive import write_archive
from voting.services.archives import closing
from voting.services.ratings import residents, settling
from voting.services.ratings.residents import PollPlan
from voting.services.ratings.settling import Settlement


@pytest.fixture
def app(postgres_app: Flask) -> Flask:
    """An app over PostgreSQL."""
    return postgres_app


def test_a_rating_goes_from_its_list_to_the_archive(
    app: Flask, clock: StoppedClock, tmp_path: Path
) -> None:
    hall = Hall.build(app)
    office = committee_of(hall)
    decide(hall, ["老旧小区改造", "停车泊位增建"])
    rating_id = set_up(hall, office)
    election = open_rating(hall)
    cast(hall, election, ["2025-01", "2025-02"], marks_of([(3, 1, 0), (2, 1, 1)], 4))
    declare(hall, election)
    with transaction() as tx:
        settlement = Settlement("区人大", date(2026, 2, 2), date(2026, 6, 30))
        rating = settling.settle(tx, office, rating_id, settlement)
        assert [item.grade for item in rating.items] == ["satisfied", "satisfied"]
        plan = PollPlan(2025, "群众评价", "", clock.at, clock.at + timedelta(days=7))
        poll = residents.make_poll(tx, office, hall.congress_id, plan)
        (code,) = residents.issue_codes(tx, office, poll.id, number=1, source="联络站")
        residents.answer(tx, poll.id, code, {item.id: "basic" for item in poll.items})

    written = write_archive(tmp_path, hall.slug, 2025, reading)
    with transaction() as tx:
        closing.keep(tx, office, hall.congress_id, 2025, written=written, closes=True)

    with reading() as tx:
        card = residents.card_of(tx, residents.find_poll(tx, poll.id))
        assert [item.basic for item in card.items] == [1, 1]
        assert card.answers == 1
    assert (tmp_path / written.name).stat().st_size == written.size
    assert hall.report().findings == []
