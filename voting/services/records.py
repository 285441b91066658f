"""A deputy's record 履职档案 of the term, for the deputy and the office.

Of a sealed sitting it knows what the attendance sheet knows: a status, and no time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from voting import clock
from voting.db import Tx
from voting.errors import FieldProblem, Message, NotFound, NotValid, msg
from voting.events import Event
from voting.i18n import this_day
from voting.models.inspections import Activity, ActivityKind, Guest
from voting.models.proposals import Proposal
from voting.models.records import Deed, RecordEntry
from voting.models.rooms import Room
from voting.models.sittings import Attendance, Deputy, Presence, Sitting
from voting.models.stations import Voice, VoiceState
from voting.models.suggestions import Cosigner, Suggestion, SuggestionState
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal
from voting.services.people.deputies import deputy_of, find_own

DEED_NAMES: Final[dict[Deed, Message]] = {
    Deed.VISIT: msg("Inspection or survey on site"),
    Deed.STUDY: msg("Study and training"),
    Deed.RECEPTION: msg("Receiving residents"),
    Deed.SURVEY: msg("Research"),
    Deed.MEETING: msg("Meeting of a committee"),
    Deed.OTHER: msg("Other"),
}


@dataclass(frozen=True, slots=True)
class DeedEntered(Event):
    words = msg("{deputy}: “{title}” was entered in the record.")
    deputy: str
    title: str


@dataclass(frozen=True, slots=True)
class DeedRemoved(Event):
    words = msg("{deputy}: “{title}” was taken out of the record.")
    deputy: str
    title: str


@dataclass(frozen=True, slots=True)
class DeedEntry:
    """What is entered by hand."""

    kind: Deed
    done_on: date
    title: str
    place: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SittingLine:
    """A sitting and the deputy's status at it."""

    name: str
    starts_on: date
    status: Presence


@dataclass(frozen=True, slots=True)
class VisitLine:
    """An activity of supervision at which the deputy signed in."""

    title: str
    kind: ActivityKind
    place: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """All that a deputy has done in the term."""

    deputy: Deputy
    sittings: tuple[SittingLine, ...]
    proposals: tuple[Proposal, ...]
    suggestions: tuple[Suggestion, ...]
    cosigned: tuple[Suggestion, ...]
    visits: tuple[VisitLine, ...]
    entries: tuple[RecordEntry, ...]
    answered: int
    rooms: int

    @property
    def attended(self) -> int:
        """How many sittings the deputy was at, late or not to the end included."""
        there = {Presence.PRESENT, Presence.LATE, Presence.LEFT}
        return sum(line.status in there for line in self.sittings)


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One deputy in the office's list."""

    deputy: Deputy
    suggestions: int
    proposals: int
    visits: int
    entries: int


def read_own(tx: Tx, actor: Actor, congress_id: int) -> Record:
    """Give a deputy's own record."""
    access.check(actor, Action.OWN_DEPUTY, congress_id)
    return _record(tx, deputy_of(tx, actor, congress_id))


def read_record(tx: Tx, actor: Actor, congress_id: int, deputy_id: int) -> Record:
    """Give a deputy's record to the office."""
    access.check(actor, Action.READ_RECORDS, congress_id)
    return _record(tx, _find(tx, congress_id, deputy_id))


def list_records(tx: Tx, actor: Actor, congress_id: int) -> tuple[RecordLine, ...]:
    """List all deputies with what they have done, in official order."""
    access.check(actor, Action.READ_RECORDS, congress_id)
    counts = [
        _counts(tx, Suggestion.deputy_id, Suggestion.state != SuggestionState.WITHDRAWN),
        _counts(tx, Proposal.deputy_id),
        _counts(tx, Guest.deputy_id, Guest.signed_at.is_not(None)),
        _counts(tx, RecordEntry.deputy_id),
    ]
    query = select(Deputy).where(Deputy.congress_id == congress_id, Deputy.is_active)
    return tuple(
        RecordLine(deputy, *(count.get(deputy.id, 0) for count in counts))
        for deputy in tx.scalars(query.order_by(Deputy.position))
    )


def enter(tx: Tx, actor: Actor, congress_id: int, deputy_id: int, *, entry: DeedEntry) -> None:
    """Enter something by hand: a deputy in the own record, the office in anybody's."""
    deputy = _writable(tx, actor, congress_id, deputy_id)
    if entry.done_on > this_day():
        problem = FieldProblem("done_on", msg("Not later than today."))
        raise NotValid("What is not done yet is not entered.").at(problem)
    tx.add(
        RecordEntry(
            deputy_id=deputy.id,
            kind=entry.kind,
            done_on=entry.done_on,
            title=entry.title,
            place=entry.place,
            note=entry.note,
            made_by_id=actor.user_id or 0,
            made_at=clock.now(),
        )
    )
    tx.flush()
    journal.record(tx, actor, DeedEntered(deputy.name, entry.title), congress_id=congress_id)


def remove(tx: Tx, actor: Actor, congress_id: int, entry_id: int) -> int:
    """Take something entered by hand out again; gives whose it was."""
    row = tx.get(RecordEntry, entry_id)
    if row is None:
        raise NotFound("This entry has been taken out already.")
    deputy = _writable(tx, actor, congress_id, row.deputy_id)
    tx.delete(row)
    tx.flush()
    journal.record(tx, actor, DeedRemoved(deputy.name, row.title), congress_id=congress_id)
    return deputy.id


def _writable(tx: Tx, actor: Actor, congress_id: int, deputy_id: int) -> Deputy:
    own = find_own(tx, actor, congress_id)
    if own is not None and own.id == deputy_id:
        access.check(actor, Action.OWN_DEPUTY, congress_id)
        return own
    access.check(actor, Action.READ_RECORDS, congress_id)
    return _find(tx, congress_id, deputy_id)


def _find(tx: Tx, congress_id: int, deputy_id: int) -> Deputy:
    deputy = tx.get(Deputy, deputy_id)
    if deputy is None or deputy.congress_id != congress_id:
        raise NotFound("There is no such deputy.")
    return deputy


def _record(tx: Tx, deputy: Deputy) -> Record:
    signed = select(Cosigner.suggestion_id).where(
        Cosigner.deputy_id == deputy.id, Cosigner.signed_at.is_not(None)
    )
    done = (Voice.deputy_id == deputy.id) & (Voice.state != VoiceState.WAITING)
    proposed = select(Proposal).where(Proposal.deputy_id == deputy.id).order_by(Proposal.id.desc())
    entered = select(RecordEntry).where(RecordEntry.deputy_id == deputy.id)
    by_day = entered.order_by(RecordEntry.done_on.desc(), RecordEntry.id.desc())
    standing = select(Suggestion).where(Suggestion.state != SuggestionState.WITHDRAWN)
    wrote = standing.order_by(Suggestion.year.desc(), Suggestion.number.desc())
    return Record(
        deputy,
        sittings=_sittings(tx, deputy),
        proposals=tuple(tx.scalars(proposed)),
        suggestions=tuple(tx.scalars(wrote.where(Suggestion.deputy_id == deputy.id))),
        cosigned=tuple(tx.scalars(wrote.where(Suggestion.id.in_(signed)))),
        visits=_visits(tx, deputy),
        entries=tuple(tx.scalars(by_day)),
        answered=tx.scalar(select(func.count()).select_from(Voice).where(done)) or 0,
        rooms=tx.scalar(select(func.count(Room.id)).where(Room.deputy_id == deputy.id)) or 0,
    )


def _sittings(tx: Tx, deputy: Deputy) -> tuple[SittingLine, ...]:
    query = (
        select(Sitting.name, Sitting.starts_on, Attendance.status)
        .join(Attendance, Attendance.sitting_id == Sitting.id)
        .where(Attendance.deputy_id == deputy.id, Sitting.is_rehearsal.is_(False))
        .order_by(Sitting.starts_on.desc())
    )
    return tuple(SittingLine(*row) for row in tx.execute(query))


def _visits(tx: Tx, deputy: Deputy) -> tuple[VisitLine, ...]:
    query = (
        select(Activity.title, Activity.kind, Activity.place, Activity.starts_at)
        .join(Guest, Guest.activity_id == Activity.id)
        .where(Guest.deputy_id == deputy.id, Guest.signed_at.is_not(None))
        .order_by(Activity.starts_at.desc())
    )
    return tuple(VisitLine(*row) for row in tx.execute(query))


def _counts(
    tx: Tx, column: InstrumentedAttribute[int | None], *conditions: ColumnElement[bool]
) -> dict[int, int]:
    query = select(column, func.count()).where(column.is_not(None), *conditions).group_by(column)
    return {key: many for key, many in tx.execute(query) if key is not None}
