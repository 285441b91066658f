"""Writes workbooks of plain tables, in which nothing that people typed becomes a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

import xlsxwriter

from voting import clock
from voting.errors import msg
from voting.i18n import t
from voting.rules.suggestions import CLASS_NAMES, Rates
from voting.services.suggestions.rates import NamedRates, RateTable
from voting.services.suggestions.reading import Line

Cell: TypeAlias = str | int | float | date | Decimal | None

_SHEET_NAME: Final = 31
_WIDEST: Final = 60
_FORBIDDEN: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of a workbook."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def write_book(pages: Sequence[Page]) -> bytes:
    """Write the sheets of a workbook."""
    memory = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(memory, options)
    book.set_properties({"created": clock.now()})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter"})
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    for page in pages:
        sheet = book.add_worksheet(page.name.translate(_FORBIDDEN)[:_SHEET_NAME])
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, list(page.header), bold)
        for line, row in enumerate(page.rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(line, place, cell, days)
                elif isinstance(cell, str):
                    sheet.write_string(line, place, cell)
                elif cell is not None:
                    sheet.write_number(line, place, float(cell))
        sheet.autofit(_WIDEST * 7)
    book.close()
    return memory.getvalue()


def suggestions_book(lines: Sequence[Line]) -> bytes:
    """Write a list of suggestions."""
    header = [
        *(t("Year"), t("Number"), t("Title of the suggestion"), t("Deputy")),
        *(t("Leading unit"), t("Class of the result"), t("Until when")),
    ]
    rows = [
        (line.year, line.number, line.title, line.deputy, line.unit, line.result_class, line.due_on)
        for line in lines
    ]
    return write_book([Page(t("Suggestions"), header, rows)])


def rates_book(table: RateTable) -> bytes:
    """Write the rates of a year by unit, and those of all years."""
    head = _head(table)
    units = [*table.units, NamedRates(t("All units"), table.whole)]
    return write_book(
        [
            Page(t("By unit"), [t("Unit"), *head], [_row(table, row) for row in units]),
            Page(t("By year"), [t("Year"), *head], [_row(table, row) for row in table.by_year]),
        ]
    )


def _head(table: RateTable) -> list[str]:
    before = (msg("Assigned"), msg("Replied to"), msg("Rate of replies (%)"))
    after = (
        msg("Rate of solved ones (%)"),
        msg("Handling: satisfied (%)"),
        msg("Handling: satisfied or basically (%)"),
        msg("Result: satisfied (%)"),
        msg("Result: satisfied or basically (%)"),
    )
    classes = [CLASS_NAMES[letter] for letter in table.classes]
    also = (msg("Rate of meetings (%)"), msg("Rate of published ones (%)"))
    return [t(name) for name in (*before, *also, *classes, *after)]


def _row(table: RateTable, row: NamedRates) -> Sequence[Cell]:
    rates: Rates = row.rates
    return (
        *(row.name, rates.assigned, rates.answered, rates.answered_rate, rates.met_rate),
        rates.public_rate,
        *(rates.classes[letter] for letter in table.classes),
        rates.solved_rate,
        *rates.attitude_rates,
        *rates.result_rates,
    )
