"""Discussions for residents: what a deputy asks, what others wrote, and a form to write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.rules.access import Action
from voting.services import rooms
from voting.services.people.congresses import CongressCard
from voting.services.rooms import RoomView, Spoken
from voting.views.fields import read_form
from voting.views.gate import congress, device, door, limited
from voting.views.pages import render, say

blueprint: Final = Blueprint("public_rooms", __name__, url_prefix="/c/<slug>/discussions")


@dataclass(frozen=True, slots=True)
class VoiceForm:
    content: Annotated[str, Meta(min_length=1, max_length=1000)]
    name: Annotated[str, Meta(max_length=20)]


@dataclass(frozen=True, slots=True)
class RoomsPage:
    congress: CongressCard
    rooms: tuple[RoomView, ...]
    summed_up: tuple[RoomView, ...]


@dataclass(frozen=True, slots=True)
class RoomPage:
    congress: CongressCard
    view: RoomView


@blueprint.get("")
@door(Action.READ_PUBLIC)
def list_page(slug: str) -> str:
    with reading() as tx:
        listed = rooms.list_open(tx, congress().id)
        past = rooms.list_summed_up(tx, congress().id)
        return render("public/rooms.html", RoomsPage(congress(), listed, past))


@blueprint.get("/<code>")
@door(Action.READ_PUBLIC)
def room_page(slug: str, code: str) -> str:
    with reading() as tx:
        view = rooms.find_public(tx, congress().id, code)
        return render("public/room.html", RoomPage(congress(), view))


@blueprint.post("/<code>")
@door(Action.TAKE_PART)
@limited(10, "hour")
def write(slug: str, code: str) -> Response:
    form = read_form(VoiceForm)
    spoken = Spoken(form.content, device(), form.name)
    with transaction() as tx:
        rooms.write(tx, congress().id, code, spoken)
    say(msg("Thank you. The deputy looks at it first; then everyone can read it here."))
    return redirect(url_for(".room_page", slug=slug, code=code))
