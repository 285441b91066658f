"""The log for readers: its entries page by page in words, and one object with all that it says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from ballots.ballot import short_tracker
from ballots.log import parse_checkpoint, parse_verifier_key
from ballots.objects import (
    Ballot,
    Challenge,
    Decryption,
    Election,
    Milestone,
    Session,
    Stored,
    Trustee,
    TrusteeCommitment,
    TrusteeConfirmation,
    object_id,
    object_type,
    parse_object,
    store,
)
from voting import ledger
from voting.db import Tx
from voting.errors import Message, NotFound
from voting.ledger import Log
from voting.services import milestones
from voting.services.milestones import STAGES, Stage
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard
from voting.services.reports.kinds import KINDS, MEMBERS, Kind
from voting.services.reports.receipts import KnownLog, known_log

PAGE: Final = 50
LONGEST_SHOWN: Final = 80
_REFERENCES: Final = frozenset(
    {
        *("ceremony", "election", "keys", "outcome", "previous", "result", "roll", "session"),
        "tally",
    }
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """An entry in a list; `subject` is its title, name or tracker, where it has one.

    `step` is what a milestone says that its project has come to.
    """

    position: int
    kind: str
    object_id: str
    subject: str
    step: Message | None = None

    @property
    def words(self) -> Kind:
        """What it is called and there for."""
        return KINDS[self.kind]

    @property
    def is_code(self) -> bool:
        """Whether the subject is a tracker."""
        return self.kind in {"ballot", "challenge"}


@dataclass(frozen=True, slots=True)
class WitnessLine:
    """A witness of a log, and whether the newest checkpoint bears its signature."""

    name: str
    vkey: str
    has_signed: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A type of entry that the log holds, and how many of them."""

    kind: str
    number: int

    @property
    def words(self) -> Kind:
        """What it is called and there for."""
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page of a log, the newest entries first, with who signs it."""

    congress: CongressCard
    known: KnownLog
    origin: str
    size: int
    checkpoint: str
    witnesses: tuple[WitnessLine, ...]
    lines: tuple[LogLine, ...]
    page: int
    pages: int
    kind: str
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """What an object says under one name: a text, a moment, words, or where another stands."""

    name: str
    text: str
    moment: datetime | None = None
    place: int | None = None
    words: Message | None = None

    @property
    def label(self) -> Message:
        """What the name means."""
        return MEMBERS[self.name]

    @property
    def is_long(self) -> bool:
        """Whether it is folded away until somebody wants it."""
        return len(self.text) > LONGEST_SHOWN


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One entry and its object; `vote` is the id of the vote that it belongs to, if to one.

    `has_content` tells that it is a milestone whose content everyone may read.
    """

    congress: CongressCard
    line: LogLine
    size: int
    members: tuple[Member, ...]
    vote: str | None
    has_content: bool


def read_log(tx: Tx, slug: str, page: int = 1, *, kind: str = "") -> LogPage:
    """Give a page of a congress's log, of all entries or of one type. Raises `NotFound`."""
    congress, log = congresses.find_congress(tx, slug), ledger.find_log(tx, slug)
    kinds = ledger.count_kinds(tx, log)
    kind = kind if kind in kinds else ""
    pages = max(1, -(-(kinds[kind] if kind else log.size) // PAGE))
    if not 1 <= page <= pages:
        raise NotFound("The log has no such page.")
    note = ledger.cosigned(tx, log.congress_id, log.size, log.checkpoint)
    known = known_log(tx, congress, log)
    return LogPage(
        congress=congress,
        known=known,
        origin=parse_checkpoint(note).origin,
        size=log.size,
        checkpoint=note,
        witnesses=_witnesses(known, note),
        lines=tuple(_lines(tx, log, kind, skip=(page - 1) * PAGE)),
        page=page,
        pages=pages,
        kind=kind,
        filters=tuple(Filter(name, number) for name, number in kinds.items()),
    )


def read_entry(tx: Tx, slug: str, position: int) -> EntryPage:
    """Give one entry of a congress's log with its object's members. Raises `NotFound`."""
    congress, log = congresses.find_congress(tx, slug), ledger.find_log(tx, slug)
    if not 0 <= position < log.size:
        raise NotFound("The log has no such entry.")
    raw = next(ledger.raw_at(tx, congress.id, [position]))
    stored = parse_object(raw)
    value: dict[str, Any] = msgspec.to_builtins(stored.value)
    return EntryPage(
        congress=congress,
        line=_line(position, stored),
        size=log.size,
        members=tuple(
            _member(tx, congress.id, name, content)
            for name, content in value.items()
            # A first milestone has none before it, and most name no outcome.
            if name != "type" and content != ""
        ),
        vote=_vote(stored),
        has_content=milestones.is_shown(tx, congress.id, stored.id),
    )


def read_content(tx: Tx, slug: str, position: int) -> bytes:
    """Give what a milestone stands for, as it was hashed. Raises `NotFound`."""
    congress, log = congresses.find_congress(tx, slug), ledger.find_log(tx, slug)
    if not 0 <= position < log.size:
        raise NotFound("The log has no such entry.")
    raw = next(ledger.raw_at(tx, congress.id, [position]))
    return milestones.content_of(tx, congress.id, object_id(raw))


def _witnesses(known: KnownLog, note: str) -> tuple[WitnessLine, ...]:
    signed = {line.name for line in parse_checkpoint(note).signatures}
    names = {vkey: parse_verifier_key(vkey).name for vkey in known.witnesses}
    return tuple(WitnessLine(name, vkey, name in signed) for vkey, name in names.items())


def _lines(tx: Tx, log: Log, kind: str, *, skip: int) -> list[LogLine]:
    """Give the entries of a page, the newest first."""
    if kind:
        places = ledger.newest_of_kind(tx, log, kind, skip=skip, most=PAGE)[::-1]
    else:
        places = list(range(max(0, log.size - skip - PAGE), log.size - skip))
    objects = ledger.raw_at(tx, log.congress_id, places)
    lines = [_line(place, parse_object(raw)) for place, raw in zip(places, objects, strict=True)]
    return lines[::-1]


def _line(position: int, stored: Stored) -> LogLine:
    value = stored.value
    step = STAGES[Stage(value.stage)] if isinstance(value, Milestone) else None
    return LogLine(position, object_type(value), stored.id, _subject(stored), step)


def _subject(stored: Stored) -> str:
    match stored.value:
        case Ballot():
            return short_tracker(stored.id)
        case Challenge(ballot=ballot):
            return short_tracker(store(ballot).id)
        case Session(name=name) | Trustee(name=name) | Milestone(project=name):
            return name
        case Election(manifest=manifest):
            return manifest.title
        case (
            TrusteeCommitment(index=index)
            | TrusteeConfirmation(index=index)
            | Decryption(index=index)
        ):
            return str(index)
        case _:
            return ""


def _vote(stored: Stored) -> str | None:
    if isinstance(stored.value, Election):
        return stored.id
    name = getattr(stored.value, "election", None)
    return name if isinstance(name, str) else None


def _member(tx: Tx, congress_id: int, name: str, content: object) -> Member:
    if name == "time" and isinstance(content, str):
        return Member(name, content, moment=datetime.fromisoformat(content))
    if name == "stage" and isinstance(content, str):
        return Member(name, content, words=STAGES[Stage(content)])
    if name in _REFERENCES and isinstance(content, str):
        place = ledger.place_of(tx, congress_id, content)
        return Member(name, content, place=None if place is None else place.position)
    if isinstance(content, str | int) and not isinstance(content, bool):
        return Member(name, str(content))
    return Member(name, json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True))
