"""Writes calendars that telephones and mail programs subscribe to (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import icalendar

from voting import clock
from voting.i18n import t
from voting.services.supervision.public import PublicDay

_PRODUCT = "-//minsheng-vote//calendar//ZH"


def own_calendar(name: str, days: Iterable[tuple[str, date, str, str]]) -> bytes:
    """Write what somebody owes: for each a key, a day, the words and the page."""
    made = _calendar(name)
    for key, day, words, url in days:
        made.add_component(_event(key, day, words, url=url))
    return bytes(made.to_ical())


def public_calendar(name: str, slug: str, days: Iterable[PublicDay]) -> bytes:
    """Write the announced activities of a congress."""
    made = _calendar(t("{congress}: supervision activities", congress=name))
    for day in days:
        words = t("{kind}: {title}", kind=day.kind, title=day.title)
        made.add_component(_event(f"{slug}-{day.key}", day.day, words, place=day.place))
    return bytes(made.to_ical())


def _calendar(name: str) -> icalendar.Calendar:
    made = icalendar.Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", "Asia/Shanghai")
    return made


def _event(key: str, day: date, words: str, *, url: str = "", place: str = "") -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{key}@minsheng-vote")
    event.add("dtstamp", clock.now())
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", words)
    if url:
        event.add("url", url)
    if place:
        event.add("location", place)
    return event
