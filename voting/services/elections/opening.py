"""Opens an election, by chair and chief scrutineer together, after the zero report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from ballots.objects import Open, store
from ballots.outcome import Turnout
from voting import clock, ledger
from voting.db import Tx
from voting.errors import Conflict, Message, NotNow, msg
from voting.events import Event
from voting.models.elections import AcceptedBallot, Election, ElectionState
from voting.models.sittings import Attendance, Presence, Stage
from voting.rules.access import Action, Actor
from voting.services import journal, rolls
from voting.services.elections.preparing import find_election
from voting.services.journal import Approvals, Matter

_PRESENT = (Presence.PRESENT, Presence.LATE)


@dataclass(frozen=True, slots=True)
class ElectionOpened(Event):
    """Ballots may come."""

    words = msg("The vote “{title}” was opened with {present} present.")
    election_id: int
    title: str
    present: int


@dataclass(frozen=True, slots=True)
class ZeroReport:
    """What chair and chief scrutineer look at before opening; `blockers` says what is missing."""

    election_object: str
    keys_object: str
    roll_object: str
    deputies: int
    present: int
    quorum: int
    issued: int
    ballots: int
    blockers: tuple[Message, ...]

    @property
    def digest(self) -> str:
        """What an approval names, to show that this report was the one looked at."""
        seen = (self.election_object, self.keys_object, self.roll_object, str(self.ballots))
        return hashlib.sha256("\n".join(seen).encode()).hexdigest()


def zero_report(tx: Tx, election_id: int) -> ZeroReport:
    """Give the state of an election before it opens."""
    election = find_election(tx, election_id)
    present = count_present(tx, election.sitting_id)
    issued = rolls.count_good(tx, election.roll_object)
    quorum = Turnout(election.sitting.deputies, present, issued, 0).quorum
    ballots = select(func.count()).where(AcceptedBallot.election_id == election.id)
    return ZeroReport(
        election_object=election.object_id,
        keys_object=election.keys_object,
        roll_object=election.roll_object,
        deputies=election.sitting.deputies,
        present=present,
        quorum=quorum,
        issued=issued,
        ballots=tx.scalars(ballots).one(),
        blockers=tuple(_blockers(tx, election, present=present, quorum=quorum, issued=issued)),
    )


def open_election(tx: Tx, actor: Actor, election_id: int, *, report: str) -> Approvals:
    """Consent to the opening, naming the zero report; with the last consent ballots may come."""
    election = find_election(tx, election_id)
    ledger.lock(tx, election.congress_id)
    if election.state is not ElectionState.PREPARED:
        raise NotNow("This vote was opened before, or annulled.")
    found = zero_report(tx, election.id)
    if report != found.digest:
        raise Conflict("The zero report is not the one you have seen.").now(
            "Look at the zero report again."
        )
    for blocker in found.blockers:
        raise NotNow(blocker)
    matter = Matter(Action.OPEN_ELECTION, election.congress_id, f"election:{election.id}")
    approvals = journal.approve(tx, actor, matter)
    if approvals.is_complete:
        journal.close_approvals(tx, matter)
        _open(tx, actor, election, found.present)
    return approvals


def count_present(tx: Tx, sitting_id: int) -> int:
    """Count the deputies who are in the hall."""
    query = select(func.count()).where(
        Attendance.sitting_id == sitting_id, Attendance.status.in_(_PRESENT)
    )
    return tx.scalars(query).one()


def wire_time(moment: datetime) -> str:
    """Write a moment as the protocol writes it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _open(tx: Tx, actor: Actor, election: Election, present: int) -> None:
    moment = clock.now()
    opened = Open(election=election.object_id, present=present, time=wire_time(moment))
    ledger.append(tx, election.congress_id, store(opened))
    election.state, election.opened_at = ElectionState.OPEN, moment
    tx.flush()
    event = ElectionOpened(election.id, election.title, present)
    journal.record(tx, actor, event, congress_id=election.congress_id)


def _blockers(
    tx: Tx, election: Election, *, present: int, quorum: int, issued: int
) -> list[Message]:
    other = select(Election.title).where(
        Election.sitting_id == election.sitting_id, Election.state == ElectionState.OPEN
    )
    found: list[Message] = []
    if election.sitting.stage is not Stage.MEETING:
        found.append(msg("The sitting has not begun, or it has ended."))
    if (title := tx.scalar(other)) is not None:
        found.append(msg("The vote “{title}” is open; close it first.", title=title))
    if present < quorum:
        found.append(
            msg(
                "{present} are present, and {quorum} are needed: two thirds of all deputies.",
                present=present,
                quorum=quorum,
            )
        )
    if issued == 0:
        found.append(msg("No card has been issued."))
    if issued > present:
        found.append(
            msg(
                "{issued} cards are good but only {present} deputies are present.",
                issued=issued,
                present=present,
            )
        )
    return found
