"""How large a table may be, and what a row of one is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from voting.errors import NotValid

LARGEST_FILE: Final = 5_000_000
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 60
LONGEST_CELL: Final = 4_000


class CellFault(StrEnum):
    """Why a cell's text can't be taken as it stands."""

    FORMULA = "formula"
    ERROR = "error"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as text, trimmed; a cell with a fault has none."""

    text: str = ""
    fault: CellFault | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row and its line in the file, counted from 1 as programs show it."""

    line: int
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        """Give a cell; one beyond the row's end is empty."""
        return self.cells[column] if column < len(self.cells) else Cell()


def plain_cell(text: str) -> Cell:
    """Trim a text, full-width spaces included, and bound its length."""
    trimmed = text.replace("\u3000", " ").replace("\ufeff", "").strip()
    if len(trimmed) > LONGEST_CELL:
        return Cell(fault=CellFault.LONG)
    return Cell(trimmed)


def refuse_more_rows() -> NotValid:
    """Give the refusal of a table that goes on and on."""
    refusal = NotValid("The table has more than {limit} rows.", limit=MOST_ROWS)
    refusal.now("Delete what is not part of the list, empty rows too, and send the file again.")
    return refusal


def refuse_more_columns() -> NotValid:
    """Give the refusal of a table that is far too wide."""
    refusal = NotValid("The table has more than {limit} columns.", limit=MOST_COLUMNS)
    refusal.now("Delete the columns that are not part of the list, and send the file again.")
    return refusal
