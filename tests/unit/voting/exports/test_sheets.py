"""Tables open in spreadsheet programs as they were written: CSV to the byte, workbooks by cell."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl

from voting import clock
from voting.exports.sheets import Page, new_book, write_book, write_csv


def test_a_csv_is_utf_8_with_a_mark_and_lines_of_windows() -> None:
    rows = (("=1+1", 2, None), ("a,b", 1.5, 'say "x"'))

    data = write_csv(("编号", "n", "x"), rows)

    assert data == '\ufeff编号,n,x\r\n\'=1+1,2,\r\n"a,b",1.5,"say ""x"""\r\n'.encode()


def test_the_cells_of_a_workbook_keep_their_kinds() -> None:
    row = ("=1+1", 3, 2.5, Decimal("80.4"), date(2026, 2, 1), None, "")

    data = write_book([Page("按单位[1]/" + "名" * 40, "abcdefg", [row]), Page("空", "a", [])])

    first, second = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    read = [cell.value for cell in first[2]]
    assert read[:5] == ["=1+1", 3, 2.5, 80.4, datetime(2026, 2, 1)]  # noqa: DTZ001  # cells have no zone
    assert set(read[5:]) <= {None, ""}
    assert first["A2"].data_type == "s"
    assert first["E2"].number_format == "yyyy-mm-dd"
    assert (len(first.title), first.title[:6], second.max_row) == (31, "按单位 1 ", 1)
    assert first.freeze_panes == "A2"


def test_long_texts_go_over_several_lines_where_a_page_wraps() -> None:
    data = write_book([Page("a", "x", [("长" * 80,)], wraps=True, widest=20)])

    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet["A2"].alignment.wrap_text
    assert sheet.column_dimensions["A"].width < 25


def test_a_workbook_tells_when_it_was_made_and_whose_it_is() -> None:
    memory = io.BytesIO()
    with (
        clock.stopped(datetime(2026, 2, 1, 8, tzinfo=UTC)),
        new_book(memory, company="滨江区") as book,
    ):
        book.add_worksheet("a")

    made = openpyxl.load_workbook(memory).properties.created
    assert made == datetime(2026, 2, 1, 8)  # noqa: DTZ001  # the format has no zone
    assert "滨江区" in zipfile.ZipFile(memory).read("docProps/app.xml").decode()
