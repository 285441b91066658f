"""Enters stations, their keepers and deputies, and the times of duty."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Final

from sqlalchemy import delete, select

from voting import clock
from voting.db import Tx
from voting.errors import FieldProblem, NotFound, NotValid, msg
from voting.events import Event
from voting.models.people import User
from voting.models.sittings import Deputy
from voting.models.stations import DutyDay, Station, StationDeputy, StationKeeper
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.duty import Duty
from voting.rules.roles import Role
from voting.services import journal
from voting.services.people import accounts
from voting.services.people.accounts import Invited
from voting.services.stations.listing import check_keeper, find_station

# Without letters and digits that look alike on a poster.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LENGTH: Final = 6


@dataclass(frozen=True, slots=True)
class StationSaved(Event):
    words = msg("The station {station} was saved.")
    station: str


@dataclass(frozen=True, slots=True)
class StationKeeperAdded(Event):
    words = msg("{person} now keeps the station {station}.")
    station: str
    person: str


@dataclass(frozen=True, slots=True)
class StationKeeperRemoved(Event):
    words = msg("{person} no longer keeps the station {station}.")
    station: str
    person: str


@dataclass(frozen=True, slots=True)
class StationDeputiesSet(Event):
    words = msg("{number} deputies receive residents at {station}.")
    station: str
    number: int


@dataclass(frozen=True, slots=True)
class DutyChanged(Event):
    words = msg("The times of duty of {station} were changed.")
    station: str


@dataclass(frozen=True, slots=True)
class StationEntry:
    """What is entered about a station."""

    name: str
    address: str = ""
    phone: str = ""
    about: str = ""
    is_online: bool = False
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class DutyEntry:
    """A time of duty; without a deputy, whoever of the station's deputies is there."""

    duty: Duty
    deputy_id: int | None = None


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A keeper or a deputy of a station."""

    id: int
    name: str
    note: str = ""


def save_station(
    tx: Tx, actor: Actor, congress_id: int, entry: StationEntry, *, station_id: int | None = None
) -> Station:
    """Enter a station or change one; its code never changes, for posters hang with it."""
    access.check(actor, Action.MANAGE_STATIONS, congress_id)
    name = " ".join(entry.name.split())
    same = select(Station).where(Station.congress_id == congress_id, Station.name == name)
    other = tx.scalar(same)
    if other is not None and other.id != station_id:
        problem = FieldProblem("name", msg("{station} is on the list already.", station=name))
        raise NotValid("There is already a station of this name.").at(problem)
    if not entry.is_online and not entry.address.strip():
        problem = FieldProblem("address", msg("Residents need to know where to go."))
        raise NotValid("A station that is not online has an address.").at(problem)
    if station_id is None:
        station = Station(
            congress_id=congress_id, code=_new_code(tx, congress_id), created_at=clock.now()
        )
        tx.add(station)
    else:
        station = find_station(tx, congress_id, station_id)
    station.name, station.address, station.phone = name, entry.address, entry.phone
    station.about, station.is_online, station.is_active = (
        entry.about,
        entry.is_online,
        entry.is_active,
    )
    tx.flush()
    journal.record(tx, actor, StationSaved(name), congress_id=congress_id)
    return station


def invite_keeper(tx: Tx, actor: Actor, station_id: int, *, login: str, name: str) -> Invited:
    """Make an account that keeps a station; for the role of a station only."""
    station = _managed(tx, actor, station_id)
    invited = accounts.add_invited(tx, actor, login=login, name=name)
    accounts.add_grant(tx, actor, invited.user_id, Role.STATION, congress_id=station.congress_id)
    tx.add(StationKeeper(station_id=station_id, user_id=invited.user_id))
    tx.flush()
    event = StationKeeperAdded(station.name, invited.name)
    journal.record(tx, actor, event, congress_id=station.congress_id)
    return invited


def remove_keeper(tx: Tx, actor: Actor, station_id: int, user_id: int) -> None:
    """Let an account no longer keep a station."""
    station = _managed(tx, actor, station_id)
    row = tx.get(StationKeeper, (station_id, user_id))
    if row is None:
        raise NotFound("This account does not keep the station.")
    tx.delete(row)
    tx.flush()
    event = StationKeeperRemoved(station.name, accounts.find_person(tx, user_id).name)
    journal.record(tx, actor, event, congress_id=station.congress_id)


def list_keepers(tx: Tx, station_id: int) -> tuple[PersonCard, ...]:
    """List who keeps a station."""
    query = (
        select(User)
        .join(StationKeeper, StationKeeper.user_id == User.id)
        .where(StationKeeper.station_id == station_id)
        .order_by(User.name, User.id)
    )
    return tuple(PersonCard(user.id, user.name, user.login) for user in tx.scalars(query))


def set_deputies(tx: Tx, actor: Actor, station_id: int, deputies: Sequence[int]) -> None:
    """Say which deputies receive residents at a station."""
    station = _managed(tx, actor, station_id)
    query = select(Deputy.id).where(
        Deputy.congress_id == station.congress_id, Deputy.is_active, Deputy.id.in_(deputies)
    )
    chosen = sorted(tx.scalars(query))
    tx.execute(delete(StationDeputy).where(StationDeputy.station_id == station_id))
    tx.add_all(StationDeputy(station_id=station_id, deputy_id=number) for number in chosen)
    tx.flush()
    event = StationDeputiesSet(station.name, len(chosen))
    journal.record(tx, actor, event, congress_id=station.congress_id)


def list_deputies_of(tx: Tx, station_id: int) -> tuple[PersonCard, ...]:
    """List the deputies of a station, in official order."""
    query = (
        select(Deputy)
        .join(StationDeputy, StationDeputy.deputy_id == Deputy.id)
        .where(StationDeputy.station_id == station_id, Deputy.is_active)
        .order_by(Deputy.position)
    )
    return tuple(PersonCard(one.id, one.name, one.delegation.name) for one in tx.scalars(query))


def add_duty(tx: Tx, actor: Actor, station_id: int, entry: DutyEntry) -> None:
    """Enter a time of duty."""
    station = check_keeper(tx, actor, station_id)
    access.check(actor, Action.KEEP_STATION, station.congress_id)
    if entry.duty.starts_at >= entry.duty.ends_at:
        problem = FieldProblem("ends_at", msg("Later than the beginning."))
        raise NotValid("The time of duty ends before it begins.").at(problem)
    known = {card.id for card in list_deputies_of(tx, station_id)}
    if entry.deputy_id is not None and entry.deputy_id not in known:
        problem = FieldProblem("deputy_id", msg("Choose one of the station's deputies."))
        raise NotValid("This deputy does not receive at the station.").at(problem)
    tx.add(_duty_row(station_id, entry))
    tx.flush()
    journal.record(tx, actor, DutyChanged(station.name), congress_id=station.congress_id)


def remove_duty(tx: Tx, actor: Actor, station_id: int, duty_id: int) -> None:
    """Take a time of duty away."""
    station = check_keeper(tx, actor, station_id)
    row = tx.get(DutyDay, duty_id)
    if row is None or row.station_id != station_id:
        raise NotFound("This time of duty has been taken away already.")
    tx.delete(row)
    tx.flush()
    journal.record(tx, actor, DutyChanged(station.name), congress_id=station.congress_id)


def _duty_row(station_id: int, entry: DutyEntry) -> DutyDay:
    duty = entry.duty
    return DutyDay(
        station_id=station_id,
        deputy_id=entry.deputy_id,
        weekday=duty.weekday,
        week_of_month=duty.week_of_month,
        starts_at=_plain(duty.starts_at),
        ends_at=_plain(duty.ends_at),
    )


def _plain(moment: time) -> time:
    return moment.replace(second=0, microsecond=0, tzinfo=None)


def _managed(tx: Tx, actor: Actor, station_id: int) -> Station:
    station = tx.get(Station, station_id)
    if station is None:
        raise NotFound("There is no such station.")
    access.check(actor, Action.MANAGE_STATIONS, station.congress_id)
    return station


def _new_code(tx: Tx, congress_id: int) -> str:
    while True:
        code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
        same = select(Station.id).where(Station.congress_id == congress_id, Station.code == code)
        if tx.scalar(same) is None:
            return code
