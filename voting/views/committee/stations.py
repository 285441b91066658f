"""Stations at the desk: entered, with keepers, deputies, times of duty and a poster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Annotated, Final

from flask import Blueprint, redirect, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import Message, msg
from voting.i18n import this_day
from voting.models.sittings import Deputy
from voting.models.stations import Station
from voting.rules.access import Action
from voting.rules.duty import WEEKDAYS, Duty
from voting.services import roster, stations
from voting.services.people.congresses import CongressCard
from voting.services.stations import DutyCard, DutyEntry, PersonCard, StationCard, StationEntry
from voting.views.committee.units import InviteForm, SlipPage
from voting.views.fields import Title, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say
from voting.views.posters import PosterPage

blueprint: Final = Blueprint("stationdesk", __name__, url_prefix="/desk/<slug>/stations")


Hour = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", max_length=5)]


@dataclass(frozen=True, slots=True)
class StationForm:
    name: Title
    address: Annotated[str, Meta(max_length=200)]
    phone: Annotated[str, Meta(max_length=32)]
    about: Annotated[str, Meta(max_length=2000)]
    is_online: bool
    is_active: bool

    def entry(self, *, is_new: bool) -> StationEntry:
        """Give what the service takes."""
        return StationEntry(
            self.name,
            self.address,
            self.phone,
            self.about,
            is_online=self.is_online,
            is_active=is_new or self.is_active,
        )


@dataclass(frozen=True, slots=True)
class DeputiesForm:
    deputies: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DutyForm:
    weekday: Annotated[int, Meta(ge=0, le=6)]
    week: Annotated[int, Meta(ge=1, le=5)] | None
    starts_at: Hour
    ends_at: Hour
    deputy_id: int | None

    @property
    def entry(self) -> DutyEntry:
        """Give what the service takes."""
        hours = time.fromisoformat(self.starts_at), time.fromisoformat(self.ends_at)
        return DutyEntry(Duty(self.weekday, self.week, *hours), self.deputy_id)


@dataclass(frozen=True, slots=True)
class StationsPage:
    congress: CongressCard
    stations: tuple[StationCard, ...]
    may_manage: bool


@dataclass(frozen=True, slots=True)
class StationPage:
    congress: CongressCard
    station: Station
    keepers: tuple[PersonCard, ...]
    deputies: tuple[PersonCard, ...]
    roster: Sequence[Deputy]
    duties: tuple[DutyCard, ...]
    weekdays: tuple[Message, ...]
    may_manage: bool

    @property
    def chosen(self) -> frozenset[int]:
        """Give the deputies who receive here."""
        return frozenset(card.id for card in self.deputies)


@blueprint.get("")
@door(Action.KEEP_STATION)
def list_page(slug: str) -> str:
    with reading() as tx:
        listed = stations.list_for_desk(tx, actor(), congress().id)
    page = StationsPage(congress(), listed, _may_manage())
    return render("committee/stations.html", page)


@blueprint.post("")
@door(Action.MANAGE_STATIONS)
def add(slug: str) -> Response:
    form = read_form(StationForm)
    with transaction() as tx:
        made = stations.save_station(tx, actor(), congress().id, form.entry(is_new=True))
    say(
        msg(
            "{station} is entered. Now name deputies, keepers and times of duty.", station=made.name
        )
    )
    return _back(slug, made.id)


@blueprint.get("/<int:station_id>")
@door(Action.KEEP_STATION)
def station_page(slug: str, station_id: int) -> str:
    today = this_day()
    with reading() as tx:
        station = stations.check_keeper(tx, actor(), station_id)
        page = StationPage(
            congress(), station, stations.list_keepers(tx, station_id),
            stations.list_deputies_of(tx, station_id), roster.list_deputies(tx, congress().id),
            stations.list_duties(tx, station_id, today), WEEKDAYS, _may_manage(),
        )  # fmt: skip
        return render("committee/station.html", page)


@blueprint.post("/<int:station_id>")
@door(Action.MANAGE_STATIONS)
def change(slug: str, station_id: int) -> Response:
    entry = read_form(StationForm).entry(is_new=False)
    with transaction() as tx:
        stations.save_station(tx, actor(), congress().id, entry, station_id=station_id)
    say(msg("The station is saved."))
    return _back(slug, station_id)


@blueprint.post("/<int:station_id>/invitations")
@door(Action.MANAGE_STATIONS)
def invite(slug: str, station_id: int) -> str:
    form = read_form(InviteForm)
    with transaction() as tx:
        invited = stations.invite_keeper(tx, actor(), station_id, login=form.login, name=form.name)
    back = url_for(".station_page", slug=slug, station_id=station_id)
    return render("committee/slip.html", SlipPage(invited, back))


@blueprint.post("/<int:station_id>/keepers/<int:user_id>/remove")
@door(Action.MANAGE_STATIONS)
def remove_keeper(slug: str, station_id: int, user_id: int) -> Response:
    with transaction() as tx:
        stations.remove_keeper(tx, actor(), station_id, user_id)
    say(msg("The account no longer keeps this station."))
    return _back(slug, station_id)


@blueprint.post("/<int:station_id>/deputies")
@door(Action.MANAGE_STATIONS)
def set_deputies(slug: str, station_id: int) -> Response:
    chosen = read_form(DeputiesForm).deputies
    with transaction() as tx:
        stations.set_deputies(tx, actor(), station_id, chosen)
    say(msg("The deputies of the station are saved."))
    return _back(slug, station_id)


@blueprint.post("/<int:station_id>/duties")
@door(Action.KEEP_STATION)
def add_duty(slug: str, station_id: int) -> Response:
    entry = read_form(DutyForm).entry
    with transaction() as tx:
        stations.add_duty(tx, actor(), station_id, entry)
    say(msg("The time of duty is entered; residents see its next days."))
    return _back(slug, station_id)


@blueprint.post("/<int:station_id>/duties/<int:duty_id>/remove")
@door(Action.KEEP_STATION)
def remove_duty(slug: str, station_id: int, duty_id: int) -> Response:
    with transaction() as tx:
        stations.remove_duty(tx, actor(), station_id, duty_id)
    say(msg("The time of duty is taken away."))
    return _back(slug, station_id)


@blueprint.get("/<int:station_id>/poster")
@door(Action.KEEP_STATION)
def poster(slug: str, station_id: int) -> str:
    with reading() as tx:
        station = stations.check_keeper(tx, actor(), station_id)
    address = url_for("stations.station_page", slug=slug, code=station.code, _external=True)
    words = msg("Scan and speak to a deputy of this station")
    lines = tuple(line for line in (station.address, station.phone) if line)
    back = url_for(".station_page", slug=slug, station_id=station_id)
    page = PosterPage(congress(), station.name, words, lines, address, back)
    return render("committee/poster.html", page)


def _may_manage() -> bool:
    return stations.may_manage(actor(), congress().id)


def _back(slug: str, station_id: int) -> Response:
    return redirect(url_for(".station_page", slug=slug, station_id=station_id))
