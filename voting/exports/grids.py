"""Writes a published form's tables for programs: XLSX and CSV."""

from __future__ import annotations

import io
from typing import Any, Final

from voting.exports.forms.parts import Document, Grid, Line, Note, Paragraph
from voting.exports.sheets import new_book, write_csv
from voting.i18n import t

_WIDE: Final = 60


def grid_csv(document: Document) -> bytes:
    """Write the first table of a form, as spreadsheet programs open it, without formulas."""
    grid = grids_of(document)[0]
    return write_csv([column.name for column in grid.columns], grid.rows)


def grid_xlsx(document: Document) -> bytes:
    """Write a form as a workbook: title, each table, and the notes under them."""
    memory = io.BytesIO()
    with new_book(memory) as book:
        title = book.add_format({"bold": True, "font_size": 14})
        head = book.add_format({"bold": True, "text_wrap": True, "border": 1, "align": "center"})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
        sheet = book.add_worksheet(t("Result"))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, document.title, title)
        line = 2
        for part in document.parts:
            if isinstance(part, Grid):
                for at, column in enumerate(part.columns):
                    sheet.write_string(line, at, column.name, head)
                    sheet.set_column(at, at, min(column.width, _WIDE))
                for row in part.rows:
                    line += 1
                    for at, text in enumerate(row):
                        _write(sheet, (line, at), text, cell)
                line += 2
            elif isinstance(part, Line | Note | Paragraph):
                sheet.write_string(line, 0, part.text)
                line += 1
    return memory.getvalue()


def grids_of(document: Document) -> tuple[Grid, ...]:
    """Give the tables of a form."""
    return tuple(part for part in document.parts if isinstance(part, Grid))


def _write(sheet: Any, place: tuple[int, int], text: str, form: Any) -> None:
    """Write whole numbers as numbers; all else as it reads."""
    if text.isdecimal():
        sheet.write_number(*place, int(text), form)
    else:
        sheet.write_string(*place, text, form)
