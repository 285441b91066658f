"""What residents said, for those who answer it: deputies, keepers of stations, the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.models.stations import Voice
from voting.rules.access import Action, is_allowed
from voting.services import pictures, units
from voting.services.people.congresses import CongressCard
from voting.services.stations import voices
from voting.services.stations.voices import AnswerEntry
from voting.services.units import UnitCard
from voting.views.fields import read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("voices", __name__, url_prefix="/desk/<slug>/voices")

Text = Annotated[str, Meta(min_length=1, max_length=2000)]


@dataclass(frozen=True, slots=True)
class AnswerForm:
    text: Text
    unit_id: int | None
    forwarded_to: Annotated[str, Meta(max_length=100)]
    is_public: bool


@dataclass(frozen=True, slots=True)
class ReasonForm:
    text: Text


@dataclass(frozen=True, slots=True)
class VoicesPage:
    congress: CongressCard
    voices: Sequence[Voice]
    is_all: bool


@dataclass(frozen=True, slots=True)
class VoicePage:
    congress: CongressCard
    voice: Voice
    contact: str
    photos: Sequence[pictures.PictureCard]
    may_suggest: bool
    units: Sequence[UnitCard]

    @property
    def unit_id(self) -> int | None:
        """The unit of the congress to which it was forwarded, if it was one."""
        sent = self.voice.forwarded_to
        return next((unit.id for unit in self.units if unit.name == sent), None)


@blueprint.get("")
@door(Action.KEEP_STATION)
def list_page(slug: str) -> str:
    is_all = request.args.get("all") == "1"
    with reading() as tx:
        listed = voices.list_voices(tx, actor(), congress().id, waiting=not is_all)
        return render("committee/voices.html", VoicesPage(congress(), listed, is_all))


@blueprint.get("/<int:voice_id>")
@door(Action.KEEP_STATION)
def voice_page(slug: str, voice_id: int) -> str:
    with reading() as tx:
        voice = voices.read_voice(tx, actor(), congress().id, voice_id)
        photos = pictures.of(tx, congress().id, f"voice:{voice.id}")
        contact = voices.contact_of(tx, voice)
        may_suggest = is_allowed(actor(), Action.SUGGEST, congress().id)
        known = units.list_units(tx, congress().id)
        page = VoicePage(congress(), voice, contact, photos, may_suggest, known)
        return render("committee/voice.html", page)


@blueprint.post("/<int:voice_id>/answer")
@door(Action.KEEP_STATION)
def answer(slug: str, voice_id: int) -> Response:
    form = read_form(AnswerForm)
    with transaction() as tx:
        unit = units.find_unit(tx, congress().id, form.unit_id).name if form.unit_id else ""
        entry = AnswerEntry(form.text, unit or form.forwarded_to, is_public=form.is_public)
        voices.answer(tx, actor(), congress().id, voice_id, entry=entry)
    say(msg("The answer is kept; whoever spoke finds it with the code."))
    return redirect(url_for(".list_page", slug=slug))


@blueprint.post("/<int:voice_id>/aside")
@door(Action.KEEP_STATION)
def put_aside(slug: str, voice_id: int) -> Response:
    reason = read_form(ReasonForm).text
    with transaction() as tx:
        voices.put_aside(tx, actor(), congress().id, voice_id, reason=reason)
    say(msg("It is put aside; whoever spoke reads why."))
    return redirect(url_for(".list_page", slug=slug))
