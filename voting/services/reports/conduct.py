"""What chair, chief scrutineer and hall screen follow: votes at hand, and who consents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from voting.db import Tx
from voting.errors import Message
from voting.models.elections import Election, ElectionState
from voting.models.sittings import Sitting
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.roles import ROLE_NAMES
from voting.services import elections, journal, tallying
from voting.services.elections import ZeroReport
from voting.services.journal import Matter
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard
from voting.services.reports.votes import VotePage, read_vote

_ACTS: Final = {
    ElectionState.PREPARED: (Action.OPEN_ELECTION, Action.ANNUL_ELECTION),
    ElectionState.OPEN: (Action.CLOSE_ELECTION, Action.ANNUL_ELECTION),
    ElectionState.CLOSED: (Action.ANNUL_ELECTION,),
    ElectionState.TALLIED: (Action.ANNUL_ELECTION,),
    ElectionState.DECIDED: (Action.DECLARE_OUTCOME, Action.ANNUL_ELECTION),
}


@dataclass(frozen=True, slots=True)
class Consent:
    """How far an act has come that several people consent to, and whether the reader may."""

    action: Action
    given: tuple[Message, ...]
    missing: tuple[Message, ...]
    may_give: bool


@dataclass(frozen=True, slots=True)
class VoteAtHand:
    """A vote of the sitting, with what can be done about it now."""

    id: int
    vote: VotePage
    zero: ZeroReport | None
    consents: tuple[Consent, ...]
    annul_reason: str
    is_declared: bool

    def consent(self, action: Action) -> Consent | None:
        """Give how far an act has come, where it can be done now."""
        return next((found for found in self.consents if found.action == action), None)


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
        seen = [(at.id, at.vote.state, at.is_declared, at.consents) for at in self.votes]
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def read_conduct(tx: Tx, actor: Actor, slug: str) -> Conduct:
    """Give the votes of a congress's sitting to those who run it."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.READ_SITTING, congress.id)
    standing = tallying.standing(tx, slug)
    if standing.sitting is None:
        return Conduct(congress, "", is_rehearsal=False, votes=())
    sitting = tx.get_one(Sitting, standing.sitting.id)
    query = select(Election).where(Election.sitting_id == sitting.id)
    return Conduct(
        congress=congress,
        sitting=sitting.name,
        is_rehearsal=sitting.is_rehearsal,
        votes=tuple(
            _at_hand(tx, actor, slug, election)
            for election in tx.scalars(query.order_by(Election.id.desc()))
        ),
    )


def _at_hand(tx: Tx, actor: Actor, slug: str, election: Election) -> VoteAtHand:
    is_prepared = election.state is ElectionState.PREPARED
    actions = () if election.declared_at else _ACTS.get(election.state, ())
    return VoteAtHand(
        id=election.id,
        vote=read_vote(tx, slug, election.object_id),
        zero=elections.zero_report(tx, election.id) if is_prepared else None,
        consents=tuple(_consent(tx, actor, election, action) for action in actions),
        annul_reason=election.annul_reason or "",
        is_declared=election.declared_at is not None,
    )


def _consent(tx: Tx, actor: Actor, election: Election, action: Action) -> Consent:
    matter = Matter(action, election.congress_id, f"election:{election.id}")
    found = journal.approvals(tx, matter)
    mine = actor.roles_in(election.congress_id)
    return Consent(
        action=action,
        given=tuple(ROLE_NAMES[role] for role in sorted(found.given)),
        missing=tuple(ROLE_NAMES[role] for role in found.missing),
        may_give=any(role in mine for role in found.missing),
    )
