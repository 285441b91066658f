"""Ballots as tablets make them: from a seed alone, and different wherever anything differs."""

from __future__ import annotations

from itertools import combinations

import pytest
from msgspec.structs import replace

from ballots.ballot import (
    check_ballot,
    check_challenge,
    make_ballot,
    make_challenge,
    short_tracker,
)
from ballots.elgamal import add_ciphertexts, parse_ciphertext
from ballots.encoding import parse_b64u, to_b64u
from ballots.errors import BallotError
from ballots.group import IDENTITY
from ballots.objects import Challenge, parse_as
from tests.cheats import ballot_of, pieces
from tests.congress import ballot_seed, card
from tests.votes import PROJECTS, Vote, open_vote

FIRST = [(PROJECTS, "p1")]


def test_ballot_follows_from_its_seed(vote: Vote) -> None:
    made = [make_ballot(vote.paper, card(1), FIRST, ballot_seed("one")) for _ in range(2)]

    assert made[0] == made[1]
    assert check_ballot(vote.paper, made[0]).id == made[0].id


def test_order_of_selections_does_not_show(vote: Vote) -> None:
    both = [(PROJECTS, "p1"), (PROJECTS, "p2")]

    made = [
        make_ballot(vote.paper, card(1), selections, ballot_seed("one"))
        for selections in (both, both[::-1])
    ]

    assert made[0] == made[1]


def test_nothing_of_two_ballots_is_the_same_where_anything_differs(vote: Vote) -> None:
    other = open_vote(vote.congress, "Another matter")
    made = [
        ballot_of(make_ballot(paper, card(number), [(PROJECTS, name)], ballot_seed(seed)))
        for paper in (vote.paper, other.paper)
        for number in (1, 2)
        for name in ("p1", "p2")
        for seed in ("one", "two")
    ]

    for one, two in combinations(made, 2):
        for member in ("ciphertext", "commitment", "proof"):
            assert not set(pieces(getattr(one, member))) & set(pieces(getattr(two, member)))


def test_every_ballot_of_an_election_is_of_one_size(vote: Vote) -> None:
    """Neither the choice nor the number of choices shows in a length."""
    choices = [["p1"], ["p1", "p2"], ["abstain"], ["p3", "p2"]]

    sizes = {
        len(
            make_ballot(
                vote.paper, card(n), [(PROJECTS, name) for name in names], ballot_seed(n)
            ).raw
        )
        for n, names in enumerate(choices)
    }

    assert len(sizes) == 1


def test_challenge_opens_a_ballot_of_its_own_election_with_a_whole_seed(vote: Vote) -> None:
    ballot = make_ballot(vote.paper, card(1), FIRST, ballot_seed("one"))
    challenge = make_challenge(vote.paper, ballot, FIRST, ballot_seed("one"))
    opened = parse_as(Challenge, challenge.raw)[1]
    other = open_vote(vote.congress, "Another matter")
    seed = to_b64u(ballot_seed("one")[:-1])

    assert check_challenge(vote.paper, opened) == ballot.id
    for paper, changed, rule in (
        (other.paper, opened, "order.reference"),
        (vote.paper, replace(opened, election=other.election.id), "order.reference"),
        (vote.paper, replace(opened, seed=seed), "encoding.base64"),
        (vote.paper, replace(opened, selections=[]), "selections at 0"),
        (vote.paper, replace(opened, selections=[(PROJECTS, "p2")]), "challenge.ballot"),
    ):
        with pytest.raises(BallotError, match=f"^{rule}$"):
            check_challenge(paper, changed)


def test_tracker_is_shown_in_four_groups_of_its_first_bits() -> None:
    assert short_tracker("0" * 64) == "0000-0000-0000-0000"
    assert short_tracker("f" * 64) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    assert short_tracker("00443214c74254b635cf" + "0" * 44) == "0123-4567-89AB-CDEF"


def test_sum_of_no_ballots_holds_nothing(vote: Vote) -> None:
    total = add_ciphertexts(vote.paper.style, [])

    assert set(total.heads + total.slots) == {IDENTITY}


def test_ciphertexts_add_slot_by_slot(vote: Vote) -> None:
    style = vote.paper.style
    ballots = [vote.congress.ballot(vote.election, number, FIRST) for number in (1, 2)]
    parts = [
        parse_ciphertext(style, parse_b64u(ballot_of(ballot).ciphertext), rule="ballot.length")
        for ballot in ballots
    ]

    assert add_ciphertexts(style, parts) == add_ciphertexts(style, parts[::-1])
    assert add_ciphertexts(style, parts[:1]) == parts[0]
