"""Writes a form as a text for Word, which an office edits: chair's script and announcement.

The layout is the template's, which names the fonts of official documents; an office may put its own
in its place. What is filled in is escaped, so a name can't become markup.
"""

from __future__ import annotations

import io
from importlib.resources import files
from typing import Any

from docxtpl import DocxTemplate

from voting.exports.forms.parts import (
    Cue,
    Document,
    Facts,
    Grid,
    Line,
    Note,
    Paragraph,
    Part,
    Place,
    Signatures,
)
from voting.i18n import t

TEMPLATE = "document.docx"


def write_word(document: Document) -> bytes:
    """Write the paragraphs and tables of a form; tables come as lines parted by tabs."""
    template = DocxTemplate(
        io.BytesIO(files("voting.exports.forms").joinpath(TEMPLATE).read_bytes())
    )
    template.render(
        {
            "title": document.title.splitlines(),
            "rehearsal": t("Rehearsal") if document.heading.is_rehearsal else "",
            "parts": [line for part in document.parts for line in _lines(part)],
        },
        autoescape=True,
    )
    memory = io.BytesIO()
    template.save(memory)
    return memory.getvalue()


def _lines(part: Part) -> list[dict[str, Any]]:
    match part:
        case Paragraph(text):
            return [{"kind": "paragraph", "text": text}]
        case Cue(text) | Note(text):
            return [{"kind": "cue", "text": text}]
        case Line(text, place, is_strong):
            return [{"kind": _kind(place, is_strong=is_strong), "text": text}]
        case Facts(pairs):
            return [{"kind": "paragraph", "text": f"{name}\t{value}"} for name, value in pairs]
        case Grid(columns, rows):
            head = tuple(column.name for column in columns)
            return [{"kind": "cue", "text": "\t".join(row)} for row in (head, *rows)]
        case Signatures(labels):
            return [{"kind": "paragraph", "text": f"{label}\t____________"} for label in labels]


def _kind(place: Place, *, is_strong: bool) -> str:
    return (
        "heading"
        if is_strong
        else {Place.CENTER: "center", Place.RIGHT: "right"}.get(place, "paragraph")
    )
