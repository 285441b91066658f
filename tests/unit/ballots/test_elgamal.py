"""Ciphertexts that do not fit their layout are nobody's ballot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ballots.elgamal import (
    Ciphertext,
    add_ciphertexts,
    arrange_ciphertext,
    ciphertext_bytes,
    ciphertext_length,
    encrypt,
    parse_ciphertext,
    slot_keys,
)
from ballots.errors import Malformed
from ballots.group import BASE, multiply_base, parse_points
from ballots.manifest import check_manifest
from tests.manifests import one_by_one

STYLE = check_manifest(one_by_one(11, 3))
KEYS = slot_keys(STYLE, [multiply_base(slot + 2) for slot in range(32)])
SEALED = encrypt(STYLE, KEYS, randomness=(3, 5), values=[1] * STYLE.slots)
RAW = ciphertext_bytes(STYLE, SEALED)


def test_bytes_go_block_by_block_and_come_back() -> None:
    first, second = STYLE.blocks
    expected = SEALED.heads[:1] + SEALED.slots[first.start : first.stop]
    expected += SEALED.heads[1:] + SEALED.slots[second.start : second.stop]

    assert (len(first), parse_points(RAW)) == (32, expected)
    assert len(RAW) == ciphertext_length(STYLE)
    assert parse_ciphertext(STYLE, RAW, rule="ballot.length") == SEALED
    assert arrange_ciphertext(STYLE, expected) == SEALED


@pytest.mark.parametrize("raw", [RAW[:-32], RAW + BASE, RAW[:-1], b""])
def test_bytes_of_another_length_break_the_rule_that_is_asked_for(raw: bytes) -> None:
    with pytest.raises(Malformed, match=r"^tally\.ciphertext$"):
        parse_ciphertext(STYLE, raw, rule="tally.ciphertext")


@pytest.mark.parametrize(
    "change",
    [
        lambda sealed: replace(sealed, heads=sealed.heads[:1]),
        lambda sealed: replace(sealed, heads=(*sealed.heads, BASE)),
        lambda sealed: replace(sealed, slots=sealed.slots[:-1]),
        lambda sealed: replace(sealed, slots=(*sealed.slots, BASE)),
    ],
)
def test_ciphertexts_of_another_layout_are_not_added(
    change: Callable[[Ciphertext], Ciphertext],
) -> None:
    with pytest.raises(ValueError, match=r"^zip\(\) argument 2 is"):
        add_ciphertexts(STYLE, [SEALED, change(SEALED)])


def test_lists_of_another_layout_are_not_sealed_and_not_written() -> None:
    with pytest.raises(ValueError, match=r"^zip\(\) argument 2 is"):
        encrypt(STYLE, KEYS, randomness=(3, 5), values=[1] * (STYLE.slots - 1))
    with pytest.raises(ValueError, match=r"^zip\(\) argument 2 is"):
        ciphertext_bytes(STYLE, replace(SEALED, heads=SEALED.heads[:1]))
