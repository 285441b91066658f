"""`voting cards`: makes the voting cards of a sitting on a machine without network.

The secrets go into the printed sheet and nowhere else; the roll has serials and credentials only.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import secrets
import sys
from pathlib import Path
from typing import Final

from ballots.cards import CardSecret, card_code, card_credential, card_qr
from ballots.encoding import to_b64u
from voting.exports.cards import CardSheet, PrintedCard, print_cards
from voting.i18n import LANGUAGES, speaking, t
from voting.imports.rolls import RollLine

MOST_CARDS: Final = 6000
SPARE_PERCENT: Final = 10
DONE: Final = 0
MISUSE: Final = 2


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to `voting`."""
    command = commands.add_parser("cards", help="make voting cards, without network")
    command.add_argument("--deputies", type=int, required=True, metavar="N")
    command.add_argument("--spare", type=int, default=SPARE_PERCENT, metavar="PERCENT")
    command.add_argument("--congress", required=True, metavar="NAME", help="as printed")
    command.add_argument("--sitting", required=True, metavar="NAME", help="as printed")
    command.add_argument("--rehearsal", action="store_true", help="mark the cards as such")
    command.add_argument("--prefix", default="A", metavar="LETTER", help="of the serials")
    command.add_argument("--pdf", type=Path, default=Path("cards.pdf"), metavar="FILE")
    command.add_argument("--roll", type=Path, default=Path("roll.csv"), metavar="FILE")
    command.add_argument("--language", choices=tuple(LANGUAGES), default=next(iter(LANGUAGES)))
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make, print and list the cards; nothing that is there already is written over."""
    number = count_cards(arguments.deputies, arguments.spare)
    prefix = arguments.prefix.upper()
    if not 1 <= number <= MOST_CARDS or not (prefix.isascii() and prefix.isalpha()):
        print(f"voting cards: 1 to {MOST_CARDS} cards, and a letter before", file=sys.stderr)
        return MISUSE
    with speaking(arguments.language):
        cards, roll = make_cards(number, prefix)
        sheet = CardSheet(arguments.congress, arguments.sitting, cards, arguments.rehearsal)
        try:
            _write(arguments.pdf, print_cards(sheet))
            _write(arguments.roll, roll_file(roll))
        except OSError as error:
            print(f"voting cards: {error.filename}: {error.strerror}", file=sys.stderr)
            return MISUSE
        print(
            t(
                "{number} cards are in {pdf}, their roll in {roll}.",
                number=number,
                pdf=str(arguments.pdf),
                roll=str(arguments.roll),
            )
        )
        print(
            t(
                "Print the cards, delete {pdf}, cut and shuffle the cards. Only the roll goes to"
                " the server.",
                pdf=str(arguments.pdf),
            )
        )
    return DONE


def count_cards(deputies: int, spare_percent: int) -> int:
    """Give the number of cards for so many deputies, with some to replace lost ones."""
    return deputies + -(-deputies * spare_percent // 100)


def make_cards(number: int, prefix: str) -> tuple[list[PrintedCard], list[RollLine]]:
    """Draw the secrets; gives what is printed and what the server gets, in the order of serials."""
    printed: list[PrintedCard] = []
    roll: list[RollLine] = []
    for place in range(1, number + 1):
        serial = f"{prefix}{place:04}"
        secret = CardSecret(secrets.token_bytes(16))
        printed.append(PrintedCard(serial, card_code(secret), card_qr(secret)))
        roll.append(RollLine(serial, to_b64u(card_credential(secret))))
    return printed, roll


def roll_file(roll: list[RollLine]) -> bytes:
    """Write the roll as CSV."""
    memory = io.StringIO()
    writer = csv.writer(memory, lineterminator="\n")
    writer.writerow(("serial", "credential"))
    writer.writerows((line.serial, line.credential) for line in roll)
    return memory.getvalue().encode()


def _write(path: Path, content: bytes) -> None:
    """Write a new file that only its owner reads."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
