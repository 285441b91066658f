"""Takes ballots: each is checked by itself before any lock, and for its place under the log's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, func, insert, select

from ballots.ballot import Paper, ValidBallot, check_ballot
from ballots.elgamal import parse_ciphertext
from ballots.encoding import parse_b64u
from ballots.errors import BallotError, Invalid
from ballots.objects import Ballot, Stored, object_id, parse_as
from ballots.proofs import parse_bit_proof
from voting import ledger
from voting.db import Tx
from voting.errors import msg
from voting.events import Event
from voting.ledger import Place
from voting.models.elections import AcceptedBallot, BallotHead
from voting.rules.verdicts import RuleBroken
from voting.services.casting.papers import paper_of
from voting.services.casting.places import (
    Places,
    check_living,
    ciphertext_hash,
    find_election,
    look,
)
from voting.services.verdicts import judged, refusal

LARGEST_BODY: Final = 1024 * 1024
_USED: Final = select(BallotHead.head).where(
    BallotHead.election_id == bindparam("election"),
    BallotHead.head.in_(bindparam("heads", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class BallotAccepted(Event):
    """A ballot stands in the log; nothing is told of it but that."""

    words = msg("A ballot was accepted.")
    election_id: int


@dataclass(frozen=True, slots=True)
class CheckedBallot:
    """A ballot that holds by itself; `place` is set where it stands in the log already."""

    congress_id: int
    election_id: int
    stored: Stored
    valid: ValidBallot | None
    place: Place | None

    @property
    def ballot(self) -> Ballot:
        """The ballot itself."""
        if not isinstance(self.stored.value, Ballot):
            raise TypeError("an object of another type")
        return self.stored.value

    @property
    def heads(self) -> list[bytes]:
        """Its `C0`, which stand in no other ballot of the election."""
        if self.valid is None:
            raise TypeError("a checked ballot is needed")
        return [bytes(head) for head in self.valid.ciphertext.heads]


@dataclass(frozen=True, slots=True)
class Cast:
    """Where a ballot stands, and whether it stood there before."""

    place: Place
    is_new: bool


@dataclass(slots=True)
class _Box:
    """An election's places and used `C0` while ballots are put into it."""

    places: Places
    used: set[bytes]

    def put(self, checked: CheckedBallot) -> None:
        """Take a ballot if its place allows it. Raises `Invalid`."""
        self.places.check(checked.ballot)
        heads = checked.heads
        if not self.used.isdisjoint(heads):
            raise Invalid("ballot.reused")
        self.places.accepted[checked.ballot.credential] = ciphertext_hash(checked.ballot)
        self.used.update(heads)


@judged
def check(tx: Tx, slug: str, raw: bytes) -> CheckedBallot:
    """Check a ballot before any lock; one that is in the log already needs no further check.

    Raises `NotFound` for an unknown congress or election, else `BallotError` in the order of
    rules that a record is checked in.
    """
    congress_id, known = ledger.seek(tx, slug, object_id(raw))
    stored, ballot = parse_as(Ballot, raw)
    election = find_election(tx, congress_id, ballot.election)
    if known is not None:
        return CheckedBallot(congress_id, election.id, stored, None, known)
    check_living(election.state)
    paper = paper_of(tx, election)
    try:
        # The place comes before signature and proof, and costs next to nothing: whoever has no
        # good card can't keep the box busy with proofs.
        look(tx, election.id, [ballot]).check(ballot)
    except Invalid:
        _check_form(paper, ballot)
        raise
    valid = check_ballot(paper, stored)
    return CheckedBallot(congress_id, election.id, stored, valid, None)


def accept(tx: Tx, checked: CheckedBallot) -> Cast:
    """Put a checked ballot into the log if its place allows it. Raises `RuleBroken`.

    The same bytes a second time are no error: the place is that of the first.
    """
    (outcome,) = accept_together(tx, [checked])
    if isinstance(outcome, RuleBroken):
        raise outcome
    return outcome


def accept_together(tx: Tx, checked: Sequence[CheckedBallot]) -> list[Cast | RuleBroken]:
    """Put checked ballots of one congress into its log in their order, under one checkpoint.

    Each gets what it would have got alone: its place, or the refusal that keeps it out.
    """
    places: dict[str, Place] = {
        one.stored.id: one.place for one in checked if one.place is not None
    }
    fresh: dict[str, CheckedBallot] = {}
    refused: dict[str, RuleBroken] = {}
    waiting = [one for one in checked if one.place is None]
    if waiting:
        ledger.lock(tx, waiting[0].congress_id)
        boxes = _open_boxes(tx, waiting)
        places |= _standing(tx, boxes, waiting)
        for one in waiting:
            if one.stored.id in places or one.stored.id in fresh:
                continue
            try:
                boxes[one.election_id].put(one)
            except BallotError as error:
                refused[one.stored.id] = refusal(error)
            else:
                fresh[one.stored.id] = one
        places |= _append(tx, list(fresh.values()))
    return [
        refused.get(one.stored.id)
        or Cast(places[one.stored.id], is_new=fresh.get(one.stored.id) is one)
        for one in checked
    ]


def count_ballots(tx: Tx, election_id: int) -> int:
    """Count the ballots that were accepted so far."""
    query = select(func.count()).where(AcceptedBallot.election_id == election_id)
    return tx.scalars(query).one()


def _open_boxes(tx: Tx, checked: Sequence[CheckedBallot]) -> dict[int, _Box]:
    """Read what the elections of some ballots hold of their cards, ciphertexts and `C0`."""
    boxes: dict[int, _Box] = {}
    for election_id in {one.election_id for one in checked}:
        here = [one for one in checked if one.election_id == election_id]
        heads = [head for one in here for head in one.heads]
        used = tx.scalars(_USED, {"election": election_id, "heads": heads})
        boxes[election_id] = _Box(look(tx, election_id, [one.ballot for one in here]), set(used))
    return boxes


def _standing(tx: Tx, boxes: dict[int, _Box], checked: Sequence[CheckedBallot]) -> dict[str, Place]:
    """Find the places of ballots that came into the log since they were checked."""
    found: dict[str, Place] = {}
    for one in checked:
        if boxes[one.election_id].places.has_voted(one.ballot):
            place = ledger.place_of(tx, one.congress_id, one.stored.id)
            if place is not None:
                found[one.stored.id] = place
    return found


def _append(tx: Tx, fresh: Sequence[CheckedBallot]) -> dict[str, Place]:
    """Write ballots to the log, and what is asked of them later beside it."""
    if not fresh:
        return {}
    congress_id = fresh[0].congress_id
    first = ledger.append(tx, congress_id, *(one.stored for one in fresh))
    accepted = [
        {
            "election_id": one.election_id,
            "credential": one.ballot.credential,
            "ciphertext_hash": ciphertext_hash(one.ballot),
            "position": position,
        }
        for position, one in enumerate(fresh, start=first)
    ]
    heads = [{"election_id": one.election_id, "head": head} for one in fresh for head in one.heads]
    tx.execute(insert(AcceptedBallot), accepted)
    tx.execute(insert(BallotHead), heads)
    for election_id in {one.election_id for one in fresh}:
        tx.tell(BallotAccepted(election_id))
    return {
        one.stored.id: Place(congress_id, position, one.stored.id, "ballot")
        for position, one in enumerate(fresh, start=first)
    }


def _check_form(paper: Paper, ballot: Ballot) -> None:
    """Name what is no ballot at all before its place is judged (§14)."""
    for member in (ballot.ciphertext, ballot.commitment):
        parse_ciphertext(paper.style, parse_b64u(member), rule="ballot.length")
    parse_bit_proof(paper.style, parse_b64u(ballot.proof))
