"""Reads the first visible sheet of an XLSX workbook without trusting anything it claims."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.cell.cell import TYPE_ERROR, TYPE_FORMULA
from openpyxl.workbook import Workbook

from voting.errors import NotValid
from voting.imports.limits import (
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    CellFault,
    Row,
    plain_cell,
    refuse_more_columns,
    refuse_more_rows,
)

ZIP_MAGIC: Final = b"PK\x03\x04"
OLD_MAGIC: Final = b"\xd0\xcf\x11\xe0"

_MOST_PARTS: Final = 500
_LARGEST_PART: Final = 30_000_000
_LARGEST_WHOLE: Final = 60_000_000
_MOST_LINES: Final = 20_000
_DECLARATION: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_LINKS: Final = ("xl/externalLinks/", "xl/connections.xml", "xl/queryTables/")
_CHUNK: Final = 1 << 16


def read_workbook(data: bytes) -> tuple[Row, ...]:
    """Give the rows of the first visible sheet with anything in it. Raises NotValid."""
    _check_archive(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise _broken() from error
    try:
        return _first_filled(book)
    except NotValid:
        raise
    except Exception as error:  # as above, while reading rows
        raise _broken() from error
    finally:
        book.close()


def _check_archive(data: bytes) -> None:
    """Look at every part before any is parsed: number, true size, links, macros, entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS:
                raise _too_large()
            _check_names([part.filename for part in parts])
            left = _LARGEST_WHOLE
            for part in parts:
                left -= _check_part(archive, part, left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _broken() from error


def _check_names(names: list[str]) -> None:
    if "xl/workbook.xml" not in names:
        raise NotValid("This is not an .xlsx workbook.").now("Send the table as .xlsx or CSV.")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise NotValid("The workbook contains macros.").now(
            "Save it as .xlsx without macros and send it again."
        )
    if any(name.startswith(_LINKS) for name in names):
        raise NotValid("The workbook is linked to other files.").now(
            "Copy the table, paste it as values into a new workbook, and send that."
        )


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    size = 0
    tail = b""
    is_xml = part.filename.endswith((".xml", ".rels"))
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            # A part's size as it says is not believed: it is counted while unpacking.
            if size > min(_LARGEST_PART, left):
                raise _too_large()
            if is_xml and (_DECLARATION.search(tail + chunk) or b"\0" in chunk):
                raise _broken()
            tail = chunk[-16:]
    return size


def _first_filled(book: Workbook) -> tuple[Row, ...]:
    found: tuple[Row, ...] = ()
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible" and not found:
            found = tuple(_rows(sheet))
    return found


def _rows(sheet: Any) -> Iterator[Row]:
    # What the sheet says about its own size is forgotten, so that it can't ask for a million rows.
    sheet.reset_dimensions()
    kept = 0
    for line, values in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        if line > _MOST_LINES:
            raise refuse_more_rows()
        cells = tuple(_cell(value) for value in values)
        if not any(cell.text or cell.fault for cell in cells):
            continue
        kept += 1
        if kept > MOST_ROWS:
            raise refuse_more_rows()
        if len(cells) > MOST_COLUMNS and (cells[-1].text or cells[-1].fault):
            raise refuse_more_columns()
        yield Row(line, cells[:MOST_COLUMNS])


def _cell(cell: Any) -> Cell:
    if cell.data_type == TYPE_FORMULA:
        return Cell(fault=CellFault.FORMULA)
    if cell.data_type == TYPE_ERROR:
        return Cell(fault=CellFault.ERROR)
    return plain_cell(_text(cell.value))


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)


def _broken() -> NotValid:
    refusal = NotValid("The workbook is damaged or not what it says it is.")
    refusal.now("Open it, save it again as .xlsx, and send that; or send the table as CSV.")
    return refusal


def _too_large() -> NotValid:
    refusal = NotValid("The workbook unpacks to far more than a table needs.")
    refusal.now("Copy the table, paste it as values into a new workbook, and send that.")
    return refusal
