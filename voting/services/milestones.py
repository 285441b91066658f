"""Enters what becomes of a project in the log: each milestone bound to the one before it.

The log holds the hash of what a milestone says; the content stands beside it in the database, and
is shown or withheld. A salt in it keeps a withheld content from being guessed by its hash.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from ballots import objects
from ballots.encoding import LARGEST_NUMBER, canonical, sha256, to_b64u
from ballots.errors import BallotError, Invalid
from ballots.milestones import Decision, Way, check_content, follow, undo
from ballots.objects import DecisionOutcome, ObjectId, RatingOutcome, parse_object, store
from voting import clock, ledger
from voting.db import Tx
from voting.errors import Message, NotFound, msg
from voting.models.elections import Election, ElectionState
from voting.models.milestones import Milestone, Stage
from voting.services.verdicts import judged

__all__ = [
    "SALT",
    "STAGES",
    "MilestoneLine",
    "Stage",
    "content_of",
    "is_shown",
    "of_project",
    "publish",
    "record",
]
SALT: Final = "salt"
STAGES: Final[dict[Stage, Message]] = {
    Stage.ADOPTED: msg("Adopted as a candidate"),
    Stage.DECIDED: msg("Decided by the deputies"),
    Stage.PLANNED: msg("Plan made"),
    Stage.REPORTED: msg("Progress reported"),
    Stage.VISITED: msg("Visited"),
    Stage.PROBLEM: msg("Problem found"),
    Stage.ANSWERED: msg("Problem answered"),
    Stage.CLOSED: msg("Problem closed"),
    Stage.ADJUSTED: msg("Adjusted"),
    Stage.ACCEPTED: msg("Accepted as done"),
    Stage.RATED: msg("Rated"),
    Stage.RECTIFIED: msg("Rectified"),
    Stage.ARCHIVED: msg("Archived"),
}


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone as it is told: its place in the log, and its content unless it is withheld.

    `is_verified` tells that the log's object is this milestone's, and its hash the content's.
    """

    stage: Stage
    number: int
    at: datetime
    index: int
    object_id: str
    content: dict[str, Any] | None
    is_verified: bool

    @property
    def words(self) -> Message:
        """What the step is called."""
        return STAGES[self.stage]


@judged
def record(
    tx: Tx,
    congress_id: int,
    project: str,
    stage: Stage,
    *,
    content: dict[str, Any],
    public: bool = True,
    outcome: str = "",
) -> Milestone:
    """Enter a milestone of a project, by its code; `outcome` is the object that it follows from.

    Raises `RuleBroken` where the project has not come to this stage: `adopted` is first, the others
    follow on `decided`, an answer follows on a problem, nothing follows on `archived`.
    """
    ledger.lock(tx, congress_id)
    rows = _rows(tx, congress_id, project)
    now = clock.now().replace(microsecond=0)
    raw = canonical(_plain(content) | {SALT: to_b64u(secrets.token_bytes(16))})
    value = objects.Milestone(
        project=project,
        number=len(rows) + 1,
        previous=rows[-1].object_id if rows else "",
        stage=stage.value,
        content=sha256(raw).hex(),
        outcome=outcome,
        time=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    stored = parse_object(store(value).raw)
    decision = _decision(tx, congress_id, outcome) if outcome else None
    follow(_way(tx, congress_id, rows), stored.id, value, decision)
    row = Milestone(
        congress_id=congress_id,
        project=project,
        number=value.number,
        stage=stage,
        object_id=stored.id,
        position=ledger.append(tx, congress_id, stored),
        content=raw,
        is_public=public,
        at=now,
    )
    tx.add(row)
    tx.flush()
    return row


def of_project(tx: Tx, congress_id: int, project: str) -> tuple[MilestoneLine, ...]:
    """Give a project's milestones from the first to the last, each compared with the log."""
    return tuple(
        MilestoneLine(
            stage=row.stage,
            number=row.number,
            at=row.at,
            index=row.position,
            object_id=row.object_id,
            content=_told(row.content) if row.is_public else None,
            is_verified=_is_verified(tx, row),
        )
        for row in _rows(tx, congress_id, project)
    )


def content_of(tx: Tx, congress_id: int, object_id: str) -> bytes:
    """Give the content of a milestone as it was hashed. Raises `NotFound` where withheld."""
    row = _row(tx, congress_id, object_id)
    if not row.is_public:
        raise NotFound("The content of this milestone is not public.")
    return row.content


def is_shown(tx: Tx, congress_id: int, object_id: str) -> bool:
    """Tell whether an object is a milestone whose content everyone may read."""
    query = select(Milestone.is_public).where(
        Milestone.congress_id == congress_id, Milestone.object_id == object_id
    )
    return tx.scalar(query) is True


def publish(tx: Tx, congress_id: int, object_id: str, *, public: bool = True) -> None:
    """Show a milestone's content to everyone, or withhold it; its entry in the log stays."""
    _row(tx, congress_id, object_id).is_public = public
    tx.flush()


def _rows(tx: Tx, congress_id: int, project: str) -> Sequence[Milestone]:
    query = select(Milestone).where(
        Milestone.congress_id == congress_id, Milestone.project == project
    )
    return tx.scalars(query.order_by(Milestone.number)).all()


def _row(tx: Tx, congress_id: int, object_id: str) -> Milestone:
    query = select(Milestone).where(
        Milestone.congress_id == congress_id, Milestone.object_id == object_id
    )
    row = tx.scalar(query)
    if row is None:
        raise NotFound("There is no such milestone.")
    return row


def _way(tx: Tx, congress_id: int, rows: Sequence[Milestone]) -> Way:
    """Follow a project's milestones up to here, as whoever checks the record does."""
    query = select(Election.object_id).where(
        Election.congress_id == congress_id, Election.state == ElectionState.ANNULLED
    )
    annulled = set(tx.scalars(query))
    way = Way()
    for row in rows:
        _, value = ledger.load(tx, congress_id, row.object_id, objects.Milestone)
        decision = _decided(tx, congress_id, value.outcome) if value.outcome else None
        way = follow(_standing(way, annulled), row.object_id, value, decision)
    return _standing(way, annulled)


def _standing(way: Way, annulled: set[str]) -> Way:
    return undo(way) if way.election in annulled else way


def _decision(tx: Tx, congress_id: int, outcome: str) -> Decision:
    """Give an outcome that still stands."""
    found = _decided(tx, congress_id, outcome)
    query = select(Election.state).where(
        Election.congress_id == congress_id, Election.object_id == found.election
    )
    if tx.scalar(query) is ElectionState.ANNULLED:
        raise Invalid("order.annulled")
    return found


def _decided(tx: Tx, congress_id: int, outcome: str) -> Decision:
    query = select(Election).where(
        Election.congress_id == congress_id, Election.outcome_object == outcome
    )
    election = tx.scalar(query)
    if election is None:
        raise Invalid("order.reference")
    value = parse_object(ledger.raw_object(tx, congress_id, ObjectId(outcome))).value
    if not isinstance(value, DecisionOutcome | RatingOutcome):
        raise TypeError("an election's outcome is another object")
    return Decision(election.object_id, election.kind.value, value)


def _is_verified(tx: Tx, row: Milestone) -> bool:
    _, value = ledger.load(tx, row.congress_id, row.object_id, objects.Milestone)
    try:
        check_content(value, row.content)
    except BallotError:
        return False
    return (value.project, value.number, value.stage) == (row.project, row.number, row.stage.value)


def _told(raw: bytes) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(raw)
    return {name: value for name, value in tree.items() if name != SALT}


def _plain(value: Any) -> Any:
    """Write a value in the JSON of the log, which has no null, no fractions and nothing below 0."""
    match value:
        case dict():
            return {str(k): _plain(v) for k, v in value.items() if v is not None}
        case list() | tuple():
            return [_plain(item) for item in value if item is not None]
        case date():
            return value.isoformat()
        case bool():
            return value
        case int() if 0 <= value <= LARGEST_NUMBER:
            return value
        case _:
            return str(value)
