"""How a congress's votes stand at this moment, for tablets and screens that ask all the time."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, select

from voting import ledger
from voting.db import Tx
from voting.models.elections import Election
from voting.models.people import Congress
from voting.models.sittings import Sitting, Stage
from voting.services import elections
from voting.services.tallying.closing import Turnout, turnout


@dataclass(frozen=True, slots=True)
class ElectionStanding:
    """One vote: its objects in the log, its state and its turnout."""

    object_id: str
    title: str
    kind: str
    round: int
    state: str
    turnout: Turnout
    keys_object: str
    roll_object: str
    outcome_object: str | None


@dataclass(frozen=True, slots=True)
class SittingStanding:
    """The sitting that is held, or comes next."""

    id: int
    session_object: str | None
    name: str
    deputies: int
    present: int
    is_rehearsal: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A congress, its sitting and the votes of that sitting."""

    congress: str
    sitting: SittingStanding | None
    elections: tuple[ElectionStanding, ...]


def standing(tx: Tx, slug: str) -> Standing:
    """Give the state of a congress's sitting and of its votes in the order they were prepared."""
    log = ledger.find_log(tx, slug)
    name = tx.get_one(Congress, log.congress_id).name
    sitting = _sitting(tx, log.congress_id)
    if sitting is None:
        return Standing(name, None, ())
    query = select(Election).where(Election.sitting_id == sitting.id).order_by(Election.id)
    return Standing(
        name,
        SittingStanding(
            id=sitting.id,
            session_object=sitting.session_object,
            name=sitting.name,
            deputies=sitting.deputies,
            present=elections.count_present(tx, sitting.id),
            is_rehearsal=sitting.is_rehearsal,
        ),
        tuple(_standing(tx, election) for election in tx.scalars(query)),
    )


def _standing(tx: Tx, election: Election) -> ElectionStanding:
    return ElectionStanding(
        object_id=election.object_id,
        title=election.title,
        kind=election.kind,
        round=election.round,
        state=election.state,
        turnout=turnout(tx, election),
        keys_object=election.keys_object,
        roll_object=election.roll_object,
        outcome_object=election.outcome_object,
    )


def _sitting(tx: Tx, congress_id: int) -> Sitting | None:
    """Find the sitting that meets, or else the latest that has not ended."""
    query = select(Sitting).where(Sitting.congress_id == congress_id, Sitting.stage != Stage.ENDED)
    meeting = case((Sitting.stage == Stage.MEETING, 0), else_=1)
    return tx.scalar(query.order_by(meeting, Sitting.id.desc()).limit(1))
