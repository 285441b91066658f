"""The check-in desk scans codes with the camera, by the browser's own detector."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from ballots.cards import card_qr
from tests import staging
from tests.axe import violations
from tests.e2e.officials import Desk, House
from tests.hall import Hall
from tests.staging import SLUG
from voting.db import transaction
from voting.services.sittings import plenary

CHECK_IN = f"/desk/{SLUG}/sittings/1/checkin"
# Chromium on this machine has no detector of its own; a tablet's has.
# The empty page from which a desk opens has no cameras at all: they are for pages of a site.
DETECTOR = """
globalThis.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["qr_code"]); }
  detect() {
    const shown = sessionStorage.getItem("shown");
    return Promise.resolve(shown === null ? [] : [{ rawValue: shown }]);
  }
};
if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = () => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d");
  setInterval(() => canvas.getContext("2d").fillRect(0, 0, 9, 9), 50);
  return Promise.resolve(canvas.captureStream(20));
};
"""


@pytest.fixture
def house(browser: Browser, app: Flask, address: str) -> Iterator[House]:
    """A served congress with its people."""
    made = House(browser, address, app, staging.found_congress())
    yield made
    made.close()
    assert made.complaints == []


@pytest.fixture
def hall(app: Flask, house: House) -> Hall:
    """A sitting that meets, and nobody has come yet."""
    hall = staging.plan(app, house.team)
    staging.publish_cards(hall)
    with transaction() as tx:
        plenary.begin_sitting(tx, hall.secretary, hall.sitting_id)
    return hall


def hold_up(page: Page, code: str) -> None:
    """Show a code to the camera."""
    page.evaluate("(code) => sessionStorage.setItem('shown', code)", code)


def scan(desk: Desk, place: int) -> None:
    """Press the button beside a field of the page, counted from 0."""
    desk.page.get_by_role("button", name="用摄像头扫描").nth(place).click()


def test_badge_and_stub_are_scanned_and_a_cards_secret_is_not(house: House, hall: Hall) -> None:
    desk = house.desk("clerk")
    desk.page.add_init_script(DETECTOR)
    desk.open(CHECK_IN)
    hold_up(desk.page, "003")
    scan(desk, 0)
    expect(desk.page.get_by_role("heading", name="张代表")).to_be_visible()
    assert violations(desk.page) == []

    hold_up(desk.page, card_qr(hall.cards[2]))
    scan(desk, 1)
    expect(desk.page.locator("#serial-problem")).to_contain_text("只能由代表所用的平板读取")
    expect(desk.page.locator("#serial")).to_have_value("")

    hold_up(desk.page, "0003")
    scan(desk, 1)
    expect(desk.page.locator("#serial")).to_have_value("0003")
    expect(desk.page.locator("video:visible")).to_have_count(0)
    desk.press("实到")
    desk.hears("已登记")


def test_a_secret_that_is_typed_is_not_sent(house: House, hall: Hall) -> None:
    desk = house.desk("clerk")
    desk.open(f"{CHECK_IN}?q=003")
    sent: list[str] = []
    desk.page.on("request", lambda request: sent.append(request.method))
    desk.page.locator("#serial").evaluate("(field) => field.removeAttribute('maxlength')")

    desk.fill(serial=card_qr(hall.cards[2]))
    desk.press("实到")

    expect(desk.page.locator("#serial-problem")).to_contain_text("只能由代表所用的平板读取")
    assert "POST" not in sent
