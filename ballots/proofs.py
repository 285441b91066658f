"""Protocol §3, §6 and §8. The three proofs: possession of coefficients, bits, decryption."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ballots.elgamal import Ciphertext, arrange_ciphertext, ciphertext_bytes, encrypt
from ballots.errors import Invalid, Malformed
from ballots.group import (
    IDENTITY,
    ORDER,
    PEDERSEN_H,
    POINT_LENGTH,
    SCALAR_LENGTH,
    Point,
    add,
    hash_to_scalar,
    multiply,
    multiply_base,
    parse_points,
    parse_scalars,
    scalar_bytes,
    subtract,
)
from ballots.manifest import Style

Nonce = Callable[[str, int], int]
"""Gives the nonce of a label and a number, from the ballot's seed."""


def make_possession_proof(
    statement: Sequence[bytes], secrets: Sequence[int], nonces: Sequence[int]
) -> bytes:
    """Prove knowledge of the logarithms of points; `statement` is all that is hashed (§3.2)."""
    x = _possession_challenge(statement, [multiply_base(k) for k in nonces])
    return scalar_bytes(x, *(k + x * a for k, a in zip(nonces, secrets, strict=True)))


def check_possession_proof(
    statement: Sequence[bytes], points: Sequence[Point], proof: bytes
) -> None:
    """Check a proof of possession. Raises `Invalid("ceremony.proof")`, `Malformed`."""
    if len(proof) != SCALAR_LENGTH * (1 + len(points)):
        raise Malformed("ceremony.length")
    x, *z = parse_scalars(proof)
    first = [
        subtract(multiply_base(z_i), multiply(x, F_i)) for z_i, F_i in zip(z, points, strict=True)
    ]
    if x != _possession_challenge(statement, first):
        raise Invalid("ceremony.proof")


def _possession_challenge(statement: Sequence[bytes], first: Sequence[Point]) -> int:
    return hash_to_scalar("trustee-proof", *statement, b"".join(first))


@dataclass(frozen=True, slots=True)
class BitProof:
    """The proof of a ballot: `E1`, `E0`, an `f` a slot, a `z` a block, and `tau`."""

    E1: Point
    E0: Point
    f: tuple[int, ...]
    z: tuple[int, ...]
    tau: int


def proof_length(style: Style) -> int:
    """Give the length of a ballot's proof in bytes."""
    return 2 * POINT_LENGTH + SCALAR_LENGTH * (style.slots + len(style.blocks) + 1)


def parse_bit_proof(style: Style, data: bytes) -> BitProof:
    """Read a ballot's proof. Raises `Malformed`."""
    if len(data) != proof_length(style):
        raise Malformed("ballot.length")
    E1, E0 = parse_points(data[: 2 * POINT_LENGTH])
    *scalars, tau = parse_scalars(data[2 * POINT_LENGTH :])
    return BitProof(E1, E0, tuple(scalars[: style.slots]), tuple(scalars[style.slots :]), tau)


def make_bit_proof(
    style: Style,
    keys: Sequence[Point],
    *,
    context: bytes,
    bits: Sequence[int],
    nonce: Nonce,
) -> tuple[bytes, bytes, bytes]:
    """Seal bits and prove them: ciphertext, commitment and proof (§6)."""
    blocks = range(len(style.blocks))
    r = [nonce("r", b) for b in blocks]
    s = [nonce("s", b) for b in blocks]
    a = _slot_nonces(style, nonce)
    ciphertext = ciphertext_bytes(style, encrypt(style, keys, randomness=r, values=bits))
    commitment = ciphertext_bytes(style, encrypt(style, keys, randomness=s, values=a))
    rho = hash_to_scalar("ballot-rho", context, ciphertext, commitment)
    e1 = e0 = 0
    power = 1
    for m_i, a_i in zip(bits, a, strict=True):
        power = power * rho % ORDER
        e1 += power * a_i * (1 - 2 * m_i)
        e0 -= power * a_i * a_i
    t1, t0 = nonce("t", 1), nonce("t", 0)
    E1 = add(multiply_base(e1), multiply(t1, PEDERSEN_H))
    E0 = add(multiply_base(e0), multiply(t0, PEDERSEN_H))
    x = hash_to_scalar("ballot-x", context, ciphertext, commitment, E1, E0)
    f = [x * m_i + a_i for m_i, a_i in zip(bits, a, strict=True)]
    z = [x * r_b + s_b for r_b, s_b in zip(r, s, strict=True)]
    return ciphertext, commitment, E1 + E0 + scalar_bytes(*f, *z, x * t1 + t0)


def _slot_nonces(style: Style, nonce: Nonce) -> list[int]:
    """Draw `a` for every slot; each pivot's makes its constraint's sum zero."""
    a = [nonce("a", i) for i in range(style.slots)]
    for constraint in style.constraints:
        pivot = constraint.pivot
        rest = coefficient_of_pivot = 0
        for slot, coefficient in constraint.terms:
            if slot == pivot:
                coefficient_of_pivot = coefficient
            else:
                rest += coefficient * a[slot]
        a[pivot] = -rest * pow(coefficient_of_pivot, -1, ORDER) % ORDER
    return a


def check_bit_proof(
    style: Style,
    keys: Sequence[Point],
    *,
    context: bytes,
    ciphertext: bytes,
    commitment: bytes,
    proof: BitProof,
) -> Ciphertext:
    """Check the equations of a ballot (§6) and give its ciphertext; both lengths are right.

    No point of either is read before: those of the ciphertext are when they are multiplied, the
    commitment is reckoned from all else and compared. Raises `Invalid` with `ballot.identity`,
    `ballot.constraint`, `ballot.bits`, `ballot.randomness`, `ballot.slot`;
    `Malformed("group.point")`.
    """
    C = arrange_ciphertext(style, _cut(ciphertext))
    if IDENTITY in C.heads:
        raise Invalid("ballot.identity", where=C.heads.index(IDENTITY))
    rho = hash_to_scalar("ballot-rho", context, ciphertext, commitment)
    x = hash_to_scalar("ballot-x", context, ciphertext, commitment, proof.E1, proof.E0)
    for number, constraint in enumerate(style.constraints):
        total = sum(coefficient * proof.f[slot] for slot, coefficient in constraint.terms)
        if (total - constraint.maximum * x) % ORDER:
            raise Invalid("ballot.constraint", where=number)
    _check_bits(proof, x, rho)
    A = arrange_ciphertext(style, _cut(commitment))
    for b, z_b in enumerate(proof.z):
        if subtract(multiply_base(z_b), multiply(x, C.heads[b])) != A.heads[b]:
            raise Invalid("ballot.randomness", where=b)
    for i, f_i in enumerate(proof.f):
        right = add(multiply(proof.z[style.block_of(i)], keys[i]), multiply_base(f_i))
        if subtract(right, multiply(x, C.slots[i])) != A.slots[i]:
            raise Invalid("ballot.slot", where=i)
    return C


def _cut(data: bytes) -> list[Point]:
    """Cut bytes into what will be found to be points, or not."""
    return [Point(data[i : i + POINT_LENGTH]) for i in range(0, len(data), POINT_LENGTH)]


def _check_bits(proof: BitProof, x: int, rho: int) -> None:
    total = 0
    power = 1
    for f_i in proof.f:
        power = power * rho % ORDER
        total += power * f_i * (x - f_i) % ORDER
    left = add(multiply(x, proof.E1), proof.E0)
    if left != add(multiply_base(total), multiply(proof.tau, PEDERSEN_H)):
        raise Invalid("ballot.bits")


@dataclass(frozen=True, slots=True)
class DecryptionStatement:
    """What a decryption proof is about: what is hashed first, and a row a slot.

    `context` is the tally's id, the trustee's index and its verification keys; a row is the
    verification key of a slot and the `C0` of its block in the tally.
    """

    context: tuple[bytes, ...]
    rows: tuple[tuple[Point, Point], ...]


def make_decryption_proof(
    statement: DecryptionStatement, secrets: Sequence[int], nonces: Sequence[int]
) -> tuple[tuple[Point, ...], bytes]:
    """Give the decryption factor of every slot and the proof of them all (§8)."""
    heads = [head for _, head in statement.rows]
    D = tuple(multiply(secret, head) for secret, head in zip(secrets, heads, strict=True))
    first = [multiply_base(k) for k in nonces]
    second = [multiply(k, head) for k, head in zip(nonces, heads, strict=True)]
    x = _decryption_challenge(statement, D, first, second)
    z = (k + x * secret for k, secret in zip(nonces, secrets, strict=True))
    return D, scalar_bytes(x, *z)


def check_decryption_proof(
    statement: DecryptionStatement, factors: Sequence[Point], proof: bytes
) -> None:
    """Check decryption factors. Raises `Invalid("decryption.proof")`, `Malformed`."""
    if len(proof) != SCALAR_LENGTH * (1 + len(statement.rows)):
        raise Malformed("decryption.length")
    x, *z = parse_scalars(proof)
    first: list[Point] = []
    second: list[Point] = []
    for z_s, (V, head), D in zip(z, statement.rows, factors, strict=True):
        first.append(subtract(multiply_base(z_s), multiply(x, V)))
        second.append(subtract(multiply(z_s, head), multiply(x, D)))
    if x != _decryption_challenge(statement, factors, first, second):
        raise Invalid("decryption.proof")


def _decryption_challenge(
    statement: DecryptionStatement,
    factors: Sequence[Point],
    first: Sequence[Point],
    second: Sequence[Point],
) -> int:
    return hash_to_scalar(
        "decryption-proof", *statement.context, b"".join(factors), b"".join(first), b"".join(second)
    )
