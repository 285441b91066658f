"""Finds the header row of a table and tells which column holds what, by any usual name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from voting.errors import FieldProblem, Message, NotValid
from voting.imports.limits import Row, plain_cell
from voting.imports.problems import BadField, Problem, bad_cell
from voting.imports.texts import narrow

T = TypeVar("T")

_HEADER_WITHIN: Final = 15
_IN_BRACKETS: Final = re.compile(r"[(\[【（].*?[)\]】）]")
_ROW_NUMBERS: Final = frozenset({"序号", "no", "#", "行号"})
_MARKS: Final = re.compile(r"[\s*:：_\-.]")


@dataclass(frozen=True, slots=True)
class Column:
    """What a column is for, how people call it, and whether the table is of use without it.

    The names are parted by commas; the first is the one that people are told.
    """

    key: str
    label: Message
    names: str
    required: bool = False

    @property
    def aliases(self) -> list[str]:
        """Give the names one by one."""
        return self.names.split(", ")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns stand; `unused` are headings that nothing is taken from."""

    line: int
    places: dict[str, int]
    texts: dict[str, str]
    unused: tuple[str, ...]


class RowReader:
    """Takes the fields of one row, and notes what is wrong instead of stopping at the first."""

    def __init__(self, header: Header, columns: Sequence[Column], row: Row) -> None:
        """Read this row by this header."""
        self._header = header
        self._labels = {column.key: column.label for column in columns}
        self._row = row
        self.problems: list[Problem] = []

    def take(self, key: str, read: Callable[[str], T], otherwise: T) -> T:
        """Read a field; where it is at fault, note that and go on with the other value."""
        place = self._header.places.get(key)
        if place is None:
            return otherwise
        cell = self._row.cell(place)
        try:
            if cell.fault is not None:
                raise bad_cell(cell.fault)
            return read(cell.text)
        except BadField as bad:
            self.note(key, bad.what, bad.now)
            return otherwise

    def note(self, key: str, what: Message, now: Message) -> None:
        """Note something about a field of this row."""
        self.problems.append(Problem(self._row.line, self._labels[key], what, now))


def read_form(
    values: Mapping[str, str],
    columns: Sequence[Column],
    read: Callable[[Header, Row, int], tuple[T, list[Problem]]],
) -> T:
    """Read one entry typed into a form, by the same rules as a row of a file.

    The form's fields are named by the columns' keys; one that is not there is empty. Raises
    NotValid, naming every field at fault.
    """
    keys = [column.key for column in columns]
    header = Header(0, {key: place for place, key in enumerate(keys)}, {}, ())
    row = Row(1, tuple(plain_cell(values.get(key, "")) for key in keys))
    entry, problems = read(header, row, 1)
    if problems:
        named = {column.label.id: column.key for column in columns}
        found = [FieldProblem(named[problem.field.id], problem.what) for problem in problems]
        raise NotValid("The entry is not right.").at(*found)
    return entry


def find_header(rows: Sequence[Row], columns: Sequence[Column]) -> Header:
    """Find the header row, above which titles may stand. Raises NotValid."""
    headers = [_header(row, columns) for row in rows[:_HEADER_WITHIN]]
    best = max(headers, key=lambda header: len(header.places))
    missing = [c for c in columns if c.required and c.key not in best.places]
    if missing:
        raise NotValid("No column is called “{name}”.", name=missing[0].label).now(
            "Give the table a header row with this name: {name}.", name=missing[0].aliases[0]
        )
    return best


def _header(row: Row, columns: Sequence[Column]) -> Header:
    """Give each column its best name's place: a deputy's number goes before a mere row number."""
    found = {_plain(cell.text): place for place, cell in reversed(list(enumerate(row.cells)))}
    places: dict[str, int] = {}
    for column in columns:
        place = next((found[n] for n in map(_plain, column.aliases) if n in found), None)
        if place is not None and place not in places.values():
            places[column.key] = place
    texts = {key: row.cells[place].text for key, place in places.items()}
    others = [cell.text for place, cell in enumerate(row.cells) if place not in places.values()]
    unused = tuple(text for text in others if text and _plain(text) not in _ROW_NUMBERS)
    return Header(row.line, places, texts, unused)


def _plain(name: str) -> str:
    return _MARKS.sub("", _IN_BRACKETS.sub("", narrow(name))).lower()
