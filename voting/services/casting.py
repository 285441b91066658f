"""Takes ballots and challenges. It knows cards by their credentials and nothing of who holds them.

A ballot is checked twice: by itself before any lock (the expensive part), and for its place in the
log under the log's lock. The receipt is made from the database after the commit.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, bindparam, func, insert, select

from ballots.ballot import (
    Paper,
    ValidBallot,
    check_ballot,
    check_challenge,
    make_paper,
    short_tracker,
)
from ballots.elgamal import parse_ciphertext
from ballots.encoding import parse_b64u, sha256
from ballots.errors import Invalid
from ballots.objects import Ballot, Challenge, Keys, Stored, object_id, parse_as
from ballots.objects import Election as ElectionObject
from ballots.proofs import parse_bit_proof
from voting import ledger
from voting.db import Tx
from voting.errors import NotFound, NotNow, msg
from voting.events import Event
from voting.ledger import Place
from voting.models.elections import (
    AcceptedBallot,
    BallotHead,
    ChallengedBallot,
    Election,
    ElectionState,
    RollCard,
    RollCardState,
)
from voting.services.verdicts import judged

LARGEST_BODY: Final = 1024 * 1024
MOST_CHALLENGES: Final = 50
"""So many tests a card and vote, lest one card fill the log."""

_PAPERS: Final = 16


@dataclass(frozen=True, slots=True)
class BallotAccepted(Event):
    """A ballot stands in the log; nothing is told of it but that."""

    words = msg("A ballot was accepted.")
    election_id: int


@dataclass(frozen=True, slots=True)
class BallotChallenged(Event):
    """A sealed ballot was opened to test a tablet."""

    words = msg("A tablet was tested.")
    election_id: int


@dataclass(frozen=True, slots=True)
class CheckedBallot:
    """A ballot that holds by itself; `place` is set where it stands in the log already."""

    congress_id: int
    election_id: int
    stored: Stored
    valid: ValidBallot | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class CheckedChallenge:
    """A challenge that holds by itself; `place` is set where it stands in the log already."""

    congress_id: int
    election_id: int
    stored: Stored
    value: Challenge
    place: Place | None


@dataclass(frozen=True, slots=True)
class Cast:
    """Where a ballot stands, and whether it stood there before."""

    place: Place
    is_new: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """What shows that a ballot stands in the log: text and compact form, tracker and place."""

    tracker: str
    index: int
    text: str
    compact: str


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the box holds of a ballot's card and ciphertext, all read at one moment."""

    state: ElectionState
    card: RollCardState | None
    accepted: str | None
    """The ciphertext, as a hash, of the ballot that the card has cast."""
    is_opened: bool


# Asked twice for every ballot, so it is put into words only once.
_STANDING: Final = (
    select(
        Election.state,
        RollCard.state.label("card"),
        AcceptedBallot.ciphertext_hash.label("accepted"),
        ChallengedBallot.ciphertext_hash.label("opened"),
    )
    .select_from(Election)
    .outerjoin(
        RollCard,
        and_(
            RollCard.roll_object == Election.roll_object,
            RollCard.credential == bindparam("credential"),
        ),
    )
    .outerjoin(
        AcceptedBallot,
        and_(
            AcceptedBallot.election_id == Election.id,
            AcceptedBallot.credential == bindparam("credential"),
        ),
    )
    .outerjoin(
        ChallengedBallot,
        and_(
            ChallengedBallot.election_id == Election.id,
            ChallengedBallot.credential == bindparam("credential"),
            ChallengedBallot.ciphertext_hash == bindparam("ciphertext"),
        ),
    )
    .where(Election.id == bindparam("election"))
)
_ELECTION: Final = select(Election).where(
    Election.congress_id == bindparam("congress"), Election.object_id == bindparam("object_id")
)
_REUSED: Final = (
    select(BallotHead.head)
    .where(
        BallotHead.election_id == bindparam("election"),
        BallotHead.head.in_(bindparam("heads", expanding=True)),
    )
    .limit(1)
)


class _Papers:
    """The papers of the latest elections; an election's id fixes its paper for ever."""

    def __init__(self) -> None:
        self._papers: OrderedDict[str, Paper] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tx: Tx, election: Election) -> Paper:
        with self._lock:
            if election.object_id in self._papers:
                self._papers.move_to_end(election.object_id)
                return self._papers[election.object_id]
        made = _make_paper(tx, election)
        with self._lock:
            self._papers[election.object_id] = made
            while len(self._papers) > _PAPERS:
                self._papers.popitem(last=False)
        return made


def _make_paper(tx: Tx, election: Election) -> Paper:
    stored, _ = ledger.load(tx, election.congress_id, election.object_id, ElectionObject)
    _, keys = ledger.load(tx, election.congress_id, election.keys_object, Keys)
    return make_paper(stored, keys)


_papers: Final = _Papers()


def paper_of(tx: Tx, election: Election) -> Paper:
    """Give the paper of an election, made once for each process."""
    return _papers.get(tx, election)


@judged
def check(tx: Tx, slug: str, raw: bytes) -> CheckedBallot:
    """Check a ballot before any lock; one that is in the log already needs no further check.

    Raises `NotFound` for an unknown congress or election, else `BallotError` in the order of
    rules that a record is checked in.
    """
    congress_id, known = ledger.seek(tx, slug, object_id(raw))
    stored, ballot = parse_as(Ballot, raw)
    election = _election(tx, congress_id, ballot.election)
    if known is not None:
        return CheckedBallot(congress_id, election.id, stored, None, known)
    _check_living(election.state)
    paper = paper_of(tx, election)
    try:
        # The place comes before signature and proof, and costs next to nothing: whoever has no
        # good card can't keep the box busy with proofs.
        _check_place(_standing(tx, election.id, ballot))
    except Invalid:
        _check_form(paper, ballot)
        raise
    valid = check_ballot(paper, stored)
    return CheckedBallot(congress_id, election.id, stored, valid, None)


@judged
def accept(tx: Tx, checked: CheckedBallot) -> Cast:
    """Put a checked ballot into the log if its place allows it. Raises `Invalid`.

    The same bytes a second time are no error: the place is that of the first.
    """
    if checked.place is not None:
        return Cast(checked.place, is_new=False)
    ledger.lock(tx, checked.congress_id)
    election_id, ballot, valid = checked.election_id, checked.stored.value, checked.valid
    if not isinstance(ballot, Ballot) or valid is None:
        raise TypeError("a checked ballot is needed")
    standing = _standing(tx, election_id, ballot)
    if standing.accepted is not None:
        place = ledger.place_of(tx, checked.congress_id, checked.stored.id)
        if place is not None:
            return Cast(place, is_new=False)
    _check_place(standing)
    heads = [bytes(head) for head in valid.ciphertext.heads]
    _check_heads(tx, election_id, heads)
    position = ledger.append(tx, checked.congress_id, checked.stored)
    accepted = {
        "election_id": election_id,
        "credential": ballot.credential,
        "ciphertext_hash": _ciphertext_hash(ballot),
        "position": position,
    }
    tx.execute(insert(AcceptedBallot), accepted)
    tx.execute(insert(BallotHead), [{"election_id": election_id, "head": head} for head in heads])
    tx.tell(BallotAccepted(election_id))
    return Cast(Place(checked.congress_id, position, checked.stored.id, "ballot"), is_new=True)


@judged
def check_opened(tx: Tx, slug: str, raw: bytes) -> CheckedChallenge:
    """Check a challenge before any lock. Raises as `check`."""
    congress_id, known = ledger.seek(tx, slug, object_id(raw))
    stored, value = parse_as(Challenge, raw)
    election = _election(tx, congress_id, value.election)
    if known is None:
        _check_challenge_place(_standing(tx, election.id, value.ballot), value)
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
    standing = _standing(tx, election_id, ballot)
    _check_challenge_place(standing, checked.value)
    _check_patience(tx, election_id, ballot)
    position = ledger.append(tx, checked.congress_id, checked.stored)
    if not standing.is_opened:
        opened = {
            "election_id": election_id,
            "credential": ballot.credential,
            "ciphertext_hash": _ciphertext_hash(ballot),
        }
        tx.execute(insert(ChallengedBallot), opened)
    tx.tell(BallotChallenged(election_id))
    return Place(checked.congress_id, position, checked.stored.id, "challenge")


def count_ballots(tx: Tx, election_id: int) -> int:
    """Count the ballots that were accepted so far."""
    query = select(func.count()).where(AcceptedBallot.election_id == election_id)
    return tx.scalars(query).one()


def find_ballot(tx: Tx, slug: str, code: str) -> Place:
    """Find a ballot by the sixteen characters of its tracker that people are shown."""
    place = ledger.find_ballot(tx, code, ledger.find_log(tx, slug).congress_id)
    if place is None:
        raise NotFound("The log holds no ballot with this tracker.").now(
            "Compare the sixteen characters with those that the tablet showed."
        )
    return place


def receipt(tx: Tx, place: Place) -> Receipt:
    """Make the receipt of a ballot from what the log holds, after the commit."""
    proof = ledger.receipt(tx, place)
    return Receipt(short_tracker(place.object_id), place.position, proof.text, proof.compact)


def _election(tx: Tx, congress_id: int, object_name: str) -> Election:
    named = {"congress": congress_id, "object_id": object_name}
    election: Election | None = tx.scalar(_ELECTION, named)
    if election is None:
        raise Invalid("order.reference")
    return election


def _check_form(paper: Paper, ballot: Ballot) -> None:
    """Name what is no ballot at all before its place is judged (§14)."""
    for member in (ballot.ciphertext, ballot.commitment):
        parse_ciphertext(paper.style, parse_b64u(member), rule="ballot.length")
    parse_bit_proof(paper.style, parse_b64u(ballot.proof))


def _standing(tx: Tx, election_id: int, ballot: Ballot) -> _Standing:
    """Read what the box holds of a ballot's card and ciphertext, in one question."""
    named = {
        "election": election_id,
        "credential": ballot.credential,
        "ciphertext": _ciphertext_hash(ballot),
    }
    row = tx.execute(_STANDING, named).one()
    return _Standing(row.state, row.card, row.accepted, row.opened is not None)


def _check_place(standing: _Standing) -> None:
    """Check the rules of §6 about a ballot's place but for its `C0`, in a replay's order."""
    _check_admission(standing)
    if standing.accepted is not None:
        raise Invalid("ballot.second")
    if standing.is_opened:
        raise Invalid("ballot.challenged")


def _check_living(state: ElectionState) -> None:
    if state is ElectionState.ANNULLED:
        raise Invalid("order.annulled")


def _check_admission(standing: _Standing) -> None:
    _check_living(standing.state)
    if standing.state is not ElectionState.OPEN:
        raise Invalid("ballot.closed")
    if standing.card is not RollCardState.ISSUED:
        raise Invalid("ballot.credential")


def _check_challenge_place(standing: _Standing, value: Challenge) -> None:
    _check_admission(standing)
    if standing.accepted == _ciphertext_hash(value.ballot):
        raise Invalid("challenge.accepted")


def _check_patience(tx: Tx, election_id: int, ballot: Ballot) -> None:
    query = select(func.count()).where(
        ChallengedBallot.election_id == election_id,
        ChallengedBallot.credential == ballot.credential,
    )
    if tx.scalars(query).one() >= MOST_CHALLENGES:
        raise NotNow("This card has tested tablets {most} times.", most=MOST_CHALLENGES).now(
            "Cast a ballot, or ask the scrutineers to test the tablets."
        )


def _check_heads(tx: Tx, election_id: int, heads: list[bytes]) -> None:
    if tx.scalar(_REUSED, {"election": election_id, "heads": heads}) is not None:
        raise Invalid("ballot.reused")


def _ciphertext_hash(ballot: Ballot) -> str:
    return sha256(ballot.ciphertext.encode("ascii")).hex()
