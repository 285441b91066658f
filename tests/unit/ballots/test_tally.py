"""Shares and counts: as many trustees as are needed, whoever they are, and nobody with fewer."""

from __future__ import annotations

from copy import deepcopy
from itertools import combinations

import pytest

from ballots.group import ORDER, find_exponents, lagrange_at_zero, multiply, subtract, sum_points
from ballots.tally import ValidShare, check_share, combine
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
