"""One vote as its public page shows it: turnout before the close, figures once they are decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

import msgspec
from sqlalchemy import ColumnElement, select

from ballots.manifest import Style, check_manifest
from ballots.objects import Result
from voting import ledger
from voting.db import Tx
from voting.errors import Message, NotFound
from voting.models.elections import Election, ElectionState
from voting.models.handcounts import HandCount
from voting.rules.vote import quorum
from voting.services import elections, handcounts, tallying
from voting.services.elections import RunOff
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard
from voting.services.reports.figures import (
    DecisionFigures,
    RatingFigures,
    figures_of,
    titles_of,
)
from voting.services.reports.receipts import fingerprint
from voting.services.reports.terms import terms_of


@dataclass(frozen=True, slots=True)
class RoundLink:
    """Another round of the same vote; one on paper has a number instead of an object's id."""

    object_id: str
    title: str
    round: int
    on_paper: int | None = None


@dataclass(frozen=True, slots=True)
class OnPaper:
    """What a count by hand has instead of a place in the log: its number, void papers, digest."""

    number: int
    void: int
    digest: str


@dataclass(frozen=True, slots=True)
class VotePage:
    """All that anybody may know of a vote at this moment."""

    congress: CongressCard
    sitting: str
    starts_on: date
    ends_on: date
    is_rehearsal: bool
    object_id: str
    title: str
    kind: str
    round: int
    state: ElectionState
    opened_at: datetime | None
    threshold: str
    turnout: tallying.Turnout
    clauses: tuple[Message, ...]
    projects: tuple[str, ...]
    declared_at: datetime | None = None
    outcome_object: str | None = None
    annul_reason: str | None = None
    decision: DecisionFigures | None = None
    rating: RatingFigures | None = None
    previous: RoundLink | None = None
    following: RoundLink | None = None
    run_off: RunOff | None = None
    position: int | None = None
    log_fingerprint: str = ""
    on_paper: OnPaper | None = None

    @property
    def quorum(self) -> int:
        """How many must be present."""
        return quorum(self.turnout.deputies)

    @property
    def has_quorum(self) -> bool:
        """Whether enough are present."""
        return self.turnout.present >= self.quorum

    @property
    def valid_ballots(self) -> int:
        """How many ballots count: the box takes no void one, on paper some may be."""
        return self.turnout.ballots - (self.on_paper.void if self.on_paper else 0)

    @property
    def is_counted(self) -> bool:
        """Whether there are figures to show."""
        return self.decision is not None or self.rating is not None


def read_vote(tx: Tx, slug: str, object_id: str) -> VotePage:
    """Give a vote of a congress by the id that the log knows it by. Raises `NotFound`."""
    congress = congresses.find_congress(tx, slug)
    query = select(Election).where(
        Election.congress_id == congress.id, Election.object_id == object_id
    )
    election = tx.scalar(query)
    if election is None:
        raise NotFound("There is no vote at this address.").now(
            "Look for it in the list of votes of the congress."
        )
    style = check_manifest(elections.manifest_of(tx, election))
    turnout = tallying.turnout(tx, election)
    decision, rating = _figures(tx, election, style)
    return replace(
        _bare(congress, election, style, turnout),
        object_id=object_id,
        state=election.state,
        opened_at=election.opened_at,
        declared_at=election.declared_at,
        outcome_object=election.outcome_object,
        annul_reason=_reason(election),
        clauses=terms_of(style, turnout, is_closed=election.ballots is not None),
        decision=decision,
        rating=rating,
        previous=_previous(tx, election, style),
        following=_following(tx, election),
        run_off=elections.asked_run_off(tx, election),
        position=_position(tx, election),
        log_fingerprint=fingerprint(ledger.find_log(tx, slug).vkey),
    )


def read_paper_vote(tx: Tx, slug: str, number: int) -> VotePage:
    """Give a vote that was counted by hand and signed. Raises `NotFound`."""
    congress = congresses.find_congress(tx, slug)
    hand = tx.get(HandCount, number)
    if hand is None or hand.sitting.congress_id != congress.id or not hand.digest:
        raise NotFound("There is no vote at this address.").now(
            "Look for it in the list of votes of the congress."
        )
    style, turnout = handcounts.style_of(hand), handcounts.turnout_of(tx, hand)
    outcome, counts = handcounts.outcome_of(tx, hand), handcounts.counts_of(hand)
    void = hand.entries[0].void
    decision, rating = figures_of(style, counts, outcome, ballots=turnout.ballots - void)
    return replace(
        read_unsigned_vote(tx, congress, hand),
        state=ElectionState.DECIDED,
        declared_at=hand.declared_at,
        clauses=terms_of(style, turnout, is_closed=True),
        decision=decision,
        rating=rating,
        previous=_before_paper(tx, hand),
        following=_paper_after(tx, HandCount.previous_id == hand.id),
        run_off=handcounts.asked_run_off(tx, hand),
        on_paper=OnPaper(hand.id, void, hand.digest),
    )


def read_unsigned_vote(tx: Tx, congress: CongressCard, hand: HandCount) -> VotePage:
    """Give a vote that is being counted by hand, without any figure."""
    style, turnout = handcounts.style_of(hand), handcounts.turnout_of(tx, hand)
    return replace(
        _bare(congress, hand, style, turnout),
        opened_at=hand.begun_at,
        on_paper=OnPaper(hand.id, 0, ""),
    )


def _bare(
    congress: CongressCard, vote: Election | HandCount, style: Style, turnout: tallying.Turnout
) -> VotePage:
    """Give what every vote has, in the box or on paper, as if it were closed and not counted."""
    return VotePage(
        congress=congress,
        sitting=vote.sitting.name,
        starts_on=vote.sitting.starts_on,
        ends_on=vote.sitting.ends_on,
        is_rehearsal=vote.sitting.is_rehearsal,
        object_id="",
        title=vote.title,
        kind=vote.kind.value,
        round=vote.round,
        state=ElectionState.CLOSED,
        opened_at=None,
        threshold=style.manifest.rules.get("threshold", ""),
        turnout=turnout,
        clauses=terms_of(style, turnout, is_closed=False),
        projects=tuple(titles_of(style).values()),
    )


def _figures(
    tx: Tx, election: Election, style: Style
) -> tuple[DecisionFigures | None, RatingFigures | None]:
    """Give the figures of a decided vote; an annulled one has none."""
    if election.state is not ElectionState.DECIDED or election.result_object is None:
        return None, None
    _, result = ledger.load(tx, election.congress_id, election.result_object, Result)
    outcome = elections.outcome_of(tx, election)
    return figures_of(style, result.counts, outcome, ballots=election.ballots or 0)


def _position(tx: Tx, election: Election) -> int | None:
    place = ledger.place_of(tx, election.congress_id, election.object_id)
    return None if place is None else place.position


def _reason(election: Election) -> str | None:
    """Give why a vote was annulled; before the last consent the reason is nobody's business."""
    return election.annul_reason if election.state is ElectionState.ANNULLED else None


def _previous(tx: Tx, election: Election, style: Style) -> RoundLink | None:
    name = style.manifest.previous
    if name is msgspec.UNSET:
        return None
    query = select(Election).where(
        Election.congress_id == election.congress_id, Election.object_id == name
    )
    return _link(tx.scalar(query))


def _following(tx: Tx, election: Election) -> RoundLink | None:
    """Find the round that names this one as the round before it, or the paper it went on with."""
    query = select(Election).where(
        Election.sitting_id == election.sitting_id, Election.round == election.round + 1
    )
    for later in tx.scalars(query):
        if elections.manifest_of(tx, later).previous == election.object_id:
            return _link(later)
    went_on = (HandCount.election_id == election.id) & HandCount.previous_id.is_(None)
    return _paper_after(tx, went_on)


def _paper_after(tx: Tx, which: ColumnElement[bool]) -> RoundLink | None:
    query = select(HandCount).where(which, HandCount.digest.is_not(None))
    return _paper_link(tx.scalar(query.order_by(HandCount.id.desc()).limit(1)))


def _before_paper(tx: Tx, hand: HandCount) -> RoundLink | None:
    if hand.previous_id is not None:
        return _paper_link(tx.get(HandCount, hand.previous_id))
    return _link(hand.election)


def _link(election: Election | None) -> RoundLink | None:
    if election is None:
        return None
    return RoundLink(election.object_id, election.title, election.round)


def _paper_link(hand: HandCount | None) -> RoundLink | None:
    return None if hand is None else RoundLink("", hand.title, hand.round, on_paper=hand.id)
