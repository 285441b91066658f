"""A46: a hostile tablet can show any instructions; the card in the hand tells the true ones."""

from __future__ import annotations

import pytest

from tests.unit.voting.exports.pdf import pages
from voting.exports.cards import CardSheet, PrintedCard, print_cards
from voting.i18n import speaking

CARD = PrintedCard("A0001", "ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-2345", "MS1X")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ["追踪码", "投出前记下", "检验", "公开其所密封的内容", "告知监票人"]),
        ("en", ["tracker", "beforeyoucast", "Test", "openwhatitsealed", "tellascrutineer"]),
    ],
)
def test_every_card_tells_tracker_and_test_in_words(language: str, words: list[str]) -> None:
    with speaking(language):
        (page,) = pages(print_cards(CardSheet("滨江区人民代表大会", "第一次会议", [CARD] * 10)))

    assert {word: page.count(word) for word in words if page.count(word) < 10} == {}
