"""Reads a roll file: the serial and the credential of each printed card, and no secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voting.errors import Message, msg
from voting.imports.columns import Column, RowReader, find_header
from voting.imports.problems import BadField, Problem
from voting.imports.sheets import Table
from voting.imports.texts import repeated, take_code

SERIAL: Final = msg("Serial")
CREDENTIAL: Final = msg("Credential")

COLUMNS: Final = (
    Column("serial", SERIAL, "serial, 卡号, 序列号", required=True),
    Column("credential", CREDENTIAL, "credential, 凭据, 公钥", required=True),
)
_AS_MADE: Final = msg("Send the roll file as it was made with the cards; don't open and save it.")
_LONGEST_SERIAL: Final = 16
_CREDENTIAL_LENGTH: Final = 43


@dataclass(frozen=True, slots=True)
class RollLine:
    """A card as the server knows it."""

    serial: str
    credential: str


@dataclass(frozen=True, slots=True)
class RollSheet:
    """All lines, and what is wrong; a roll with a problem is of no use at all."""

    lines: tuple[RollLine, ...]
    problems: tuple[Problem, ...]


def read_roll(table: Table) -> RollSheet:
    """Read a roll. Raises NotValid where the table as a whole is of no use."""
    header = find_header(table.rows, COLUMNS)
    problems: list[Problem] = []
    found: list[tuple[int, RollLine]] = []
    for row in table.rows:
        if row.line <= header.line:
            continue
        reader = RowReader(header, COLUMNS, row)
        serial = reader.take("serial", lambda text: take_code(text, _LONGEST_SERIAL), "")
        credential = reader.take("credential", _take_credential, "")
        found.append((row.line, RollLine(serial, credential)))
        problems += reader.problems
    problems += _repeated(found)
    return RollSheet(tuple(line for _, line in found), tuple(problems))


def _take_credential(text: str) -> str:
    if len(text) != _CREDENTIAL_LENGTH or not text.replace("-", "").replace("_", "").isalnum():
        raise BadField(
            msg("This is not a card's credential."),
            _AS_MADE,
        )
    return text


def _repeated(found: list[tuple[int, RollLine]]) -> list[Problem]:
    serials = repeated([(line, card.serial.upper()) for line, card in found])
    keys = repeated([(line, card.credential) for line, card in found])
    return [_twice(line, SERIAL, first) for line, first in serials.items()] + [
        _twice(line, CREDENTIAL, first) for line, first in keys.items()
    ]


def _twice(line: int, field: Message, first: int) -> Problem:
    return Problem(line, field, msg("The same stands in line {first}.", first=first), _AS_MADE)
