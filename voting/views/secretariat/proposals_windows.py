"""The desk of collection: its windows, and posters for them and for stations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from flask import Blueprint, Response, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response as Answer

from voting.db import reading, transaction
from voting.errors import msg
from voting.exports.proposals import Poster, print_poster
from voting.i18n import local
from voting.models.proposals import Audience, CollectionWindow
from voting.rules.access import Action
from voting.services import proposals, stations
from voting.services.people.congresses import CongressCard
from voting.services.proposals import WindowLine, WindowPlan
from voting.services.stations import StationCard
from voting.views.fields import Title, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("collections", __name__, url_prefix="/desk/<slug>/collections")


@dataclass(frozen=True, slots=True)
class WindowForm:
    year: Annotated[int, Meta(ge=2000, le=2100)]
    title: Title
    notice: Annotated[str, Meta(max_length=5000)]
    audience: Audience
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class WindowsPage:
    congress: CongressCard
    windows: Sequence[WindowLine]


@dataclass(frozen=True, slots=True)
class WindowPage:
    congress: CongressCard
    window: CollectionWindow | None
    opens_at: str
    closes_at: str
    stations: Sequence[StationCard]


@blueprint.get("")
@door(Action.MANAGE_COLLECTION)
def list_page(slug: str) -> str:
    with reading() as tx:
        page = WindowsPage(congress(), proposals.list_windows(tx, congress().id))
    return render("secretariat/collections.html", page)


@blueprint.get("/new", defaults={"window_id": None})
@blueprint.get("/<int:window_id>")
@door(Action.MANAGE_COLLECTION)
def window_page(slug: str, window_id: int | None) -> str:
    with reading() as tx:
        window = proposals.find_window(tx, congress().id, window_id) if window_id else None
        opens_at, closes_at = (
            (_on_the_wall(window.opens_at), _on_the_wall(window.closes_at)) if window else ("", "")
        )
        listed = stations.list_stations(tx, congress().id)
        page = WindowPage(congress(), window, opens_at, closes_at, listed)
    return render("secretariat/collection.html", page)


@blueprint.post("/new", defaults={"window_id": None})
@blueprint.post("/<int:window_id>")
@door(Action.MANAGE_COLLECTION)
def save(slug: str, window_id: int | None) -> Answer:
    form = read_form(WindowForm)
    plan = WindowPlan(
        form.year, form.title, form.notice, form.audience, form.opens_at, form.closes_at
    )
    with transaction() as tx:
        saved = proposals.save_window(tx, actor(), congress().id, plan, window_id=window_id)
    say(msg("The collection is saved. Print a poster for it, and hang it up at the stations."))
    return redirect(url_for(".window_page", slug=slug, window_id=saved.id))


@blueprint.get("/<int:window_id>/poster.pdf")
@door(Action.MANAGE_COLLECTION)
def poster(slug: str, window_id: int) -> Response:
    code = request.args.get("station", "")
    with reading() as tx:
        window = proposals.find_public_window(tx, congress().id, window_id)
        station = stations.find_by_code(tx, congress().id, code) if code else None
    answer = Response(print_poster(_poster(window, code, station.name if station else "")))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="poster-{window_id}.pdf"'
    return answer


def _on_the_wall(moment: datetime) -> str:
    """Write a moment as the field of a form has it."""
    return f"{local(moment):%Y-%m-%dT%H:%M}"


def _poster(window: CollectionWindow, code: str, station: str) -> Poster:
    address = url_for(
        "taking_part.window_page",
        slug=congress().slug,
        window_id=window.id,
        s=code or None,
        _external=True,
    )
    return Poster(
        congress().name, window.title, window.opens_at, window.closes_at, address, station
    )
