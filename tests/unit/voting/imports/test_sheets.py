"""Tables come in from every usual program, and nothing hostile comes in with them."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import UTC, datetime

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.voting.imports.sheets_made import SHEET, a_workbook, changed, sheet_xml
from voting.errors import NotValid
from voting.imports.limits import LARGEST_FILE, CellFault
from voting.imports.sheets import read_table

ROWS = [["编号", "姓名"], ["1", "王一"], ["2", "李二"]]


def texts(data: bytes) -> list[list[str]]:
    """Read a table as plain lists."""
    return [[cell.text for cell in row.cells if cell.text] for row in read_table(data).rows]


def refusal(data: bytes) -> str:
    """Give the reason why a table is refused."""
    with pytest.raises(NotValid) as caught:
        read_table(data)
    assert caught.value.advice is not None
    return str(caught.value.what)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_any_encoding_and_with_any_delimiter(delimiter: str, encoding: str) -> None:
    text = "\r\n".join(delimiter.join(row) for row in ROWS)

    assert texts(text.encode(encoding)) == ROWS


def test_rare_characters_come_through_gb18030() -> None:
    assert texts("姓名\n𠮷㐂𬭚𫖮䶮\n".encode("gb18030")) == [["姓名"], ["𠮷㐂𬭚𫖮䶮"]]


def test_a_file_that_names_its_delimiter_is_believed() -> None:
    data = "sep=;\n编号;姓名,字\n1;王,一\n".encode()

    table = read_table(data)

    assert [(row.line, [c.text for c in row.cells]) for row in table.rows] == [
        (2, ["编号", "姓名,字"]),
        (3, ["1", "王,一"]),
    ]


def test_lines_are_counted_as_editors_show_them() -> None:
    table = read_table('编号,说明\n1,"两\n行"\n\n2,后'.encode())

    assert [row.line for row in table.rows] == [1, 2, 5]


def test_a_workbook_is_read_with_numbers_as_text() -> None:
    data = a_workbook([["编号", "金额", "日期"], [1.0, 12.5, True]])

    assert texts(data) == [["编号", "金额", "日期"], ["1", "12.5", "1"]]


def test_dates_of_workbooks_become_iso_dates() -> None:
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True, "remove_timezone": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    book.add_worksheet().write_datetime(0, 0, datetime(2026, 11, 30, tzinfo=UTC), day)
    book.close()

    assert texts(memory.getvalue()) == [["2026-11-30"]]


def test_a_formula_is_marked_and_not_computed() -> None:
    table = read_table(a_workbook(ROWS, formula_at=(1, 0)))

    assert table.rows[1].cells[0].fault is CellFault.FORMULA


def test_a_row_of_nothing_but_a_formula_is_not_lost() -> None:
    table = read_table(a_workbook([["编号"], [""]], formula_at=(1, 0)))

    assert [row.cells[0].fault for row in table.rows] == [None, CellFault.FORMULA]


def test_an_error_cell_is_marked() -> None:
    rows = '<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1" t="str"><v>x</v></c></row>'
    table = read_table(changed(a_workbook(ROWS), {SHEET: sheet_xml(rows)}))

    assert table.rows[0].cells[0].fault is CellFault.ERROR


def test_empty_rows_and_times_of_day_in_a_workbook_are_read_for_what_they_are() -> None:
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True, "remove_timezone": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet()
    sheet.write(0, 0, "甲")
    sheet.write_datetime(3, 0, datetime(2026, 11, 30, 9, 30, tzinfo=UTC), moment)
    book.close()

    rows = read_table(memory.getvalue()).rows

    assert [(row.line, row.cells[0].text) for row in rows] == [
        (1, "甲"),
        (4, "2026-11-30T09:30:00"),
    ]


def test_a_cell_far_to_the_right_of_a_row_is_read_as_empty() -> None:
    (row,) = read_table("甲,乙".encode()).rows

    assert row.cell(7).text == ""


def test_hidden_sheets_are_passed_over() -> None:
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True})
    hidden = book.add_worksheet("a")
    hidden.write(0, 0, "秘")
    shown = book.add_worksheet("b")
    shown.write(0, 0, "明")
    shown.activate()
    hidden.hide()
    book.close()

    assert texts(memory.getvalue()) == [["明"]]


def test_full_width_spaces_and_marks_of_order_are_trimmed() -> None:
    assert texts("\ufeff姓名\n\u3000王一\u3000\n".encode()) == [["姓名"], ["王一"]]


def test_a_long_cell_is_marked() -> None:
    table = read_table(("a,b\n" + "x" * 5000 + ",y\n").encode())

    assert table.rows[1].cells[0].fault is CellFault.LONG


def test_a_huge_claimed_dimension_costs_nothing() -> None:
    rows = '<row r="1"><c r="A1" t="str"><v>x</v></c></row>'
    data = changed(a_workbook(ROWS), {SHEET: sheet_xml(rows, "A1:XFD1048576")})

    assert texts(data) == [["x"]]


HOSTILE = {
    "empty": (b"  \n", "The file is empty."),
    "large": (b"x" * (LARGEST_FILE + 1), "The file has 5 MB; at most 5 MB are read."),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old .xls workbook, or one with"),
    "pdf": (b"%PDF-1.7", "This is a PDF, not a table."),
    "picture": (b"\x89PNG\r\n\x1a\n\xff\xff\xff", "The file is neither a workbook nor text"),
    "zeros": (b"a,b\n1,\x00", "The file is neither a workbook nor text"),
    "half utf-16": (b"\xff\xfea", "The file is neither a workbook nor text"),
    "quotation mark": (b'a,b\n1,"x\n2,y\n', "Line 2 can't be read: a quotation mark"),
    "no rows": (b",,\n,,\n", "The table has no rows."),
    "many rows": (b"1\n" * 5001, "The table has more than 5000 rows."),
    "many columns": (b"1," * 61 + b"x\n", "The table has more than 60 columns."),
    "damaged zip": (b"PK\x03\x04nonsense", "The workbook is damaged"),
    "another zip": (changed(a_workbook([]), {})[:200], "The workbook is damaged"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_table_is_refused_with_reason_and_advice(case: str) -> None:
    data, reason = HOSTILE[case]

    assert refusal(data).startswith(reason)


ROW = '<row r="{0}"><c r="{1}{0}" t="str"><v>x</v></c></row>'
MANY = "".join(ROW.format(number, "A") for number in range(1, 5002))
WORKBOOKS = {
    "many rows": ({SHEET: sheet_xml(MANY)}, "The table has more than 5000 rows."),
    "broken types": ({"[Content_Types].xml": b"<a/>"}, "The workbook is damaged"),
    "macros": ({"xl/vbaProject.bin": b"x"}, "The workbook contains macros."),
    "links": ({"xl/externalLinks/externalLink1.xml": b"<a/>"}, "The workbook is linked"),
    "connections": ({"xl/connections.xml": b"<a/>"}, "The workbook is linked"),
    "bomb": ({SHEET: sheet_xml(" " * 40_000_000)}, "The workbook unpacks to far more"),
    "many parts": ({f"xl/a{n}.xml": b"<a/>" for n in range(501)}, "The workbook unpacks"),
    "entities": (
        {SHEET: b'<!DOCTYPE a [<!ENTITY b "c">]>' + sheet_xml("")},
        "The workbook is damaged",
    ),
    "wide characters": ({SHEET: sheet_xml("").decode().encode("utf-16")}, "The workbook is dam"),
    "broken sheet": ({SHEET: b"<worksheet"}, "The workbook is damaged"),
    "broken book": ({"xl/workbook.xml": b"<a"}, "The workbook is damaged"),
    "far row": ({SHEET: sheet_xml(ROW.format(1_048_576, "A"))}, "The table has more than 5000"),
    "far column": ({SHEET: sheet_xml(ROW.format(1, "BI"))}, "The table has more than 60 columns"),
    "not a workbook": ({"xl/workbook.xml": b""}, "The workbook is damaged"),
}


@pytest.mark.parametrize("case", WORKBOOKS)
def test_a_hostile_workbook_is_refused_with_reason_and_advice(case: str) -> None:
    parts, reason = WORKBOOKS[case]

    assert refusal(changed(a_workbook(ROWS), parts)).startswith(reason)


def test_a_word_document_is_not_taken_for_a_workbook() -> None:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")

    assert refusal(memory.getvalue()) == "This is not an .xlsx workbook."


@given(st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf"]), st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(beginning: bytes, rest: bytes) -> None:
    with suppress(NotValid):
        assert read_table(beginning + rest).rows
