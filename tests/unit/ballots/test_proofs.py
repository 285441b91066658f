"""The three proofs by their formulas, and lists that do not belong together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ballots.elgamal import slot_keys
from ballots.errors import Invalid
from ballots.group import (
    IDENTITY,
    hash_to_scalar,
    multiply,
    multiply_base,
    scalar_bytes,
    slack_key,
)
from ballots.manifest import Option, Question, Style, check_manifest, fill_slots
from ballots.proofs import (
    BitProof,
    DecryptionStatement,
    check_bit_proof,
    check_decryption_proof,
    check_possession_proof,
    make_bit_proof,
    make_decryption_proof,
    make_possession_proof,
    parse_bit_proof,
)
from tests.cheats import number
from tests.manifests import choice, one_by_one

SECRETS = (3, 5)
NONCES = (7, 11)
POINTS = [multiply_base(secret) for secret in SECRETS]
FIRST = [multiply_base(nonce) for nonce in NONCES]
STATEMENT = (b"ceremony", b"index", b"points")
HEADS = [multiply_base(13), multiply_base(17)]
DECRYPTION = DecryptionStatement((b"tally", b"index"), tuple(zip(POINTS, HEADS, strict=True)))
JOINT = [multiply_base(slot + 2) for slot in range(32)]


def test_possession_is_proven_by_the_formula_of_the_page() -> None:
    x = hash_to_scalar("trustee-proof", *STATEMENT, FIRST[0] + FIRST[1])

    proof = make_possession_proof(STATEMENT, SECRETS, NONCES)

    assert proof == scalar_bytes(x, 7 + x * 3, 11 + x * 5)
    check_possession_proof(STATEMENT, POINTS, proof)
    for statement, points in ((STATEMENT[1:], POINTS), (STATEMENT, POINTS[::-1])):
        with pytest.raises(Invalid, match=r"^ceremony\.proof$"):
            check_possession_proof(statement, points, proof)


def test_decryption_is_proven_by_the_formula_of_the_page() -> None:
    second = [multiply(nonce, head) for nonce, head in zip(NONCES, HEADS, strict=True)]
    expected = tuple(multiply(secret, head) for secret, head in zip(SECRETS, HEADS, strict=True))
    hashed = [b"".join(points) for points in (expected, FIRST, second)]
    x = hash_to_scalar("decryption-proof", *DECRYPTION.context, *hashed)

    factors, proof = make_decryption_proof(DECRYPTION, SECRETS, NONCES)

    assert (factors, proof) == (expected, scalar_bytes(x, 7 + x * 3, 11 + x * 5))
    check_decryption_proof(DECRYPTION, factors, proof)
    for statement, shown in (
        (replace(DECRYPTION, context=(b"tally", b"other")), factors),
        (replace(DECRYPTION, rows=DECRYPTION.rows[::-1]), factors),
        (DECRYPTION, factors[::-1]),
    ):
        with pytest.raises(Invalid, match=r"^decryption\.proof$"):
            check_decryption_proof(statement, shown, proof)


def prove(style: Style, *names: tuple[str, str]) -> tuple[bytes, bytes, BitProof]:
    """Seal selections and prove them."""
    ciphertext, commitment, proof = make_bit_proof(
        style,
        slot_keys(style, JOINT),
        context=b"context",
        bits=fill_slots(style, names),
        nonce=number,
    )
    return ciphertext, commitment, parse_bit_proof(style, proof)


def check(style: Style, ciphertext: bytes, commitment: bytes, proof: BitProof) -> None:
    """Check what was sealed and proven."""
    check_bit_proof(
        style,
        slot_keys(style, JOINT),
        context=b"context",
        ciphertext=ciphertext,
        commitment=commitment,
        proof=proof,
    )


@pytest.mark.parametrize("names", [("p1", "p3"), ("abstain",)])
def test_pivot_that_counts_more_than_once_balances_its_constraint(names: tuple[str, ...]) -> None:
    """Where just as many are to be chosen as may be, an abstention counts for all of them."""
    options = [Option(f"p{i}", f"Project {i}") for i in range(1, 4)]
    question = Question("projects", "Projects", options, 2, 2, abstain=True)
    style = check_manifest(choice(3, 2, questions=[question]))
    assert style.constraints[0].terms[-1] == (style.constraints[0].pivot, 2)

    check(style, *prove(style, *(("projects", name) for name in names)))


def test_slack_keys_are_those_that_nobody_knows() -> None:
    style = check_manifest(one_by_one(11, 3))

    assert slot_keys(style, JOINT) == (
        *JOINT,
        JOINT[0],
        *(slack_key(i) for i in range(style.slots - 33)),
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda p: replace(p, f=(p.f[0] + 1, *p.f[1:])), "ballot.constraint at 0"),
        (lambda p: replace(p, f=(*p.f[:-1], p.f[-1] + 1)), "ballot.constraint at 11"),
        (lambda p: replace(p, tau=p.tau + 1), "ballot.bits"),
        (lambda p: replace(p, z=(p.z[0] + 1, p.z[1])), "ballot.randomness at 0"),
        (lambda p: replace(p, z=(p.z[0], p.z[1] + 1)), "ballot.randomness at 1"),
    ],
)
def test_place_of_what_does_not_hold_is_told(
    change: Callable[[BitProof], BitProof], told: str
) -> None:
    style = check_manifest(one_by_one(11, 3))
    ciphertext, commitment, proof = prove(style, *((f"p{i}", "against") for i in range(1, 12)))

    check(style, ciphertext, commitment, proof)
    with pytest.raises(Invalid) as refused:
        check(style, ciphertext, commitment, change(proof))
    assert str(refused.value) == told


def test_block_that_is_not_sealed_is_told() -> None:
    style = check_manifest(one_by_one(11, 3))
    ciphertext, commitment, proof = prove(style, *((f"p{i}", "against") for i in range(1, 12)))
    at = 32 * (1 + len(style.blocks[0]))

    with pytest.raises(Invalid, match=r"^ballot\.identity at 1$"):
        check(style, ciphertext[:at] + IDENTITY + ciphertext[at + 32 :], commitment, proof)


def test_lists_that_do_not_belong_together_prove_nothing() -> None:
    style = check_manifest(choice(3, 2))
    keys = slot_keys(style, JOINT)
    factors, _ = make_decryption_proof(DECRYPTION, SECRETS, NONCES)

    for call in (
        lambda: make_possession_proof(STATEMENT, SECRETS[:1], NONCES),
        lambda: make_possession_proof(STATEMENT, SECRETS, NONCES[:1]),
        lambda: make_decryption_proof(DECRYPTION, SECRETS[:1], NONCES),
        lambda: make_decryption_proof(DECRYPTION, (*SECRETS, 1), NONCES),
        lambda: make_decryption_proof(DECRYPTION, SECRETS, NONCES[:1]),
        lambda: make_decryption_proof(DECRYPTION, SECRETS, (*NONCES, 1)),
        lambda: make_bit_proof(
            style, keys, context=b"", bits=[1] * (style.slots + 1), nonce=number
        ),
    ):
        with pytest.raises(ValueError, match=r"^zip\(\) argument 2 is (shorter|longer) than"):
            call()
    for longer in ([*DECRYPTION.rows, DECRYPTION.rows[0]], DECRYPTION.rows[:1]):
        other = replace(DECRYPTION, rows=tuple(longer))
        proof_of_as_many = scalar_bytes(*range(1 + len(longer)))
        with pytest.raises(ValueError, match=r"^zip\(\) argument 3 is"):
            check_decryption_proof(other, factors, proof_of_as_many)
