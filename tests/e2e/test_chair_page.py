"""The chair's page follows the sitting, and never calls anybody back who is leaving it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from tests import staging
from tests.e2e.officials import House
from tests.hall import Hall
from tests.staging import SLUG

CHAIR = f"/chair/{SLUG}"
ZERO = f"**{CHAIR}/votes/*/zero"


@pytest.fixture
def house(browser: Browser, app: Flask, address: str) -> Iterator[House]:
    """A served congress with its people."""
    made = House(browser, address, app, staging.found_congress())
    yield made
    made.close()
    assert made.complaints == []


@pytest.fixture
def hall(app: Flask, house: House) -> Hall:
    """A sitting whose vote is prepared."""
    hall = staging.plan(app, house.team)
    staging.prepare(hall, house.team)
    staging.prepare_vote(hall)
    return hall


def learns_of_a_change(page: Page, hall: Hall) -> None:
    """Open the vote behind the page's back, and wait until it has heard of that."""
    with page.expect_response(lambda answer: answer.headers.get("hx-trigger") == "outdated"):
        hall.open(1)


def test_a_page_that_nobody_uses_shows_the_new_state(house: House, hall: Hall) -> None:
    page = house.desk("chair").open(CHAIR)
    expect(page.get_by_text("确认开始投票", exact=True)).to_be_visible()
    learns_of_a_change(page, hall)
    expect(page.get_by_text("确认截止投票", exact=True)).to_be_visible()


def test_a_page_keeps_what_is_being_confirmed_and_says_that_it_is_out_of_date(
    house: House, hall: Hall
) -> None:
    page = house.desk("chair").open(CHAIR)
    page.get_by_text("确认开始投票", exact=True).click()
    learns_of_a_change(page, hall)
    expect(page.get_by_text("可办理的事项已有变化")).to_be_visible()
    expect(page.get_by_role("button", name="是，确认开始投票")).to_be_visible()
    page.get_by_role("link", name="查看", exact=True).click()
    expect(page.get_by_text("确认截止投票", exact=True)).to_be_visible()


def test_a_change_does_not_call_back_who_is_on_the_way_to_another_page(
    house: House, hall: Hall
) -> None:
    page = house.desk("chair").open(CHAIR)
    held: list[Route] = []
    page.route(ZERO, lambda route: held.append(route))  # noqa: PLW0108
    with page.expect_request(ZERO):
        page.get_by_role("link", name="打印零票报告").click(no_wait_after=True)
    learns_of_a_change(page, hall)
    # Whoever is called back is so within this time.
    page.wait_for_timeout(1_000)
    held[0].continue_()
    page.wait_for_url(ZERO)
