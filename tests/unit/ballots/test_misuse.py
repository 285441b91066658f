"""What callers of the library must not do is a mistake of theirs, not a finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from ballots.ballot import Seed, check_ballot, make_ballot, make_challenge, make_paper
from ballots.errors import Malformed
from ballots.group import IDENTITY, multiply_base, subtract
from ballots.objects import Keys, parse_as
from ballots.proofs import check_possession_proof
from ballots.tally import add_ballots, check_tally, combine
from ballots.trustees import check_ceremony, check_commitment, make_keys
from tests.cheats import joined, pieces
from tests.congress import card
from tests.votes import PROJECTS, Vote, open_vote

FIRST = [(PROJECTS, "p1")]


def test_object_of_another_type_is_a_mistake(vote: Vote) -> None:
    congress = vote.congress
    _, keys = parse_as(Keys, congress.keys.raw)
    circle, first, session = congress.circle(), congress.registered()[0], congress.session
    calls: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: make_paper(session, keys), "an election"),
        (lambda: check_ceremony(session), "a ceremony"),
        (lambda: make_challenge(vote.paper, session, FIRST, Seed(bytes(32))), "a ballot"),
        (lambda: check_tally(vote.paper, session, add_ballots(vote.paper, [])), "a tally"),
        (lambda: check_commitment(circle, first, congress.log[5]), "this trustee's commitment"),
        (lambda: check_commitment(circle, first, session), "this trustee's commitment"),
    )
    for call, needed in calls:
        with pytest.raises(TypeError, match=f"^{needed} is needed$"):
            call()


def test_ballot_that_is_none_is_refused(vote: Vote) -> None:
    """It comes from outside, so it is no mistake."""
    with pytest.raises(Malformed, match=r"^object\.type$"):
        check_ballot(vote.paper, vote.congress.session)


def test_seed_of_another_length_is_a_mistake(vote: Vote) -> None:
    with pytest.raises(ValueError, match=r"^a ballot's seed has 32 bytes$"):
        make_ballot(vote.paper, card(1), FIRST, Seed(bytes(31)))


def test_ballots_of_two_elections_are_never_added(vote: Vote) -> None:
    other = open_vote(vote.congress, "Another matter")
    ballot = check_ballot(other.paper, vote.congress.ballot(other.election, 1, FIRST))

    with pytest.raises(ValueError, match=r"^a ballot of another election$"):
        add_ballots(vote.paper, [ballot])


def test_counts_need_as_many_shares_as_the_threshold(vote: Vote) -> None:
    congress = vote.congress
    congress.close(vote.election)
    congress.tally(vote.election)
    congress.decrypt(vote.election, [2])
    state = congress.election(vote.election)
    assert state.count is not None

    with pytest.raises(ValueError, match=r"^fewer shares than the threshold$"):
        combine(state.count, 2, state.shares.values())


def test_keys_need_every_trustee(vote: Vote) -> None:
    circle, committed = vote.congress.circle(), vote.congress.committed()

    with pytest.raises(ValueError, match=r"^the commitments of all trustees are needed$"):
        make_keys(circle, committed[:1])
    with pytest.raises(ValueError, match=r"^the commitments of all trustees are needed$"):
        make_keys(circle, [*committed, committed[0]])


def test_joint_key_that_is_the_identity_is_refused(vote: Vote) -> None:
    """Trustees whose constants cancel each other by chance or by plan."""
    circle, committed = vote.congress.circle(), vote.congress.committed()
    first, second = committed
    cancelling = subtract(IDENTITY, first.coefficients[4][0])
    rows = [(cancelling, *row[1:]) if s == 4 else row for s, row in enumerate(second.coefficients)]

    with pytest.raises(Exception, match=r"^ceremony\.identity at 4$"):
        make_keys(circle, [first, replace(second, coefficients=tuple(rows))])


def test_keys_of_another_length_make_no_paper(vote: Vote) -> None:
    _, keys = parse_as(Keys, vote.congress.keys.raw)

    with pytest.raises(Malformed, match=r"^ceremony\.length$"):
        make_paper(
            vote.election, msgspec.structs.replace(keys, joint=joined(pieces(keys.joint)[1:]))
        )


def test_possession_proof_of_another_length_is_refused() -> None:
    with pytest.raises(Malformed, match=r"^ceremony\.length$"):
        check_possession_proof([], [multiply_base(1)], bytes(32))


def test_keys_differ_in_every_slot(vote: Vote) -> None:
    _, keys = parse_as(Keys, vote.congress.keys.raw)

    points = [part for text in [keys.joint, *keys.verification] for part in pieces(text)]
    assert len(points) == len(set(points))
