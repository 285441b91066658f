"""Tells how far a key ceremony has come, and reads back what its trustees published."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ballots.errors import Invalid
from ballots.objects import Ceremony, Trustee, TrusteeCommitment
from ballots.trustees import (
    Circle,
    Committed,
    Registered,
    check_ceremony,
    check_commitment,
    check_registration,
)
from voting import ledger
from voting.db import Tx
from voting.errors import NotFound, NotNow
from voting.models.elections import CeremonyStage, KeyCeremony, KeyHolder


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


def latest(tx: Tx, sitting_id: int) -> KeyCeremony | None:
    """Give the newest ceremony of a sitting, abandoned or not."""
    query = select(KeyCeremony).where(KeyCeremony.sitting_id == sitting_id)
    return tx.scalar(query.order_by(KeyCeremony.id.desc()).limit(1))


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


def holder_of(row: KeyCeremony, index: int) -> KeyHolder:
    """Find a trustee by its index. Raises `Invalid("ceremony.index")`."""
    if not 1 <= index <= len(row.holders):
        raise Invalid("ceremony.index")
    return row.holders[index - 1]


def living(tx: Tx, congress_id: int, object_id: str) -> KeyCeremony:
    """Find a ceremony that was not abandoned."""
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
