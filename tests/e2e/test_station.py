"""A resident speaks to a deputy by phone, with a photo; the deputy answers; the answer is rated."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.e2e.officials import cookie_of
from tests.office import SLUG, Office, opened
from voting.db import transaction
from voting.services import stations
from voting.services.stations import StationEntry


@pytest.fixture
def office(app: Flask) -> Office:
    """A congress with its people."""
    return opened()


@pytest.fixture
def station(office: Office) -> str:
    """The address of a station with one deputy."""
    with transaction() as tx:
        entry = StationEntry("长河联络站", "长河路1号")
        made = stations.save_station(tx, office.desk, office.congress_id, entry)
        stations.set_deputies(tx, office.desk, made.id, office.deputy_ids[:1])
        return f"/c/{SLUG}/stations/{made.code}"


def a_photo() -> FilePayload:
    """Take a photo."""
    memory = io.BytesIO()
    Image.new("RGB", (640, 480), "gray").save(memory, "JPEG")
    return FilePayload(name="灯.jpg", mimeType="image/jpeg", buffer=memory.getvalue())


def answer(browser: Browser, address: str, cookie: str) -> None:
    """Answer as the deputy, who sees the photo."""
    context = browser.new_context(locale="zh-CN")
    context.add_cookies([{"name": "session", "value": cookie, "url": address}])
    desk = context.new_page()
    desk.goto(f"{address}/deputy/{SLUG}")
    desk.get_by_role("link", name="请答复群众意见：路灯坏了三盏。").click()
    photo = desk.get_by_role("img", name="照片1")
    expect(photo).to_be_visible()
    assert photo.evaluate("image => image.naturalWidth") > 0
    desk.get_by_label("答复", exact=True).fill("已派人修复。")
    desk.get_by_role("button", name="提交答复").click()
    expect(desk.get_by_text("没有待答复的意见")).to_be_visible()
    context.close()


def test_a_resident_is_heard_and_answered(
    browser: Browser, page: Page, app: Flask, address: str, office: Office, station: str
) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"{address}{station}")
    page.get_by_label("您想反映什么").fill("路灯坏了三盏。")
    page.get_by_label("照片").set_input_files(a_photo())
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("尚未答复")).to_be_visible()

    answer(browser, address, cookie_of(app, office.deputies[0]))

    page.reload()
    expect(page.get_by_text("已派人修复。")).to_be_visible()
    page.get_by_label("五星：非常满意").check()
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("评价：5星")).to_be_visible()
