"""Keeps what officials did in a hash chain, checks the chain, and gathers approvals of an act.

`journal.record(tx, actor, event, congress_id=...)` is the last line of every use case that changes
something. An event for the journal names people by account and things by number: never a ballot,
a tracker, a credential, a password, or who came when to a sealed sitting.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import Select, select

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, Message, NotAllowed, Param
from voting.events import Event, told
from voting.models.journal import Approval, JournalEntry, JournalHead
from voting.rules import access
from voting.rules.access import ACCESS, Action, Actor
from voting.rules.roles import Role

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One act as the audit administrator reads it."""

    position: int
    at: datetime
    who: str
    kind: str
    words: Message
    congress_id: int | None
    digest: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a walk along the chain found; `broken_at` is the first position that does not fit."""

    length: int
    digest: str
    broken_at: int | None


@dataclass(frozen=True, slots=True)
class Matter:
    """What is asked consent for: an act on a thing of a congress, such as "election:5"."""

    action: Action
    congress_id: int
    subject: str


@dataclass(frozen=True, slots=True)
class Approvals:
    """How far an act of several people has come."""

    given: frozenset[Role]
    missing: tuple[Role, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the act may happen now."""
        return not self.missing


def record(tx: Tx, actor: Actor, event: Event, *, congress_id: int | None = None) -> None:
    """Add an act to the chain, and hand its event on after the commit."""
    head = _head(tx)
    entry = JournalEntry(
        position=head.length,
        at=clock.now(),
        kind=event.kind,
        details=_plain(event.details),
        user_id=actor.user_id,
        user_name=actor.name,
        congress_id=congress_id,
    )
    entry.digest = _digest(head.digest, entry)
    tx.add(entry)
    head.length += 1
    head.digest = entry.digest
    tx.flush()
    tx.tell(event)


def lock(tx: Tx) -> None:
    """Make everybody else who would record something wait until this transaction ends."""
    _head(tx)


def read(tx: Tx, actor: Actor, *, before: int | None = None, limit: int = 100) -> Sequence[Line]:
    """List the latest acts, newest first, older than a position where one is given."""
    access.check(actor, Action.READ_JOURNAL)
    query = select(JournalEntry).order_by(JournalEntry.position.desc()).limit(limit)
    if before is not None:
        query = query.where(JournalEntry.position < before)
    return [_line(entry) for entry in tx.scalars(query)]


def export(tx: Tx, actor: Actor) -> Iterator[bytes]:
    """Give the whole journal, a canonical JSON line for each act: what the digests are made of."""
    access.check(actor, Action.READ_JOURNAL)
    for entry in _entries(tx):
        yield rfc8785.dumps({**_content(entry), "digest": entry.digest}) + b"\n"


def check_chain(tx: Tx, actor: Actor) -> ChainReport:
    """Recompute every digest from the first act on."""
    access.check(actor, Action.READ_JOURNAL)
    digest = ""
    count = 0
    for entry in _entries(tx):
        if entry.position != count or entry.digest != _digest(digest, entry):
            return ChainReport(count, digest, count)
        digest = entry.digest
        count += 1
    head = _head(tx)
    broken = None if (head.length, head.digest) == (count, digest) else count
    return ChainReport(count, digest, broken)


def approve(tx: Tx, actor: Actor, matter: Matter) -> Approvals:
    """Consent to an act; the caller acts once the answer is complete.

    Consenting twice changes nothing. Two roles in one hand count once.
    """
    access.check(actor, matter.action, matter.congress_id)
    if actor.user_id is None:
        raise NotAllowed("Consent is given by a person with an account.")
    state = approvals(tx, matter)
    if tx.scalar(_open(matter).where(Approval.user_id == actor.user_id)) is not None:
        return state
    mine = [role for role in state.missing if role in actor.roles_in(matter.congress_id)]
    if not mine:
        raise Conflict("This consent has already been given by somebody else.")
    tx.add(
        Approval(
            congress_id=matter.congress_id,
            action=matter.action,
            subject=matter.subject,
            role=mine[0],
            user_id=actor.user_id,
            given_at=clock.now(),
        )
    )
    tx.flush()
    return approvals(tx, matter)


def approvals(tx: Tx, matter: Matter) -> Approvals:
    """Tell who has consented and who is still asked."""
    given = frozenset(row.role for row in tx.scalars(_open(matter)))
    asked = ACCESS[matter.action].approvals
    return Approvals(given, tuple(role for role in asked if role not in given))


def close_approvals(tx: Tx, matter: Matter) -> None:
    """Use up or withdraw the consents, so that doing it again needs new ones."""
    for row in tx.scalars(_open(matter)):
        row.closed_at = clock.now()
    tx.flush()


def _open(matter: Matter) -> Select[Approval]:
    return select(Approval).where(
        Approval.action == matter.action,
        Approval.congress_id == matter.congress_id,
        Approval.subject == matter.subject,
        Approval.closed_at.is_(None),
    )


def _head(tx: Tx) -> JournalHead:
    head = tx.get(JournalHead, 1, with_for_update=True)
    if head is None:
        head = JournalHead(id=1, length=0, digest="")
        tx.add(head)
        tx.flush()
    return head


def _entries(tx: Tx) -> Iterator[JournalEntry]:
    query = select(JournalEntry).order_by(JournalEntry.position)
    yield from tx.scalars(query.execution_options(yield_per=_PAGE))


def _content(entry: JournalEntry) -> dict[str, Any]:
    return {
        "position": entry.position,
        "at": entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "kind": entry.kind,
        "details": entry.details,
        "user": entry.user_id,
        "name": entry.user_name,
        "congress": entry.congress_id,
    }


def _digest(previous: str, entry: JournalEntry) -> str:
    content = {**_content(entry), "previous": previous}
    return hashlib.sha256(b"voting/journal\0" + rfc8785.dumps(content)).hexdigest()


def _plain(details: dict[str, Param]) -> dict[str, str | int]:
    return {
        name: value if isinstance(value, int) else str(value) for name, value in details.items()
    }


def _line(entry: JournalEntry) -> Line:
    return Line(
        position=entry.position,
        at=entry.at,
        who=entry.user_name,
        kind=entry.kind,
        words=told(entry.kind, entry.details),
        congress_id=entry.congress_id,
        digest=entry.digest,
    )
