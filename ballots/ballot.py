"""Protocol §6 and §7. Ballots: making, checking, challenging."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType

from ballots.cards import CardSecret, card_credential, card_seed
from ballots.elgamal import Ciphertext, ciphertext_length, parse_ciphertext, slot_keys
from ballots.encoding import frame, grouped, parse_b64u, parse_hex, to_b64u, to_crockford, u32
from ballots.errors import BallotError, Invalid, Malformed
from ballots.group import Point, hash_to_scalar, parse_points
from ballots.keys import parse_key
from ballots.manifest import WIDTH, Selection, Style, check_manifest, fill_slots
from ballots.objects import (
    Ballot,
    Challenge,
    Election,
    Keys,
    ObjectId,
    Stored,
    check_object_signature,
    sign_object,
    store,
)
from ballots.proofs import check_bit_proof, make_bit_proof, parse_bit_proof

Seed = NewType("Seed", bytes)

SEED_LENGTH = 32
TRACKER_BITS = 80


@dataclass(frozen=True, slots=True)
class Paper:
    """All that making and checking ballots of one election takes."""

    election: ObjectId
    style: Style
    keys: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class ValidBallot:
    """A ballot whose signature and proof were checked for its election."""

    id: ObjectId
    election: ObjectId
    credential: str
    ciphertext: Ciphertext


def make_paper(election: Stored, keys: Keys) -> Paper:
    """Lay out the paper of an election under its keys.

    Raises `BallotError` with the manifest's codes, `ceremony.length` or `group.point`.
    """
    if not isinstance(election.value, Election):
        raise TypeError("an election is needed")
    joint = parse_b64u(keys.joint)
    if len(joint) != 32 * WIDTH:
        raise Malformed("ceremony.length")
    style = check_manifest(election.value.manifest)
    return Paper(election.id, style, slot_keys(style, parse_points(joint)))


def make_ballot(
    paper: Paper, secret: CardSecret, selections: Sequence[Selection], seed: Seed
) -> Stored:
    """Seal and sign selections with a card. Raises `Invalid("selections")`."""
    credential = card_credential(secret)
    return store(
        sign_object(_seal(paper, to_b64u(credential), selections, seed), card_seed(secret))
    )


def _seal(paper: Paper, credential: str, selections: Sequence[Selection], seed: Seed) -> Ballot:
    """Make a ballot but for its signature; the seed's nonces hang on all that it says."""
    if len(seed) != SEED_LENGTH:
        raise ValueError("a ballot's seed has 32 bytes")
    bits = fill_slots(paper.style, selections)
    context = _context(paper, credential)

    def nonce(label: str, number: int) -> int:
        return hash_to_scalar(
            "nonce", seed, context, bytes(bits), label.encode("ascii"), u32(number)
        )

    ciphertext, commitment, proof = make_bit_proof(
        paper.style, paper.keys, context=context, bits=bits, nonce=nonce
    )
    return Ballot(
        election=paper.election,
        credential=credential,
        ciphertext=to_b64u(ciphertext),
        commitment=to_b64u(commitment),
        proof=to_b64u(proof),
        signature="",
    )


def _context(paper: Paper, credential: str) -> bytes:
    return frame("ballot", parse_hex(paper.election), parse_b64u(credential))


def check_ballot(paper: Paper, ballot: Stored) -> ValidBallot:
    """Check a ballot's signature and proof for its election (valid, not yet accepted).

    Raises `Malformed` and `Invalid` with `ballot.*`, `encoding.*`, `group.*`, `object.signature`.
    """
    value = ballot.value
    if not isinstance(value, Ballot):
        raise Malformed("object.type")
    try:
        ciphertext = _check_claims(paper, value, ballot.raw)
    except BallotError:
        # Points are read when they are needed, but what is none is named before all else (§14).
        _check_form(paper.style, value)
        raise
    return ValidBallot(ballot.id, paper.election, value.credential, ciphertext)


def _check_claims(paper: Paper, value: Ballot, raw: bytes) -> Ciphertext:
    """Check lengths, proof, election, signature and equations; give the ciphertext."""
    ciphertext, commitment = parse_b64u(value.ciphertext), parse_b64u(value.commitment)
    if not len(ciphertext) == len(commitment) == ciphertext_length(paper.style):
        raise Malformed("ballot.length")
    proof = parse_bit_proof(paper.style, parse_b64u(value.proof))
    if value.election != paper.election:
        raise Invalid("order.reference")
    check_object_signature(value, parse_key(parse_b64u(value.credential)), raw)
    return check_bit_proof(
        paper.style,
        paper.keys,
        context=_context(paper, value.credential),
        ciphertext=ciphertext,
        commitment=commitment,
        proof=proof,
    )


def _check_form(style: Style, value: Ballot) -> None:
    """Check lengths, points and scalars in the order of the ballot's members."""
    parse_ciphertext(style, parse_b64u(value.ciphertext), rule="ballot.length")
    parse_ciphertext(style, parse_b64u(value.commitment), rule="ballot.length")
    parse_bit_proof(style, parse_b64u(value.proof))


def short_tracker(ballot_id: str) -> str:
    """Give the tracker as people are shown it: `XXXX-XXXX-XXXX-XXXX`."""
    return grouped(to_crockford(parse_hex(ballot_id), TRACKER_BITS))


def make_challenge(
    paper: Paper, ballot: Stored, selections: Sequence[Selection], seed: Seed
) -> Stored:
    """Open a ballot to the public instead of casting it (§7)."""
    if not isinstance(ballot.value, Ballot):
        raise TypeError("a ballot is needed")
    return store(
        Challenge(
            election=paper.election,
            ballot=ballot.value,
            selections=[(question, option) for question, option in selections],
            seed=to_b64u(seed),
        )
    )


def check_challenge(paper: Paper, challenge: Challenge) -> ObjectId:
    """Remake a challenged ballot, compare all but its signature, check that; give its id.

    Raises `Invalid` with `order.reference`, `object.signature`, `selections`, `challenge.ballot`.
    """
    ballot = challenge.ballot
    seed = Seed(parse_b64u(challenge.seed, SEED_LENGTH))
    if not challenge.election == ballot.election == paper.election:
        raise Invalid("order.reference")
    check_object_signature(ballot, parse_key(parse_b64u(ballot.credential)))
    remade = _seal(paper, ballot.credential, challenge.selections, seed)
    said = (ballot.ciphertext, ballot.commitment, ballot.proof)
    if (remade.ciphertext, remade.commitment, remade.proof) != said:
        raise Invalid("challenge.ballot")
    return store(ballot).id
