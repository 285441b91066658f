"""A deputy's discussion rooms: opened, shared, looked through, closed, made something of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, url_for
from markupsafe import Markup
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.exports.qr import qr_svg
from voting.exports.rooms import room_text
from voting.rules.access import Action
from voting.services import rooms
from voting.services.people.congresses import CongressCard
from voting.services.people.deputies import find_own
from voting.services.rooms import RoomEntry, RoomView
from voting.views.fields import Title, read_form
from voting.views.gate import actor, congress, door, limited
from voting.views.pages import render, say

blueprint: Final = Blueprint("rooms", __name__, url_prefix="/deputy/<slug>/rooms")


@dataclass(frozen=True, slots=True)
class RoomForm:
    topic: Title
    intro: Annotated[str, Meta(max_length=2000)]


@dataclass(frozen=True, slots=True)
class VoicesForm:
    voices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReasonForm:
    reason: Annotated[str, Meta(max_length=200)]


@dataclass(frozen=True, slots=True)
class SummaryForm:
    summary: Annotated[str, Meta(min_length=1, max_length=4000)]


@dataclass(frozen=True, slots=True)
class RoomsPage:
    congress: CongressCard
    rooms: tuple[RoomView, ...]
    is_deputy: bool


@dataclass(frozen=True, slots=True)
class RoomPage:
    congress: CongressCard
    view: RoomView
    is_own: bool
    address: str
    picture: Markup

    @property
    def waiting(self) -> tuple[int, ...]:
        """Give what waits to be looked at."""
        return tuple(voice.id for voice in self.view.voices if voice.showing == "waiting")


@blueprint.get("")
@door(Action.KEEP_ROOM)
def list_page(slug: str) -> str:
    with reading() as tx:
        own = find_own(tx, actor(), congress().id)
        listed = rooms.list_rooms(tx, actor(), congress().id)
        return render("deputy/rooms.html", RoomsPage(congress(), listed, own is not None))


@blueprint.post("")
@door(Action.KEEP_ROOM)
@limited(20, "hour")
def open_room(slug: str) -> Response:
    form = read_form(RoomForm)
    with transaction() as tx:
        made = rooms.open_room(tx, actor(), congress().id, RoomEntry(form.topic, form.intro))
    say(msg("The discussion is open. Share the code below with residents."))
    return _back(slug, made.id)


@blueprint.get("/<int:room_id>")
@door(Action.KEEP_ROOM)
def room_page(slug: str, room_id: int) -> str:
    with reading() as tx:
        view = rooms.read_room(tx, actor(), room_id)
        own = find_own(tx, actor(), congress().id)
        is_own = own is not None and own.id == view.room.deputy_id
        address = url_for("public_rooms.room_page", slug=slug, code=view.room.code, _external=True)
        picture = Markup(qr_svg(address))  # noqa: S704 - our own drawing, no text in it
        return render("deputy/room.html", RoomPage(congress(), view, is_own, address, picture))


@blueprint.post("/<int:room_id>/show")
@door(Action.KEEP_ROOM)
def show(slug: str, room_id: int) -> Response:
    chosen = read_form(VoicesForm).voices
    with transaction() as tx:
        rooms.show(tx, actor(), room_id, chosen)
    say(msg("Everyone can read it now."))
    return _back(slug, room_id)


@blueprint.post("/<int:room_id>/voices/<int:voice_id>/hide")
@door(Action.KEEP_ROOM)
def hide(slug: str, room_id: int, voice_id: int) -> Response:
    reason = read_form(ReasonForm).reason
    with transaction() as tx:
        rooms.hide(tx, actor(), room_id, voice_id, reason=reason)
    say(msg("It is hidden; the reason is kept."))
    return _back(slug, room_id)


@blueprint.post("/<int:room_id>/voices/<int:voice_id>/quote")
@door(Action.KEEP_ROOM)
def quote(slug: str, room_id: int, voice_id: int) -> Response:
    with transaction() as tx:
        rooms.quote(tx, actor(), room_id, voice_id)
    return _back(slug, room_id)


@blueprint.post("/<int:room_id>/close")
@door(Action.KEEP_ROOM)
def close(slug: str, room_id: int) -> Response:
    summary = read_form(SummaryForm).summary
    with transaction() as tx:
        rooms.close(tx, actor(), room_id, summary=summary)
    say(msg("The discussion is closed. Make a suggestion or a proposal of it below."))
    return _back(slug, room_id)


@blueprint.post("/<int:room_id>/suggestion")
@door(Action.SUGGEST)
def make_suggestion(slug: str, room_id: int) -> Response:
    with transaction() as tx:
        reason = room_text(rooms.read_room(tx, actor(), room_id))
        made = rooms.become_suggestion(tx, actor(), room_id, reason=reason)
    say(msg("The suggestion is with the office. You can still change it until it is assigned."))
    return redirect(url_for("own_suggestions.suggestion_page", slug=slug, suggestion_id=made.id))


@blueprint.post("/<int:room_id>/proposal")
@door(Action.PROPOSE)
def make_proposal(slug: str, room_id: int) -> Response:
    with transaction() as tx:
        reason = room_text(rooms.read_room(tx, actor(), room_id))
        sent = rooms.become_proposal(tx, actor(), room_id, reason=reason)
    say(msg("Proposal No. {number} is with the office.", number=sent.number))
    return _back(slug, room_id)


def _back(slug: str, room_id: int) -> Response:
    return redirect(url_for(".room_page", slug=slug, room_id=room_id))
