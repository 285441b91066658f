"""What a printed form is made of: a heading, a title, and parts in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from voting.exports.press import print_sheet
from voting.i18n import t


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose form it is; a rehearsal is marked across every page."""

    congress: str
    sitting: str
    is_rehearsal: bool = False

    @property
    def whole(self) -> str:
        """Congress and sitting in one, as titles of forms begin."""
        return t("{congress}, {sitting}", congress=self.congress, sitting=self.sitting)


def subject_of(year: int) -> str:
    """Say what is voted on, as titles of forms name it."""
    return t("livelihood projects of {year}", year=str(year))


class Place(StrEnum):
    """Where a text stands in its line."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document, two characters in."""

    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line by itself: a number under the title, a date at the end, a heading between."""

    text: str
    place: Place = Place.CENTER
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """What whoever reads a script is to do, not to say."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Small print."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Figures with their names, some in a row."""

    pairs: tuple[tuple[str, str], ...]
    in_a_row: int = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its share of the width, and where its cells stand."""

    name: str
    width: int
    place: Place = Place.CENTER


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; its headings are repeated on every page."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign on, each after what it is for."""

    labels: tuple[str, ...]


Part: TypeAlias = Paragraph | Line | Cue | Note | Facts | Grid | Signatures


@dataclass(frozen=True, slots=True)
class Document:
    """A whole form; its title may have several lines, and a wide table wants a wide page."""

    heading: Heading
    title: str
    parts: tuple[Part, ...]
    is_wide: bool = False


def print_document(document: Document) -> bytes:
    """Print a form as PDF in the official layout."""
    return print_sheet(
        "document",
        {
            "congress": document.heading.congress,
            "rehearsal": document.heading.is_rehearsal,
            "title": document.title,
            "wide": document.is_wide,
            "parts": [plain_part(part) for part in document.parts],
            "say": {"rehearsal": t("Rehearsal")},
        },
    )


def plain_part(part: Part) -> dict[str, Any]:
    """Give a part as plain values for a template."""
    match part:
        case Paragraph(text) | Cue(text) | Note(text):
            return {"kind": type(part).__name__.lower(), "text": text}
        case Line(text, place, is_strong):
            return {"kind": "line", "text": text, "place": str(place), "strong": is_strong}
        case Facts(pairs, in_a_row):
            return {"kind": "facts", "rows": _rows(pairs, in_a_row), "across": in_a_row}
        case Grid(columns, rows):
            return {
                "kind": "grid",
                "head": [column.name for column in columns],
                "widths": [column.width for column in columns],
                "places": [str(column.place) for column in columns],
                "rows": [list(row) for row in rows],
            }
        case Signatures(labels):
            return {"kind": "signatures", "labels": list(labels)}


def _rows(pairs: Sequence[tuple[str, str]], across: int) -> list[list[str]]:
    """Lay pairs out in rows of so many, the last one filled up."""
    filled = [*pairs, *[("", "")] * (-len(pairs) % across)]
    return [
        [word for pair in filled[start : start + across] for word in pair]
        for start in range(0, len(filled), across)
    ]
