"""A congress as its public page shows it: the sitting of now, its votes, and those before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from ballots.manifest import Style, check_manifest
from ballots.objects import DecisionOutcome, RatingOutcome
from voting.db import Tx
from voting.models.elections import Election, ElectionState
from voting.models.handcounts import HandCount
from voting.models.sittings import Sitting, Stage
from voting.services import elections, handcounts, tallying
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard
from voting.services.reports.figures import titles_of
from voting.services.reports.notices import NoticeLine, list_notices


@dataclass(frozen=True, slots=True)
class VoteLine:
    """A vote in a list."""

    object_id: str
    title: str
    kind: str
    round: int
    state: ElectionState
    turnout: tallying.Turnout
    elected: tuple[str, ...]
    is_valid: bool
    declared_at: datetime | None
    on_paper: int | None = None


@dataclass(frozen=True, slots=True)
class SittingBlock:
    """A sitting with its votes, the latest first."""

    name: str
    starts_on: date
    ends_on: date
    is_rehearsal: bool
    stage: Stage
    deputies: int
    votes: tuple[VoteLine, ...]


@dataclass(frozen=True, slots=True)
class CongressPage:
    """A congress with its latest sitting apart from those before."""

    congress: CongressCard
    current: SittingBlock | None
    earlier: tuple[SittingBlock, ...]
    notices: tuple[NoticeLine, ...]


def read_congress(tx: Tx, slug: str) -> CongressPage:
    """Give a congress's sittings; one that prepares in silence, without a vote, is not shown."""
    congress = congresses.find_congress(tx, slug)
    query = select(Sitting).where(Sitting.congress_id == congress.id)
    rows = tx.scalars(query.order_by(Sitting.starts_on.desc(), Sitting.id.desc()))
    blocks = [_block(tx, sitting) for sitting in rows]
    shown = [block for block in blocks if block.votes or block.stage is not Stage.PREPARING]
    return CongressPage(
        congress=congress,
        current=shown[0] if shown else None,
        earlier=tuple(shown[1:]),
        notices=list_notices(tx, congress.id),
    )


def _block(tx: Tx, sitting: Sitting) -> SittingBlock:
    query = select(Election).where(Election.sitting_id == sitting.id)
    votes = tx.scalars(query.order_by(Election.id.desc()))
    by_hand = [hand for hand in handcounts.list_hand_counts(tx, sitting.id) if hand.digest]
    return SittingBlock(
        name=sitting.name,
        starts_on=sitting.starts_on,
        ends_on=sitting.ends_on,
        is_rehearsal=sitting.is_rehearsal,
        stage=sitting.stage,
        deputies=sitting.deputies,
        votes=(
            *(_paper_line(tx, hand) for hand in by_hand),
            *(_line(tx, vote) for vote in votes),
        ),
    )


def _line(tx: Tx, election: Election) -> VoteLine:
    elected, is_valid = _elected(tx, election)
    return VoteLine(
        object_id=election.object_id,
        title=election.title,
        kind=election.kind.value,
        round=election.round,
        state=election.state,
        turnout=tallying.turnout(tx, election),
        elected=elected,
        is_valid=is_valid,
        declared_at=election.declared_at,
    )


def _paper_line(tx: Tx, hand: HandCount) -> VoteLine:
    outcome = handcounts.outcome_of(tx, hand)
    return VoteLine(
        object_id="",
        title=hand.title,
        kind=hand.kind.value,
        round=hand.round,
        state=ElectionState.DECIDED,
        turnout=handcounts.turnout_of(tx, hand),
        elected=_titles(handcounts.style_of(hand), outcome),
        is_valid=outcome.valid,
        declared_at=hand.declared_at,
        on_paper=hand.id,
    )


def _elected(tx: Tx, election: Election) -> tuple[tuple[str, ...], bool]:
    """Give the titles of the projects chosen, and whether the round was valid."""
    if election.state is not ElectionState.DECIDED:
        return (), True
    outcome = elections.outcome_of(tx, election)
    return _titles(check_manifest(elections.manifest_of(tx, election)), outcome), outcome.valid


def _titles(style: Style, outcome: DecisionOutcome | RatingOutcome) -> tuple[str, ...]:
    if not isinstance(outcome, DecisionOutcome):
        return ()
    titles = titles_of(style)
    return tuple(titles[code] for code in outcome.elected)
