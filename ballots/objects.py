"""Protocol §2. The objects that everything public is made of: their members, ids and signatures."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal, NewType, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Struct

from ballots.encoding import canonical, frame, parse_b64u, parse_hex, parse_json, sha256, to_b64u
from ballots.errors import Invalid, Malformed
from ballots.keys import PublicKey, check_signature, parse_key, sign
from ballots.manifest import Count, Manifest

ObjectId = NewType("ObjectId", str)
Trustees = Annotated[int, Meta(ge=1, le=9)]
Index = Annotated[int, Meta(ge=1, le=9)]
Stage = Literal[
    "adopted",
    "decided",
    "planned",
    "reported",
    "visited",
    "problem",
    "answered",
    "closed",
    "adjusted",
    "accepted",
    "rated",
    "rectified",
    "archived",
]
SIGNATURE_LENGTH: Final = 64
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class Base(Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """What all objects share: named members, no others, and the member `type`."""


class Session(Base, frozen=True, tag="session"):
    """A sitting of a congress of so many deputies (N)."""

    congress: str
    name: str
    deputies: Count


class Ceremony(Base, frozen=True, tag="ceremony"):
    """The beginning of a key ceremony of `trustees` of whom `threshold` can decrypt (§3)."""

    session: str
    trustees: Count
    threshold: Count
    width: Count


class Trustee(Base, frozen=True, tag="trustee"):
    """A trustee's registration (§3.1)."""

    ceremony: str
    index: Count
    name: str
    sign: str
    dh: str
    commit: str
    signature: str


class TrusteeCommitment(Base, frozen=True, tag="trustee-commitment"):
    """A trustee's coefficients, their proof and the sealed shares (§3.2)."""

    ceremony: str
    index: Count
    coefficients: str
    proof: str
    shares: list[str]
    signature: str


class TrusteeConfirmation(Base, frozen=True, tag="trustee-confirmation"):
    """A trustee's word that every share opened and holds (§3.3)."""

    ceremony: str
    index: Count
    transcript: str
    signature: str


class Keys(Base, frozen=True, tag="keys"):
    """The joint keys and every trustee's verification keys (§3.4)."""

    ceremony: str
    joint: str
    verification: list[str]


class Roll(Base, frozen=True, tag="roll"):
    """The credentials of all printed cards (§4)."""

    session: str
    credentials: list[str]


class Issue(Base, frozen=True, tag="issue"):
    """Cards that are good from here (§4)."""

    roll: str
    credentials: list[str]


class Revoke(Base, frozen=True, tag="revoke"):
    """Cards that are no longer good, and why (§4)."""

    roll: str
    credentials: list[str]
    reason: str


class Election(Base, frozen=True, tag="election"):
    """One question, or list of questions, put to the vote (§5)."""

    session: str
    keys: str
    roll: str
    manifest: Manifest


class Open(Base, frozen=True, tag="open"):
    """The opening of an election, with those present."""

    election: str
    present: Count
    time: str


class Ballot(Base, frozen=True, tag="ballot"):
    """One sealed ballot (§6)."""

    election: str
    credential: str
    ciphertext: str
    commitment: str
    proof: str
    signature: str


class Challenge(Base, frozen=True, tag="challenge"):
    """A ballot that was opened instead of cast (§7)."""

    election: str
    ballot: Ballot
    selections: list[tuple[str, str]]
    seed: str


class Close(Base, frozen=True, tag="close"):
    """The closing of an election, with those present, cards issued and ballots accepted."""

    election: str
    present: Count
    issued: Count
    ballots: Count
    time: str


class Tally(Base, frozen=True, tag="tally"):
    """The sum of the accepted ballots (§8)."""

    election: str
    ballots: Count
    ciphertext: str


class Decryption(Base, frozen=True, tag="decryption"):
    """A trustee's share of the decryption of a tally (§8)."""

    tally: str
    index: Count
    shares: str
    proof: str
    signature: str


class Result(Base, frozen=True, tag="result"):
    """The counts of all option slots, from the shares of the named trustees (§8)."""

    tally: str
    trustees: list[Count]
    counts: list[Count]


class DecisionOutcome(Base, frozen=True, tag="outcome"):
    """What a decision or advisory vote comes to (§9)."""

    result: str
    valid: bool
    quorum: Count
    required: Count
    elected: list[str]
    tied: list[str]
    not_elected: list[str]
    open_seats: Count


class RatingOutcome(Base, frozen=True, tag="outcome"):
    """What a rating comes to (§9)."""

    result: str
    valid: bool
    quorum: Count
    grades: dict[str, str]


class Annul(Base, frozen=True, tag="annul"):
    """The end of an election without a result."""

    election: str
    reason: str
    time: str


class Milestone(Base, frozen=True, tag="milestone"):
    """One step on a project's way, and the hash of what is said of it (§16)."""

    project: Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,32}\Z")]
    number: Count
    previous: str
    stage: Stage
    content: str
    outcome: str
    time: str


Object: TypeAlias = Base
Signed: TypeAlias = Trustee | TrusteeCommitment | TrusteeConfirmation | Ballot | Decryption
O = TypeVar("O", bound=Base)

TYPES: Final[dict[str, tuple[type[Base], ...]]] = {
    "session": (Session,),
    "ceremony": (Ceremony,),
    "trustee": (Trustee,),
    "trustee-commitment": (TrusteeCommitment,),
    "trustee-confirmation": (TrusteeConfirmation,),
    "keys": (Keys,),
    "roll": (Roll,),
    "issue": (Issue,),
    "revoke": (Revoke,),
    "election": (Election,),
    "open": (Open,),
    "ballot": (Ballot,),
    "challenge": (Challenge,),
    "close": (Close,),
    "tally": (Tally,),
    "decryption": (Decryption,),
    "result": (Result,),
    "outcome": (DecisionOutcome, RatingOutcome),
    "annul": (Annul,),
    "milestone": (Milestone,),
}


def _check_time(text: str) -> None:
    try:
        datetime.fromisoformat(text if _TIME.fullmatch(text) else "")
    except ValueError:
        raise Malformed("encoding.time") from None


def _check_key(text: str) -> None:
    parse_key(parse_b64u(text))


def _check_signature_form(text: str) -> None:
    parse_b64u(text, SIGNATURE_LENGTH)


_ENCODINGS: Final[dict[str, Callable[[str], object]]] = {
    **dict.fromkeys(("session", "ceremony", "keys", "roll", "election", "tally"), parse_hex),
    **dict.fromkeys(("result", "commit", "transcript", "content"), parse_hex),
    **dict.fromkeys(("sign", "credential", "credentials"), _check_key),
    **dict.fromkeys(("dh", "coefficients", "joint", "verification"), parse_b64u),
    **dict.fromkeys(("ciphertext", "commitment", "proof", "shares", "seed"), parse_b64u),
    "signature": _check_signature_form,
    "time": _check_time,
}


@dataclass(frozen=True, slots=True)
class Stored:
    """An object with the bytes it is served as and their id."""

    id: ObjectId
    raw: bytes
    value: Base

    @property
    def type(self) -> str:
        """Give the object's type."""
        return object_type(self.value)


def object_type(value: Base) -> str:
    """Give the type that an object's JSON carries."""
    return str(value.__struct_config__.tag)


def object_bytes(value: Base) -> bytes:
    """Write an object in its canonical form."""
    return canonical(msgspec.to_builtins(value))


def object_id(raw: bytes) -> ObjectId:
    """Give the id of an object's bytes."""
    return ObjectId(sha256(raw).hex())


def store(value: Base) -> Stored:
    """Put an object beside its bytes and its id."""
    raw = object_bytes(value)
    return Stored(object_id(raw), raw, value)


def parse_object(raw: bytes) -> Stored:
    """Read an object of any type: form, members and their encodings.

    Raises `Malformed` with `encoding.*`, `object.type`, `object.schema` or `object.key`. Points,
    lengths and what the object claims are checked where its paragraph is.
    """
    tree = parse_json(raw)
    tag = tree.get("type")
    if not isinstance(tag, str) or tag not in TYPES:
        raise Malformed("object.type")
    value = _convert(tree, TYPES[tag])
    _check_encodings(value)
    return Stored(object_id(raw), raw, value)


def parse_as(kind: type[O], raw: bytes) -> tuple[Stored, O]:
    """Read an object of one type. Raises as `parse_object`, and `Malformed("object.type")`."""
    stored = parse_object(raw)
    if not isinstance(stored.value, kind):
        raise Malformed("object.type")
    return stored, stored.value


def _convert(tree: dict[str, Any], kinds: tuple[type[Base], ...]) -> Base:
    kind = kinds[-1] if "grades" in tree else kinds[0]
    try:
        value = msgspec.convert(tree, kind, strict=True)
    except msgspec.ValidationError:
        raise Malformed("object.schema") from None
    # A type that is missing is refused by msgspec only where it has to choose by it.
    if isinstance(value, Challenge) and "type" not in tree["ballot"]:
        raise Malformed("object.schema")
    return value


def _check_encodings(value: Base) -> None:
    for member in value.__struct_fields__:
        content = getattr(value, member)
        if isinstance(content, Ballot):
            _check_encodings(content)
        elif (check := _ENCODINGS.get(member)) is not None:
            for text in [content] if isinstance(content, str) else content:
                check(text)


def signed_bytes(raw: bytes, signature: str) -> bytes:
    """Give the bytes that an object's signature is over, from its own and the signature in them.

    No signed object's first member is its signature, and a string's quotes are escaped: the
    member that is cut out stands nowhere else.
    """
    return frame("signature", raw.replace(f',"signature":"{signature}"'.encode(), b""))


def sign_object(value: Signed, seed: bytes) -> Any:  # the same type as `value`
    """Give the object with its signature under a 32-byte seed."""
    signed = signed_bytes(object_bytes(value), value.signature)
    return msgspec.structs.replace(value, signature=to_b64u(sign(seed, signed)))


def check_object_signature(value: Signed, key: PublicKey, raw: bytes | None = None) -> None:
    """Check an object's signature; `raw` are its bytes, where they are at hand.

    Raises `Invalid("object.signature")`.
    """
    signed = signed_bytes(object_bytes(value) if raw is None else raw, value.signature)
    check_signature(key, signed, parse_b64u(value.signature, SIGNATURE_LENGTH))


def check_id(raw: bytes, expected: str) -> None:
    """Check that bytes have the id they are served under. Raises `Invalid("object.id")`."""
    if object_id(raw) != expected:
        raise Invalid("object.id")
