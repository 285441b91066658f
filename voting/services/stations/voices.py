"""Residents speak to a deputy or a station, follow what they said, and rate the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Select, select, update

from voting import clock
from voting.db import Tx
from voting.errors import FieldProblem, NotAllowed, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.models.people import Congress
from voting.models.sittings import Deputy
from voting.models.stations import Station, Voice, VoiceState
from voting.rules import access
from voting.rules.access import Action, Actor, is_allowed
from voting.rules.due import Due
from voting.services import journal, pictures
from voting.services.people import congresses, sealing
from voting.services.people.deputies import find_own
from voting.services.stations.listing import stations_of

MOST_PHOTOS: Final = 3
_CODE_GROUPS: Final = 3
_PURPOSE: Final = "voice"
_SHOWN: Final = 20
_MOST_LISTED: Final = 200
_BEST: Final = 5


@dataclass(frozen=True, slots=True)
class VoiceAnswered(Event):
    words = msg("The resident's words No. {number} were answered.")
    number: int


@dataclass(frozen=True, slots=True)
class VoiceForwarded(Event):
    words = msg("The resident's words No. {number} were forwarded to {to}.")
    number: int
    to: str


@dataclass(frozen=True, slots=True)
class VoiceDeclined(Event):
    words = msg("The resident's words No. {number} were put aside.")
    number: int


@dataclass(frozen=True, slots=True)
class VoiceEntry:
    """What a resident says, to whom, and how to be called back; the last is never shown."""

    content: str
    station_id: int | None = None
    deputy_id: int | None = None
    contact: str = ""


@dataclass(frozen=True, slots=True)
class AnswerEntry:
    """An answer; forwarded to a unit where there is one named, and public by choice."""

    text: str
    forwarded_to: str = ""
    is_public: bool = False


def speak(tx: Tx, congress_id: int, entry: VoiceEntry, photos: Sequence[bytes]) -> str:
    """Keep what a resident says, and give the code to follow it by, this once."""
    if len(photos) > MOST_PHOTOS:
        problem = FieldProblem("photos", msg("At most {n} photos.", n=MOST_PHOTOS))
        raise NotValid("Too many photos were sent.").at(problem)
    _check_addressed(tx, congress_id, entry)
    code = sealing.new_code(_CODE_GROUPS)
    voice = Voice(
        congress_id=congress_id,
        station_id=entry.station_id,
        deputy_id=entry.deputy_id,
        code_hash=_hash(tx, code),
        content=entry.content,
        created_at=clock.now(),
    )
    tx.add(voice)
    tx.flush()
    if entry.contact:
        contact = entry.contact.encode()
        voice.contact_sealed = sealing.seal(tx.settings, f"voice:{voice.id}", contact)
    for raw in photos:
        pictures.keep(tx, congress_id, f"voice:{voice.id}", raw)
    return code


def follow(tx: Tx, congress_id: int, code: str) -> Voice:
    """Give what was said under a code."""
    wanted = (Voice.code_hash == _hash(tx, sealing.tidy_code(code))) & (
        Voice.congress_id == congress_id
    )
    voice = tx.scalar(select(Voice).where(wanted))
    if voice is None:
        raise NotFound("This code fits nothing.").now("Check each character of it.")
    return voice


def rate_answer(tx: Tx, congress_id: int, code: str, *, stars: int, note: str) -> None:
    """Rate an answer with one to five stars; whoever holds the code does, once."""
    voice = follow(tx, congress_id, code)
    if voice.answered_at is None or voice.stars is not None:
        raise NotNow("There is no answer to rate now.")
    if not 1 <= stars <= _BEST:
        problem = FieldProblem("stars", msg("Choose one of the list."))
        raise NotValid("The answer is rated with one to five stars.").at(problem)
    voice.stars, voice.stars_note = stars, note
    tx.flush()


def list_voices(
    tx: Tx, actor: Actor, congress_id: int, *, waiting: bool = True
) -> tuple[Voice, ...]:
    """List what was said to the stations somebody keeps, or to the deputy who acts."""
    access.check(actor, Action.KEEP_STATION, congress_id)
    query = _mine(tx, actor, congress_id)
    if waiting:
        query = query.where(Voice.state == VoiceState.WAITING).order_by(Voice.id)
    else:
        query = query.order_by(Voice.id.desc())
    return tuple(tx.scalars(query.limit(_MOST_LISTED)))


def read_voice(tx: Tx, actor: Actor, congress_id: int, voice_id: int) -> Voice:
    """Give one of them."""
    access.check(actor, Action.KEEP_STATION, congress_id)
    voice = tx.scalar(_mine(tx, actor, congress_id).where(Voice.id == voice_id))
    if voice is not None:
        return voice
    other = tx.get(Voice, voice_id)
    if other is None or other.congress_id != congress_id:
        raise NotFound("There is nothing at this address.")
    raise NotAllowed("This was said to somebody else.")


def contact_of(tx: Tx, voice: Voice) -> str:
    """Tell how to call back who spoke; for those who answer."""
    if voice.contact_sealed is None:
        return ""
    return sealing.unseal(tx.settings, f"voice:{voice.id}", voice.contact_sealed).decode()


def answer(tx: Tx, actor: Actor, congress_id: int, voice_id: int, *, entry: AnswerEntry) -> None:
    """Answer what was said, or say to whom it was forwarded."""
    voice = read_voice(tx, actor, congress_id, voice_id)
    voice.answer, voice.answered_by, voice.answered_at = entry.text, actor.name, clock.now()
    voice.forwarded_to, voice.is_public = entry.forwarded_to, entry.is_public
    voice.state = VoiceState.FORWARDED if entry.forwarded_to else VoiceState.ANSWERED
    pictures.publish(tx, congress_id, f"voice:{voice.id}", public=entry.is_public)
    tx.flush()
    event: Event = VoiceAnswered(voice.id)
    if entry.forwarded_to:
        event = VoiceForwarded(voice.id, entry.forwarded_to)
    journal.record(tx, actor, event, congress_id=congress_id)


def put_aside(tx: Tx, actor: Actor, congress_id: int, voice_id: int, *, reason: str) -> None:
    """Put aside what can't be answered; whoever said it reads why."""
    voice = read_voice(tx, actor, congress_id, voice_id)
    voice.answer, voice.answered_by, voice.answered_at = reason, actor.name, clock.now()
    voice.state, voice.is_public = VoiceState.DECLINED, False
    pictures.publish(tx, congress_id, f"voice:{voice.id}", public=False)
    tx.flush()
    journal.record(tx, actor, VoiceDeclined(voice.id), congress_id=congress_id)


def list_public(
    tx: Tx, congress_id: int, *, station_id: int | None = None, deputy_id: int | None = None
) -> tuple[Voice, ...]:
    """List the latest answers that everybody may read."""
    query = select(Voice).where(Voice.congress_id == congress_id, Voice.is_public)
    if station_id is not None:
        query = query.where(Voice.station_id == station_id)
    if deputy_id is not None:
        query = query.where(Voice.deputy_id == deputy_id)
    return tuple(tx.scalars(query.order_by(Voice.answered_at.desc()).limit(_SHOWN)))


def forget_contacts(tx: Tx, congress_id: int) -> int:
    """Erase how to reach residents whose answer is long given; tells how many."""
    days = congresses.preferences_of(tx, congress_id).number("stations.contact_days")
    over = (
        update(Voice)
        .where(Voice.congress_id == congress_id, Voice.contact_sealed.is_not(None))
        .where(Voice.answered_at < clock.now() - timedelta(days=days))
        .values(contact_sealed=None)
    )
    return len(tx.execute(over.returning(Voice.id)).all())


def dues(tx: Tx, actor: Actor, congress_id: int, today: date) -> tuple[Due, ...]:
    """List what residents said and nobody has answered."""
    del today
    congress = tx.get(Congress, congress_id)
    if congress is None or not is_allowed(actor, Action.KEEP_STATION, congress_id):
        return ()
    return tuple(
        Due(
            f"voice:{voice.id}",
            msg("Answer a resident: {text}", text=_begin(voice.content)),
            "voices.voice_page",
            {"slug": congress.slug, "voice_id": voice.id},
        )
        for voice in list_voices(tx, actor, congress_id)
    )


def _begin(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def _mine(tx: Tx, actor: Actor, congress_id: int) -> Select[Voice]:
    query = select(Voice).where(Voice.congress_id == congress_id)
    if is_allowed(actor, Action.MANAGE_STATIONS, congress_id):
        return query
    kept = [card.id for card in stations_of(tx, actor, congress_id)]
    deputy = find_own(tx, actor, congress_id)
    to_station = Voice.station_id.in_(kept)
    if deputy is None:
        return query.where(to_station)
    # At a station, what was said to another deputy there is that deputy's alone.
    to_anyone = to_station & Voice.deputy_id.is_(None)
    return query.where((Voice.deputy_id == deputy.id) | to_anyone)


def _check_addressed(tx: Tx, congress_id: int, entry: VoiceEntry) -> None:
    station = None if entry.station_id is None else tx.get(Station, entry.station_id)
    deputy = None if entry.deputy_id is None else tx.get(Deputy, entry.deputy_id)
    found = [one for one in (station, deputy) if one is not None]
    asked = [one for one in (entry.station_id, entry.deputy_id) if one is not None]
    if (
        not asked
        or len(found) != len(asked)
        or any(one.congress_id != congress_id or not one.is_active for one in found)
    ):
        problem = FieldProblem("deputy_id", msg("Choose one of the list."))
        raise NotValid("There is nobody to say this to.").at(problem)


def _hash(tx: Tx, code: str) -> str:
    return sealing.digest(tx.settings, _PURPOSE, code)
