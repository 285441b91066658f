"""The check-in desk: find a deputy, scan a card, go on; several desks work at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from markupsafe import Markup
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.exports.qr import qr_svg
from voting.models.sittings import Presence
from voting.rules.access import Action
from voting.services import reports
from voting.services.reports import BadgesPage
from voting.services.sittings import attendance, cards
from voting.services.sittings.attendance import CheckIn
from voting.views.fields import read_form
from voting.views.gate import actor, door
from voting.views.pages import render, say

blueprint: Final = Blueprint(
    "checkin", __name__, url_prefix="/desk/<slug>/sittings/<int:sitting_id>/checkin"
)


@dataclass(frozen=True, slots=True)
class EntryForm:
    deputy: int
    status: Presence
    serial: Annotated[str, Meta(max_length=16)]


@dataclass(frozen=True, slots=True)
class BatchForm:
    even_if_few: bool


@dataclass(frozen=True, slots=True)
class BadgeSheet:
    """Badges with the code of each deputy's number."""

    badges: BadgesPage
    codes: Mapping[int, Markup]


@blueprint.get("")
@door(Action.CHECK_IN)
def desk_page(slug: str, sitting_id: int) -> str:
    wanted = request.args.get("q", "").strip()
    with reading() as tx:
        page = reports.read_checkin(tx, actor(), slug, sitting_id, wanted=wanted)
    return render("secretariat/checkin.html", page)


@blueprint.get("/figures")
@door(Action.CHECK_IN)
def figures(slug: str, sitting_id: int) -> str | Response:
    with reading() as tx:
        page = reports.read_checkin(tx, actor(), slug, sitting_id, wanted="")
    if request.args.get("seen") == page.mark:
        # Nothing is put in the place of what may have the focus.
        return Response(status=204)
    return render("secretariat/checkin_figures.html", page)


@blueprint.post("")
@door(Action.CHECK_IN)
def enter(slug: str, sitting_id: int) -> Response:
    form = read_form(EntryForm)
    entry = CheckIn(form.deputy, form.status, form.serial)
    with transaction() as tx:
        attendance.check_in(tx, actor(), sitting_id, entry)
    say(msg("Entered. The next deputy, please."))
    return redirect(url_for("checkin.desk_page", slug=slug, sitting_id=sitting_id))


@blueprint.post("/issue")
@door(Action.ISSUE_CARD)
def issue(slug: str, sitting_id: int) -> Response:
    form = read_form(BatchForm)
    with transaction() as tx:
        issued = cards.issue_batch(tx, actor(), sitting_id, even_if_few=form.even_if_few)
    say(msg("{cards} cards are good for voting now.", cards=issued))
    return redirect(url_for("checkin.desk_page", slug=slug, sitting_id=sitting_id))


@blueprint.get("/badges")
@door(Action.CHECK_IN)
def badges(slug: str, sitting_id: int) -> str:
    with reading() as tx:
        page = reports.read_badges(tx, actor(), slug, sitting_id)
        drawn = {deputy.id: _drawn(deputy.number) for deputy in page.deputies}
        return render("secretariat/badges.html", BadgeSheet(page, drawn))


@blueprint.get("/sheet")
@door(Action.READ_SITTING)
def sheet(slug: str, sitting_id: int) -> str:
    with reading() as tx:
        page = reports.read_attendance(tx, actor(), slug, sitting_id)
    return render("secretariat/attendance.html", page)


def _drawn(number: str) -> Markup:
    return Markup(qr_svg(number))  # noqa: S704 - our own drawing, no text in it
