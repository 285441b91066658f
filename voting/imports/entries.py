"""Reads a table row by row: the entries that are right, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from voting.imports.columns import Column, Header, find_header
from voting.imports.limits import Row
from voting.imports.problems import Problem
from voting.imports.sheets import Table


class Entry(Protocol):
    """What a row of a table says, and which row it is."""

    @property
    def line(self) -> int:
        """Give the row's line in the file."""


EntryT = TypeVar("EntryT", bound=Entry)


@dataclass(frozen=True, slots=True)
class Sheet(Generic[EntryT]):
    """All rows that are right, and what is wrong with the others; `unused` are odd headings."""

    rows: tuple[EntryT, ...]
    bad_lines: tuple[int, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    unused: tuple[str, ...]
    form: str


@dataclass(frozen=True, slots=True)
class Reading(Generic[EntryT]):
    """How a kind of table is read: a row by itself, all together, and what is only odd."""

    columns: Sequence[Column]
    row: Callable[[Header, Row, int], tuple[EntryT, list[Problem]]]
    together: Callable[[list[EntryT]], list[Problem]] = lambda _: []
    odd: Callable[[tuple[EntryT, ...]], list[Problem]] = lambda _: []


def read_table(table: Table, reading: Reading[EntryT]) -> Sheet[EntryT]:
    """Read a table. Raises NotValid where as a whole it is of no use."""
    header = find_header(table.rows, reading.columns)
    body = [row for row in table.rows if row.line > header.line]
    found: list[EntryT] = []
    problems: list[Problem] = []
    for place, row in enumerate(body, start=1):
        entry, wrong = reading.row(header, row, place)
        found.append(entry)
        problems += wrong
    problems += reading.together(found)
    bad = {problem.line for problem in problems}
    good = tuple(row for row in found if row.line not in bad)
    return Sheet(
        rows=good,
        bad_lines=tuple(sorted(bad)),
        problems=_by_line(problems),
        warnings=_by_line(reading.odd(good)),
        unused=header.unused,
        form=table.form,
    )


def _by_line(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line))
