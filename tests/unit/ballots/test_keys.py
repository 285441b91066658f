"""Ed25519 keys and signatures where libraries differ, and sealed shares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ballots.errors import BallotError, Invalid, Malformed
from ballots.keys import check_signature, parse_key, public_key, seal, sign, unseal
from tests import edwards

CASES: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "verdicts" / "signatures.json").read_bytes()
)
ROWS = [*CASES["published"], *CASES["made"]]
SEED = bytes(range(32))


def rule_of(row: dict[str, str]) -> str | None:
    """Give the rule that a case breaks here."""
    try:
        check_signature(
            parse_key(bytes.fromhex(row["key"])),
            bytes.fromhex(row["message"]),
            bytes.fromhex(row["signature"]),
        )
    except BallotError as error:
        return error.rule
    return None


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS])
def test_a11_signature_at_the_edge_has_the_verdict_of_the_page(row: dict[str, str]) -> None:
    assert rule_of(row) == row["rule"]


def test_a11_cases_are_those_that_simple_arithmetic_makes() -> None:
    assert list(edwards.edge_cases()) == CASES["made"]
    for row in CASES["published"]:
        key, message, signature = (
            bytes.fromhex(row[name]) for name in ("key", "message", "signature")
        )
        assert edwards.rule_of(key, message, signature) == row["rule"]


def test_a11_cases_hold_every_verdict() -> None:
    """Mixed orders are taken where the equation holds without the cofactor, and else refused."""
    rules = {row["rule"] for row in ROWS}

    assert rules == {None, "object.key", "object.signature"}


def test_simple_arithmetic_agrees_with_the_library() -> None:
    message = b"message"
    key, signature = public_key(SEED), sign(SEED, message)

    assert edwards.rule_of(key, message, signature) is None
    assert edwards.rule_of(key, message + b".", signature) == "object.signature"
    assert edwards.encode(edwards.times(edwards.L, edwards.BASE)) == edwards.encode(edwards.ZERO)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(Malformed, match=r"^object\.key$"):
        parse_key(bytes([4]) * length)


@pytest.mark.parametrize("length", [0, 63, 65])
def test_signature_of_another_length_is_refused(length: int) -> None:
    signature = (sign(SEED, b"") + bytes(1))[:length]

    with pytest.raises(Invalid, match=r"^object\.signature$"):
        check_signature(public_key(SEED), b"", signature)


def test_sealed_share_opens_under_its_key_alone() -> None:
    sealed = seal(SEED, b"share")

    assert unseal(SEED, sealed) == b"share"
    for key, box in ((bytes(32), sealed), (SEED, sealed[:-1]), (SEED, b""), (SEED, sealed[::-1])):
        with pytest.raises(Invalid, match=r"^ceremony\.share$"):
            unseal(key, box)
