"""Pages of suggestions, stations, discussions and records: for everyone, on small screens."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.application import Member
from tests.axe import violations
from tests.e2e.officials import cookie_of
from tests.office import SLUG, Office, opened
from voting.db import transaction
from voting.services import rooms, stations
from voting.services.rooms import RoomEntry, Spoken
from voting.services.stations import StationEntry, voices
from voting.services.stations.voices import VoiceEntry
from voting.services.suggestions import assigning, handling, writing
from voting.services.suggestions import reading as suggestions
from voting.services.suggestions.assigning import Assignment
from voting.services.suggestions.handling import ReplyEntry
from voting.services.suggestions.writing import SuggestionEntry

DESK, UNIT, OWN = f"/desk/{SLUG}", f"/unit/{SLUG}", f"/deputy/{SLUG}"


@pytest.fixture
def office(app: Flask) -> Office:
    """A congress in which each kind of thing has happened once."""
    office = opened()
    with transaction() as tx:
        entry = SuggestionEntry("关于增设人行横道的建议", "不安全。", "增设横道。")
        made = writing.suggest(tx, office.deputy, office.congress_id, entry)
        assigning.assign(tx, office.desk, made.id, Assignment(office.unit_id))
        lead = suggestions.lead_of(made)
        assert lead is not None
        handling.accept(tx, office.unit.actor, lead.id)
        handling.reply(tx, office.unit.actor, lead.id, ReplyEntry("A", "已经施划。"))
        assigning.publish(tx, office.desk, made.id)
        place = StationEntry("长河联络站", "长河路1号")
        station = stations.save_station(tx, office.desk, office.congress_id, place)
        voices.speak(tx, office.congress_id, VoiceEntry("路灯坏了。", station.id), ())
        room = rooms.open_room(tx, office.deputy, office.congress_id, RoomEntry("装信号灯吗"))
        rooms.write(tx, office.congress_id, room.code, Spoken("要装。", "device"))
    return office


def pages_of(office: Office) -> list[tuple[Member | None, str]]:
    """List who looks at which pages."""
    desk = ("/suggestions", "/suggestions/1", "/suggestions/rates", "/units/1", "/stations/1")
    deputy = ("", "/suggestions/1", "/suggestions/new", "/rooms/1")
    public = ("/suggestions", "/suggestions/2026/1", "/stations", "/discussions", "/voices")
    return [
        *((office.committee, f"{DESK}{path}") for path in (*desk, "/records", "/voices/1")),
        *((office.deputies[0], f"{OWN}{path}") for path in deputy),
        *((office.unit, f"{UNIT}{path}") for path in ("", "/suggestions/1")),
        *((None, f"/c/{SLUG}{path}") for path in public),
        (None, f"/c/{SLUG}/deputies/{office.deputy_ids[0]}"),
    ]


def wrong_with(page: Page) -> list[str]:
    """Tell what keeps people from a page, sideways scrolling included."""
    over = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [*violations(page), *([f"{over} px too wide"] if over > 0 else [])]


@pytest.mark.usefixtures("clock")
def test_pages_are_for_everyone(browser: Browser, app: Flask, address: str, office: Office) -> None:
    found: dict[str, list[str]] = {}
    for member, path in pages_of(office):
        context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 780})
        if member is not None:
            cookie = {"name": "session", "value": cookie_of(app, member), "url": address}
            context.add_cookies([cookie])  # type: ignore[list-item]  # a plain dict serves
        page = context.new_page()
        answer = page.goto(f"{address}{path}?lang=zh&elder=1")
        assert answer is not None
        wrong = wrong_with(page) if answer.status == 200 else [f"status {answer.status}"]
        if wrong:
            found[path] = wrong
        context.close()
    assert found == {}
