"""Stations and deputies for residents: where and when, speak to them, follow the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, session, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import NotFound, msg
from voting.i18n import this_day
from voting.models.sittings import Deputy
from voting.models.stations import Station, Voice
from voting.rules.access import Action
from voting.services import pictures, stations
from voting.services.people.congresses import CongressCard
from voting.services.stations import DutyCard, PersonCard, StationCard, voices
from voting.services.stations.voices import VoiceEntry
from voting.views.fields import read_files, read_form
from voting.views.gate import congress, door, limited
from voting.views.pages import render, say

blueprint: Final = Blueprint("stations", __name__, url_prefix="/c/<slug>")
_FOLLOWED: Final = "voice"


@dataclass(frozen=True, slots=True)
class VoiceForm:
    content: Annotated[str, Meta(min_length=1, max_length=2000)]
    contact: Annotated[str, Meta(max_length=60)]
    deputy_id: int | None


@dataclass(frozen=True, slots=True)
class CodeForm:
    code: Annotated[str, Meta(min_length=1, max_length=40)]


@dataclass(frozen=True, slots=True)
class StarsForm:
    stars: Annotated[int, Meta(ge=1, le=5)]
    note: Annotated[str, Meta(max_length=200)]


@dataclass(frozen=True, slots=True)
class StationsPage:
    congress: CongressCard
    stations: tuple[tuple[StationCard, tuple[DutyCard, ...]], ...]


@dataclass(frozen=True, slots=True)
class StationPage:
    congress: CongressCard
    station: Station
    duties: tuple[DutyCard, ...]
    deputies: tuple[PersonCard, ...]
    answers: Sequence[Voice]
    accepted: str
    most_photos: int


@dataclass(frozen=True, slots=True)
class DeputyPage:
    congress: CongressCard
    deputy: Deputy
    stations: tuple[StationCard, ...]
    answers: Sequence[Voice]
    accepted: str
    most_photos: int


@dataclass(frozen=True, slots=True)
class FollowPage:
    congress: CongressCard
    voice: Voice | None
    code: str
    photos: Sequence[pictures.PictureCard]


@blueprint.get("/stations")
@door(Action.READ_PUBLIC)
def list_page(slug: str) -> str:
    today = this_day()
    with reading() as tx:
        listed = tuple(
            (card, stations.list_duties(tx, card.id, today))
            for card in stations.list_stations(tx, congress().id)
        )
    return render("public/stations.html", StationsPage(congress(), listed))


@blueprint.get("/stations/<code>")
@door(Action.READ_PUBLIC)
def station_page(slug: str, code: str) -> str:
    today = this_day()
    with reading() as tx:
        station = stations.find_by_code(tx, congress().id, code)
        duties = stations.list_duties(tx, station.id, today)
        deputies = stations.list_deputies_of(tx, station.id)
        answers = voices.list_public(tx, congress().id, station_id=station.id)
        page = StationPage(
            congress(), station, duties, deputies, answers, pictures.ACCEPTED, voices.MOST_PHOTOS
        )
        return render("public/station.html", page)


@blueprint.post("/stations/<code>")
@door(Action.TAKE_PART)
@limited(10, "hour")
def speak_at(slug: str, code: str) -> Response:
    form, photos = read_form(VoiceForm), read_files("photos", pictures.LARGEST_FILE)
    with transaction() as tx:
        station = stations.find_by_code(tx, congress().id, code)
        entry = VoiceEntry(form.content, station.id, form.deputy_id, form.contact)
        session[_FOLLOWED] = voices.speak(tx, congress().id, entry, photos)
    return _told(slug)


@blueprint.get("/deputies/<int:deputy_id>")
@door(Action.READ_PUBLIC)
def deputy_page(slug: str, deputy_id: int) -> str:
    with reading() as tx:
        deputy, there = stations.find_receiving(tx, congress().id, deputy_id)
        answers = voices.list_public(tx, congress().id, deputy_id=deputy_id)
        page = DeputyPage(congress(), deputy, there, answers, pictures.ACCEPTED, voices.MOST_PHOTOS)
        return render("public/deputy.html", page)


@blueprint.post("/deputies/<int:deputy_id>")
@door(Action.TAKE_PART)
@limited(10, "hour")
def speak_to(slug: str, deputy_id: int) -> Response:
    form, photos = read_form(VoiceForm), read_files("photos", pictures.LARGEST_FILE)
    entry = VoiceEntry(form.content, None, deputy_id, form.contact)
    with transaction() as tx:
        session[_FOLLOWED] = voices.speak(tx, congress().id, entry, photos)
    return _told(slug)


@blueprint.get("/voices")
@door(Action.TAKE_PART)
def follow_page(slug: str) -> str:
    code = str(session.get(_FOLLOWED, ""))
    with reading() as tx:
        try:
            voice = voices.follow(tx, congress().id, code) if code else None
        except NotFound:
            voice = None
        photos = pictures.of(tx, congress().id, f"voice:{voice.id}") if voice else ()
        page = FollowPage(congress(), voice, code if voice else "", photos)
        return render("public/voice.html", page)


@blueprint.post("/voices")
@door(Action.TAKE_PART)
@limited(20, "hour")
def open_voice(slug: str) -> Response:
    code = read_form(CodeForm).code
    with reading() as tx:
        voices.follow(tx, congress().id, code)
    session[_FOLLOWED] = code
    return redirect(url_for(".follow_page", slug=slug))


@blueprint.post("/voices/stars")
@door(Action.TAKE_PART)
@limited(20, "hour")
def rate(slug: str) -> Response:
    form, code = read_form(StarsForm), str(session.get(_FOLLOWED, ""))
    with transaction() as tx:
        voices.rate_answer(tx, congress().id, code, stars=form.stars, note=form.note)
    say(msg("Thank you. Your rating helps deputies to do better."))
    return redirect(url_for(".follow_page", slug=slug))


def _told(slug: str) -> Response:
    say(msg("Your words are with the deputy. Write down the code below to follow the answer."))
    return redirect(url_for(".follow_page", slug=slug))
