"""The calendar of what somebody owes, under a secret address that they make and take back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

from flask import Blueprint, Response, current_app, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from voting.config import Settings
from voting.db import reading, transaction
from voting.errors import msg
from voting.exports.calendar import own_calendar
from voting.i18n import t
from voting.rules.access import Action
from voting.rules.due import Due
from voting.services.reports import dues
from voting.services.supervision import calendars
from voting.views.gate import actor, door, limited
from voting.views.pages import render, say

blueprint: Final = Blueprint("calendar", __name__)


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """Whether there is a calendar, and its address where it was made just now."""

    is_open: bool
    address: str = ""


@blueprint.get("/account/calendar")
@door(Action.OWN_ACCOUNT)
def calendar_page() -> str:
    with reading() as tx:
        page = CalendarPage(calendars.has_calendar(tx, actor()))
    return render("account/calendar.html", page)


@blueprint.post("/account/calendar")
@door(Action.OWN_ACCOUNT)
@limited(10, "minute")
def make() -> str:
    with transaction() as tx:
        secret = calendars.open_calendar(tx, actor())
    return render("account/calendar.html", CalendarPage(is_open=True, address=_address(secret)))


@blueprint.post("/account/calendar/close")
@door(Action.OWN_ACCOUNT)
def close() -> AnyResponse:
    with transaction() as tx:
        calendars.close_calendar(tx, actor())
    say(msg("The calendar is closed; its address leads nowhere now."))
    return redirect(url_for("calendar.calendar_page"))


@blueprint.get("/calendar/<secret>.ics")
@door(Action.READ_PUBLIC)
@limited(60, "minute")
def calendar_file(secret: str) -> Response:
    with reading() as tx:
        owner = calendars.owner_of(tx, secret)
        lines = dues.list_dues(tx, owner)
    days = [
        (line.key, line.due_on, t(line.words), _page(line))
        for line in lines
        if line.due_on is not None
    ]
    name = t("Due: {name}", name=owner.name)
    answer = Response(own_calendar(name, days), content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _page(line: Due) -> str:
    values: dict[str, Any] = {**line.values}
    return _base() + url_for(line.endpoint, **values)


def _address(secret: str) -> str:
    return _base() + url_for("calendar.calendar_file", secret=secret)


def _base() -> str:
    return cast("Settings", current_app.extensions["settings"]).base_url.rstrip("/")
