"""Prints voting cards, ten to a page, from codes that only the machine at hand has ever seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from voting.exports.press import print_sheet
from voting.exports.qr import qr_svg
from voting.i18n import t

T = TypeVar("T")

CARDS_ON_A_PAGE: Final = 10
_GROUPS_IN_A_LINE: Final = 4


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """What stands on a card; `code` is in groups of four parted by hyphens."""

    serial: str
    code: str
    scanned: str


@dataclass(frozen=True, slots=True)
class CardSheet:
    """The cards of a sitting and what they are headed with."""

    congress: str
    sitting: str
    cards: Sequence[PrintedCard]
    is_rehearsal: bool = False


def print_cards(sheet: CardSheet) -> bytes:
    """Print the cards as a PDF in the language spoken now; they stand in no file but that."""
    pages = _parts(sheet.cards, CARDS_ON_A_PAGE)
    return print_sheet(
        "cards",
        {
            "congress": sheet.congress,
            "sitting": sheet.sitting,
            "rehearsal": sheet.is_rehearsal,
            "say": _words(),
            "sheets": [[_values(card) for card in page] for page in pages],
        },
    )


def _values(card: PrintedCard) -> dict[str, Any]:
    groups = card.code.split("-")
    return {
        "serial": card.serial,
        "qr": qr_svg(card.scanned),
        "code": ["-".join(line) for line in _parts(groups, _GROUPS_IN_A_LINE)],
    }


def _parts(whole: Sequence[T], size: int) -> list[Sequence[T]]:
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def _words() -> dict[str, Any]:
    """Say on the card what no tablet can be trusted to say: tracker, and the test of the tablet."""
    return {
        "document": t("Voting cards"),
        "card": t("Voting card"),
        "rehearsal": t("Rehearsal"),
        "code": t("Scan the code with the tablet, or type:"),
        "qr": t("The card's code for the tablet's camera"),
        "stub": t("Stub"),
        "keep": t("Tear off, and keep apart from the card: it lets a lost card be revoked."),
        "steps": [
            t("Show or lend this card to no one: whoever has the code has the vote."),
            t(
                "Once sealed, the tablet shows a tracker of 16 characters. Note it before you cast;"
                " the receipt must show the same."
            ),
            t(
                "“Test” instead of “Cast” makes the tablet open what it sealed; then fill in a new"
                " paper. A tested ballot never counts."
            ),
            t("If a tablet says otherwise, tell a scrutineer before you go on."),
        ],
    }
