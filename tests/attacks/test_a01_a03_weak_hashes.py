"""Attacks A1 to A3: proofs for a hash that forgets what it should bind."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from ballots.ballot import Paper, check_ballot, make_paper
from ballots.cards import card_credential
from ballots.encoding import parse_b64u, parse_hex, to_b64u, u32
from ballots.errors import Invalid
from ballots.group import (
    ORDER,
    PEDERSEN_H,
    Point,
    add,
    hash_to_scalar,
    multiply,
    multiply_base,
    parse_points,
    scalar_bytes,
    subtract,
)
from ballots.manifest import WIDTH, Manifest
from ballots.objects import Ballot, Decryption, Election, Keys, parse_as, sign_object, store
from ballots.tally import Count, check_share
from ballots.trustees import signing_seed
from tests.cheats import Prover, context_of, holds, number, signed_ballot
from tests.congress import Congress, card, credential, trustee_seed
from tests.manifests import choice
from tests.votes import Vote


def refusal(paper: Paper, ballot: Ballot) -> str:
    """Sign a ballot with the first card and give the rule by which it is refused."""
    with pytest.raises(Invalid) as refused:
        check_ballot(paper, signed_ballot(ballot, card(1)))
    return refused.value.rule


def weak_rho(tag: str, context: bytes, _ciphertext: bytes, commitment: bytes) -> int:
    """Hash the first move without the statement."""
    return hash_to_scalar(tag, context, commitment)


def weak_x(tag: str, context: bytes, _ciphertext: bytes, commitment: bytes, *first: bytes) -> int:
    """Hash the whole first move without the statement."""
    return hash_to_scalar(tag, context, commitment, *first)


def square_root(square: int) -> int | None:
    """Give a root mod `l`, which is 5 mod 8, or nothing where there is none."""
    root = pow(square, (ORDER + 3) // 8, ORDER)
    if root * root % ORDER != square:
        root = root * pow(2, (ORDER - 1) // 4, ORDER) % ORDER
    return root if root * root % ORDER == square else None


def zero_of(value: Callable[[int], int]) -> int | None:
    """Give where a polynomial of degree two is zero, or nothing where it never is."""
    c = value(0)
    at_one, at_two = value(1) - c, value(2) - c
    a = (at_two - 2 * at_one) * pow(2, -1, ORDER) % ORDER
    b = (at_one - a) % ORDER
    root = square_root((b * b - 4 * a * c) % ORDER)
    return None if root is None else (root - b) * pow(2 * a, -1, ORDER) % ORDER


def vote_chosen_last(paper: Paper) -> Ballot:
    """Make the first move, hear the weak challenges, and only then say what is voted."""
    context = context_of(paper, card_credential(card(1)))
    (constraint,) = paper.style.constraints
    own = dict(constraint.terms)[constraint.pivot]
    prover = Prover(paper, [0] * paper.style.slots)
    commitment = prover.sealed(prover.s, prover.a)
    rho = weak_rho("ballot-rho", context, b"", commitment)
    t1, t0, e1 = number("t1"), number("t0"), number("e1")
    E1 = add(multiply_base(e1), multiply(t1, PEDERSEN_H))

    def values(vote: int) -> list[int]:
        rest = (constraint.maximum - vote) * pow(own, -1, ORDER) % ORDER
        return [{0: vote, constraint.pivot: rest}.get(i, 0) for i in range(paper.style.slots)]

    vote, attempt = None, 0
    while vote is None:
        attempt += 1
        e0 = number("e0", attempt)
        E0 = add(multiply_base(e0), multiply(t0, PEDERSEN_H))
        x = weak_x("ballot-x", context, b"", commitment, E1, E0)

        def gap(vote: int, x: int = x, e0: int = e0) -> int:
            f = [x * m + a for m, a in zip(values(vote), prover.a, strict=True)]
            bits = sum(pow(rho, i + 1, ORDER) * f_i * (x - f_i) for i, f_i in enumerate(f))
            return (bits - x * e1 - e0) % ORDER

        vote = zero_of(gap)
    f = [x * m + a for m, a in zip(values(vote), prover.a, strict=True)]
    z = [x * r + s for r, s in zip(prover.r, prover.s, strict=True)]
    return Ballot(
        election=paper.election,
        credential=credential(1),
        ciphertext=to_b64u(prover.sealed(prover.r, values(vote))),
        commitment=to_b64u(commitment),
        proof=to_b64u(E1 + E0 + scalar_bytes(*f, *z, x * t1 + t0)),
        signature="",
    )


def test_a01_vote_chosen_after_a_weak_challenge_is_refused(vote: Vote) -> None:
    """The weak verifier of the literature takes any number of votes; ours hashes the statement."""
    forged = vote_chosen_last(vote.paper)

    context = context_of(vote.paper, card_credential(card(1)))
    assert holds(vote.paper, context, forged, weak_rho, weak_x)
    assert refusal(vote.paper, forged) == "ballot.constraint"


@pytest.mark.parametrize("forgets", ["context", "commitment"])
def test_a01_proof_for_a_hash_that_forgets_is_refused(vote: Vote, forgets: str) -> None:
    dropped = 0 if forgets == "context" else 2

    def forgetful(tag: str, *parts: bytes) -> int:
        return hash_to_scalar(tag, *parts[:dropped], *parts[dropped + 1 :])

    values = [1, 0, 0, 0, 1]
    prover = Prover(vote.paper, values, rho_hash=forgetful, x_hash=forgetful)
    ballot = parse_as(Ballot, prover.ballot(card(1)).raw)[1]

    context = context_of(vote.paper, card_credential(card(1)))
    assert holds(vote.paper, context, ballot, forgetful, forgetful)
    assert refusal(vote.paper, ballot) == "ballot.constraint"


def counted(vote: Vote) -> tuple[Congress, Count, Keys]:
    """Go on to the tally."""
    congress = vote.congress
    congress.cast(vote.election, 1, [("projects", "p1")])
    congress.close(vote.election)
    congress.tally(vote.election)
    count = congress.election(vote.election).count
    assert count is not None
    return congress, count, parse_as(Keys, congress.keys.raw)[1]


def weak_share(congress: Congress, count: Count, keys: Keys) -> tuple[Decryption, bool]:
    """Answer first and choose the decryption factors afterwards: `F = (B - z a) / c`.

    The second value tells whether a verifier is fooled that hashes all but the factors.
    """
    raw = parse_b64u(keys.verification[0])
    verification = parse_points(raw)
    style = count.paper.style
    heads = [count.ciphertext.heads[style.block_of(s)] for s in range(style.options)]
    a = [number("a", s) for s in range(style.options)]
    shift = multiply_base(number("any change of the count"))
    first = [multiply_base(a_s) for a_s in a]
    second = [add(multiply(a_s, head), shift) for a_s, head in zip(a, heads, strict=True)]
    context = (parse_hex(count.id), u32(1), raw)
    c = hash_to_scalar("decryption-proof", *context, b"", b"".join(first), b"".join(second))
    secrets = congress.secrets(1)
    z = [a_s + c * secrets[s % WIDTH] for s, a_s in enumerate(a)]
    inverse = pow(c, -1, ORDER)
    factors: list[Point] = [
        multiply(inverse, subtract(multiply(z_s, head), B))
        for z_s, head, B in zip(z, heads, second, strict=True)
    ]
    fooled = all(
        add(first[s], multiply(c, verification[s % WIDTH])) == multiply_base(z[s])
        and add(second[s], multiply(c, factors[s])) == multiply(z[s], heads[s])
        for s in range(style.options)
    )
    share = Decryption(count.id, 1, to_b64u(b"".join(factors)), to_b64u(scalar_bytes(c, *z)), "")
    signed: Decryption = sign_object(share, signing_seed(congress.circle(), trustee_seed(1)))
    return signed, fooled


def test_a02_factors_chosen_after_a_weak_challenge_are_refused(vote: Vote) -> None:
    congress, count, keys = counted(vote)
    share, fooled = weak_share(congress, count, keys)
    trustees = {trustee.value.index: trustee for trustee in congress.registered()}

    assert fooled
    with pytest.raises(Invalid, match=r"^decryption\.proof$"):
        check_share(count, keys, trustees, share)
    check_share(count, keys, trustees, congress.share(vote.election, 1))


def turned(keys: Keys) -> Keys:
    """Give the same joint keys in another order."""
    raw = parse_b64u(keys.joint)
    return msgspec.structs.replace(keys, joint=to_b64u(raw[32:] + raw[:32]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(choice(3, 2), choice(3, 2, title="Another title"), id="title"),
        pytest.param(choice(3, 2), choice(3, 2, round=2, previous="0" * 64), id="round"),
        pytest.param(choice(4, 3), choice(4, 4), id="max"),
        pytest.param(choice(3, 2), choice(3, 2, rules=choice(3, 1).rules), id="rules"),
    ],
)
def test_a03_proof_for_other_parameters_is_refused(
    congress: Congress, before: Manifest, after: Manifest
) -> None:
    election = congress.elect(before)
    ballot = parse_as(Ballot, congress.ballot(election, 1, [("projects", "p1")]).raw)[1]
    changed = msgspec.structs.replace(parse_as(Election, election.raw)[1], manifest=after)
    other = make_paper(store(changed), parse_as(Keys, congress.keys.raw)[1])

    moved = msgspec.structs.replace(ballot, election=other.election)
    assert other.election != election.id
    assert refusal(other, moved) == "ballot.constraint"


def test_a03_proof_under_other_keys_is_refused(vote: Vote) -> None:
    """Should one election's id stand for other keys, the equations of the slots tell."""
    _, keys = parse_as(Keys, vote.congress.keys.raw)
    other = make_paper(vote.election, turned(keys))

    assert other.election == vote.paper.election
    assert refusal(other, vote.ballot()) == "ballot.slot"
