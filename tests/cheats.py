"""Cheating provers: the protocol's own pieces, put together by someone who wants too much."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from ballots.ballot import Paper
from ballots.cards import CardSecret, card_credential, card_seed
from ballots.elgamal import Ciphertext, ciphertext_bytes, encrypt, parse_ciphertext
from ballots.encoding import frame, parse_b64u, parse_hex, to_b64u
from ballots.group import (
    BASE,
    ORDER,
    PEDERSEN_H,
    Point,
    add,
    hash_to_scalar,
    multiply,
    multiply_base,
    parse_point,
    parse_scalar,
    scalar_bytes,
)
from ballots.objects import Ballot, Stored, parse_as, sign_object, store
from ballots.proofs import BitProof, parse_bit_proof
from tests.congress import secret

Hash = Callable[..., int]


def number(*names: object) -> int:
    """Give a scalar that hangs on nothing but its name."""
    return hash_to_scalar("test", secret(*names))


def context_of(paper: Paper, credential: bytes) -> bytes:
    """Give what binds a proof to an election and a card."""
    return frame("ballot", parse_hex(paper.election), credential)


@dataclass
class Prover:
    """Makes a ballot of any values, honest in all but what a test changes.

    Values need not be bits, slack need not fit, randomness may be chosen; the proof is then the
    best that these values allow.
    """

    paper: Paper
    values: list[int]
    label: str = "cheat"
    r: list[int] = field(default_factory=list)
    s: list[int] = field(default_factory=list)
    a: list[int] = field(default_factory=list)
    encrypts: list[int] = field(default_factory=list)
    rho_hash: Hash = hash_to_scalar
    x_hash: Hash = hash_to_scalar

    def __post_init__(self) -> None:
        """Draw the randomness that was not chosen; each pivot's makes its constraint's sum zero."""
        style = self.paper.style
        blocks = range(len(style.blocks))
        self.r = self.r or [number(self.label, "r", b) for b in blocks]
        self.s = self.s or [number(self.label, "s", b) for b in blocks]
        self.a = self.a or [number(self.label, "a", i) for i in range(style.slots)]
        for constraint in style.constraints:
            terms = dict(constraint.terms)
            own = terms.pop(constraint.pivot)
            rest = sum(coefficient * self.a[slot] for slot, coefficient in terms.items())
            self.a[constraint.pivot] = -rest * pow(own, -1, ORDER) % ORDER

    def sealed(self, randomness: Sequence[int], values: Sequence[int]) -> bytes:
        """Encrypt values under the paper's keys."""
        style, keys = self.paper.style, self.paper.keys
        return ciphertext_bytes(style, encrypt(style, keys, randomness=randomness, values=values))

    def proof(self, context: bytes, ciphertext: bytes, commitment: bytes) -> bytes:
        """Answer the challenges as if the values were bits."""
        rho = self.rho_hash("ballot-rho", context, ciphertext, commitment)
        e1 = e0 = 0
        for i, (m, a) in enumerate(zip(self.values, self.a, strict=True)):
            power = pow(rho, i + 1, ORDER)
            e1 += power * a * (1 - 2 * m)
            e0 -= power * a * a
        t1, t0 = number(self.label, "t", 1), number(self.label, "t", 0)
        E1 = add(multiply_base(e1), multiply(t1, PEDERSEN_H))
        E0 = add(multiply_base(e0), multiply(t0, PEDERSEN_H))
        x = self.x_hash("ballot-x", context, ciphertext, commitment, E1, E0)
        f = [x * m + a for m, a in zip(self.values, self.a, strict=True)]
        z = [x * r + s for r, s in zip(self.r, self.s, strict=True)]
        return E1 + E0 + scalar_bytes(*f, *z, x * t1 + t0)

    def ballot(self, card: CardSecret) -> Stored:
        """Give the signed ballot."""
        credential = card_credential(card)
        ciphertext = self.sealed(self.r, self.encrypts or self.values)
        commitment = self.sealed(self.s, self.a)
        proof = self.proof(context_of(self.paper, credential), ciphertext, commitment)
        return signed_ballot(
            Ballot(
                election=self.paper.election,
                credential=to_b64u(credential),
                ciphertext=to_b64u(ciphertext),
                commitment=to_b64u(commitment),
                proof=to_b64u(proof),
                signature="",
            ),
            card,
        )


def signed_ballot(ballot: Ballot, card: CardSecret, **members: Any) -> Stored:
    """Change a ballot and sign it with a card, whose it need not be."""
    return store(sign_object(msgspec.structs.replace(ballot, **members), card_seed(card)))


def ballot_of(stored: Stored) -> Ballot:
    """Give a stored object that is a ballot."""
    return parse_as(Ballot, stored.raw)[1]


def pieces(text: str) -> list[bytes]:
    """Cut base64url into points and scalars."""
    data = parse_b64u(text)
    return [data[i : i + 32] for i in range(0, len(data), 32)]


def joined(parts: Sequence[bytes]) -> str:
    """Join points and scalars to base64url."""
    return to_b64u(b"".join(parts))


def plus_point(data: bytes, times: int = 1) -> bytes:
    """Add the generator to a point, or any multiple of it."""
    return add(parse_point(data), multiply(times, BASE))


def plus_scalar(data: bytes, difference: int = 1) -> bytes:
    """Add to a scalar."""
    return scalar_bytes(parse_scalar(data) + difference)


def each_piece_changed(text: str, points: int) -> list[str]:
    """Give every text that differs in one piece: the first `points` pieces by B, others by 1."""
    parts = pieces(text)
    return [
        joined(
            [
                *parts[:place],
                plus_point(part) if place < points else plus_scalar(part),
                *parts[place + 1 :],
            ]
        )
        for place, part in enumerate(parts)
    ]


@dataclass(frozen=True)
class Opened:
    """A ballot's parts, read."""

    ciphertext: Ciphertext
    commitment: Ciphertext
    proof: BitProof


def opened(paper: Paper, ballot: Ballot) -> Opened:
    """Read a ballot's parts."""
    style = paper.style
    return Opened(
        parse_ciphertext(style, parse_b64u(ballot.ciphertext), rule="ballot.length"),
        parse_ciphertext(style, parse_b64u(ballot.commitment), rule="ballot.length"),
        parse_bit_proof(style, parse_b64u(ballot.proof)),
    )


def rewritten(paper: Paper, ballot: Ballot, parts: Opened) -> Ballot:
    """Put changed parts into a ballot."""
    style, proof = paper.style, parts.proof
    scalars = scalar_bytes(*proof.f, *proof.z, proof.tau)
    return msgspec.structs.replace(
        ballot,
        ciphertext=to_b64u(ciphertext_bytes(style, parts.ciphertext)),
        commitment=to_b64u(ciphertext_bytes(style, parts.commitment)),
        proof=to_b64u(proof.E1 + proof.E0 + scalars),
    )


def swapped(items: Sequence[Any], one: int, other: int) -> tuple[Any, ...]:
    """Exchange two items of a row."""
    row = list(items)
    row[one], row[other] = row[other], row[one]
    return tuple(row)


def with_slots(ciphertext: Ciphertext, slots: Sequence[Point]) -> Ciphertext:
    """Give a ciphertext other slots."""
    return replace(ciphertext, slots=tuple(slots))


def holds(paper: Paper, context: bytes, ballot: Ballot, rho_hash: Hash, x_hash: Hash) -> bool:
    """Check a ballot's equations as a verifier would that hashes as it is told to."""
    raw = parse_b64u(ballot.ciphertext), parse_b64u(ballot.commitment)
    parts = opened(paper, ballot)
    C, A, proof = parts.ciphertext, parts.commitment, parts.proof
    style = paper.style
    rho = rho_hash("ballot-rho", context, *raw)
    x = x_hash("ballot-x", context, *raw, proof.E1, proof.E0)
    bits = sum(pow(rho, i + 1, ORDER) * f * (x - f) for i, f in enumerate(proof.f))
    sums = [
        (sum(c * proof.f[slot] for slot, c in constraint.terms) - constraint.maximum * x) % ORDER
        for constraint in style.constraints
    ]
    blinded = add(multiply_base(bits), multiply(proof.tau, PEDERSEN_H))
    heads = [
        add(multiply(x, C0), A0) == multiply_base(z)
        for C0, A0, z in zip(C.heads, A.heads, proof.z, strict=True)
    ]
    slots = [
        add(multiply(x, C.slots[i]), A.slots[i])
        == add(multiply(proof.z[style.block_of(i)], paper.keys[i]), multiply_base(f))
        for i, f in enumerate(proof.f)
    ]
    bits_hold = add(multiply(x, proof.E1), proof.E0) == blinded
    return not any(sums) and bits_hold and all(heads) and all(slots)
