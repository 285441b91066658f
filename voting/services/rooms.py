"""Discussion rooms 讨论群: opened by a deputy, written in by residents, closed with a summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, func, select

from voting import clock
from voting.db import Tx
from voting.errors import FieldProblem, NotAllowed, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.imports.proposals import ProposalRow
from voting.models.people import Congress
from voting.models.proposals import Source
from voting.models.rooms import Room, RoomState, RoomVoice, Showing
from voting.models.suggestions import Suggestion
from voting.rules import access
from voting.rules.access import Action, Actor, is_allowed
from voting.rules.due import Due
from voting.services import journal, proposals
from voting.services.people import sealing
from voting.services.people.deputies import deputy_of, find_own
from voting.services.proposals import Entered, Sent, Standing
from voting.services.suggestions import writing
from voting.services.suggestions.writing import SuggestionEntry

MOST_OF_A_DEVICE: Final = 20
MOST_IN_A_ROOM: Final = 2000
QUOTED_AT_LEAST: Final = 5
SUMMED_UP_AT_MOST: Final = 50
_CODE_GROUPS: Final = 2
_PURPOSE: Final = "room device"


@dataclass(frozen=True, slots=True)
class RoomOpened(Event):
    words = msg("{deputy} opened the discussion “{topic}”.")
    deputy: str
    topic: str


@dataclass(frozen=True, slots=True)
class RoomClosed(Event):
    words = msg("The discussion “{topic}” was closed.")
    topic: str


@dataclass(frozen=True, slots=True)
class RoomVoiceHidden(Event):
    words = msg("Words No. {number} in the discussion “{topic}” were hidden.")
    number: int
    topic: str


@dataclass(frozen=True, slots=True)
class RoomEntry:
    """What a room is about, and what the deputy wants to know."""

    topic: str
    intro: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What somebody writes, from which browser; the name is the writer's choice."""

    content: str
    device: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room with those of its voices that the reader may see, and how many there are."""

    room: Room
    voices: tuple[RoomVoice, ...]
    shown: int
    waiting: int
    hidden: int

    @property
    def quotes(self) -> tuple[RoomVoice, ...]:
        """Give the voices to quote: those the deputy chose, or else the latest shown."""
        shown = [voice for voice in self.voices if voice.showing is Showing.SHOWN]
        return tuple(v for v in shown if v.is_quoted) or tuple(shown[-QUOTED_AT_LEAST:])


def open_room(tx: Tx, actor: Actor, congress_id: int, entry: RoomEntry) -> Room:
    """Open a room; its code stands in the address that the deputy shares."""
    access.check(actor, Action.KEEP_ROOM, congress_id)
    deputy = deputy_of(tx, actor, congress_id)
    room = Room(
        congress_id=congress_id,
        deputy_id=deputy.id,
        code=sealing.new_code(_CODE_GROUPS).lower(),
        topic=" ".join(entry.topic.split()),
        intro=entry.intro,
        opened_at=clock.now(),
    )
    tx.add(room)
    tx.flush()
    event = RoomOpened(deputy.name, room.topic)
    journal.record(tx, actor, event, congress_id=congress_id)
    return room


def list_rooms(tx: Tx, actor: Actor, congress_id: int) -> tuple[RoomView, ...]:
    """List a deputy's rooms, or all of them to the office, the newest first."""
    access.check(actor, Action.KEEP_ROOM, congress_id)
    query = select(Room).where(Room.congress_id == congress_id)
    if not is_allowed(actor, Action.MODERATE_ROOM, congress_id):
        query = query.where(Room.deputy_id == deputy_of(tx, actor, congress_id).id)
    return tuple(_view(tx, room, ()) for room in tx.scalars(query.order_by(Room.id.desc())))


def list_open(tx: Tx, congress_id: int) -> tuple[RoomView, ...]:
    """List the rooms in which residents can write."""
    query = select(Room).where(Room.congress_id == congress_id, Room.state == RoomState.OPEN)
    return tuple(_view(tx, room, ()) for room in tx.scalars(query.order_by(Room.id.desc())))


def list_summed_up(tx: Tx, congress_id: int) -> tuple[RoomView, ...]:
    """List the rooms whose summaries everybody may read, the latest first."""
    query = select(Room).where(Room.congress_id == congress_id, Room.state == RoomState.CLOSED)
    latest = query.order_by(Room.id.desc()).limit(SUMMED_UP_AT_MOST)
    return tuple(_view(tx, room, ()) for room in tx.scalars(latest))


def read_room(tx: Tx, actor: Actor, room_id: int) -> RoomView:
    """Give a room with all that was written, to its deputy and the office."""
    room = _kept(tx, actor, room_id)
    query = select(RoomVoice).where(RoomVoice.room_id == room.id).order_by(RoomVoice.id)
    return _view(tx, room, tx.scalars(query).all())


def find_public(tx: Tx, congress_id: int, code: str) -> RoomView:
    """Give a room with what everybody may read."""
    room = _by_code(tx, congress_id, code)
    query = select(RoomVoice).where(
        RoomVoice.room_id == room.id, RoomVoice.showing == Showing.SHOWN
    )
    return _view(tx, room, tx.scalars(query.order_by(RoomVoice.id.desc())).all())


def write(tx: Tx, congress_id: int, code: str, spoken: Spoken) -> None:
    """Write in a room; nobody reads it before deputy or office have looked at it."""
    room = _by_code(tx, congress_id, code)
    if room.state is not RoomState.OPEN:
        raise NotNow("This discussion is closed.").now("Read the summary, or write a proposal.")
    device = sealing.digest(tx.settings, _PURPOSE, f"{room.id}:{spoken.device}")
    mine = _count(tx, room, RoomVoice.device == device)
    if mine >= MOST_OF_A_DEVICE or _count(tx, room) >= MOST_IN_A_ROOM:
        raise NotNow("Enough has been written here.").now("Wait for what the deputy makes of it.")
    tx.add(
        RoomVoice(
            room_id=room.id,
            name=spoken.name,
            content=spoken.content,
            device=device,
            written_at=clock.now(),
        )
    )
    tx.flush()


def show(tx: Tx, actor: Actor, room_id: int, voices: Sequence[int]) -> None:
    """Let everybody read what was written; also what had been hidden."""
    room = _kept(tx, actor, room_id)
    for voice in _voices(tx, room, voices):
        voice.showing, voice.hidden_for = Showing.SHOWN, ""
    tx.flush()


def hide(tx: Tx, actor: Actor, room_id: int, voice_id: int, *, reason: str) -> None:
    """Keep what was written from being read, and keep the reason."""
    room = _kept(tx, actor, room_id)
    if not reason.strip():
        problem = FieldProblem("reason", msg("Please fill this in."))
        raise NotValid("Say why it is hidden.").at(problem)
    for voice in _voices(tx, room, [voice_id]):
        voice.showing, voice.hidden_for, voice.is_quoted = Showing.HIDDEN, reason, False
    tx.flush()
    event = RoomVoiceHidden(voice_id, room.topic)
    journal.record(tx, actor, event, congress_id=room.congress_id)


def quote(tx: Tx, actor: Actor, room_id: int, voice_id: int) -> None:
    """Choose something shown to be quoted, or no longer."""
    room = _kept(tx, actor, room_id)
    for voice in _voices(tx, room, [voice_id]):
        voice.is_quoted = voice.showing is Showing.SHOWN and not voice.is_quoted
    tx.flush()


def close(tx: Tx, actor: Actor, room_id: int, *, summary: str) -> None:
    """Close a room with a summary, which everybody reads."""
    room = _own(tx, actor, room_id)
    if room.state is not RoomState.OPEN:
        raise NotNow("This discussion is closed.")
    room.summary, room.state, room.closed_at = summary, RoomState.CLOSED, clock.now()
    tx.flush()
    journal.record(tx, actor, RoomClosed(room.topic), congress_id=room.congress_id)


def become_suggestion(tx: Tx, actor: Actor, room_id: int, *, reason: str) -> Suggestion:
    """Make a suggestion of a closed room; `reason` holds counts and quotes."""
    room = _closed(tx, actor, room_id)
    entry = SuggestionEntry(room.topic, reason, room.summary, source=f"room:{room.id}")
    made = writing.suggest(tx, actor, room.congress_id, entry)
    room.became = f"suggestion:{made.id}"
    tx.flush()
    return made


def become_proposal(tx: Tx, actor: Actor, room_id: int, *, reason: str) -> Sent:
    """Make a proposal for the year's projects of a closed room, in the deputy's name."""
    room = _closed(tx, actor, room_id)
    row = ProposalRow(1, room.topic, reason=reason, content=room.summary)
    standing = Standing(Source.DEPUTY, key=room.deputy_id).value
    entered = Entered(row, standing, ticket=sealing.new_token())
    sent = proposals.enter_proposal(tx, actor, room.congress_id, entered)
    room.became = f"proposal:{sent.number}"
    tx.flush()
    return sent


def dues(tx: Tx, actor: Actor, congress_id: int, today: date) -> tuple[Due, ...]:
    """List the rooms in which something waits to be looked at."""
    del today
    congress, deputy = tx.get(Congress, congress_id), find_own(tx, actor, congress_id)
    if congress is None or deputy is None:
        return ()
    query = (
        select(Room, func.count(RoomVoice.id))
        .join(RoomVoice, RoomVoice.room_id == Room.id)
        .where(Room.congress_id == congress_id, Room.deputy_id == deputy.id)
        .where(RoomVoice.showing == Showing.WAITING)
        .group_by(Room.id)
    )
    return tuple(
        Due(
            f"room:{room.id}",
            msg("Look at {n} new voices in “{topic}”", n=waiting, topic=room.topic),
            "rooms.room_page",
            {"slug": congress.slug, "room_id": room.id},
        )
        for room, waiting in tx.execute(query)
    )


def _kept(tx: Tx, actor: Actor, room_id: int) -> Room:
    room = tx.get(Room, room_id)
    if room is None:
        raise NotFound("There is no such discussion.")
    access.check(actor, Action.KEEP_ROOM, room.congress_id)
    if not is_allowed(actor, Action.MODERATE_ROOM, room.congress_id):
        _check_own(tx, actor, room)
    return room


def _own(tx: Tx, actor: Actor, room_id: int) -> Room:
    room = _kept(tx, actor, room_id)
    _check_own(tx, actor, room)
    return room


def _closed(tx: Tx, actor: Actor, room_id: int) -> Room:
    room = _own(tx, actor, room_id)
    if room.state is not RoomState.CLOSED:
        raise NotNow("This discussion is still open.").now("Close it with a summary first.")
    if room.became:
        raise NotNow("Something has been made of this discussion already.")
    return room


def _check_own(tx: Tx, actor: Actor, room: Room) -> None:
    deputy = find_own(tx, actor, room.congress_id)
    if deputy is None or deputy.id != room.deputy_id:
        raise NotAllowed("This discussion belongs to another deputy.")


def _by_code(tx: Tx, congress_id: int, code: str) -> Room:
    query = select(Room).where(Room.congress_id == congress_id, Room.code == code)
    room = tx.scalar(query)
    if room is None:
        raise NotFound("There is no discussion at this address.")
    return room


def _voices(tx: Tx, room: Room, numbers: Sequence[int]) -> Sequence[RoomVoice]:
    query = select(RoomVoice).where(RoomVoice.room_id == room.id, RoomVoice.id.in_(numbers))
    return tx.scalars(query).all()


def _view(tx: Tx, room: Room, voices: Sequence[RoomVoice]) -> RoomView:
    query = select(RoomVoice.showing, func.count()).where(RoomVoice.room_id == room.id)
    counts = dict(tx.execute(query.group_by(RoomVoice.showing)).all())
    return RoomView(
        room,
        tuple(voices),
        shown=counts.get(Showing.SHOWN, 0),
        waiting=counts.get(Showing.WAITING, 0),
        hidden=counts.get(Showing.HIDDEN, 0),
    )


def _count(tx: Tx, room: Room, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).where(RoomVoice.room_id == room.id, *conditions)
    return tx.scalar(query) or 0
