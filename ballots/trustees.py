"""Protocol §3. The key ceremony: register, commit, confirm, and the keys that follow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ballots.cards import TrusteeSeed
from ballots.encoding import frame, h512, parse_b64u, parse_hex, sha256, to_b64u, u32
from ballots.errors import Invalid, Malformed
from ballots.group import (
    IDENTITY,
    ORDER,
    POINT_LENGTH,
    SCALAR_LENGTH,
    Point,
    evaluate,
    hash_to_scalar,
    multiply,
    multiply_base,
    parse_point,
    parse_points,
    parse_scalars,
    scalar_bytes,
    sum_points,
)
from ballots.keys import parse_key, public_key, seal, unseal
from ballots.manifest import WIDTH
from ballots.objects import (
    Ceremony,
    Keys,
    ObjectId,
    Stored,
    Trustee,
    TrusteeCommitment,
    TrusteeConfirmation,
    check_object_signature,
    sign_object,
)
from ballots.proofs import check_possession_proof, make_possession_proof

LARGEST_CEREMONY = 9
TAG_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Circle:
    """A checked ceremony: its id, its number of trustees (n) and how many decrypt (t)."""

    id: ObjectId
    trustees: int
    threshold: int

    @property
    def id_bytes(self) -> bytes:
        """Give the id's 32 bytes (`c`)."""
        return parse_hex(self.id)


@dataclass(frozen=True, slots=True)
class Registered:
    """A trustee whose registration was checked."""

    value: Trustee
    dh: Point


@dataclass(frozen=True, slots=True)
class Committed:
    """A trustee's checked coefficients `F[s][m]`, its sealed shares and its commitment's id."""

    id: ObjectId
    index: int
    coefficients: tuple[tuple[Point, ...], ...]
    shares: tuple[str, ...]


def check_ceremony(ceremony: Stored) -> Circle:
    """Check the numbers of a ceremony. Raises `Malformed("ceremony.shape")`."""
    value = ceremony.value
    if not isinstance(value, Ceremony):
        raise TypeError("a ceremony is needed")
    if value.width != WIDTH or not 1 <= value.threshold <= value.trustees <= LARGEST_CEREMONY:
        raise Malformed("ceremony.shape")
    return Circle(ceremony.id, value.trustees, value.threshold)


def signing_seed(circle: Circle, seed: TrusteeSeed) -> bytes:
    """Give the seed of a trustee's signing key in this ceremony."""
    return h512("trustee-sign", seed, circle.id_bytes)[:32]


def _dh_secret(circle: Circle, seed: TrusteeSeed) -> int:
    return hash_to_scalar("trustee-dh", seed, circle.id_bytes)


def _secret_coefficients(circle: Circle, seed: TrusteeSeed, index: int) -> list[list[int]]:
    return [
        [
            hash_to_scalar("trustee-coefficient", seed, circle.id_bytes, u32(index), u32(s), u32(m))
            for m in range(circle.threshold)
        ]
        for s in range(WIDTH)
    ]


def _coefficient_points(coefficients: Iterable[Sequence[int]]) -> bytes:
    return b"".join(multiply_base(a) for row in coefficients for a in row)


def _commit_hash(circle: Circle, index: int, points: bytes) -> str:
    return h512("trustee-coefficients", circle.id_bytes, u32(index), points)[:32].hex()


def register(circle: Circle, seed: TrusteeSeed, index: int, name: str) -> Trustee:
    """Register a trustee, bound to coefficients that it does not yet show (§3.1)."""
    points = _coefficient_points(_secret_coefficients(circle, seed, index))
    signing = signing_seed(circle, seed)
    trustee = Trustee(
        ceremony=circle.id,
        index=index,
        name=name,
        sign=to_b64u(public_key(signing)),
        dh=to_b64u(multiply_base(_dh_secret(circle, seed))),
        commit=_commit_hash(circle, index, points),
        signature="",
    )
    signed: Trustee = sign_object(trustee, signing)
    return signed


def check_registration(
    circle: Circle, trustee: Trustee, others: Iterable[Registered]
) -> Registered:
    """Check a registration beside those that came before it.

    Raises `Invalid` with `ceremony.index`, `ceremony.key`, `ceremony.identity`,
    `object.signature`, or `Malformed`.
    """
    dh = parse_point(parse_b64u(trustee.dh))
    sign = parse_key(parse_b64u(trustee.sign))
    if not 1 <= trustee.index <= circle.trustees:
        raise Invalid("ceremony.index")
    for other in others:
        if other.value.index == trustee.index:
            raise Invalid("ceremony.index")
        if other.value.sign == trustee.sign or other.dh == dh:
            raise Invalid("ceremony.key")
    check_object_signature(trustee, sign)
    if dh == IDENTITY:
        raise Invalid("ceremony.identity")
    return Registered(trustee, dh)


def _share_key(circle: Circle, sender: int, receiver: int, shared: Point) -> bytes:
    return h512("trustee-share", circle.id_bytes, u32(sender), u32(receiver), shared)[:32]


def _powers(at: int, number: int) -> list[int]:
    return [pow(at, m, ORDER) for m in range(number)]


def _shares_at(coefficients: Iterable[Sequence[int]], at: int) -> list[int]:
    return [
        sum(a * power for a, power in zip(row, _powers(at, len(row)), strict=True)) % ORDER
        for row in coefficients
    ]


def commit(
    circle: Circle, seed: TrusteeSeed, index: int, registered: Sequence[Registered]
) -> TrusteeCommitment:
    """Show the coefficients, prove them, and seal a share to every other trustee (§3.2)."""
    coefficients = _secret_coefficients(circle, seed, index)
    points = _coefficient_points(coefficients)
    flat = [a for row in coefficients for a in row]
    nonces = [
        hash_to_scalar("trustee-nonce", seed, circle.id_bytes, u32(index), u32(i))
        for i in range(len(flat))
    ]
    own = _dh_secret(circle, seed)
    shares = {
        other.value.index: seal(
            _share_key(circle, index, other.value.index, multiply(own, other.dh)),
            scalar_bytes(*_shares_at(coefficients, other.value.index)),
        )
        for other in registered
        if other.value.index != index
    }
    commitment = TrusteeCommitment(
        ceremony=circle.id,
        index=index,
        coefficients=to_b64u(points),
        proof=to_b64u(make_possession_proof(_statement(circle, index, points), flat, nonces)),
        shares=[to_b64u(shares.get(i + 1, b"")) for i in range(circle.trustees)],
        signature="",
    )
    signed: TrusteeCommitment = sign_object(commitment, signing_seed(circle, seed))
    return signed


def _statement(circle: Circle, index: int, points: bytes) -> tuple[bytes, ...]:
    return circle.id_bytes, u32(index), points


def check_commitment(circle: Circle, trustee: Registered, stored: Stored) -> Committed:
    """Check a trustee's commitment against its registration (§3.2).

    Raises `Malformed` with `ceremony.length`, `group.*`; `Invalid` with `object.signature`,
    `ceremony.commit`, `ceremony.identity`, `ceremony.proof`.
    """
    value = stored.value
    if not isinstance(value, TrusteeCommitment) or value.index != trustee.value.index:
        raise TypeError("this trustee's commitment is needed")
    raw = parse_b64u(value.coefficients)
    if len(raw) != POINT_LENGTH * WIDTH * circle.threshold:
        raise Malformed("ceremony.length")
    flat = parse_points(raw)
    _check_share_lengths(circle, value)
    check_object_signature(value, parse_key(parse_b64u(trustee.value.sign)))
    if _commit_hash(circle, value.index, raw) != trustee.value.commit:
        raise Invalid("ceremony.commit")
    if IDENTITY in flat:
        raise Invalid("ceremony.identity")
    statement = _statement(circle, value.index, raw)
    check_possession_proof(statement, flat, parse_b64u(value.proof))
    t = circle.threshold
    rows = tuple(flat[s * t : (s + 1) * t] for s in range(WIDTH))
    return Committed(stored.id, value.index, rows, tuple(value.shares))


def _check_share_lengths(circle: Circle, value: TrusteeCommitment) -> None:
    lengths = [len(parse_b64u(share)) for share in value.shares]
    sealed = SCALAR_LENGTH * WIDTH + TAG_LENGTH
    if lengths != [0 if i + 1 == value.index else sealed for i in range(circle.trustees)]:
        raise Malformed("ceremony.length")


def open_share(
    circle: Circle, seed: TrusteeSeed, index: int, *, sender: Registered, commitment: Committed
) -> tuple[int, ...]:
    """Open the share that another trustee sealed to this one, and check it (§3.3).

    Raises `Invalid("ceremony.share", where=sender)`.
    """
    at = commitment.index
    shared = multiply(_dh_secret(circle, seed), sender.dh)
    try:
        opened = unseal(
            _share_key(circle, at, index, shared), parse_b64u(commitment.shares[index - 1])
        )
        values = parse_scalars(opened)
    except (Invalid, Malformed):
        raise Invalid("ceremony.share", where=at) from None
    expected = [evaluate(row, index) for row in commitment.coefficients]
    if [multiply_base(value) for value in values] != expected:
        raise Invalid("ceremony.share", where=at)
    return values


def confirm(
    circle: Circle,
    seed: TrusteeSeed,
    index: int,
    *,
    registered: Sequence[Registered],
    commitments: Sequence[Committed],
) -> TrusteeConfirmation:
    """Confirm a ceremony after opening every share (§3.3). Raises `Invalid("ceremony.share")`."""
    trustee_secrets(circle, seed, index, registered=registered, commitments=commitments)
    confirmation = TrusteeConfirmation(
        ceremony=circle.id, index=index, transcript=transcript(commitments), signature=""
    )
    signed: TrusteeConfirmation = sign_object(confirmation, signing_seed(circle, seed))
    return signed


def transcript(commitments: Sequence[Committed]) -> str:
    """Give the hash of all commitments in the order of their trustees."""
    ordered = sorted(commitments, key=lambda commitment: commitment.index)
    ids = (parse_hex(commitment.id) for commitment in ordered)
    return sha256(frame("ceremony-transcript", *ids)).hex()


def check_confirmation(
    value: TrusteeConfirmation, trustee: Registered, commitments: Sequence[Committed]
) -> None:
    """Check a trustee's confirmation.

    Raises `Invalid` with `object.signature`, `ceremony.transcript`.
    """
    check_object_signature(value, parse_key(parse_b64u(trustee.value.sign)))
    if value.transcript != transcript(commitments):
        raise Invalid("ceremony.transcript")


def make_keys(circle: Circle, commitments: Sequence[Committed]) -> Keys:
    """Give the keys that follow from all commitments (§3.4).

    Raises `Invalid("ceremony.identity")`.
    """
    ordered = sorted(commitments, key=lambda commitment: commitment.index)
    if [commitment.index for commitment in ordered] != list(range(1, circle.trustees + 1)):
        raise ValueError("the commitments of all trustees are needed")
    sums = [
        [
            sum_points(commitment.coefficients[s][m] for commitment in ordered)
            for m in range(circle.threshold)
        ]
        for s in range(WIDTH)
    ]
    joint = [row[0] for row in sums]
    if IDENTITY in joint:
        raise Invalid("ceremony.identity", where=joint.index(IDENTITY))
    verification = [
        to_b64u(b"".join(evaluate(row, i + 1) for row in sums)) for i in range(circle.trustees)
    ]
    return Keys(ceremony=circle.id, joint=to_b64u(b"".join(joint)), verification=verification)


def check_keys(circle: Circle, keys: Keys, commitments: Sequence[Committed]) -> None:
    """Check published keys. Raises `Invalid` with `ceremony.keys`, `ceremony.identity`."""
    if make_keys(circle, commitments) != keys:
        raise Invalid("ceremony.keys")


def trustee_secrets(
    circle: Circle,
    seed: TrusteeSeed,
    index: int,
    *,
    registered: Sequence[Registered],
    commitments: Sequence[Committed],
) -> tuple[int, ...]:
    """Give a trustee's secret `x_i[s]` of every key slot, from its seed and the log (§3.4).

    Raises `Invalid("ceremony.share")` where a share does not open or does not hold.
    """
    by_index = {trustee.value.index: trustee for trustee in registered}
    totals = _shares_at(_secret_coefficients(circle, seed, index), index)
    for commitment in commitments:
        if commitment.index != index:
            sender = by_index[commitment.index]
            opened = open_share(circle, seed, index, sender=sender, commitment=commitment)
            totals = [total + v for total, v in zip(totals, opened, strict=True)]
    return tuple(total % ORDER for total in totals)
