"""What chair, chief scrutineer and hall screen follow: votes at hand, and who consents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import Message, NotFound, NotNow
from voting.models.elections import Election, ElectionState
from voting.models.handcounts import HandCount, HandStage
from voting.models.sittings import Sitting
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.roles import ROLE_NAMES
from voting.services import announcements, elections, handcounts, journal, tallying
from voting.services.elections import ZeroReport
from voting.services.journal import Matter
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard
from voting.services.reports.hands import read_hand_vote
from voting.services.reports.votes import VotePage, read_vote

_ACTS: Final = {
    ElectionState.PREPARED: (Action.OPEN_ELECTION, Action.ANNUL_ELECTION),
    ElectionState.OPEN: (Action.CLOSE_ELECTION, Action.ANNUL_ELECTION),
    ElectionState.CLOSED: (Action.ANNUL_ELECTION,),
    ElectionState.TALLIED: (Action.ANNUL_ELECTION,),
    ElectionState.DECIDED: (Action.DECLARE_OUTCOME, Action.ANNUL_ELECTION),
}
_OVER: Final = (ElectionState.DECIDED, ElectionState.ANNULLED)


@dataclass(frozen=True, slots=True)
class Consent:
    """How far an act has come that several people consent to, and whether the reader may."""

    action: Action
    given: tuple[Message, ...]
    missing: tuple[Message, ...]
    may_give: bool


@dataclass(frozen=True, slots=True)
class AnnouncementLine:
    """The announcement of a vote, public or not yet."""

    id: int
    number: int
    dated: date
    public_from: datetime
    is_public: bool


@dataclass(frozen=True, slots=True)
class VoteAtHand:
    """A vote of the sitting, with what can be done about it now."""

    id: int
    vote: VotePage
    zero: ZeroReport | None
    consents: tuple[Consent, ...]
    annul_reason: str
    shares: tuple[int, int]
    """Given and needed, while the scrutineers decrypt."""
    announcement: AnnouncementLine | None
    has_heir: bool
    """Whether another round follows, on tablets or on paper, or is prepared."""

    def consent(self, act: str) -> Consent | None:
        """Give how far an act has come, where it can be done now."""
        return next((found for found in self.consents if found.action == act), None)

    @property
    def key(self) -> str:
        """Name it among votes and counts by hand."""
        return f"hand-{self.id}" if self.vote.on_paper else f"vote-{self.id}"

    @property
    def is_declared(self) -> bool:
        """Whether chair and chief scrutineer have declared the outcome."""
        return self.vote.declared_at is not None

    @property
    def needs_round(self) -> bool:
        """Whether the rules ask for another round that nobody has prepared yet."""
        return self.vote.run_off is not None and not self.has_heir

    @property
    def may_repeat(self) -> bool:
        """Whether it came to nothing, and nothing follows yet."""
        figures = self.vote.decision or self.vote.rating
        is_void = figures is not None and not figures.is_valid
        is_annulled = self.vote.state is ElectionState.ANNULLED
        return (is_void or is_annulled) and not self.has_heir and self.vote.on_paper is None

    @property
    def is_over(self) -> bool:
        """Whether nothing more has to be done about it in the hall."""
        return self.vote.state in _OVER and not self.needs_round and not self.may_repeat

    @property
    def can_announce(self) -> bool:
        """Whether this is the last round, declared and not announced."""
        is_last = self.is_over and not self.has_heir
        return self.is_declared and is_last and self.announcement is None


@dataclass(frozen=True, slots=True)
class Conduct:
    """The sitting that is held, and its votes, the latest first."""

    congress: CongressCard
    sitting: str
    is_rehearsal: bool
    votes: tuple[VoteAtHand, ...]

    @property
    def mark(self) -> str:
        """Name what can be consented to; another mark, another page."""
        seen = [
            (at.key, at.vote.state, at.is_declared, at.consents, at.has_heir, at.zero)
            for at in self.votes
        ]
        return _digest(seen)

    @property
    def live_mark(self) -> str:
        """Name all that moves: turnout and shares as well."""
        return _digest((self.mark, [(at.vote.turnout, at.shares) for at in self.votes]))


@dataclass(frozen=True, slots=True)
class ZeroPage:
    """The zero report as it is printed and signed."""

    congress: CongressCard
    vote: VotePage
    zero: ZeroReport
    at: datetime


def read_conduct(tx: Tx, actor: Actor, slug: str) -> Conduct:
    """Give the votes of a congress's sitting to those who run it."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.READ_SITTING, congress.id)
    standing = tallying.standing(tx, slug)
    if standing.sitting is None:
        return Conduct(congress, "", is_rehearsal=False, votes=())
    sitting = tx.get_one(Sitting, standing.sitting.id)
    return Conduct(
        congress=congress,
        sitting=sitting.name,
        is_rehearsal=sitting.is_rehearsal,
        votes=read_votes(tx, actor, slug, sitting.id),
    )


def read_zero(tx: Tx, actor: Actor, slug: str, election_id: int) -> ZeroPage:
    """Give the zero report of a vote that is not open yet, for printing."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.READ_SITTING, congress.id)
    election = elections.find_election(tx, election_id)
    if election.congress_id != congress.id:
        raise NotFound("There is no such vote.")
    if election.state is not ElectionState.PREPARED:
        raise NotNow("The zero report is of a vote that is not open yet.")
    vote = read_vote(tx, slug, election.object_id)
    return ZeroPage(congress, vote, elections.zero_report(tx, election_id), clock.now())


def read_votes(tx: Tx, actor: Actor, slug: str, sitting_id: int) -> tuple[VoteAtHand, ...]:
    """Give a sitting's votes, the latest first; counts by hand before what they follow."""
    return tuple(
        _hand_at_hand(tx, actor, slug, row)
        if isinstance(row, HandCount)
        else _at_hand(tx, actor, slug, row)
        for row in in_order(tx, sitting_id)
    )


def in_order(tx: Tx, sitting_id: int) -> Iterator[Election | HandCount]:
    """Give a sitting's votes, the latest first; counts by hand before what they follow."""
    hands = handcounts.list_hand_counts(tx, sitting_id)
    root = {hand.id: _root(hand, {each.id: each for each in hands}) for hand in hands}
    yield from (hand for hand in hands if root[hand.id] is None)
    query = select(Election).where(Election.sitting_id == sitting_id)
    for election in tx.scalars(query.order_by(Election.id.desc())):
        yield from (hand for hand in hands if root[hand.id] == election.id)
        yield election


def _root(hand: HandCount, by_id: dict[int, HandCount]) -> int | None:
    while hand.previous_id is not None:
        hand = by_id[hand.previous_id]
    return hand.election_id


def _at_hand(tx: Tx, actor: Actor, slug: str, election: Election) -> VoteAtHand:
    is_prepared = election.state is ElectionState.PREPARED
    actions = () if election.declared_at else _ACTS.get(election.state, ())
    subject = f"election:{election.id}"
    return VoteAtHand(
        id=election.id,
        vote=read_vote(tx, slug, election.object_id),
        zero=elections.zero_report(tx, election.id) if is_prepared else None,
        consents=tuple(
            _consent(tx, actor, Matter(action, election.congress_id, subject)) for action in actions
        ),
        annul_reason=election.annul_reason or "",
        shares=tallying.count_shares(tx, election),
        announcement=_announcement(tx, election),
        has_heir=_is_continued(tx, election),
    )


def _hand_at_hand(tx: Tx, actor: Actor, slug: str, hand: HandCount) -> VoteAtHand:
    is_signed = hand.stage is HandStage.SIGNED and hand.declared_at is None
    matter = Matter(Action.DECLARE_OUTCOME, hand.sitting.congress_id, f"hand:{hand.id}")
    later = select(HandCount.id).where(HandCount.previous_id == hand.id)
    return VoteAtHand(
        id=hand.id,
        vote=read_hand_vote(tx, slug, hand),
        zero=None,
        consents=(_consent(tx, actor, matter),) if is_signed else (),
        annul_reason="",
        shares=(0, 0),
        announcement=_announcement(tx, hand),
        has_heir=tx.scalar(later.limit(1)) is not None,
    )


def _is_continued(tx: Tx, election: Election) -> bool:
    later = select(Election.id).where(Election.previous_id == election.id)
    by_hand = select(HandCount.id).where(
        HandCount.election_id == election.id, HandCount.stage != HandStage.DROPPED
    )
    return any(tx.scalar(query.limit(1)) is not None for query in (later, by_hand))


def _consent(tx: Tx, actor: Actor, matter: Matter) -> Consent:
    found = journal.approvals(tx, matter)
    mine = actor.roles_in(matter.congress_id)
    return Consent(
        action=matter.action,
        given=tuple(ROLE_NAMES[role] for role in sorted(found.given)),
        missing=tuple(ROLE_NAMES[role] for role in found.missing),
        may_give=any(role in mine for role in found.missing),
    )


def _announcement(tx: Tx, vote: Election | HandCount) -> AnnouncementLine | None:
    row = announcements.announcement_of(tx, vote)
    if row is None:
        return None
    is_public = announcements.is_public(row)
    return AnnouncementLine(row.id, row.number, row.dated, row.public_from, is_public)


def _digest(seen: object) -> str:
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]
