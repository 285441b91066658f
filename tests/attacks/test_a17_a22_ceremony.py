"""Attacks A17 to A22: trustees and coordinators who cheat while keys are made."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
import pytest

from ballots.ballot import Paper, make_ballot
from ballots.encoding import h512, parse_b64u, to_b64u, u32
from ballots.errors import BallotError, Invalid
from ballots.group import (
    IDENTITY,
    ORDER,
    Point,
    add,
    hash_to_scalar,
    multiply,
    multiply_base,
    parse_points,
    scalar_bytes,
    subtract,
    sum_points,
)
from ballots.manifest import WIDTH
from ballots.objects import (
    Ballot,
    Base,
    Ceremony,
    Keys,
    Trustee,
    TrusteeCommitment,
    TrusteeConfirmation,
    parse_as,
    sign_object,
    store,
)
from ballots.states import CeremonyState
from ballots.trustees import (
    Circle,
    Registered,
    check_commitment,
    commit,
    confirm,
    open_share,
    register,
    signing_seed,
    transcript,
)
from tests.cheats import each_piece_changed, joined, number, pieces, plus_point
from tests.congress import Congress, ballot_seed, card, trustee_seed
from tests.manifests import choice

Word = TypeVar("Word", Trustee, TrusteeCommitment, TrusteeConfirmation)


def refusal(congress: Congress, value: Base) -> str:
    """Give the rule by which the log refuses an object."""
    with pytest.raises(BallotError) as refused:
        congress.replay.take(store(value))
    return refused.value.rule


class Round:
    """A ceremony of a congress, as far as a test wants it to go."""

    def __init__(self, congress: Congress, trustees: int = 2, threshold: int = 2) -> None:
        """Begin."""
        self.congress = congress
        begun = Ceremony(congress.session.id, trustees, threshold, WIDTH)
        # The congress's own ceremony is the same object where the numbers are.
        self.state: CeremonyState = congress.state(congress.add(begun))
        self.circle: Circle = self.state.circle

    def registration(self, index: int, /, **members: Any) -> Trustee:
        """Give a trustee's registration, changed and signed."""
        seed = trustee_seed(index)
        value = register(self.circle, seed, index, f"Trustee {index}")
        return self.signed(value, index, **members)

    def commitment(self, index: int, /, **members: Any) -> TrusteeCommitment:
        """Give a trustee's commitment, changed and signed."""
        value = commit(self.circle, trustee_seed(index), index, self.registered())
        return self.signed(value, index, **members)

    def confirmation(self, index: int, /, **members: Any) -> TrusteeConfirmation:
        """Give a trustee's confirmation, changed and signed."""
        value = confirm(
            self.circle,
            trustee_seed(index),
            index,
            registered=self.registered(),
            commitments=list(self.state.committed.values()),
        )
        return self.signed(value, index, **members)

    def signed(self, value: Word, index: int, /, **members: Any) -> Word:
        """Change an object and sign it as a trustee."""
        other: Any = msgspec.structs.replace(value, **members)
        signed: Word = sign_object(other, signing_seed(self.circle, trustee_seed(index)))
        return signed

    def registered(self) -> list[Registered]:
        """Give the trustees."""
        return list(self.state.registered.values())

    def register_all(self) -> None:
        """Let all trustees register."""
        for index in range(1, self.circle.trustees + 1):
            self.congress.add(self.registration(index))

    def commit_all(self) -> None:
        """Let all trustees commit."""
        for index in range(1, self.circle.trustees + 1):
            self.congress.add(self.commitment(index))


@pytest.fixture
def ceremony(congress: Congress) -> Round:
    """A second ceremony of three trustees."""
    return Round(congress, 3)


def hash_of(circle: Circle, index: int, coefficients: bytes) -> str:
    """Give what a trustee binds itself to."""
    return h512("trustee-coefficients", circle.id_bytes, u32(index), coefficients)[:32].hex()


def rogue_coefficients(ceremony: Round) -> bytes:
    """Choose constants for the last trustee that make every joint key its own: Z - sum C_j.

    It is as if the others had shown theirs too early, which the order forbids.
    """
    others = [parse_points(parse_b64u(ceremony.commitment(index).coefficients)) for index in (1, 2)]
    t = ceremony.circle.threshold
    rogue: list[Point] = []
    for s in range(WIDTH):
        own = multiply_base(number("rogue", s))
        rogue.append(subtract(own, sum_points(points[s * t] for points in others)))
        rogue += [multiply_base(number("rogue", s, m)) for m in range(1, t)]
    return b"".join(rogue)


@pytest.fixture
def rogue(ceremony: Round) -> tuple[Round, bytes]:
    """A ceremony whose last trustee knew the others' coefficients before it registered."""
    ceremony.congress.add(ceremony.registration(1))
    ceremony.congress.add(ceremony.registration(2))
    coefficients = rogue_coefficients(ceremony)
    bound = hash_of(ceremony.circle, 3, coefficients)
    ceremony.congress.add(ceremony.registration(3, commit=bound))
    return ceremony, coefficients


def knowledge_of_the_sum(ceremony: Round, coefficients: bytes) -> bytes:
    """Prove as one can who knows the logarithm of the sum instead of its own constants."""
    circle, t = ceremony.circle, ceremony.circle.threshold
    secrets = [
        number("rogue", s) if m == 0 else number("rogue", s, m)
        for s in range(WIDTH)
        for m in range(t)
    ]
    nonces = [number("nonce", i) for i in range(len(secrets))]
    first = b"".join(multiply_base(k) for k in nonces)
    x = hash_to_scalar("trustee-proof", circle.id_bytes, u32(3), coefficients, first)
    return scalar_bytes(x, *(k + x * a for k, a in zip(nonces, secrets, strict=True)))


def test_a17_key_that_cancels_the_others_is_refused(rogue: tuple[Round, bytes]) -> None:
    ceremony, coefficients = rogue
    proof = knowledge_of_the_sum(ceremony, coefficients)

    forged = ceremony.commitment(3, coefficients=to_b64u(coefficients), proof=to_b64u(proof))

    assert refusal(ceremony.congress, forged) == "ceremony.proof"


def test_a17_proof_of_another_trustee_is_refused(rogue: tuple[Round, bytes]) -> None:
    ceremony, coefficients = rogue
    copied = ceremony.commitment(1).proof

    forged = ceremony.commitment(3, coefficients=to_b64u(coefficients), proof=copied)

    assert refusal(ceremony.congress, forged) == "ceremony.proof"


def test_a18_coefficients_that_do_not_match_the_earlier_hash_are_refused(
    ceremony: Round,
) -> None:
    """Whoever waits for the others' coefficients can no longer choose its own."""
    ceremony.register_all()
    ceremony.congress.add(ceremony.commitment(1))
    ceremony.congress.add(ceremony.commitment(2))
    coefficients = rogue_coefficients(ceremony)

    late = ceremony.commitment(3, coefficients=to_b64u(coefficients))

    assert refusal(ceremony.congress, late) == "ceremony.commit"


def test_a18_nobody_registers_once_a_commitment_is_shown(ceremony: Round) -> None:
    ceremony.congress.add(ceremony.registration(1))
    ceremony.congress.add(ceremony.registration(2))

    assert refusal(ceremony.congress, ceremony.commitment(1)) == "order.state"
    ceremony.congress.add(ceremony.registration(3))
    ceremony.congress.add(ceremony.commitment(1))
    assert refusal(ceremony.congress, ceremony.registration(3, name="late")) == "order.state"


@pytest.mark.parametrize("difference", [1, -1])
def test_a19_polynomial_of_another_degree_is_refused(ceremony: Round, difference: int) -> None:
    """A ceremony of another threshold gives coefficients with honest proofs, only too many."""
    other = Round(deepcopy(ceremony.congress), 3, ceremony.circle.threshold + difference)
    index = 1
    circle = Circle(ceremony.circle.id, 3, other.circle.threshold)
    value = register(circle, trustee_seed(index), index, "Trustee 1")
    ceremony.congress.add(value)
    for honest in (2, 3):
        ceremony.congress.add(ceremony.registration(honest))

    elevated = commit(circle, trustee_seed(index), index, ceremony.registered())

    assert len(pieces(elevated.coefficients)) == WIDTH * (2 + difference)
    assert refusal(ceremony.congress, elevated) == "ceremony.length"


@pytest.mark.parametrize("index", [0, 4, 2**53 - 1])
def test_a20_index_of_no_trustee_is_refused(ceremony: Round, index: int) -> None:
    congress = ceremony.congress

    assert refusal(congress, ceremony.registration(1, index=index)) == "ceremony.index"
    ceremony.register_all()
    assert refusal(congress, ceremony.commitment(1, index=index)) == "ceremony.index"
    ceremony.commit_all()
    assert refusal(congress, ceremony.confirmation(1, index=index)) == "ceremony.index"


def test_a20_index_that_spoke_before_is_refused(ceremony: Round) -> None:
    congress = ceremony.congress

    congress.add(ceremony.registration(1))
    assert refusal(congress, ceremony.registration(1, name="Again")) == "ceremony.index"
    congress.add(ceremony.registration(2))
    congress.add(ceremony.registration(3))
    congress.add(ceremony.commitment(1))
    shares = ["", *ceremony.commitment(1).shares[:0:-1]]
    assert refusal(congress, ceremony.commitment(1, shares=shares)) == "ceremony.index"


def test_a20_index_that_is_zero_mod_the_order_is_no_number(ceremony: Round) -> None:
    """A share at 0 would be the secret itself; numbers end at 2^53 - 1, far below `l`."""
    with pytest.raises(BallotError, match=r"^encoding\.json$"):
        store(ceremony.registration(1, index=ORDER))


def test_a20_speaking_for_another_trustee_is_refused(ceremony: Round) -> None:
    ceremony.register_all()
    shares = ceremony.commitment(2).shares

    spoken = ceremony.signed(ceremony.commitment(1), 1, index=2, shares=shares)

    assert refusal(ceremony.congress, spoken) == "object.signature"


def test_a21_commitment_shown_to_some_only_fails_the_transcript(ceremony: Round) -> None:
    """The second trustee was shown another commitment of the first, with a proof as good."""
    ceremony.register_all()
    ceremony.commit_all()
    split = deepcopy(ceremony.state.committed)
    first = ceremony.commitment(1, shares=["", *ceremony.commitment(1).shares[:0:-1]])
    split[1] = check_commitment(ceremony.circle, ceremony.registered()[0], store(first))

    word = ceremony.confirmation(2, transcript=transcript(list(split.values())))

    assert refusal(ceremony.congress, word) == "ceremony.transcript"


def test_a21_share_that_does_not_match_is_told_by_its_sender(ceremony: Round) -> None:
    ceremony.register_all()
    second = ceremony.commitment(2)
    ceremony.congress.add(ceremony.commitment(1))
    ceremony.congress.add(ceremony.commitment(2, shares=[second.shares[2], "", second.shares[0]]))
    ceremony.congress.add(ceremony.commitment(3))

    for receiver in (1, 3):
        with pytest.raises(Invalid) as refused:
            ceremony.confirmation(receiver)
        assert (refused.value.rule, refused.value.where) == ("ceremony.share", 2)


def test_a21_share_sealed_well_but_of_another_polynomial_is_told(ceremony: Round) -> None:
    """Sealed under the right key, and wrong inside."""
    ceremony.register_all()
    lying = Circle(ceremony.circle.id, 3, 1)
    ceremony.congress.add(ceremony.commitment(1))
    wrong = commit(lying, trustee_seed(2), 2, ceremony.registered()).shares
    ceremony.congress.add(ceremony.commitment(2, shares=wrong))
    sender = ceremony.registered()[1]

    with pytest.raises(Invalid) as refused:
        open_share(
            ceremony.circle,
            trustee_seed(1),
            1,
            sender=sender,
            commitment=ceremony.state.committed[2],
        )
    assert (refused.value.rule, refused.value.where) == ("ceremony.share", 2)


def test_a22_keys_with_a_known_relation_are_refused(congress: Congress) -> None:
    """With shared randomness `Y_2 = Y_1 + h B` would show the difference of two votes."""
    _, keys = parse_as(Keys, congress.keys.raw)
    joint = pieces(keys.joint)
    joint[1] = plus_point(joint[0], 7)
    related = msgspec.structs.replace(keys, joint=joined(joint))
    state = congress.state(congress.ceremony)
    state.keys = None

    assert refusal(congress, related) == "ceremony.keys"


def differences_shown(paper: Paper, relations: range) -> list[int]:
    """Read the difference of two votes off a ballot, if the two keys differ by a known multiple."""
    ballot = make_ballot(paper, card(1), [("projects", "p1")], ballot_seed(1))
    head, one, two, *_ = parse_points(parse_b64u(parse_as(Ballot, ballot.raw)[1].ciphertext))
    votes = {multiply_base(difference): difference for difference in (-1, 0, 1)}
    shown = [add(subtract(one, two), multiply(relation, head)) for relation in relations]
    return [votes[point] for point in shown if point in votes]


def test_a22_what_related_keys_would_show_ours_do_not(congress: Congress) -> None:
    """The difference of two slots, less that of their keys, is that of the votes."""
    paper = congress.paper(congress.elect(choice(2)))
    related = add(paper.keys[0], multiply_base(7))
    leaky = replace(paper, keys=(paper.keys[0], related, *paper.keys[2:]))

    assert differences_shown(leaky, range(16)) == [1]
    assert differences_shown(paper, range(16)) == []


def test_coefficient_that_is_the_identity_is_refused(ceremony: Round) -> None:
    zero = bytes(32)
    circle, t = ceremony.circle, ceremony.circle.threshold
    parts = [zero, *[multiply_base(number(i)) for i in range(1, WIDTH * t)]]
    coefficients = b"".join(parts)
    bound = hash_of(circle, 1, coefficients)
    ceremony.congress.add(ceremony.registration(1, commit=bound))
    ceremony.congress.add(ceremony.registration(2))
    ceremony.congress.add(ceremony.registration(3))

    forged = ceremony.commitment(1, coefficients=to_b64u(coefficients))

    assert refusal(ceremony.congress, forged) == "ceremony.identity"


def test_key_agreement_with_the_identity_is_refused(ceremony: Round) -> None:
    """Whose `dh` is the identity has shares that anyone can open."""
    zero = ceremony.registration(1, dh=to_b64u(IDENTITY))

    assert refusal(ceremony.congress, zero) == "ceremony.identity"


@pytest.mark.parametrize("member", ["sign", "dh"])
def test_key_registered_twice_is_refused(ceremony: Round, member: str) -> None:
    first = ceremony.registration(1)
    ceremony.congress.add(first)
    copied = ceremony.registration(2, **{member: getattr(first, member)})
    if member == "sign":
        copied = ceremony.signed(copied, 1)

    assert refusal(ceremony.congress, copied) == "ceremony.key"


def test_a15_every_change_of_a_possession_proof_is_refused(ceremony: Round) -> None:
    ceremony.register_all()
    proof = ceremony.commitment(1).proof
    changes = each_piece_changed(proof, 0)

    found = {refusal(ceremony.congress, ceremony.commitment(1, proof=text)) for text in changes}

    assert len(changes) == 1 + WIDTH * ceremony.circle.threshold
    assert found == {"ceremony.proof"}
