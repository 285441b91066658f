"""Pages of ratings, residents' answers, reviews and archives are for everyone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.e2e.rating import DESK, rate_poorly
from tests.e2e.year import Year, look, open_house
from tests.rated import officials
from tests.supervised import SLUG, make_supervised, move
from voting import clock as clocks
from voting.clock import StoppedClock
from voting.db import transaction
from voting.models.sittings import Body
from voting.services.ratings import residents, reviews, taking, templates
from voting.services.ratings.residents import PollPlan
from voting.services.ratings.reviews import ReviewPlan


@pytest.fixture
def year(browser: Browser, app: Flask, address: str, clock: StoppedClock) -> Iterator[Year]:
    """A congress whose three decided projects are carried out."""
    move(clock, 12, 1)
    with transaction() as tx:
        made = make_supervised(tx, projects=3)
    house = open_house(browser, address, app, made)
    yield Year(house, made, clock)
    house.close()
    assert house.complaints == []


PAGES = {
    "office": (
        *(f"{DESK}/ratings?year=2026", f"{DESK}/ratings/1", f"{DESK}/rectifications"),
        *(f"{DESK}/rectifications/1", f"{DESK}/residents", f"{DESK}/reviews"),
        *(f"{DESK}/reviews/1", f"{DESK}/reviews/2", f"{DESK}/reviews/sheets/1"),
        f"{DESK}/archives",
    ),
    "deputy": (f"/deputy/{SLUG}/reviews/2",),
    "unit": (f"{DESK}/rectifications/1",),
    "": (
        *(f"/c/{SLUG}/ratings", f"/c/{SLUG}/ratings/1", f"/c/{SLUG}/opinion/1"),
        f"/c/{SLUG}/reviews/1",
    ),
}


@pytest.mark.parametrize("query", ["lang=zh&elder=1", "lang=en&elder=0&contrast=1"])
def test_pages_of_ratings_are_for_everyone(year: Year, query: str) -> None:
    rate_poorly(year, officials(year.house.app, SLUG, year.made.congress_id))
    ask_residents_and_review(year)
    found = {}
    for who, paths in PAGES.items():
        desk = year.house.desk(who, viewport={"width": 360, "height": 740})
        for path in paths:
            page = desk.open(f"{path}{'&' if '?' in path else '?'}{query}")
            if wrong := look(page):
                found[path] = wrong
        page.context.close()

    assert found == {}


def ask_residents_and_review(year: Year) -> None:
    """Open a residents' rating, publish one review, open another."""
    congress_id, now = year.made.congress_id, clocks.now()
    with transaction() as tx:
        plan = PollPlan(2026, "群众评价", "请您评价", now, now + timedelta(days=7))
        residents.make_poll(tx, year.office, congress_id, plan)
        templates.offer_templates(tx, congress_id)
        sheets = {row.name: row.id for row in reviews.list_templates(tx, congress_id)}
        for title, sheet in (("庭审评查", "庭审评查评分表"), ("述法评议", "述法评议测评表")):
            asked = ReviewPlan(
                title, now.date(), sheets[sheet], Body.PLENARY, "第一庭 | 民事\n第二庭"
            )
            review = reviews.make_review(tx, year.office, congress_id, asked)
            reviews.open_review(tx, year.office, review.id)
        first = reviews.find_review(tx, 1)
        marks = {row.id: ["4"] * 18 for row in first.subjects}
        for _ in range(3):
            taking.enter_paper(tx, year.office, first.id, marks)
        reviews.close_review(tx, year.office, first.id)
        taking.publish_review(tx, year.office, first.id, office="监察司法工委", dated=now.date())
