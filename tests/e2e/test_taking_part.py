"""A resident writes with a photo on a phone, is looked at, supported, and follows; for everyone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.application import enrol
from tests.axe import violations
from tests.e2e.officials import Desk, House
from voting import clock
from voting.db import transaction
from voting.models.pictures import Picture
from voting.models.proposals import Audience
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services import proposals
from voting.services.people import congresses
from voting.services.proposals import WindowPlan

PHONE = {"width": 360, "height": 740}
WISH = "西兴老旧小区加装电梯"


@pytest.fixture
def house(browser: Browser, app: Flask, address: str) -> Iterator[House]:
    """A served congress that collects, with somebody of its office."""
    admin = Actor(None, "test", frozenset({(None, Role.SYSTEM_ADMIN)}))
    with transaction() as tx:
        congress = congresses.make_congress(tx, admin, slug="binjiang", name="滨江区人大")
        office = enrol(tx, "office", (congress.id, Role.COMMITTEE), name="周敏")
        begin = clock.now() - timedelta(days=1)
        plan = WindowPlan(2027, "2027年征集", "", Audience.EVERYONE, begin, begin + timedelta(30))
        proposals.save_window(tx, office.actor, congress.id, plan)
    made = House(browser, address, app, {"office": office})
    yield made
    made.close()
    assert made.complaints == []


def fits(page: Page) -> None:
    """Hold a page to what everyone can use, on this screen."""
    assert violations(page) == [], page.url
    over = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(over) <= 0, page.url


def large_photo() -> FilePayload:
    """Make a photo as large as telephones do; noise is what makes its file large."""
    memory = io.BytesIO()
    Image.effect_noise((3000, 2000), 90).convert("RGB").save(memory, "JPEG", quality=92)
    return {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": memory.getvalue()}


def write(phone: Desk, title: str) -> Page:
    """Go from the start to the form, as a resident does."""
    page = phone.open("/c/binjiang/take-part")
    fits(page)
    phone.follow("我要提建议")
    fits(page)
    phone.fill(title=title)
    phone.press("继续填写")
    phone.fill(place="西兴街道星民社区", content="为六层楼栋加装电梯")
    page.locator("main select[name=category]").select_option("housing")
    return page


def test_a_wish_is_written_on_a_phone_looked_at_supported_and_followed(house: House) -> None:
    phone, other, office = (
        house.desk(viewport=PHONE),
        house.desk(viewport=PHONE),
        house.desk("office"),
    )
    page = write(phone, WISH)
    photo = large_photo()
    page.locator("input[name=photos]").set_input_files([photo])
    # The page makes it smaller before it costs somebody's data.
    small = "field => field.files[0].size < 3_000_000 && field.files[0].name === 'photo.jpg'"
    page.wait_for_function(f"() => ({small})(document.querySelector('input[name=photos]'))")
    fits(page)
    phone.press("提交建议")
    code = page.locator(".big-code").inner_text()
    fits(page)

    desk = office.open("/desk/binjiang/proposals")
    fits(desk)
    office.follow(WISH)
    expect(desk.locator(".photos img")).to_have_count(1)
    fits(desk)
    office.press("审核通过并公开")
    office.hears("现在所有人都能看到")
    for path in ("charts", "../collections", "../collections/1", "../import", "../propose"):
        fits(office.open(f"/desk/binjiang/proposals/{path}"))

    support_instead_of_sending_again(other)
    follow(house, code)
    with transaction() as tx:
        kept = tx.get_one(Picture, 1)
        assert max(kept.width, kept.height) == 1600


def support_instead_of_sending_again(phone: Desk) -> None:
    """See the like proposal while typing another title, and support that one."""
    page = write(phone, "公园")
    expect(page.locator("#similar a")).to_have_count(0)
    phone.fill(title="小区要加装电梯")
    page.locator("#similar a", has_text=WISH).click()
    fits(page)
    phone.press("我也需要")
    expect(page.get_by_text("1 人也需要").first).to_be_visible()
    expect(page.get_by_text("您已表示需要")).to_be_visible()
    fits(phone.open("/c/binjiang/proposals"))


def follow(house: House, code: str) -> None:
    """Scan the code on another device: the page fills it in, and nothing of it is in an address."""
    phone = house.desk(viewport=PHONE)
    page = phone.open(f"/c/binjiang/follow#{code}")
    expect(page.locator("input[name=code]")).to_have_value(code)
    fits(page)
    phone.press("查看办理去向")
    expect(page.get_by_text("经审核公开")).to_be_visible()
    assert code not in page.url
    fits(page)
