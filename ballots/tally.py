"""Protocol §8. Adding the accepted ballots, giving and checking shares, counting."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ballots.ballot import Paper, ValidBallot
from ballots.cards import TrusteeSeed
from ballots.elgamal import Ciphertext, add_ciphertexts, ciphertext_bytes, parse_ciphertext
from ballots.encoding import parse_b64u, parse_hex, to_b64u, u32
from ballots.errors import Invalid, Malformed
from ballots.group import (
    POINT_LENGTH,
    Point,
    find_exponents,
    hash_to_scalar,
    lagrange_at_zero,
    multiply,
    parse_points,
    subtract,
    sum_points,
)
from ballots.keys import parse_key
from ballots.manifest import WIDTH
from ballots.objects import (
    Decryption,
    Keys,
    ObjectId,
    Stored,
    Tally,
    check_object_signature,
    sign_object,
)
from ballots.proofs import DecryptionStatement, check_decryption_proof, make_decryption_proof
from ballots.trustees import Circle, Registered, signing_seed


@dataclass(frozen=True, slots=True)
class Count:
    """A tally that was added up here: what trustees decrypt and counts are checked against."""

    id: ObjectId
    paper: Paper
    ballots: int
    ciphertext: Ciphertext


@dataclass(frozen=True, slots=True)
class ValidShare:
    """A trustee's decryption factors, one an option slot, with their proof checked."""

    index: int
    factors: tuple[Point, ...]


def add_ballots(paper: Paper, ballots: Iterable[ValidBallot]) -> Tally:
    """Add the accepted ballots of an election."""
    ciphertexts: list[Ciphertext] = []
    for ballot in ballots:
        if ballot.election != paper.election:
            raise ValueError("a ballot of another election")
        ciphertexts.append(ballot.ciphertext)
    total = add_ciphertexts(paper.style, ciphertexts)
    return Tally(
        election=paper.election,
        ballots=len(ciphertexts),
        ciphertext=to_b64u(ciphertext_bytes(paper.style, total)),
    )


def check_tally(paper: Paper, tally: Stored, expected: Tally) -> Count:
    """Check a published tally against the one that was added up here.

    Raises `Invalid` with `tally.ballots`, `tally.ciphertext`.
    """
    value = tally.value
    if not isinstance(value, Tally):
        raise TypeError("a tally is needed")
    if value.ballots != expected.ballots:
        raise Invalid("tally.ballots")
    if value.ciphertext != expected.ciphertext or value.election != expected.election:
        raise Invalid("tally.ciphertext")
    raw = parse_b64u(value.ciphertext)
    ciphertext = parse_ciphertext(paper.style, raw, rule="tally.ciphertext")
    return Count(tally.id, paper, value.ballots, ciphertext)


def _statement(count: Count, keys: Keys, index: int) -> DecryptionStatement:
    raw = parse_b64u(keys.verification[index - 1])
    verification = parse_points(raw)
    style = count.paper.style
    rows = tuple(
        (verification[s % WIDTH], count.ciphertext.heads[style.block_of(s)])
        for s in range(style.options)
    )
    return DecryptionStatement((parse_hex(count.id), u32(index), raw), rows)


def make_share(
    count: Count,
    keys: Keys,
    *,
    circle: Circle,
    seed: TrusteeSeed,
    index: int,
    secrets: Sequence[int],
) -> Decryption:
    """Give a trustee's share for a tally of a closed election that was added up here."""
    options = range(count.paper.style.options)
    nonces = [
        hash_to_scalar("decryption-nonce", seed, parse_hex(count.id), u32(index), u32(s))
        for s in options
    ]
    factors, proof = make_decryption_proof(
        _statement(count, keys, index), [secrets[s % WIDTH] for s in options], nonces
    )
    share = Decryption(
        tally=count.id,
        index=index,
        shares=to_b64u(b"".join(factors)),
        proof=to_b64u(proof),
        signature="",
    )
    signed: Decryption = sign_object(share, signing_seed(circle, seed))
    return signed


def check_share(
    count: Count, keys: Keys, trustees: Mapping[int, Registered], share: Decryption
) -> ValidShare:
    """Check a trustee's share of a tally.

    Raises `Malformed` with `decryption.length`, `group.*`; `Invalid` with `decryption.index`,
    `order.reference`, `object.signature`, `decryption.proof`.
    """
    raw = parse_b64u(share.shares)
    if len(raw) != POINT_LENGTH * count.paper.style.options:
        raise Malformed("decryption.length")
    factors = parse_points(raw)
    if share.tally != count.id:
        raise Invalid("order.reference")
    if share.index not in trustees:
        raise Invalid("decryption.index")
    trustee = trustees[share.index]
    check_object_signature(share, parse_key(parse_b64u(trustee.value.sign)))
    check_decryption_proof(_statement(count, keys, share.index), factors, parse_b64u(share.proof))
    return ValidShare(share.index, factors)


def combine(
    count: Count, threshold: int, shares: Iterable[ValidShare]
) -> tuple[list[int], list[int]]:
    """Give the indexes used and the counts of all option slots.

    Raises `Invalid("result.counts")` where a count lies outside 0 .. ballots, `ValueError` for
    fewer shares than the threshold.
    """
    by_index = {share.index: share.factors for share in shares}
    used = sorted(by_index)[:threshold]
    if len(used) < threshold:
        raise ValueError("fewer shares than the threshold")
    weights = lagrange_at_zero(used)
    points = [
        subtract(
            count.ciphertext.slots[s],
            sum_points(multiply(weights[i], by_index[i][s]) for i in used),
        )
        for s in range(count.paper.style.options)
    ]
    counts = find_exponents(points, count.ballots)
    found = [number for number in counts if number is not None]
    if len(found) != len(counts):
        raise Invalid("result.counts", where=counts.index(None))
    return used, found
