"""Stations as anyone finds them, with the days on which deputies are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select

from voting.db import Tx
from voting.errors import NotAllowed, NotFound
from voting.models.sittings import Deputy
from voting.models.stations import DutyDay, Station, StationDeputy, StationKeeper
from voting.rules.access import Action, Actor, is_allowed
from voting.rules.duty import Duty, next_days
from voting.rules.roles import Role
from voting.services.people.deputies import find_own


@dataclass(frozen=True, slots=True)
class StationCard:
    """A station as lists name it."""

    id: int
    code: str
    name: str
    address: str
    phone: str
    about: str
    is_online: bool
    is_active: bool


@dataclass(frozen=True, slots=True)
class DutyCard:
    """A time of duty, whose it is (empty: any deputy's) and its next days."""

    id: int
    duty: Duty
    deputy: str
    days: tuple[date, ...]


def list_stations(
    tx: Tx, congress_id: int, *, with_inactive: bool = False
) -> tuple[StationCard, ...]:
    """List the stations of a congress, real ones first."""
    query = _stations(congress_id)
    if not with_inactive:
        query = query.where(Station.is_active)
    return tuple(_card(station) for station in tx.scalars(query))


def stations_of(tx: Tx, actor: Actor, congress_id: int) -> tuple[StationCard, ...]:
    """List the stations that somebody keeps, or where they receive as a deputy."""
    if is_allowed(actor, Action.MANAGE_STATIONS, congress_id):
        return list_stations(tx, congress_id)
    ids: set[int] = set()
    if Role.STATION in actor.roles_in(congress_id):
        kept = select(StationKeeper.station_id).where(StationKeeper.user_id == actor.user_id)
        ids |= set(tx.scalars(kept))
    deputy = find_own(tx, actor, congress_id)
    if deputy is not None:
        there = select(StationDeputy.station_id).where(StationDeputy.deputy_id == deputy.id)
        ids |= set(tx.scalars(there))
    query = _stations(congress_id).where(Station.id.in_(ids), Station.is_active)
    return tuple(_card(station) for station in tx.scalars(query))


def may_manage(actor: Actor, congress_id: int) -> bool:
    """Tell whether somebody enters stations, and not only keeps one."""
    return is_allowed(actor, Action.MANAGE_STATIONS, congress_id)


def list_for_desk(tx: Tx, actor: Actor, congress_id: int) -> tuple[StationCard, ...]:
    """List all stations to the office, also those given up, and to others theirs."""
    if may_manage(actor, congress_id):
        return list_stations(tx, congress_id, with_inactive=True)
    return stations_of(tx, actor, congress_id)


def find_station(tx: Tx, congress_id: int, station_id: int) -> Station:
    """Give a station of a congress."""
    station = tx.get(Station, station_id)
    if station is None or station.congress_id != congress_id:
        raise NotFound("There is no such station.")
    return station


def find_by_code(tx: Tx, congress_id: int, code: str) -> Station:
    """Give the station that an address or a QR code names."""
    query = select(Station).where(Station.congress_id == congress_id, Station.code == code)
    station = tx.scalar(query)
    if station is None or not station.is_active:
        raise NotFound("There is no station at this address.").now(
            "Look for it in the list of stations."
        )
    return station


def find_receiving(
    tx: Tx, congress_id: int, deputy_id: int
) -> tuple[Deputy, tuple[StationCard, ...]]:
    """Give a deputy to whom residents can speak, and the stations where that is."""
    deputy = tx.get(Deputy, deputy_id)
    if deputy is None or deputy.congress_id != congress_id or not deputy.is_active:
        raise NotFound("There is no such deputy.")
    there = select(StationDeputy.station_id).where(StationDeputy.deputy_id == deputy_id)
    query = _stations(congress_id).where(Station.id.in_(there), Station.is_active)
    return deputy, tuple(_card(station) for station in tx.scalars(query))


def check_keeper(tx: Tx, actor: Actor, station_id: int) -> Station:
    """Give a station to its keepers, its deputies and the office. Raises NotAllowed to others."""
    station = tx.get(Station, station_id)
    if station is None:
        raise NotFound("There is no such station.")
    if may_manage(actor, station.congress_id):
        return station
    if all(card.id != station_id for card in stations_of(tx, actor, station.congress_id)):
        raise NotAllowed("You do not keep this station.").now(
            "Ask the office to name you for this station."
        )
    return station


def list_duties(tx: Tx, station_id: int, today: date) -> tuple[DutyCard, ...]:
    """List a station's times of duty, the next one first."""
    query = (
        select(DutyDay, Deputy.name)
        .outerjoin(Deputy, DutyDay.deputy_id == Deputy.id)
        .where(DutyDay.station_id == station_id)
    )
    cards = [_duty(row, name or "", today) for row, name in tx.execute(query)]
    return tuple(sorted(cards, key=lambda card: (card.days, card.duty.starts_at, card.id)))


def _duty(row: DutyDay, deputy: str, today: date) -> DutyCard:
    duty = Duty(row.weekday, row.week_of_month, row.starts_at, row.ends_at)
    return DutyCard(row.id, duty, deputy, next_days(duty, today))


def _stations(congress_id: int) -> Select[Station]:
    query = select(Station).where(Station.congress_id == congress_id)
    return query.order_by(Station.is_online, Station.name)


def _card(station: Station) -> StationCard:
    return StationCard(
        station.id,
        station.code,
        station.name,
        station.address,
        station.phone,
        station.about,
        station.is_online,
        station.is_active,
    )
