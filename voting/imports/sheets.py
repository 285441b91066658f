"""Reads a table that a person sent, CSV or XLSX, into rows of text; refuses what could harm.

A table comes from outside: it is bounded in size, and of a workbook only the plain cells of the
first visible sheet are read. A formula is not computed; its cell is marked instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voting.errors import NotValid
from voting.imports.delimited import read_delimited
from voting.imports.limits import LARGEST_FILE, Cell, Row
from voting.imports.workbook import OLD_MAGIC, ZIP_MAGIC, read_workbook

__all__ = ["Cell", "Row", "Table", "read_table"]

_PDF_MAGIC: Final = b"%PDF"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with their line numbers, empty ones left out, and how the file was written."""

    rows: tuple[Row, ...]
    form: str


def read_table(data: bytes) -> Table:
    """Read a file's bytes, telling its kind by content, not by name. Raises NotValid."""
    if not data.strip():
        raise NotValid("The file is empty.").now("Choose a file with a table in it.")
    if len(data) > LARGEST_FILE:
        raise NotValid(
            "The file has {megabytes} MB; at most {limit} MB are read.",
            megabytes=len(data) // 1_000_000,
            limit=LARGEST_FILE // 1_000_000,
        ).now("Keep only the table in the file, without pictures, and send it again.")
    if data.startswith(OLD_MAGIC):
        raise NotValid("This is an old .xls workbook, or one with a password.").now(
            "Open it and save it as .xlsx without a password, or as CSV."
        )
    if data.startswith(_PDF_MAGIC):
        raise NotValid("This is a PDF, not a table.").now("Send the table as .xlsx or CSV.")
    if data.startswith(ZIP_MAGIC):
        return Table(_filled(read_workbook(data)), "xlsx")
    rows, encoding = read_delimited(data)
    return Table(_filled(rows), encoding)


def _filled(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    kept = tuple(row for row in rows if any(cell.text or cell.fault for cell in row.cells))
    if not kept:
        raise NotValid("The table has no rows.").now("Choose a file with a table in it.")
    return kept
