"""Two votes of one sitting through the pages: a decision, then a rating, same cards and keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests import staging
from tests.e2e.officials import Desk, House
from tests.e2e.tablets import Tablet
from tests.hall import Hall
from tests.staging import SLUG
from voting.models.sittings import BallotKind
from voting.rules.vote import DecisionSettings, Threshold

SITTING = f"/desk/{SLUG}/sittings/1"
CHAIR = f"/chair/{SLUG}"
TITLES = staging.TITLES[:3]


@pytest.fixture
def house(browser: Browser, app: Flask, address: str) -> Iterator[House]:
    """A served congress with its people."""
    made = House(browser, address, app, staging.found_congress())
    yield made
    made.close()
    assert made.complaints == []


@pytest.fixture
def hall(app: Flask, house: House) -> Hall:
    """A sitting that meets, with the list of this year's projects and the one of last year's."""
    hall = staging.plan(app, house.team)
    staging.adopt(hall, BallotKind.DECISION, DecisionSettings(2, threshold=Threshold.NONE), TITLES)
    staging.adopt_rating(hall, TITLES)
    staging.publish_cards(hall)
    staging.make_keys(hall, house.team)
    staging.fill_hall(hall)
    house.cards = hall.cards
    return hall


def test_a_decision_and_a_rating_share_cards_and_keys(house: House, hall: Hall) -> None:
    secretary, screen = house.desk("secretary"), house.desk()
    officials = [house.desk(login) for login in ("chair", "chief")]
    tablets = [house.tablet() for _ in range(2)]
    for election, kind in enumerate(("decision", "rating"), start=1):
        prepare(secretary, kind)
        consent(officials, "确认开始投票", "是，确认开始投票")
        for card, tablet in enumerate(tablets, start=1):
            vote(tablet, card, kind)
        consent(officials, "确认截止投票", "是，确认截止投票")
        for index in (1, 2):
            hall.publish(hall.share(election, index))
        consent(officials, "确认宣布结果", "是，确认宣布结果")

    screen.open(f"/hall/{SLUG}")
    expect(screen.page.locator(".reveal.is-rating li")).to_have_count(len(TITLES))
    announce_both(secretary)
    assert hall.report().findings == []
    votes = hall.replay().elections.values()
    assert len({vote.value.keys for vote in votes}) == 1
    assert len({vote.value.roll for vote in votes}) == 1


def prepare(secretary: Desk, kind: str) -> None:
    """Prepare one of both votes."""
    secretary.open(f"{SITTING}/votes")
    form = secretary.page.locator("form", has=secretary.page.locator(f"[value={kind}]"))
    form.get_by_role("button", name="准备", exact=True).click()
    secretary.hears("票决已准备就绪")


def consent(officials: Sequence[Desk], asked: str, yes: str) -> None:
    """Let chair and chief scrutineer consent, each on a device of their own."""
    for desk in officials:
        desk.open(CHAIR)
        desk.confirm(asked, yes)
        desk.hears(re.compile("已确认"))


def vote(tablet: Tablet, card: int, kind: str) -> None:
    """Choose two projects, or grade all three, with the same card each time."""
    tablet.show_card(card)
    tablet.reaches("paper")
    if kind == "rating":
        for mark in tablet.page.locator('input[data-mark="satisfied"]').all():
            mark.check()
    else:
        tablet.mark("p01", "p02")
    tablet.button("核对我的选择").click()
    tablet.reaches("review")
    tablet.press_seal()
    tablet.reaches("sealed")
    tablet.cast()
    tablet.reaches("receipt")
    tablet.finish()


def announce_both(secretary: Desk) -> None:
    """Announce what was decided and how last year's projects were rated."""
    for number in (1, 2):
        secretary.open(f"{SITTING}/forms")
        secretary.press("发布公告")
        secretary.hears(f"第 {number} 号公告已拟定")
        page = secretary.open(f"/c/{SLUG}/announcements/{number}")
        expect(page.get_by_role("main")).to_contain_text(TITLES[0])
