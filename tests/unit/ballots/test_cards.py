"""Codes of cards and sheets, as people type them and mistype them."""

from __future__ import annotations

import pytest

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
from ballots.encoding import CROCKFORD
from ballots.errors import Malformed

CARD = CardSecret(bytes(range(100, 116)))
SHEET = TrusteeSeed(bytes(range(32)))


@pytest.mark.parametrize(
    "typed",
    [
        card_code(CARD),
        card_code(CARD).lower(),
        card_code(CARD).replace("-", " "),
        f"  {card_code(CARD)}\n",
        card_code(CARD).replace("1", "i").replace("0", "o"),
        card_code(CARD).replace("1", "L"),
        card_qr(CARD),
        card_qr(CARD).lower(),
        f"MS1-{card_code(CARD)}",
        f"ms1 {card_code(CARD)}",
    ],
)
def test_card_is_read_however_it_is_typed(typed: str) -> None:
    assert parse_card_code(typed) == CARD


def test_every_single_mistyped_letter_of_a_card_is_told() -> None:
    code = card_code(CARD).replace("-", "")
    taken = []
    for place, letter in enumerate(code):
        for other in CROCKFORD:
            try:
                taken.append(parse_card_code(code[:place] + other + code[place + 1 :]))
            except Malformed:
                assert other != letter

    # Each letter of the code is among those tried, and no other gives a card.
    assert taken == [CARD] * len(code)


@pytest.mark.parametrize("typed", ["", "-", "MS1", card_code(CARD)[:-1], card_code(CARD) + "0"])
@pytest.mark.parametrize("prefix", ["", "MT1", "MS1"])
def test_what_is_no_card_is_refused(typed: str, prefix: str) -> None:
    with pytest.raises(Malformed, match=r"^card\.code$"):
        parse_card_code(prefix + typed)


def test_card_and_sheet_are_not_taken_for_each_other() -> None:
    assert parse_trustee_code(trustee_qr(SHEET)) == SHEET
    with pytest.raises(Malformed, match=r"^trustee\.code$"):
        parse_trustee_code(card_qr(CARD))
    with pytest.raises(Malformed, match=r"^card\.code$"):
        parse_card_code(trustee_code(SHEET))


def test_code_that_begins_like_a_scanned_one_is_read() -> None:
    """One card in 2^15 has the prefix for the first letters of its code."""
    first = "".join(f"{CROCKFORD.index(letter):05b}" for letter in "MS1")
    card = CardSecret((int(first, 2) << 113).to_bytes(16, "big"))
    first = "".join(f"{CROCKFORD.index(letter):05b}" for letter in "MT1")
    sheet = TrusteeSeed((int(first, 2) << 241).to_bytes(32, "big"))

    assert (card_code(card)[:3], trustee_code(sheet)[:3]) == ("MS1", "MT1")
    assert parse_card_code(card_code(card)) == parse_card_code(card_qr(card)) == card
    assert parse_trustee_code(trustee_code(sheet)) == parse_trustee_code(trustee_qr(sheet)) == sheet


def test_secret_of_another_length_has_no_code() -> None:
    with pytest.raises(ValueError, match=r"^16 bytes are needed$"):
        card_code(CardSecret(bytes(15)))
    with pytest.raises(ValueError, match=r"^32 bytes are needed$"):
        trustee_code(TrusteeSeed(bytes(33)))
