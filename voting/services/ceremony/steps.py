"""Takes what trustees publish, stage by stage; the last confirmation makes the keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ballots.errors import Invalid, Malformed
from ballots.objects import (
    Stored,
    Trustee,
    TrusteeCommitment,
    TrusteeConfirmation,
    store,
)
from ballots.trustees import (
    check_commitment,
    check_confirmation,
    check_registration,
    make_keys,
)
from voting import ledger
from voting.db import Tx
from voting.errors import msg
from voting.events import Event
from voting.models.elections import CeremonyStage, KeyCeremony
from voting.rules.access import Actor
from voting.services import journal
from voting.services.ceremony.beginning import check_speaker
from voting.services.ceremony.standing import circle_of, committed, holder_of, living, registered


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


Step: TypeAlias = Trustee | TrusteeCommitment | TrusteeConfirmation


def receive(
    tx: Tx, actor: Actor, congress_id: int, stored: Stored, *, invitation: str | None = None
) -> int:
    """Take a registration, commitment or confirmation that is new; gives its place.

    Raises `BallotError`, and `NotAllowed` for a registration by somebody else.
    """
    step = stored.value
    if not isinstance(step, Trustee | TrusteeCommitment | TrusteeConfirmation):
        raise Malformed("object.type")
    row = living(tx, congress_id, step.ceremony)
    if isinstance(step, Trustee):
        check_speaker(actor, holder_of(row, step.index), invitation, congress_id)
    _check(tx, row, stored, step)
    position = ledger.append(tx, congress_id, stored)
    _note(row, stored.id, step)
    _advance(tx, actor, row)
    return position


def _check(tx: Tx, row: KeyCeremony, stored: Stored, step: Step) -> None:
    match step:
        case Trustee():
            _check_stage(row, CeremonyStage.REGISTER)
            check_registration(circle_of(tx, row), step, registered(tx, row))
        case TrusteeCommitment():
            _check_stage(row, CeremonyStage.COMMIT)
            _check_silent(holder_of(row, step.index).commitment_object)
            trustee = registered(tx, row)[step.index - 1]
            check_commitment(circle_of(tx, row), trustee, stored)
        case TrusteeConfirmation():
            _check_stage(row, CeremonyStage.CONFIRM)
            _check_silent(holder_of(row, step.index).confirmation_object)
            trustee = registered(tx, row)[step.index - 1]
            check_confirmation(step, trustee, committed(tx, row))


def _check_stage(row: KeyCeremony, stage: CeremonyStage) -> None:
    if row.stage is not stage:
        raise Invalid("order.state")


def _check_silent(spoken: str | None) -> None:
    if spoken is not None:
        raise Invalid("ceremony.index")


def _note(row: KeyCeremony, object_id: str, step: Step) -> None:
    holder = holder_of(row, step.index)
    match step:
        case Trustee():
            holder.trustee_object = object_id
        case TrusteeCommitment():
            holder.commitment_object = object_id
        case TrusteeConfirmation():
            holder.confirmation_object = object_id


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
