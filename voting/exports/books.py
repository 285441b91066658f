"""Writes workbooks of suggestions: a list of them, and their rates."""

from __future__ import annotations

from collections.abc import Sequence

from voting.errors import msg
from voting.exports.sheets import Cell, Page, write_book
from voting.i18n import t
from voting.rules.suggestions import CLASS_NAMES, Rates
from voting.services.suggestions.rates import NamedRates, RateTable
from voting.services.suggestions.reading import Line


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
