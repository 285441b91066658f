"""Reads CSV as it comes from offices: any usual encoding, with or without BOM, any delimiter."""

from __future__ import annotations

import codecs
import csv
import io
from typing import Final

from voting.errors import NotValid
from voting.imports.limits import (
    LARGEST_FILE,
    MOST_COLUMNS,
    MOST_ROWS,
    Row,
    plain_cell,
    refuse_more_columns,
    refuse_more_rows,
)

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DELIMITERS: Final = (",", "\t", ";", "，")
_LINES_TO_LOOK_AT: Final = 10

csv.field_size_limit(LARGEST_FILE)


def read_delimited(data: bytes) -> tuple[tuple[Row, ...], str]:
    """Give the rows of a CSV file and the encoding found. Raises NotValid."""
    text, encoding = _decode(data)
    if "\0" in text:
        raise _unreadable()
    text, delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    line = 1
    try:
        for values in reader:
            if len(rows) >= MOST_ROWS:
                raise refuse_more_rows()
            if len(values) > MOST_COLUMNS and any(v.strip() for v in values[MOST_COLUMNS:]):
                raise refuse_more_columns()
            rows.append(Row(line, tuple(plain_cell(value) for value in values)))
            line = reader.line_num + 1
    except csv.Error:
        raise NotValid("Line {line} can't be read: a quotation mark is not closed.", line=line).now(
            "Correct the line, or save the table as .xlsx."
        ) from None
    return tuple(rows), encoding


def _decode(data: bytes) -> tuple[str, str]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decode_as(data[len(bom) :], encoding), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decode_as(data, "gb18030"), "gb18030"


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise _unreadable() from None


def _unreadable() -> NotValid:
    refusal = NotValid("The file is neither a workbook nor text that can be read.")
    refusal.now("Save the table as .xlsx, or as CSV in UTF-8 or GB18030.")
    return refusal


def _delimiter(text: str) -> tuple[str, str]:
    """Tell what parts the cells: what the file says itself, or what the first lines have most."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == len("sep=") + 1:
        return "\n" + rest, first.strip()[-1]
    lines = text.splitlines()[:_LINES_TO_LOOK_AT]
    counts = {mark: max((line.count(mark) for line in lines), default=0) for mark in _DELIMITERS}
    return text, max(_DELIMITERS, key=lambda mark: counts[mark])
