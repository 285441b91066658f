"""Closes elections and adds up their ballots; annuls and declares, two people at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from sqlalchemy import select

from ballots.ballot import Paper, ValidBallot, check_ballot
from ballots.objects import Annul, Close, Tally, parse_object, store
from ballots.tally import add_ballots
from voting import clock, ledger
from voting.db import Tx
from voting.errors import Conflict, NotNow, NotValid, msg
from voting.events import Event
from voting.models.elections import AcceptedBallot, Election, ElectionState
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import casting, elections, journal, rolls
from voting.services.journal import Approvals, Matter
from voting.services.verdicts import judged

Mapper: TypeAlias = Callable[
    [Callable[[bytes], ValidBallot], Iterable[bytes]], Iterator[ValidBallot]
]
"""How many ballots are checked: the built-in `map`, or an executor's."""


@dataclass(frozen=True, slots=True)
class ElectionClosed(Event):
    """No more ballots are taken."""

    words = msg("The vote “{title}” was closed with {ballots} ballots of {issued} cards.")
    election_id: int
    title: str
    issued: int
    ballots: int


@dataclass(frozen=True, slots=True)
class ElectionTallied(Event):
    """The sum of the ballots stands in the log, and trustees can give their shares."""

    words = msg("The ballots of the vote “{title}” were added up.")
    election_id: int
    title: str


@dataclass(frozen=True, slots=True)
class ElectionAnnulled(Event):
    """The election ends without a result."""

    words = msg("The vote “{title}” was annulled: {reason}")
    election_id: int
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class OutcomeDeclared(Event):
    """Chair and chief scrutineer have declared the outcome."""

    words = msg("The outcome of the vote “{title}” was declared.")
    election_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many are present, hold a good card and have voted."""

    deputies: int
    present: int
    issued: int
    ballots: int

    @property
    def outstanding(self) -> int:
        """Good cards that have not voted, of which closing warns."""
        return self.issued - self.ballots


def turnout(tx: Tx, election: Election) -> Turnout:
    """Give the turnout of an election: as of its close, or at this moment."""
    deputies = election.sitting.deputies
    if election.present is not None:
        return Turnout(deputies, election.present, election.issued or 0, election.ballots or 0)
    return Turnout(
        deputies,
        elections.count_present(tx, election.sitting_id),
        rolls.count_good(tx, election.roll_object),
        casting.count_ballots(tx, election.id),
    )


def close(tx: Tx, actor: Actor, election_id: int) -> Approvals:
    """Consent to the closing; with the last consent no more ballots are taken."""
    election = _locked(tx, election_id)
    if election.state is not ElectionState.OPEN:
        raise NotNow("This vote is not open.")
    now = turnout(tx, election)
    if now.issued > now.present:
        raise NotNow(
            "{issued} cards are good but only {present} deputies are present; closed like this,"
            " the vote would be void.",
            issued=now.issued,
            present=now.present,
        ).now("Correct the attendance, or revoke the cards of those who left without voting.")
    matter = _matter(Action.CLOSE_ELECTION, election)
    approvals = journal.approve(tx, actor, matter)
    if approvals.is_complete:
        journal.close_approvals(tx, matter)
        _close(tx, actor, election, now)
    return approvals


@judged
def add_up(tx: Tx, election_id: int, *, mapper: Mapper = map) -> Tally:
    """Check every ballot of a closed election again and add them up; takes no lock."""
    election = elections.find_election(tx, election_id)
    if election.state is not ElectionState.CLOSED:
        raise NotNow("Only a closed vote can be added up.")
    positions = tx.scalars(
        select(AcceptedBallot.position)
        .where(AcceptedBallot.election_id == election.id)
        .order_by(AcceptedBallot.position)
    ).all()
    paper = casting.paper_of(tx, election)
    raws = ledger.raw_at(tx, election.congress_id, positions)
    return add_ballots(paper, mapper(partial(_check, paper), raws))


@judged
def publish_tally(tx: Tx, actor: Actor, election_id: int, tally: Tally) -> None:
    """Put the sum into the log, once; a second one that comes late is passed over."""
    election = _locked(tx, election_id)
    access.check(actor, Action.TALLY_ELECTION, election.congress_id)
    if election.state is not ElectionState.CLOSED or tally.election != election.object_id:
        return
    if tally.ballots != election.ballots:
        raise Conflict("The ballots added up are not those of the close.")
    stored = store(tally)
    ledger.append(tx, election.congress_id, stored)
    election.state, election.tally_object = ElectionState.TALLIED, stored.id
    tx.flush()
    told = ElectionTallied(election.id, election.title)
    journal.record(tx, actor, told, congress_id=election.congress_id)


def annul(tx: Tx, actor: Actor, election_id: int, *, reason: str) -> Approvals:
    """Consent to annulling with a reason, the same for all; with the last consent it ends."""
    election = _locked(tx, election_id)
    if election.state is ElectionState.ANNULLED or election.declared_at is not None:
        raise NotNow("This vote was annulled before, or its outcome is declared.")
    later = select(Election).where(
        Election.previous_id == election.id, Election.state != ElectionState.ANNULLED
    )
    if tx.scalar(later) is not None:
        raise NotNow("A later round follows from this vote; annul that one first.")
    if not reason.strip():
        raise NotValid("A reason is needed; it stands in the public log.")
    matter = _matter(Action.ANNUL_ELECTION, election)
    if not journal.approvals(tx, matter).given:
        election.annul_reason = reason
    if election.annul_reason != reason:
        raise Conflict("The reason is not the one that was consented to.")
    approvals = journal.approve(tx, actor, matter)
    if approvals.is_complete:
        journal.close_approvals(tx, matter)
        _annul(tx, actor, election, reason)
    return approvals


def declare(tx: Tx, actor: Actor, election_id: int) -> Approvals:
    """Consent to declaring the outcome; with the last consent it is declared."""
    election = _locked(tx, election_id)
    if election.state is not ElectionState.DECIDED or election.declared_at is not None:
        raise NotNow("This vote has no outcome to declare.")
    if election.sitting.is_rehearsal:
        raise NotNow("This was a rehearsal; its outcome is not declared.")
    matter = _matter(Action.DECLARE_OUTCOME, election)
    approvals = journal.approve(tx, actor, matter)
    if approvals.is_complete:
        journal.close_approvals(tx, matter)
        election.declared_at = clock.now()
        told = OutcomeDeclared(election.id, election.title)
        journal.record(tx, actor, told, congress_id=election.congress_id)
    return approvals


def _check(paper: Paper, raw: bytes) -> ValidBallot:
    return check_ballot(paper, parse_object(raw))


def _close(tx: Tx, actor: Actor, election: Election, now: Turnout) -> None:
    moment = clock.now()
    closing = Close(
        election=election.object_id,
        present=now.present,
        issued=now.issued,
        ballots=now.ballots,
        time=elections.wire_time(moment),
    )
    ledger.append(tx, election.congress_id, store(closing))
    election.state, election.closed_at = ElectionState.CLOSED, moment
    election.present, election.issued, election.ballots = now.present, now.issued, now.ballots
    tx.flush()
    told = ElectionClosed(election.id, election.title, now.issued, now.ballots)
    journal.record(tx, actor, told, congress_id=election.congress_id)


def _annul(tx: Tx, actor: Actor, election: Election, reason: str) -> None:
    time = elections.wire_time(clock.now())
    annulled = Annul(election=election.object_id, reason=reason, time=time)
    ledger.append(tx, election.congress_id, store(annulled))
    election.state = ElectionState.ANNULLED
    tx.flush()
    told = ElectionAnnulled(election.id, election.title, reason)
    journal.record(tx, actor, told, congress_id=election.congress_id)


def _locked(tx: Tx, election_id: int) -> Election:
    election = elections.find_election(tx, election_id)
    ledger.lock(tx, election.congress_id)
    return elections.find_election(tx, election_id)


def _matter(action: Action, election: Election) -> Matter:
    return Matter(action, election.congress_id, f"election:{election.id}")
