"""Shares and counts: as many trustees as are needed, whoever they are, and nobody with fewer."""

from __future__ import annotations

from copy import deepcopy
from itertools import combinations

import pytest

from ballots.ballot import Paper
from ballots.cards import TrusteeSeed
from ballots.elgamal import Ciphertext
from ballots.encoding import parse_b64u, to_b64u, u32
from ballots.group import (
    IDENTITY,
    ORDER,
    find_exponents,
    hash_to_scalar,
    lagrange_at_zero,
    multiply,
    multiply_base,
    subtract,
    sum_points,
)
from ballots.manifest import check_manifest
from ballots.objects import Keys, ObjectId
from ballots.proofs import DecryptionStatement, make_decryption_proof
from ballots.tally import Count, ValidShare, check_share, combine, make_share
from ballots.trustees import Circle
from tests.congress import Congress
from tests.manifests import choice
from tests.votes import PROJECTS, Vote


@pytest.fixture(scope="module")
def tallied() -> Vote:
    """Three of four trustees can decrypt the tally of four ballots in two blocks of slots."""
    congress = Congress(trustees=4, threshold=3)
    election = congress.elect(choice(33, 2))
    congress.open(election)
    for number, names in enumerate((["p1"], ["p1", "p33"], ["abstain"], ["p33"]), start=1):
        congress.cast(election, number, [(PROJECTS, name) for name in names])
    congress.close(election)
    congress.tally(election)
    return Vote(congress, election)


@pytest.fixture(scope="module")
def shares(tallied: Vote) -> dict[int, ValidShare]:
    """Every trustee's share, checked."""
    congress = tallied.congress
    state = congress.election(tallied.election)
    assert state.count is not None
    return {
        index: check_share(
            state.count,
            state.keys,
            state.ceremony.registered,
            congress.share(tallied.election, index),
        )
        for index in range(1, 5)
    }


EXPECTED = [2, *[0] * 31, 2, 1]


@pytest.mark.parametrize("number", [3, 4])
def test_any_shares_that_are_enough_give_the_counts(
    tallied: Vote, shares: dict[int, ValidShare], number: int
) -> None:
    count = tallied.congress.election(tallied.election).count
    assert count is not None
    for indexes in combinations(shares, number):
        given = [shares[index] for index in reversed(indexes)]

        assert combine(count, 3, given) == (list(indexes[:3]), EXPECTED)


def test_fewer_shares_give_nothing(tallied: Vote, shares: dict[int, ValidShare]) -> None:
    """Whoever combines two of three as if they were enough finds no count at all."""
    count = tallied.congress.election(tallied.election).count
    assert count is not None
    for indexes in combinations(shares, 2):
        weights = lagrange_at_zero(indexes)
        points = [
            subtract(
                count.ciphertext.slots[s],
                sum_points(multiply(weights[i], shares[i].factors[s]) for i in indexes),
            )
            for s in range(count.paper.style.options)
        ]
        assert find_exponents(points, 4) == [None] * len(points)


def test_share_follows_from_the_trustees_seed_and_the_log(tallied: Vote) -> None:
    again = deepcopy(tallied)

    assert again.congress.share(again.election, 3) == tallied.congress.share(tallied.election, 3)


def test_secrets_of_trustees_are_points_of_one_polynomial(tallied: Vote) -> None:
    secrets = {index: tallied.congress.secrets(index) for index in range(1, 5)}
    found = {
        tuple(sum(weights[i] * secrets[i][s] for i in indexes) % ORDER for s in range(4))
        for indexes in combinations(secrets, 3)
        for weights in [lagrange_at_zero(indexes)]
    }

    assert len(found) == 1


def test_share_is_made_with_nonces_of_its_tally_trustee_and_slot() -> None:
    paper = Paper(ObjectId("cd" * 32), check_manifest(choice(33, 2)), ())
    heads = (multiply_base(3), multiply_base(5))
    sealed = Ciphertext(heads, (IDENTITY,) * paper.style.slots)
    count = Count(ObjectId("ab" * 32), paper, 1, sealed)
    seed, secrets = TrusteeSeed(bytes(32)), tuple(range(7, 39))
    raw = b"".join(map(multiply_base, secrets))
    keys = Keys("0" * 64, "", ["", to_b64u(raw)])
    options, tally = range(34), bytes.fromhex(count.id)
    nonces = [
        hash_to_scalar("decryption-nonce", seed, tally, u32(2), u32(slot)) for slot in options
    ]
    rows = tuple((multiply_base(secrets[slot % 32]), heads[slot // 32]) for slot in options)
    factors, proof = make_decryption_proof(
        DecryptionStatement((tally, u32(2), raw), rows),
        [secrets[slot % 32] for slot in options],
        nonces,
    )

    share = make_share(
        count, keys, circle=Circle(ObjectId("0" * 64), 2, 2), seed=seed, index=2, secrets=secrets
    )

    assert (share.tally, share.index) == (count.id, 2)
    assert (parse_b64u(share.shares), parse_b64u(share.proof)) == (b"".join(factors), proof)
