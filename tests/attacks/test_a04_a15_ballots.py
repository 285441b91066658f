"""Attacks A4 to A15, A34, A35 and A37: ballots copied, mauled, stuffed, broken and late."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from ballots import proofs
from ballots.ballot import Paper, Seed, check_ballot, make_ballot, short_tracker
from ballots.encoding import canonical
from ballots.errors import BallotError, Invalid, Malformed
from ballots.group import IDENTITY, ORDER, add, multiply, multiply_base
from ballots.objects import Ballot, parse_object, store
from ballots.replay import Replay
from tests.cheats import (
    Opened,
    Prover,
    ballot_of,
    each_piece_changed,
    joined,
    number,
    opened,
    pieces,
    plus_scalar,
    rewritten,
    signed_ballot,
    swapped,
    with_slots,
)
from tests.congress import ballot_seed, card, credential
from tests.forge import first_finding, leaves
from tests.manifests import choice
from tests.vector_files import vector
from tests.votes import Vote

PROJECTS = "projects"


def refusal(paper: Paper, ballot: Ballot) -> str:
    """Sign a ballot with the first card and give the rule by which it is refused."""
    with pytest.raises(BallotError) as refused:
        check_ballot(paper, signed_ballot(ballot, card(1)))
    return refused.value.rule


def not_taken(replay: Replay, value: Ballot) -> str:
    """Give the rule by which a log refuses a ballot."""
    with pytest.raises(BallotError) as refused:
        replay.take(store(value))
    return refused.value.rule


def test_a04_ballot_copied_from_another_deputy_is_refused(vote: Vote) -> None:
    ballot = vote.ballot(2)
    replay = vote.congress.replay

    unsigned = msgspec.structs.replace(ballot, credential=credential(1))
    assert not_taken(replay, unsigned) == "object.signature"
    signed = signed_ballot(unsigned, card(1))
    assert not_taken(replay, ballot_of(signed)) == "ballot.constraint"
    replay.take(store(ballot))
    assert not_taken(replay, ballot) == "order.repeated"


def rerandomised(paper: Paper, parts: Opened) -> Opened:
    """Add an encryption of nothing to every slot and answer for it."""
    r = number("more randomness")
    C, proof = parts.ciphertext, parts.proof
    slots = [add(slot, multiply(r, key)) for slot, key in zip(C.slots, paper.keys, strict=True)]
    heads = (add(C.heads[0], multiply_base(r)),)
    x = number("the challenge can only be guessed")
    z = ((proof.z[0] + x * r) % ORDER,)
    return Opened(
        replace(C, heads=heads, slots=tuple(slots)), parts.commitment, replace(proof, z=z)
    )


def permuted(_paper: Paper, parts: Opened) -> Opened:
    """Exchange two options with all that is proved of them."""
    C, A, proof = parts.ciphertext, parts.commitment, parts.proof
    return Opened(
        with_slots(C, swapped(C.slots, 0, 1)),
        with_slots(A, swapped(A.slots, 0, 1)),
        replace(proof, f=swapped(proof.f, 0, 1)),
    )


def with_zero_added(paper: Paper, parts: Opened) -> Opened:
    """Add an encryption of nothing to one slot alone."""
    C = parts.ciphertext
    slots = [add(C.slots[0], multiply(number("r"), paper.keys[0])), *C.slots[1:]]
    return replace(parts, ciphertext=with_slots(C, slots))


def with_proof_reused(_paper: Paper, parts: Opened) -> Opened:
    """Show the first option's bit and proof for the second option as well."""
    C, A, f = parts.ciphertext, parts.commitment, parts.proof.f
    return Opened(
        with_slots(C, [C.slots[0], C.slots[0], *C.slots[2:]]),
        with_slots(A, [A.slots[0], A.slots[0], *A.slots[2:]]),
        replace(parts.proof, f=(f[0], f[0], *f[2:])),
    )


@pytest.mark.parametrize("maul", [rerandomised, permuted, with_zero_added, with_proof_reused])
def test_a05_mauled_ballot_is_refused(vote: Vote, maul: Callable[[Paper, Opened], Opened]) -> None:
    ballot = vote.ballot(1, "p1")

    mauled = rewritten(vote.paper, ballot, maul(vote.paper, opened(vote.paper, ballot)))

    assert mauled != ballot
    assert refusal(vote.paper, mauled) == "ballot.constraint"


def test_a06_randomness_used_by_two_cards_is_refused(vote: Vote) -> None:
    r = [number("shared")]
    first = Prover(vote.paper, [1, 0, 0, 0, 1], label="first", r=r).ballot(card(1))
    second = Prover(vote.paper, [0, 1, 0, 0, 1], label="second", r=r).ballot(card(2))

    check_ballot(vote.paper, second)
    vote.congress.add(first.value)
    assert not_taken(vote.congress.replay, ballot_of(second)) == "ballot.reused"
    forged = [*leaves(vote.congress.log), *leaves([second])]
    assert first_finding(forged) == (len(forged) - 1, "ballot.reused")


def test_a07_two_deputies_never_share_a_receipt(vote: Vote) -> None:
    seed = Seed(bytes(32))
    selections = [(PROJECTS, "p1")]

    made = [make_ballot(vote.paper, card(n), selections, seed) for n in (1, 2)]

    assert short_tracker(made[0].id) != short_tracker(made[1].id)
    assert not set(pieces(ballot_of(made[0]).ciphertext)) & set(
        pieces(ballot_of(made[1]).ciphertext)
    )
    vote.congress.add(made[0].value)
    twice = [*leaves(vote.congress.log), *leaves(made[:1])]
    assert first_finding(twice) == (len(twice) - 1, "order.repeated")


def test_a08_ballot_cannot_be_challenged_after_it_was_cast(vote: Vote) -> None:
    congress, selections = vote.congress, [(PROJECTS, "p1")]
    congress.challenge(vote.election, 1, selections)
    challenge = congress.log.pop()
    fresh = Replay()
    for stored in congress.log:
        fresh.take(stored)
    seed = ballot_seed("challenged", vote.election.id, 1)
    fresh.take(make_ballot(vote.paper, card(1), selections, seed))

    with pytest.raises(Invalid, match=r"^challenge\.accepted$"):
        fresh.take(challenge)


def test_a08_challenged_ballot_cannot_be_cast_even_under_a_new_signature(vote: Vote) -> None:
    """A signature is no part of what a challenge remakes, so it can't make the ballot another."""
    selections = [(PROJECTS, "p1")]
    vote.congress.challenge(vote.election, 1, selections)
    seed = ballot_seed("challenged", vote.election.id, 1)
    ballot = ballot_of(make_ballot(vote.paper, card(1), selections, seed))

    assert not_taken(vote.congress.replay, ballot) == "ballot.challenged"
    resigned = msgspec.structs.replace(ballot, signature="A" * 86)
    assert not_taken(vote.congress.replay, resigned) == "ballot.challenged"


def test_a09_ballot_of_a_card_that_is_not_on_the_roll_is_refused(vote: Vote) -> None:
    stuffed = vote.congress.ballot(vote.election, 99, [(PROJECTS, "p1")])

    check_ballot(vote.paper, stuffed)
    assert not_taken(vote.congress.replay, ballot_of(stuffed)) == "ballot.credential"


@pytest.mark.parametrize("signature", ["", "A" * 86])
def test_a09_ballot_without_its_cards_signature_is_refused(vote: Vote, signature: str) -> None:
    stuffed = store(msgspec.structs.replace(vote.ballot(), signature=signature))

    with pytest.raises(BallotError) as refused:
        vote.congress.replay.take(parse_object(stuffed.raw))
    expected = "object.signature" if signature else "encoding.base64"
    assert refused.value.rule == expected


BAD_POINTS = [bytes.fromhex(text) for text in vector("hashing.json")["bad_points"]]
BAD_SCALARS = [bytes.fromhex(text) for text in vector("hashing.json")["bad_scalars"]]


@pytest.mark.parametrize("bad", BAD_POINTS, ids=lambda bad: bad.hex()[:8])
@pytest.mark.parametrize(
    ("member", "place"),
    [("ciphertext", 0), ("ciphertext", 3), ("commitment", 0), ("commitment", 5), ("proof", 1)],
)
def test_a10_bytes_that_are_no_point_are_refused(
    vote: Vote, bad: bytes, member: str, place: int
) -> None:
    parts = pieces(getattr(vote.ballot(), member))
    parts[place] = bad

    changed = msgspec.structs.replace(vote.ballot(), **{member: joined(parts)})
    assert refusal(vote.paper, changed) == "group.point"


@pytest.mark.parametrize("bad", BAD_SCALARS, ids=lambda bad: bad.hex()[:8])
@pytest.mark.parametrize("place", [2, 7, 8])
def test_a10_bytes_that_are_no_scalar_are_refused(vote: Vote, bad: bytes, place: int) -> None:
    parts = pieces(vote.ballot().proof)
    parts[place] = bad

    changed = msgspec.structs.replace(vote.ballot(), proof=joined(parts))
    assert refusal(vote.paper, changed) == "group.scalar"


def test_a10_form_is_named_before_the_signature_and_before_the_arithmetic(vote: Vote) -> None:
    ballot = vote.ballot()
    for member in ("ciphertext", "commitment"):
        parts = pieces(getattr(ballot, member))
        broken = joined([*parts[:-1], BAD_POINTS[0]])
        unsigned = store(msgspec.structs.replace(ballot, **{member: broken}))
        with pytest.raises(Malformed, match=r"^group\.point$"):
            check_ballot(vote.paper, unsigned)


def test_a10_identity_as_head_is_refused(vote: Vote) -> None:
    ballot = ballot_of(Prover(vote.paper, [1, 0, 0, 0, 1], r=[0]).ballot(card(1)))

    assert pieces(ballot.ciphertext)[0] == IDENTITY
    assert not_taken(vote.congress.replay, ballot) == "ballot.identity"


@pytest.mark.parametrize("member", ["ciphertext", "commitment", "proof"])
@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts[:-1],
        lambda parts: [*parts, parts[0]],
        lambda _parts: [],
        lambda parts: [*parts[:-1], parts[-1][:-1]],
    ],
    ids=["one less", "one more", "none", "a byte less"],
)
def test_a12_wrong_length_is_refused_before_arithmetic(
    vote: Vote,
    monkeypatch: pytest.MonkeyPatch,
    member: str,
    change: Callable[[list[bytes]], list[bytes]],
) -> None:
    ballot = vote.ballot()
    parts = change(pieces(getattr(ballot, member)))
    changed = signed_ballot(ballot, card(1), **{member: joined(parts)})
    for name in ("multiply", "multiply_base", "add", "subtract"):
        monkeypatch.setattr(proofs, name, None)

    with pytest.raises(Malformed, match=r"^ballot\.length$"):
        check_ballot(vote.paper, changed)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda tree: tree.pop("proof"), "object.schema"),
        (lambda tree: tree.update(extra=""), "object.schema"),
        (lambda tree: tree.update(proof=[]), "object.schema"),
        (lambda tree: tree.update(election=1), "object.schema"),
        (lambda tree: tree.update(type="vote"), "object.type"),
        (lambda tree: tree.pop("type"), "object.type"),
        (lambda tree: tree.update(proof=tree["proof"] + "="), "encoding.base64"),
        (lambda tree: tree.update(credential="A" * 43), "object.key"),
        (lambda tree: tree.update(election=tree["election"].upper()), "encoding.hex"),
    ],
    ids=["missing", "unknown", "list", "number", "type", "no type", "padding", "key", "hex"],
)
def test_a12_ballot_of_another_form_is_refused(
    vote: Vote, change: Callable[[dict[str, object]], object], rule: str
) -> None:
    tree = json.loads(store(vote.ballot()).raw)
    change(tree)

    with pytest.raises(Malformed) as refused:
        parse_object(canonical(tree))
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (b'{"ciphertext"', b'{"ciphertext":"","ciphertext"', "encoding.canonical"),
        (b'"type"', b' "type"', "encoding.canonical"),
        (b'"type":"ballot"', b'"type":"\\u0062allot"', "encoding.canonical"),
        (b'"type":"ballot"', b'"type":null', "encoding.json"),
        (b'"type":"ballot"', b'"type":1.0', "encoding.json"),
        (b'"type":"ballot"}', b'"type":"ballot"', "encoding.json"),
        (b'"type":"ballot"}', b'"type":"ballot"}}', "encoding.json"),
    ],
    ids=["twice", "space", "escape", "null", "fraction", "open", "more"],
)
def test_a12_ballot_in_other_json_is_refused(vote: Vote, old: bytes, new: bytes, rule: str) -> None:
    raw = store(vote.ballot()).raw

    with pytest.raises(Malformed) as refused:
        parse_object(raw.replace(old, new))
    assert refused.value.rule == rule


# Option slots p1, p2, p3 and abstain (which counts twice), then one slot of slack: one or two.
@pytest.mark.parametrize(
    "values",
    [
        pytest.param([2, 0, 0, 0, 0], id="two votes"),
        pytest.param([2, -1, 0, 0, 1], id="two votes and one taken back"),
        pytest.param([-1, 1, 1, 0, 1], id="a vote against"),
        pytest.param([ORDER - 1, 1, 1, 0, 1], id="a vote against, mod l"),
        pytest.param([1, 0, 0, pow(2, -1, ORDER), 0], id="half an abstention"),
        pytest.param([1, 1, 1, 0, -1], id="negative slack"),
        pytest.param([0, 0, 0, 0, 2], id="double slack"),
    ],
)
def test_a13_value_that_is_no_bit_is_refused(vote: Vote, values: list[int]) -> None:
    """The slack fits, so only the equation of the bits can tell."""
    ballot = ballot_of(Prover(vote.paper, values).ballot(card(1)))

    assert refusal(vote.paper, ballot) == "ballot.bits"


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([1, 1, 1, 0, 0], id="three of two"),
        pytest.param([1, 1, 1, 0, 1], id="three of two and slack"),
        pytest.param([0, 0, 0, 0, 0], id="nothing at all"),
        pytest.param([0, 0, 0, 0, 1], id="nothing and slack"),
        pytest.param([1, 0, 0, 1, 0], id="a vote and an abstention"),
        pytest.param([1, 1, 0, 0, 1], id="two and slack"),
    ],
)
def test_a14_sum_outside_its_bounds_is_refused(vote: Vote, values: list[int]) -> None:
    assert refusal(vote.paper, ballot_of(Prover(vote.paper, values).ballot(card(1)))) == (
        "ballot.constraint"
    )


def test_a14_sum_over_a_limit_across_questions_is_refused(one_by_one_paper: Paper) -> None:
    style = one_by_one_paper.style
    bits = [0] * style.slots
    for slot, (_, option) in enumerate(style.option_slots):
        bits[slot] = int(option == "for")
    ballot = ballot_of(Prover(one_by_one_paper, bits).ballot(card(1)))

    with pytest.raises(Invalid) as refused:
        check_ballot(one_by_one_paper, signed_ballot(ballot, card(1)))
    assert (refused.value.rule, refused.value.where) == ("ballot.constraint", 11)


def changed_ballots(paper: Paper, ballot: Ballot) -> list[tuple[str, Ballot]]:
    """Change every point of a ballot by B and every scalar by 1."""
    points = {"ciphertext": paper.style.slots + 1, "commitment": paper.style.slots + 1, "proof": 2}
    return [
        (f"{member} {place}", msgspec.structs.replace(ballot, **{member: text}))
        for member, number_of_points in points.items()
        for place, text in enumerate(each_piece_changed(getattr(ballot, member), number_of_points))
    ]


def test_a15_every_change_of_one_field_is_refused_by_its_equation(vote: Vote) -> None:
    slots, ballot = vote.paper.style.slots, vote.ballot()
    found = {
        name: refusal(vote.paper, other) for name, other in changed_ballots(vote.paper, ballot)
    }

    # All that is hashed changes the challenge, for which the sums then do not hold.
    expected = dict.fromkeys(found, "ballot.constraint")
    expected[f"proof {2 + slots}"] = "ballot.randomness"
    expected[f"proof {3 + slots}"] = "ballot.bits"
    assert len(found) == 2 * (slots + 1) + 2 + slots + 1 + 1
    assert found == expected


def test_a15_change_that_keeps_the_sums_is_refused_by_the_bits(vote: Vote) -> None:
    parts = pieces(vote.ballot().proof)
    parts[2], parts[3] = plus_scalar(parts[2]), plus_scalar(parts[3], -1)

    changed = msgspec.structs.replace(vote.ballot(), proof=joined(parts))
    assert refusal(vote.paper, changed) == "ballot.bits"


def test_a15_answer_that_keeps_bits_and_sums_is_refused_by_its_slot(vote: Vote) -> None:
    """A prover that encrypts other values than it proves fails where they differ."""
    prover = Prover(vote.paper, [1, 0, 0, 0, 1], encrypts=[1, 1, 0, 0, 1])

    with pytest.raises(Invalid) as refused:
        check_ballot(vote.paper, prover.ballot(card(1)))
    assert (refused.value.rule, refused.value.where) == ("ballot.slot", 1)


def test_a34_nonces_of_a_broken_source_of_chance_still_differ(vote: Vote) -> None:
    """With one seed for all, no point may repeat but where the whole ballot does."""
    seed = Seed(bytes(32))
    other = vote.congress.paper(vote.congress.elect(choice(3, 2, title="Another matter")))
    made = [
        make_ballot(paper, card(number), [(PROJECTS, project)], seed)
        for paper in (vote.paper, other)
        for number in (1, 2)
        for project in ("p1", "p2")
    ]

    points = [
        part
        for ballot in map(ballot_of, made)
        for member in (ballot.ciphertext, ballot.commitment)
        for part in pieces(member)
    ]
    assert len(points) == len(set(points))


def test_a35_ballot_of_the_first_round_is_refused_in_the_run_off(
    vote: Vote, other_vote: Vote
) -> None:
    ballot = vote.ballot()
    moved = msgspec.structs.replace(ballot, election=other_vote.election.id)
    replay = vote.congress.replay

    assert not_taken(replay, moved) == "object.signature"
    assert not_taken(replay, ballot_of(signed_ballot(moved, card(1)))) == "ballot.constraint"
    with pytest.raises(Invalid, match=r"^order\.reference$"):
        check_ballot(other_vote.paper, store(ballot))


def test_a37_ballot_after_the_close_is_refused(vote: Vote) -> None:
    vote.congress.cast(vote.election, 2, [(PROJECTS, "p1")])
    vote.congress.close(vote.election)

    assert not_taken(vote.congress.replay, vote.ballot()) == "ballot.closed"
    forged = [*leaves(vote.congress.log), *leaves([store(vote.ballot())])]
    assert first_finding(forged) == (len(forged) - 1, "ballot.closed")


def test_a37_ballot_before_the_opening_is_refused(vote: Vote) -> None:
    forged = leaves(vote.congress.log)
    opening = forged.pop()

    assert opening.type == "open"
    assert first_finding([*forged, *leaves([store(vote.ballot())])]) == (
        len(forged),
        "ballot.closed",
    )
