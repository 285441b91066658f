"""The key ceremony by its formulas, and what a trustee may not say."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from msgspec.structs import replace as changed

from ballots.cards import TrusteeSeed
from ballots.encoding import frame, h512, parse_b64u, sha256, to_b64u, u32
from ballots.errors import BallotError, Invalid, Malformed
from ballots.group import (
    IDENTITY,
    ORDER,
    evaluate,
    hash_to_scalar,
    multiply,
    multiply_base,
    parse_points,
    scalar_bytes,
    sum_points,
)
from ballots.keys import public_key, unseal
from ballots.objects import (
    Ceremony,
    ObjectId,
    Trustee,
    TrusteeCommitment,
    check_object_signature,
    sign_object,
    store,
)
from ballots.proofs import make_possession_proof
from ballots.trustees import (
    Circle,
    Committed,
    Registered,
    check_ceremony,
    check_commitment,
    check_confirmation,
    check_keys,
    check_registration,
    commit,
    confirm,
    make_keys,
    open_share,
    register,
    signing_seed,
    transcript,
    trustee_secrets,
)

CIRCLE = Circle(ObjectId("ab" * 32), 2, 2)
ID = bytes.fromhex("ab" * 32)
SEEDS = {index: TrusteeSeed(bytes([index]) * 32) for index in (1, 2)}
SIGNING = {index: h512("trustee-sign", seed, ID)[:32] for index, seed in SEEDS.items()}
DH = {index: hash_to_scalar("trustee-dh", seed, ID) for index, seed in SEEDS.items()}
SECRETS = {
    index: [
        [
            hash_to_scalar("trustee-coefficient", seed, ID, u32(index), u32(s), u32(m))
            for m in range(2)
        ]
        for s in range(32)
    ]
    for index, seed in SEEDS.items()
}
POINTS = {
    index: b"".join(multiply_base(a) for row in rows for a in row)
    for index, rows in SECRETS.items()
}


def registration(index: int) -> Trustee:
    """Register a trustee."""
    return register(CIRCLE, SEEDS[index], index, f"Trustee {index}")


REGISTERED = [check_registration(CIRCLE, registration(index), []) for index in SEEDS]


def commitment(index: int) -> TrusteeCommitment:
    """Commit a trustee."""
    return commit(CIRCLE, SEEDS[index], index, REGISTERED)


COMMITTED = [
    check_commitment(CIRCLE, REGISTERED[index - 1], store(commitment(index))) for index in SEEDS
]


@pytest.mark.parametrize(
    ("trustees", "threshold", "width", "is_right"),
    [
        *((1, 1, 32, True), (9, 9, 32, True), (9, 1, 32, True)),
        *((10, 9, 32, False), (3, 4, 32, False), (3, 0, 32, False), (3, 2, 31, False)),
    ],
)
def test_numbers_of_a_ceremony(
    trustees: int, threshold: int, width: int, *, is_right: bool
) -> None:
    stored = store(Ceremony("0" * 64, trustees, threshold, width))

    if is_right:
        assert check_ceremony(stored) == Circle(stored.id, trustees, threshold)
    else:
        with pytest.raises(Malformed, match=r"^ceremony\.shape$"):
            check_ceremony(stored)


@pytest.mark.parametrize("index", [1, 2])
def test_trustee_registers_keys_and_a_hash_of_its_coefficients(index: int) -> None:
    trustee = registration(index)
    key = public_key(SIGNING[index])
    hashed = h512("trustee-coefficients", ID, u32(index), POINTS[index])[:32].hex()

    assert signing_seed(CIRCLE, SEEDS[index]) == SIGNING[index]
    assert changed(trustee, signature="") == Trustee(
        *(CIRCLE.id, index, f"Trustee {index}", to_b64u(key)),
        *(to_b64u(multiply_base(DH[index])), hashed, ""),
    )
    check_object_signature(trustee, key)
    assert REGISTERED[index - 1] == Registered(trustee, multiply_base(DH[index]))


def signed_by(index: int, trustee: Trustee) -> Trustee:
    """Sign a registration again."""
    signed: Trustee = sign_object(trustee, SIGNING[index])
    return signed


def test_registration_that_breaks_a_rule_is_refused() -> None:
    first, second = REGISTERED[0].value, REGISTERED[1].value
    stolen = signed_by(2, changed(second, dh=first.dh))
    for trustee, rule in (
        (signed_by(1, changed(first, index=0)), "ceremony.index"),
        (signed_by(1, changed(first, index=3)), "ceremony.index"),
        (first, "ceremony.index"),
        (signed_by(1, changed(first, index=2)), "ceremony.key"),
        (stolen, "ceremony.key"),
        (changed(second, name="Another"), "object.signature"),
        (signed_by(2, changed(second, dh=to_b64u(IDENTITY))), "ceremony.identity"),
    ):
        with pytest.raises(BallotError, match=f"^{rule}$"):
            check_registration(CIRCLE, trustee, REGISTERED[:1])


@pytest.mark.parametrize(("index", "other"), [(1, 2), (2, 1)])
def test_commitment_shows_proves_and_seals_the_coefficients(index: int, other: int) -> None:
    flat = [a for row in SECRETS[index] for a in row]
    nonces = [
        hash_to_scalar("trustee-nonce", SEEDS[index], ID, u32(index), u32(i)) for i in range(64)
    ]
    proof = make_possession_proof((ID, u32(index), POINTS[index]), flat, nonces)
    shared = multiply(DH[index], multiply_base(DH[other]))
    key = h512("trustee-share", ID, u32(index), u32(other), shared)[:32]
    at = [row[0] + row[1] * other for row in SECRETS[index]]

    made = commitment(index)

    assert (made.ceremony, made.index) == (CIRCLE.id, index)
    assert parse_b64u(made.coefficients) == POINTS[index]
    assert parse_b64u(made.proof) == proof
    assert unseal(key, parse_b64u(made.shares[other - 1])) == scalar_bytes(*at)
    assert made.shares[index - 1] == ""
    check_object_signature(made, public_key(SIGNING[index]))
    rows = tuple(parse_points(POINTS[index])[2 * s : 2 * s + 2] for s in range(32))
    assert COMMITTED[index - 1] == Committed(store(made).id, index, rows, tuple(made.shares))


def test_commitment_that_breaks_a_rule_is_refused() -> None:
    made = commitment(1)
    cut = to_b64u(POINTS[1][32:])
    nothing = to_b64u(IDENTITY + POINTS[1][32:])
    hashed = h512("trustee-coefficients", ID, u32(1), IDENTITY + POINTS[1][32:])[:32].hex()
    promised = Registered(changed(REGISTERED[0].value, commit=hashed), REGISTERED[0].dh)
    for trustee, other, rule in (
        (REGISTERED[0], changed(made, coefficients=cut), "ceremony.length"),
        (REGISTERED[0], changed(made, shares=made.shares[::-1]), "ceremony.length"),
        (REGISTERED[0], changed(made, shares=made.shares[1:]), "ceremony.length"),
        (REGISTERED[0], changed(made, shares=["", to_b64u(bytes(1039))]), "ceremony.length"),
        (promised, made, "ceremony.commit"),
        (promised, changed(made, coefficients=nothing), "ceremony.identity"),
        (REGISTERED[0], changed(made, proof=to_b64u(bytes(32 * 64))), "ceremony.length"),
        (REGISTERED[0], changed(made, proof=to_b64u(bytes(32 * 65))), "ceremony.proof"),
    ):
        with pytest.raises(BallotError, match=f"^{rule}$"):
            check_commitment(CIRCLE, trustee, store(sign_object(other, SIGNING[1])))
    unsigned = changed(made, shares=["", to_b64u(bytes(1040))])
    with pytest.raises(Invalid, match=r"^object\.signature$"):
        check_commitment(CIRCLE, REGISTERED[0], store(unsigned))


def test_share_that_does_not_open_or_hold_names_its_sender() -> None:
    opened = open_share(CIRCLE, SEEDS[1], 1, sender=REGISTERED[1], commitment=COMMITTED[1])
    assert opened == tuple((row[0] + row[1]) % ORDER for row in SECRETS[2])

    rows = COMMITTED[1].coefficients
    for other in (
        replace(COMMITTED[1], shares=(to_b64u(bytes(1040)), "")),
        replace(COMMITTED[1], coefficients=(*rows[1:], rows[0])),
    ):
        with pytest.raises(Invalid, match=r"^ceremony\.share at 2$"):
            open_share(CIRCLE, SEEDS[1], 1, sender=REGISTERED[1], commitment=other)
        with pytest.raises(Invalid, match=r"^ceremony\.share at 2$"):
            confirm(CIRCLE, SEEDS[1], 1, registered=REGISTERED, commitments=[COMMITTED[0], other])


def test_confirmation_is_of_all_commitments_in_the_order_of_their_trustees() -> None:
    hashed = sha256(frame("ceremony-transcript", *(bytes.fromhex(c.id) for c in COMMITTED))).hex()

    confirmed = confirm(CIRCLE, SEEDS[2], 2, registered=REGISTERED, commitments=COMMITTED)

    assert transcript(COMMITTED) == transcript(COMMITTED[::-1]) == hashed
    assert (confirmed.ceremony, confirmed.index, confirmed.transcript) == (CIRCLE.id, 2, hashed)
    check_confirmation(confirmed, REGISTERED[1], COMMITTED)
    for trustee, commitments, rule in (
        (REGISTERED[0], COMMITTED, "object.signature"),
        (REGISTERED[1], COMMITTED[:1], "ceremony.transcript"),
    ):
        with pytest.raises(Invalid, match=f"^{rule}$".replace(".", r"\.")):
            check_confirmation(confirmed, trustee, commitments)


def test_keys_are_sums_of_coefficients_and_of_their_polynomials() -> None:
    sums = [
        [sum_points(c.coefficients[s][m] for c in COMMITTED) for m in range(2)] for s in range(32)
    ]

    keys = make_keys(CIRCLE, COMMITTED[::-1])

    assert keys.ceremony == CIRCLE.id
    assert parse_b64u(keys.joint) == b"".join(row[0] for row in sums)
    assert [parse_b64u(text) for text in keys.verification] == [
        b"".join(evaluate(row, index) for row in sums) for index in (1, 2)
    ]
    check_keys(CIRCLE, keys, COMMITTED)
    for other in ({"joint": keys.verification[0]}, {"verification": keys.verification[::-1]}):
        with pytest.raises(Invalid, match=r"^ceremony\.keys$"):
            check_keys(CIRCLE, msgspec.structs.replace(keys, **other), COMMITTED)


@pytest.mark.parametrize("index", [1, 2])
def test_secrets_of_a_trustee_belong_to_its_verification_keys(index: int) -> None:
    verification = parse_points(parse_b64u(make_keys(CIRCLE, COMMITTED).verification[index - 1]))

    secrets = trustee_secrets(
        CIRCLE, SEEDS[index], index, registered=REGISTERED, commitments=COMMITTED
    )

    assert secrets == tuple(
        sum(SECRETS[sender][s][0] + SECRETS[sender][s][1] * index for sender in (1, 2)) % ORDER
        for s in range(32)
    )
    assert tuple(map(multiply_base, secrets)) == verification
