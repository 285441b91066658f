"""The key ceremony (protocol 3): invite trustees, take what they publish, give the keys.

A trustee's device makes everything from its own seed; here it is only checked, put into the log and
handed to the others. After a failed share the ceremony is abandoned and another one begins.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import DecodeError, json
from sqlalchemy import func, select

from ballots.errors import Invalid, Malformed
from ballots.manifest import WIDTH
from ballots.objects import (
    Ceremony,
    Stored,
    Trustee,
    TrusteeCommitment,
    TrusteeConfirmation,
    parse_object,
    store,
)
from ballots.trustees import (
    Circle,
    Committed,
    Registered,
    check_ceremony,
    check_commitment,
    check_confirmation,
    check_registration,
    make_keys,
)
from voting import ledger
from voting.db import Tx
from voting.errors import Conflict, NotAllowed, NotFound, NotNow, msg
from voting.events import Event
from voting.models.elections import CeremonyStage, KeyCeremony, KeyHolder
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal, rolls
from voting.services.verdicts import judged

LARGEST_OBJECT: Final = 256 * 1024


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
class Published:
    """What was put into the log, and where."""

    object_id: str
    position: int


@dataclass(frozen=True, slots=True)
class Status:
    """How far a ceremony has come, by ids of objects."""

    object_id: str
    stage: CeremonyStage
    threshold: int
    names: tuple[str, ...]
    trustees: tuple[str | None, ...]
    commitments: tuple[str | None, ...]
    confirmations: tuple[str | None, ...]
    keys: str | None
    blamed: int | None


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


@dataclass(frozen=True, slots=True)
class CeremonyMoved(Event):
    """A trustee has published something."""

    words = msg("A trustee took a step of the key ceremony.")
    sitting_id: int
    stage: str


@dataclass(frozen=True, slots=True)
class KeysMade(Event):
    """All trustees confirmed, and the keys stand in the log."""

    words = msg("The keys of the vote were made and confirmed by all trustees.")
    sitting_id: int


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
def receive(
    tx: Tx, actor: Actor, congress_id: int, raw: bytes, *, invitation: str | None = None
) -> Published:
    """Take a registration, commitment or confirmation. Raises `BallotError`, `NotAllowed`."""
    stored = parse_object(raw)
    ledger.lock(tx, congress_id)
    if (place := ledger.place_of(tx, congress_id, stored.id)) is not None:
        return Published(stored.id, place.position)
    row = _ceremony_of(tx, congress_id, stored)
    match stored.value:
        case Trustee() as value:
            _check_speaker(actor, _holder(row, value.index), invitation, congress_id)
            _register(tx, row, value)
        case TrusteeCommitment() as value:
            _commit(tx, row, stored, value)
        case TrusteeConfirmation() as value:
            _confirm(tx, row, value)
    position = ledger.append(tx, congress_id, stored)
    _note(row, stored)
    _advance(tx, actor, row)
    return Published(stored.id, position)


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
    row = _ceremony(tx, ledger.find_log(tx, slug).congress_id, failure.ceremony)
    _check_speaker(actor, _holder(row, failure.index), invitation, row.congress_id)
    if row.stage is not CeremonyStage.CONFIRM or failure.sender == failure.index:
        raise NotNow("Shares are opened after all trustees have sent theirs.")
    _abandon(tx, actor, row, _holder(row, failure.sender).index)


def give_up(tx: Tx, actor: Actor, ceremony_id: int) -> None:
    """Abandon a ceremony that won't come to its end, such as when a trustee has left."""
    row = tx.get(KeyCeremony, ceremony_id)
    if row is None:
        raise NotFound("There is no such key ceremony.")
    access.check(actor, Action.NAME_SCRUTINEERS, row.congress_id)
    if row.stage is CeremonyStage.DONE:
        raise NotNow("The keys are made; they serve the whole sitting.")
    _abandon(tx, actor, row, None)


def status(tx: Tx, slug: str, object_id: str) -> Status:
    """Tell how far a ceremony has come."""
    row = _find(tx, ledger.find_log(tx, slug).congress_id, object_id)
    return Status(
        object_id=row.object_id,
        stage=row.stage,
        threshold=row.threshold,
        names=tuple(holder.name for holder in row.holders),
        trustees=tuple(holder.trustee_object for holder in row.holders),
        commitments=tuple(holder.commitment_object for holder in row.holders),
        confirmations=tuple(holder.confirmation_object for holder in row.holders),
        keys=row.keys_object,
        blamed=row.blamed,
    )


def current(tx: Tx, sitting_id: int) -> KeyCeremony | None:
    """Give the ceremony of a sitting that was not abandoned."""
    return tx.scalar(
        select(KeyCeremony).where(
            KeyCeremony.sitting_id == sitting_id, KeyCeremony.stage != CeremonyStage.ABANDONED
        )
    )


def circle_of(tx: Tx, row: KeyCeremony) -> Circle:
    """Give the numbers of a ceremony, checked."""
    stored, _ = ledger.load(tx, row.congress_id, row.object_id, Ceremony)
    return check_ceremony(stored)


def registered(tx: Tx, row: KeyCeremony) -> list[Registered]:
    """Give the trustees that have registered, each checked beside those before it."""
    circle = circle_of(tx, row)
    found: list[Registered] = []
    for holder in row.holders:
        if holder.trustee_object is not None:
            _, value = ledger.load(tx, row.congress_id, holder.trustee_object, Trustee)
            found.append(check_registration(circle, value, found))
    return found


def committed(tx: Tx, row: KeyCeremony) -> list[Committed]:
    """Give the commitments that stand in the log, each checked."""
    circle = circle_of(tx, row)
    by_index = {trustee.value.index: trustee for trustee in registered(tx, row)}
    found: list[Committed] = []
    for holder in row.holders:
        if holder.commitment_object is not None:
            stored, _ = ledger.load(
                tx, row.congress_id, holder.commitment_object, TrusteeCommitment
            )
            found.append(check_commitment(circle, by_index[holder.index], stored))
    return found


def _register(tx: Tx, row: KeyCeremony, value: Trustee) -> None:
    if row.stage is not CeremonyStage.REGISTER:
        raise Invalid("order.state")
    check_registration(circle_of(tx, row), value, registered(tx, row))


def _commit(tx: Tx, row: KeyCeremony, stored: Stored, value: TrusteeCommitment) -> None:
    if row.stage is not CeremonyStage.COMMIT:
        raise Invalid("order.state")
    if _holder(row, value.index).commitment_object is not None:
        raise Invalid("ceremony.index")
    trustee = registered(tx, row)[value.index - 1]
    check_commitment(circle_of(tx, row), trustee, stored)


def _confirm(tx: Tx, row: KeyCeremony, value: TrusteeConfirmation) -> None:
    if row.stage is not CeremonyStage.CONFIRM:
        raise Invalid("order.state")
    if _holder(row, value.index).confirmation_object is not None:
        raise Invalid("ceremony.index")
    check_confirmation(value, registered(tx, row)[value.index - 1], committed(tx, row))


def _note(row: KeyCeremony, stored: Stored) -> None:
    match stored.value:
        case Trustee(index=index):
            _holder(row, index).trustee_object = stored.id
        case TrusteeCommitment(index=index):
            _holder(row, index).commitment_object = stored.id
        case TrusteeConfirmation(index=index):
            _holder(row, index).confirmation_object = stored.id


def _advance(tx: Tx, actor: Actor, row: KeyCeremony) -> None:
    """Go to the next stage when all have spoken; the last confirmation makes the keys."""
    match row.stage:
        case CeremonyStage.REGISTER if all(holder.trustee_object for holder in row.holders):
            row.stage = CeremonyStage.COMMIT
        case CeremonyStage.COMMIT if all(holder.commitment_object for holder in row.holders):
            row.stage = CeremonyStage.CONFIRM
        case CeremonyStage.CONFIRM if all(holder.confirmation_object for holder in row.holders):
            keys = store(make_keys(circle_of(tx, row), committed(tx, row)))
            ledger.append(tx, row.congress_id, keys)
            row.stage, row.keys_object = CeremonyStage.DONE, keys.id
            journal.record(tx, actor, KeysMade(row.sitting_id), congress_id=row.congress_id)
        case _:
            pass
    tx.flush()
    tx.tell(CeremonyMoved(row.sitting_id, row.stage))


def _abandon(tx: Tx, actor: Actor, row: KeyCeremony, blamed: int | None) -> None:
    row.stage, row.blamed = CeremonyStage.ABANDONED, blamed
    tx.flush()
    event = CeremonyAbandoned(row.sitting_id, blamed or 0)
    journal.record(tx, actor, event, congress_id=row.congress_id)


def _check_speaker(
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


def _count(tx: Tx, sitting_id: int) -> int:
    query = select(func.count()).where(KeyCeremony.sitting_id == sitting_id)
    return tx.scalars(query).one()


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _holder(row: KeyCeremony, index: int) -> KeyHolder:
    if not 1 <= index <= len(row.holders):
        raise Invalid("ceremony.index")
    return row.holders[index - 1]


def _ceremony_of(tx: Tx, congress_id: int, stored: Stored) -> KeyCeremony:
    if not isinstance(stored.value, Trustee | TrusteeCommitment | TrusteeConfirmation):
        raise Malformed("object.type")
    return _ceremony(tx, congress_id, stored.value.ceremony)


def _ceremony(tx: Tx, congress_id: int, object_id: str) -> KeyCeremony:
    row = _find(tx, congress_id, object_id)
    if row.stage is CeremonyStage.ABANDONED:
        raise NotNow("This key ceremony was abandoned; another one begins.")
    return row


def _find(tx: Tx, congress_id: int, object_id: str) -> KeyCeremony:
    query = select(KeyCeremony).where(
        KeyCeremony.congress_id == congress_id, KeyCeremony.object_id == object_id
    )
    row = tx.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound("There is no such key ceremony.")
    return row
