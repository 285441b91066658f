"""Begins a key ceremony with one-time invitations, and abandons one that failed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import DecodeError, json
from sqlalchemy import func, select

from ballots.errors import Malformed
from ballots.manifest import WIDTH
from ballots.objects import Ceremony, store
from ballots.trustees import check_ceremony
from voting import ledger
from voting.db import Tx
from voting.errors import Conflict, NotAllowed, NotFound, NotNow, msg
from voting.events import Event
from voting.models.elections import (
    CeremonyStage,
    Election,
    ElectionState,
    KeyCeremony,
    KeyHolder,
)
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal, rolls
from voting.services.ceremony.standing import current, holder_of, living
from voting.services.verdicts import judged

ENDED: Final = (ElectionState.DECIDED, ElectionState.ANNULLED)


@dataclass(frozen=True, slots=True)
class HolderPlan:
    """Who is to hold a part of the key; with an account, no invitation is needed."""

    name: str
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A new ceremony and the one-time codes of its trustees, in order; they are shown once."""

    ceremony_id: int
    object_id: str
    invitations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """What a trustee says when the share of `sender` did not open."""

    ceremony: str
    index: int
    sender: int


@dataclass(frozen=True, slots=True)
class CeremonyBegun(Event):
    """A key ceremony was begun."""

    words = msg(
        "A key ceremony of {trustees} trustees was begun, {threshold} of whom can open the count."
    )
    sitting_id: int
    trustees: int
    threshold: int


@dataclass(frozen=True, slots=True)
class CeremonyAbandoned(Event):
    """A share did not open, or the desk gave up."""

    words = msg("The key ceremony was abandoned.")
    sitting_id: int
    blamed: int


@judged
def begin(
    tx: Tx, actor: Actor, sitting_id: int, *, threshold: int, holders: Sequence[HolderPlan]
) -> Begun:
    """Begin a ceremony, the first of a sitting or one after an abandoned one."""
    sitting = rolls.find_sitting(tx, sitting_id)
    access.check(actor, Action.NAME_SCRUTINEERS, sitting.congress_id)
    ledger.lock(tx, sitting.congress_id)
    if current(tx, sitting_id) is not None:
        raise Conflict("This sitting has a key ceremony already.")
    earlier = _count(tx, sitting_id)
    session = (
        rolls.renew_session(tx, sitting, earlier + 1) if earlier else rolls.session_of(tx, sitting)
    )
    stored = store(
        Ceremony(session=session, trustees=len(holders), threshold=threshold, width=WIDTH)
    )
    check_ceremony(stored)
    ledger.append(tx, sitting.congress_id, stored)
    row = KeyCeremony(
        congress_id=sitting.congress_id,
        sitting_id=sitting.id,
        object_id=stored.id,
        trustees=len(holders),
        threshold=threshold,
    )
    codes = [secrets.token_urlsafe(16) for _ in holders]
    row.holders = [
        KeyHolder(index=i, name=plan.name, user_id=plan.user_id, invitation_hash=_hash(code))
        for i, (plan, code) in enumerate(zip(holders, codes, strict=True), start=1)
    ]
    tx.add(row)
    tx.flush()
    told = CeremonyBegun(sitting.id, row.trustees, row.threshold)
    journal.record(tx, actor, told, congress_id=sitting.congress_id)
    return Begun(row.id, stored.id, tuple(codes))


@judged
def report_failure(
    tx: Tx, actor: Actor, slug: str, raw: bytes, *, invitation: str | None = None
) -> None:
    """Abandon a ceremony because a trustee could not open the share that another one sent.

    `raw` is JSON: the ceremony's id, the trustee's own index and that of the sender.
    """
    try:
        failure = json.decode(raw, type=Failure)
    except DecodeError:
        raise Malformed("encoding.json") from None
    row = living(tx, ledger.find_log(tx, slug).congress_id, failure.ceremony)
    check_speaker(actor, holder_of(row, failure.index), invitation, row.congress_id)
    if row.stage is not CeremonyStage.CONFIRM or failure.sender == failure.index:
        raise NotNow("Shares are opened after all trustees have sent theirs.")
    _abandon(tx, actor, row, holder_of(row, failure.sender).index)


def give_up(tx: Tx, actor: Actor, ceremony_id: int) -> None:
    """Abandon a ceremony that won't come to its end, or whose keys too few can use any more."""
    row = tx.get(KeyCeremony, ceremony_id)
    if row is None:
        raise NotFound("There is no such key ceremony.")
    access.check(actor, Action.NAME_SCRUTINEERS, row.congress_id)
    if row.stage is CeremonyStage.ABANDONED:
        raise NotNow("This key ceremony was abandoned; another one begins.")
    ledger.lock(tx, row.congress_id)
    under_way = select(Election.id).where(
        Election.ceremony_id == row.id, Election.state.not_in(ENDED)
    )
    if tx.scalar(under_way.limit(1)) is not None:
        raise NotNow("A vote under these keys is not at its end.").now(
            "Count it, or annul it, before new keys are made."
        )
    _abandon(tx, actor, row, None)


def check_speaker(
    actor: Actor, holder: KeyHolder, invitation: str | None, congress_id: int
) -> None:
    """Let a trustee in by the code on its invitation, or by its account."""
    if invitation is not None:
        if holder.invitation_hash is None or not hmac.compare_digest(
            _hash(invitation), holder.invitation_hash
        ):
            raise NotAllowed("This invitation is not for this place in the ceremony.")
        return
    access.check(actor, Action.HOLD_KEY, congress_id)
    if holder.user_id is None or holder.user_id != actor.user_id:
        raise NotAllowed("Another scrutineer holds this place in the ceremony.")


def _abandon(tx: Tx, actor: Actor, row: KeyCeremony, blamed: int | None) -> None:
    row.stage, row.blamed, row.keys_object = CeremonyStage.ABANDONED, blamed, None
    tx.flush()
    event = CeremonyAbandoned(row.sitting_id, blamed or 0)
    journal.record(tx, actor, event, congress_id=row.congress_id)


def _count(tx: Tx, sitting_id: int) -> int:
    query = select(func.count()).where(KeyCeremony.sitting_id == sitting_id)
    return tx.scalars(query).one()


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
