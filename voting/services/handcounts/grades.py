"""What a rating came to, on tablets or counted by hand, for whoever has to act on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ballots.manifest import ABSTAIN, GRADES, RatingRules, Style, check_manifest
from ballots.objects import RatingOutcome, Result
from voting import ledger
from voting.db import Tx
from voting.errors import NotNow
from voting.models.elections import Election, ElectionState
from voting.models.handcounts import HandCount, HandStage
from voting.models.sittings import BallotKind
from voting.services import elections, tallying
from voting.services.handcounts.beginning import style_of
from voting.services.handcounts.results import counts_of, outcome_of, turnout_of
from voting.services.tallying import Turnout


@dataclass(frozen=True, slots=True)
class GradeLine:
    """One item of the paper: how many gave which grade, and what the rules make of it."""

    code: str
    satisfied: int
    basic: int
    dissatisfied: int
    abstain: int | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class Graded:
    """A declared rating."""

    election_id: int | None
    hand_count_id: int | None
    object_id: str
    outcome_object: str
    voted_at: datetime
    is_valid: bool
    turnout: Turnout
    base: str
    strict: bool
    lines: tuple[GradeLine, ...]


def declared_rating(tx: Tx, sitting_id: int) -> Election | HandCount | None:
    """Give the declared rating of a sitting, if there is one; on paper only where it was signed."""
    by_hand = (
        select(HandCount)
        .where(HandCount.sitting_id == sitting_id, HandCount.kind == BallotKind.RATING)
        .where(HandCount.stage == HandStage.SIGNED, HandCount.declared_at.is_not(None))
        .order_by(HandCount.id.desc())
    )
    voted = (
        select(Election)
        .where(Election.sitting_id == sitting_id, Election.kind == BallotKind.RATING)
        .where(Election.state == ElectionState.DECIDED, Election.declared_at.is_not(None))
        .order_by(Election.id.desc())
    )
    return tx.scalar(by_hand.limit(1)) or tx.scalar(voted.limit(1))


def graded(tx: Tx, voted: Election | HandCount) -> Graded:
    """Give the counts and grades of a declared rating."""
    if isinstance(voted, HandCount):
        style, outcome = style_of(voted), outcome_of(tx, voted)
        counts, turnout = counts_of(voted), turnout_of(tx, voted)
        begun = voted.begun_at
    else:
        if voted.result_object is None:
            raise NotNow("This vote is not counted yet.")
        style = check_manifest(elections.manifest_of(tx, voted))
        _, result = ledger.load(tx, voted.congress_id, voted.result_object, Result)
        counts, outcome = result.counts, elections.outcome_of(tx, voted)
        turnout = tallying.turnout(tx, voted)
        begun = voted.opened_at or voted.sitting.created_at
    if not isinstance(outcome, RatingOutcome) or not isinstance(style.rules, RatingRules):
        raise NotNow("This vote is no rating.")
    is_paper = isinstance(voted, HandCount)
    return Graded(
        election_id=None if is_paper else voted.id,
        hand_count_id=voted.id if is_paper else None,
        object_id="" if isinstance(voted, HandCount) else voted.object_id,
        outcome_object="" if isinstance(voted, HandCount) else voted.outcome_object or "",
        voted_at=begun,
        is_valid=outcome.valid,
        turnout=turnout,
        base=style.rules.base,
        strict=style.rules.strict,
        lines=_lines(style, list(counts), outcome),
    )


def _lines(style: Style, counts: list[int], outcome: RatingOutcome) -> tuple[GradeLine, ...]:
    of = dict(zip(style.option_slots, counts, strict=True))
    lines = []
    for question in style.manifest.questions:
        satisfied, basic, dissatisfied = (of[question.id, grade] for grade in GRADES)
        lines.append(
            GradeLine(
                question.id,
                satisfied,
                basic,
                dissatisfied,
                of.get((question.id, ABSTAIN)),
                outcome.grades.get(question.id),
            )
        )
    return tuple(lines)
