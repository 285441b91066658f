"""Writes plain tables as CSV and XLSX, in which nothing that people typed becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias, TypeVar

import xlsxwriter

from voting import clock

Cell: TypeAlias = str | int | float | date | Decimal | None
AnyCell = TypeVar("AnyCell")

HEAD: Final = {"bold": True, "text_wrap": True, "valign": "vcenter"}
WRAPPED: Final = {"text_wrap": True, "valign": "top"}

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "|")
_SHEET_NAME: Final = 31
_FORBIDDEN: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_WIDTH: Final = 7
"""Pixels of a character, as `autofit` counts."""


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of a workbook; its columns become at most `widest` characters wide."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    wraps: bool = False
    widest: int = 60


def harmless(cell: AnyCell) -> AnyCell | str:
    """Keep a text from being taken for a formula by the program that opens the table."""
    if isinstance(cell, str) and cell.lstrip().startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a table as spreadsheet programs open it, and no formula among its cells."""
    memory = io.StringIO()
    writer = csv.writer(memory, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return memory.getvalue().encode("utf-8-sig")


def write_book(pages: Sequence[Page]) -> bytes:
    """Write the sheets of a workbook."""
    memory = io.BytesIO()
    with new_book(memory) as book:
        for page in pages:
            _add_page(book, page)
    return memory.getvalue()


@contextmanager
def new_book(memory: io.BytesIO, *, company: str = "", is_long: bool = False) -> Iterator[Any]:
    """Begin a workbook and end it; of a long one only the row in work is held in memory."""
    kept = "constant_memory" if is_long else "in_memory"
    options = {kept: True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(memory, options)
    book.set_properties({"created": clock.now(), "company": company})
    yield book
    book.close()


def add_sheet(book: Any, name: str, *, columns: int = 0) -> Any:
    """Add a sheet under as much of a name as one may have; its head and first columns stay."""
    sheet = book.add_worksheet(name.translate(_FORBIDDEN)[:_SHEET_NAME])
    sheet.freeze_panes(1, columns)
    return sheet


def _add_page(book: Any, page: Page) -> None:
    sheet = add_sheet(book, page.name)
    plain = book.add_format(WRAPPED) if page.wraps else None
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, page.header, book.add_format(HEAD))
    for line, row in enumerate(page.rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(line, place, cell, days)
            else:
                sheet.write(line, place, cell, plain)
    sheet.autofit(page.widest * _WIDTH)
