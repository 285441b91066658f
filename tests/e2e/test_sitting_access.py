"""The pages of a sitting for everyone: in both languages and sizes, on small and large screens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests import staging
from tests.axe import violations
from tests.e2e.officials import House
from tests.hall import Hall
from tests.staging import SLUG, found_congress
from voting.db import transaction
from voting.models.sittings import BallotKind
from voting.rules.vote import DecisionSettings
from voting.services import handcounts, tallying
from voting.services.handcounts import Sheet

SITTING = f"/desk/{SLUG}/sittings/1"
BEFORE = (
    ("secretary", f"/desk/{SLUG}"),
    ("secretary", SITTING),
    ("secretary", f"/desk/{SLUG}/roster"),
    ("secretary", f"/desk/{SLUG}/roster/deputies/1"),
    ("secretary", f"{SITTING}/candidates/decision"),
    ("secretary", f"{SITTING}/candidates/decision/new"),
    ("secretary", f"{SITTING}/rules/decision"),
    ("secretary", f"{SITTING}/rules/rating"),
    ("secretary", f"{SITTING}/cards"),
    ("secretary", f"{SITTING}/scrutineers"),
    ("chief", f"/scrutineer/{SLUG}"),
)
DURING = (
    ("secretary", SITTING),
    ("secretary", f"{SITTING}/candidates/decision"),
    ("secretary", f"{SITTING}/rules/decision"),
    ("secretary", f"{SITTING}/cards"),
    ("secretary", f"{SITTING}/scrutineers"),
    ("clerk", f"{SITTING}/checkin?q=013"),
    ("clerk", f"{SITTING}/checkin?q=代表"),
    ("clerk", f"{SITTING}/checkin/sheet"),
    ("clerk", f"{SITTING}/checkin/badges"),
    ("secretary", f"{SITTING}/votes"),
    ("chair", f"/chair/{SLUG}"),
    ("chair", f"/chair/{SLUG}/votes/1/zero"),
    ("", f"/hall/{SLUG}"),
    ("", f"/c/{SLUG}/log?kind=issue"),
)
AFTER = (
    ("secretary", f"{SITTING}/votes"),
    ("secretary", f"{SITTING}/forms"),
    ("chief", f"/chair/{SLUG}"),
    ("second", f"/scrutineer/{SLUG}"),
    ("", f"/hall/{SLUG}"),
)
BY_HAND = (
    ("secretary", f"{SITTING}/votes"),
    ("second", f"{SITTING}/hand/1"),
    ("chief", f"{SITTING}/hand/1"),
    ("chair", f"/chair/{SLUG}"),
    ("", f"/hall/{SLUG}"),
)


@pytest.fixture
def house(browser: Browser, app: Flask, address: str) -> Iterator[House]:
    """A served congress with its people."""
    made = House(browser, address, app, found_congress())
    yield made
    made.close()
    assert made.complaints == []


@pytest.fixture
def hall(app: Flask, house: House) -> Hall:
    """A sitting that is planned, with its roster."""
    return staging.plan(app, house.team)


def look(house: House, places: tuple[tuple[str, str], ...], query: str, **options: object) -> None:
    """Open each page and ask what is wrong with it; all of it is told at once."""
    desks = {login: house.desk(login, **options) for login, _ in places}
    found: dict[str, list[str]] = {}
    for login, path in places:
        page = desks[login].open(f"{path}{'&' if '?' in path else '?'}{query}")
        settle(page)
        wrong = [*violations(page), *too_wide(page)]
        if wrong:
            found[f"{login} {path}"] = wrong
    assert found == {}


def settle(page: Page) -> None:
    """Wait until scripts have drawn, and nothing moves any more."""
    if "/scrutineer/" in page.url:
        expect(page.locator("#trustee section").first).to_be_visible()
    page.evaluate("() => document.getAnimations().forEach((each) => each.finish())")


def too_wide(page: Page) -> list[str]:
    """Tell whether the page has to be pushed sideways."""
    over = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [f"{over} px too wide"] if over > 0 else []


@pytest.mark.parametrize("query", ["lang=zh&elder=0", "lang=en&elder=1&contrast=1"])
def test_pages_before_the_sitting_are_for_everyone(house: House, hall: Hall, query: str) -> None:
    staging.begin_keys(hall, house.team)
    staging.adopt_rating(hall)

    look(house, BEFORE, query, viewport={"width": 810, "height": 1080})


@pytest.mark.parametrize("query", ["lang=zh&elder=1", "lang=en&elder=2"])
def test_pages_during_the_vote_are_for_everyone(house: House, hall: Hall, query: str) -> None:
    staging.prepare(hall, house.team)
    staging.prepare_vote(hall)

    look(house, DURING, query, viewport={"width": 360, "height": 780})


@pytest.mark.parametrize("query", ["lang=zh&elder=0", "lang=en&elder=2"])
def test_pages_after_the_count_are_for_everyone(house: House, hall: Hall, query: str) -> None:
    staging.prepare(hall, house.team)
    election = staging.hold_vote(hall)
    hall.count(election)
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.declare(tx, actor, election)

    look(house, AFTER, query, viewport={"width": 1920, "height": 1080})
    screen = house.desk(viewport={"width": 1920, "height": 1080}).open(f"/hall/{SLUG}")
    assert screen.evaluate("() => document.documentElement.scrollHeight") == 1080
    rows = screen.locator(".reveal .title")
    expect(rows).to_have_count(13)
    letters = rows.evaluate_all(
        "(all) => all.map((each) => parseFloat(getComputedStyle(each).fontSize))"
    )
    # A picture of three metres' height shows letters of eleven centimetres then.
    assert min(letters) >= 40


@pytest.mark.parametrize("query", ["lang=zh&elder=0", "lang=en&elder=1"])
def test_pages_of_a_count_by_hand_are_for_everyone(house: House, hall: Hall, query: str) -> None:
    staging.adopt(hall, BallotKind.DECISION, DecisionSettings(2), staging.TITLES[:3])
    staging.publish_cards(hall)
    staging.fill_hall(hall)
    with transaction() as tx:
        kind, sitting = BallotKind.DECISION, hall.sitting_id
        hand = handcounts.begin(tx, hall.secretary, sitting, kind, title="票决").id
        for login, votes in (("second", 5), ("third", 6)):
            counted = Sheet(12, 12, 1, (votes, 4, 1, 0))
            handcounts.enter(tx, house.team[login].actor, hand, counted)

    look(house, BY_HAND, query, viewport={"width": 810, "height": 1080})
