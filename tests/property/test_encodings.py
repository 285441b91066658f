"""Encodings: what is written is read again, and nothing else is read as the same."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballots.cards import (
    CardSecret,
    TrusteeSeed,
    card_code,
    card_qr,
    parse_card_code,
    parse_trustee_code,
    trustee_code,
    trustee_qr,
)
from ballots.encoding import (
    DEEPEST_OBJECT,
    LARGEST_NUMBER,
    canonical,
    frame,
    parse_b64,
    parse_b64u,
    parse_crockford,
    parse_hex,
    parse_json,
    to_b64,
    to_b64u,
    to_crockford,
)
from ballots.errors import Malformed
from ballots.group import ORDER, parse_scalars, scalar_bytes
from ballots.log import entry_bundle, parse_checkpoint, parse_entry_bundle
from ballots.receipt import parse_receipt
from tests.vector_files import vector

LOG: dict[str, Any] = vector("log.json")
NOTES: list[Any] = [
    *((parse_receipt, row[form]) for row in LOG["receipts"] for form in ("text", "witnessed")),
    *((parse_checkpoint, LOG[name]) for name in ("checkpoint", "witnessed_checkpoint")),
]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
leaves = st.booleans() | st.integers(0, LARGEST_NUMBER) | texts
trees = st.dictionaries(
    texts,
    st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=12,
    ),
    max_size=4,
)


def depth(tree: Any) -> int:
    """Tell how deep JSON goes."""
    match tree:
        case dict():
            return 1 + max(map(depth, tree.values()), default=0)
        case list():
            return 1 + max(map(depth, tree), default=0)
        case _:
            return 0


@given(trees)
def test_json_is_read_as_it_was_written(tree: dict[str, Any]) -> None:
    raw = canonical(tree)

    assert depth(tree) <= DEEPEST_OBJECT
    assert parse_json(raw) == tree
    assert canonical(parse_json(raw)) == raw


@given(trees, st.data())
def test_changed_json_is_no_second_form_of_the_same(tree: dict[str, Any], data: Any) -> None:
    raw = bytearray(canonical(tree))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place : place + data.draw(st.integers(0, 1))] = data.draw(st.binary(max_size=2))

    try:
        found = parse_json(bytes(raw))
    except Malformed:
        return
    assert canonical(found) == raw
    assert (found == tree) == (raw == canonical(tree))


@given(st.binary(max_size=100))
def test_bytes_come_back_from_every_text(data: bytes) -> None:
    assert parse_b64u(to_b64u(data), len(data)) == data
    assert parse_b64(to_b64(data), len(data)) == data
    assert parse_hex(data.hex(), len(data)) == data


@given(st.text(max_size=12), st.sampled_from([(parse_b64u, to_b64u), (parse_b64, to_b64)]))
def test_text_that_is_read_is_the_only_one(text: str, pair: Any) -> None:
    parse, write = pair
    try:
        data = parse(text)
    except Malformed:
        return
    assert write(data) == text


@given(st.text("ABQgw08-_+/=", max_size=9))
def test_text_of_letters_at_the_edge_is_read_or_refused_as_it_would_be_written(text: str) -> None:
    try:
        data = base64.urlsafe_b64decode(text + "==")
        is_canonical = to_b64u(data) == text
    except ValueError:
        is_canonical = False

    if is_canonical:
        assert parse_b64u(text) == data
    else:
        with pytest.raises(Malformed, match=r"^encoding\.base64$"):
            parse_b64u(text)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32))
def test_secrets_come_back_from_their_codes(card: bytes, seed: bytes) -> None:
    secret, sheet = CardSecret(card), TrusteeSeed(seed)

    assert parse_card_code(card_code(secret)) == parse_card_code(card_qr(secret)) == card
    assert parse_trustee_code(trustee_code(sheet)) == parse_trustee_code(trustee_qr(sheet)) == seed


@given(st.binary(min_size=1, max_size=40), st.data())
def test_crockford_keeps_the_first_bits(data: bytes, choose: Any) -> None:
    bits = choose.draw(st.integers(1, 8 * len(data) // 5)) * 5 if len(data) > 0 else 5

    number = parse_crockford(to_crockford(data, bits), bits)

    assert number == int.from_bytes(data, "big") >> (8 * len(data) - bits)


@given(st.lists(st.integers(0, ORDER - 1), max_size=6))
def test_scalars_come_back(scalars: list[int]) -> None:
    assert parse_scalars(scalar_bytes(*scalars)) == tuple(scalars)


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_entries_come_back_from_their_bundle(entries: list[bytes]) -> None:
    assert parse_entry_bundle(entry_bundle(entries)) == entries


@given(st.lists(st.binary(max_size=6), max_size=4), st.lists(st.binary(max_size=6), max_size=4))
def test_frames_are_the_same_for_the_same_parts_alone(one: list[bytes], two: list[bytes]) -> None:
    assert (frame("t", *one) == frame("t", *two)) == (one == two)


@given(st.sampled_from(NOTES), st.data())
def test_receipt_or_checkpoint_that_is_read_is_written_the_same(note: Any, data: Any) -> None:
    parse, text = note
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.text(max_size=2)) + text[place + 1 :]

    try:
        found = parse(changed)
    except Malformed:
        return
    assert str(found) == changed
