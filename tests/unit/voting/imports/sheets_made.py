"""Makes tables for tests: workbooks as offices send them, and as attackers do."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

import xlsxwriter


def a_workbook(
    rows: Sequence[Sequence[object]], *, formula_at: tuple[int, int] | None = None
) -> bytes:
    """Write rows into the first sheet; one cell may hold a formula."""
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for line, row in enumerate(rows):
        sheet.write_row(line, 0, row)
    if formula_at:
        sheet.write_formula(*formula_at, "=1+1", None, 2)
    book.close()
    return memory.getvalue()


def changed(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Put other parts into a workbook, or more of them."""
    memory = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return memory.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def sheet_xml(rows: str, dimension: str = "A1:B2") -> bytes:
    """Give a sheet's XML around rows."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'
    ).encode()
