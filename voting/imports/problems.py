"""What is wrong with a row, or worth a second look: line, field, why, and what can be done now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voting.errors import Message, msg
from voting.imports.limits import LONGEST_CELL, CellFault


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one field of one line; a problem keeps the row out, a warning does not."""

    line: int
    field: Message
    what: Message
    now: Message


class BadField(Exception):
    """A field's text can't be taken; says why and what now."""

    def __init__(self, what: Message, now: Message) -> None:
        """Take both sentences."""
        super().__init__(what.id)
        self.what: Final = what
        self.now: Final = now


def bad_cell(fault: CellFault) -> BadField:
    """Give the words for a cell that holds something other than a plain text."""
    match fault:
        case CellFault.FORMULA:
            return BadField(
                msg("The cell holds a formula, and formulas are not computed here."),
                msg("Copy the column and paste it as values."),
            )
        case CellFault.ERROR:
            return BadField(
                msg("The cell holds an error of the spreadsheet program."),
                msg("Type the value that belongs there."),
            )
        case CellFault.LONG:
            return BadField(
                msg("The cell has more than {limit} characters.", limit=LONGEST_CELL),
                msg("Shorten the text."),
            )
