"""Takes challenges: sealed ballots opened to test a tablet, which are never accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, insert, select

from ballots.ballot import check_challenge
from ballots.objects import Ballot, Challenge, Stored, object_id, parse_as
from voting import ledger
from voting.db import Tx
from voting.errors import NotNow, msg
from voting.events import Event
from voting.ledger import Place
from voting.models.elections import ChallengedBallot
from voting.services.casting.papers import paper_of
from voting.services.casting.places import ciphertext_hash, find_election, look
from voting.services.verdicts import judged

MOST_CHALLENGES: Final = 50
"""So many tests a card and vote, lest one card fill the log."""


@dataclass(frozen=True, slots=True)
class BallotChallenged(Event):
    """A sealed ballot was opened to test a tablet."""

    words = msg("A tablet was tested.")
    election_id: int


@dataclass(frozen=True, slots=True)
class CheckedChallenge:
    """A challenge that holds by itself; `place` is set where it stands in the log already."""

    congress_id: int
    election_id: int
    stored: Stored
    value: Challenge
    place: Place | None


@judged
def check_opened(tx: Tx, slug: str, raw: bytes) -> CheckedChallenge:
    """Check a challenge before any lock. Raises as `check`."""
    congress_id, known = ledger.seek(tx, slug, object_id(raw))
    stored, value = parse_as(Challenge, raw)
    election = find_election(tx, congress_id, value.election)
    if known is None:
        look(tx, election.id, [value.ballot]).check_challenge(value.ballot)
        check_challenge(paper_of(tx, election), value)
    return CheckedChallenge(congress_id, election.id, stored, value, known)


@judged
def challenge(tx: Tx, checked: CheckedChallenge) -> Place:
    """Publish a challenge; its ballot is never accepted. The same again is no error."""
    if checked.place is not None:
        return checked.place
    ledger.lock(tx, checked.congress_id)
    place = ledger.place_of(tx, checked.congress_id, checked.stored.id)
    if place is not None:
        return place
    election_id, ballot = checked.election_id, checked.value.ballot
    places = look(tx, election_id, [ballot])
    places.check_challenge(ballot)
    _check_patience(tx, election_id, ballot)
    position = ledger.append(tx, checked.congress_id, checked.stored)
    if not places.is_opened(ballot):
        opened = {
            "election_id": election_id,
            "credential": ballot.credential,
            "ciphertext_hash": ciphertext_hash(ballot),
        }
        tx.execute(insert(ChallengedBallot), opened)
    tx.tell(BallotChallenged(election_id))
    return Place(checked.congress_id, position, checked.stored.id, "challenge")


def _check_patience(tx: Tx, election_id: int, ballot: Ballot) -> None:
    query = select(func.count()).where(
        ChallengedBallot.election_id == election_id,
        ChallengedBallot.credential == ballot.credential,
    )
    if tx.scalars(query).one() >= MOST_CHALLENGES:
        raise NotNow("This card has tested tablets {most} times.", most=MOST_CHALLENGES).now(
            "Cast a ballot, or ask the scrutineers to test the tablets."
        )
