"""Objects: members, encodings in their order, ids and signatures."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from ballots.encoding import canonical, to_b64u
from ballots.errors import BallotError, Invalid, Malformed
from ballots.keys import parse_key, public_key
from ballots.objects import (
    Annul,
    Open,
    Session,
    Trustee,
    check_id,
    check_object_signature,
    object_id,
    parse_as,
    parse_object,
    sign_object,
    store,
)
from tests.congress import credential, secret
from tests.votes import Vote

OPEN = {"type": "open", "election": "0" * 64, "present": 1, "time": "2026-02-01T09:00:00Z"}


@pytest.mark.parametrize(
    "time",
    [
        "",
        "2026-02-01",
        "2026-02-01 09:00:00Z",
        "2026-02-01T09:00:00",
        "2026-02-01T09:00:00+00:00",
        "2026-02-01T09:00:00.0Z",
        "2026-02-01T09:00Z",
        "2026-02-01t09:00:00z",
        "2026-02-29T09:00:00Z",
        "2026-13-01T09:00:00Z",
        "2026-00-01T09:00:00Z",
        "2026-02-00T09:00:00Z",
        "2026-02-01T24:00:00Z",
        "2026-02-01T23:60:00Z",
        "2026-02-01T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "２026-02-01T09:00:00Z",
        "2026-02-01T09:00:00Z\n",
    ],
)
def test_other_time_is_refused(time: str) -> None:
    with pytest.raises(Malformed, match=r"^encoding\.time$"):
        parse_object(canonical(OPEN | {"time": time}))


@pytest.mark.parametrize("time", ["2024-02-29T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_time_is_taken(time: str) -> None:
    assert parse_as(Open, canonical(OPEN | {"time": time}))[1].time == time


def test_first_encoding_that_is_wrong_is_named() -> None:
    """In the order of the page's table, whatever the order of the members in JSON."""
    tree: dict[str, Any] = {
        "type": "trustee",
        "ceremony": "x",
        "index": 1,
        "name": "",
        "sign": "x",
        "dh": "?",
        "commit": "x",
        "signature": "x",
    }
    good = {"ceremony": "0" * 64, "sign": credential(1), "dh": "", "commit": "0" * 64}
    found = []
    for name in ("ceremony", "sign", "dh", "commit", "signature"):
        with pytest.raises(Malformed) as refused:
            parse_object(canonical(tree))
        found.append(refused.value.rule)
        tree[name] = good.get(name)

    assert found == [
        "encoding.hex",
        "encoding.base64",
        "encoding.base64",
        "encoding.hex",
        "encoding.base64",
    ]


@pytest.mark.parametrize(
    ("tree", "rule"),
    [
        ({}, "object.type"),
        ({"type": 1}, "object.type"),
        ({"type": ""}, "object.type"),
        ({"type": "Open"}, "object.type"),
        ({"type": "open"}, "object.schema"),
        (OPEN | {"grades": {}}, "object.schema"),
        ({"type": "outcome", "grades": {}}, "object.schema"),
        ({"type": "outcome"}, "object.schema"),
    ],
)
def test_object_of_no_type_or_form_is_refused(tree: dict[str, object], rule: str) -> None:
    with pytest.raises(BallotError) as refused:
        parse_object(canonical(tree))
    assert refused.value.rule == rule


@pytest.mark.parametrize("change", [{"type": None}, {"type": "open"}, {"more": 1}, {"proof": None}])
def test_challenged_ballot_is_a_whole_ballot_object(
    everything: Vote, change: dict[str, Any]
) -> None:
    challenge = next(stored for stored in everything.congress.log if stored.type == "challenge")
    tree = json.loads(challenge.raw)
    changed = {
        name: value for name, value in (tree["ballot"] | change).items() if value is not None
    }

    assert parse_object(canonical(tree)).id == challenge.id
    with pytest.raises(Malformed, match=r"^object\.schema$"):
        parse_object(canonical(tree | {"ballot": changed}))


def test_object_of_another_type_than_asked_for_is_refused() -> None:
    with pytest.raises(Malformed, match=r"^object\.type$"):
        parse_as(Annul, canonical(OPEN))


@pytest.mark.parametrize("length", [0, 63, 65])
def test_signature_of_another_length_is_refused(length: int) -> None:
    trustee = Trustee("0" * 64, 1, "", credential(1), "", "0" * 64, to_b64u(bytes(64)))
    other = msgspec.structs.replace(trustee, signature=to_b64u(bytes(length)))

    assert parse_object(store(trustee).raw).value == trustee
    with pytest.raises(Malformed, match=r"^encoding\.base64$"):
        parse_object(store(other).raw)


def test_id_is_that_of_the_bytes() -> None:
    stored = store(Session("c", "n", 1))

    check_id(stored.raw, stored.id)
    assert parse_object(stored.raw) == stored
    assert object_id(stored.raw + b" ") != stored.id
    with pytest.raises(Invalid, match=r"^object\.id$"):
        check_id(stored.raw + b" ", stored.id)


def test_signature_is_over_every_other_member() -> None:
    seed = secret("signer")
    # A name may hold what looks like the member that is cut out.
    name = ',"signature":"A"'
    unsigned = Trustee("0" * 64, 1, name, credential(1), "", "0" * 64, "")
    signed: Trustee = sign_object(unsigned, seed)
    key = parse_key(public_key(seed))

    check_object_signature(signed, key)
    check_object_signature(signed, key, store(signed).raw)
    assert sign_object(signed, seed) == signed
    for name, value in (("index", 2), ("name", ""), ("dh", "AA"), ("commit", "1" * 64)):
        changed = msgspec.structs.replace(signed, **{name: value})
        for raw in (None, store(changed).raw):
            with pytest.raises(Invalid, match=r"^object\.signature$"):
                check_object_signature(changed, key, raw)
