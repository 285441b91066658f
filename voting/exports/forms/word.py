"""Writes a form as a text for Word, which an office edits: chair's script and announcement.

The layout is the template's, which names the fonts of official documents; an office may put its own
in its place. What is filled in is escaped, so a name can't become markup.
"""

from __future__ import annotations

import io
from importlib.resources import files
from typing import Any, Final

from docx.document import Document as Pages
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.table import _Cell
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
# A paragraph of this private sign and a number stands where a table is put afterwards.
_MARK: Final = "\ue000"
_WIDTH: Final = 156
_TABLE_SIZE: Final = Pt(12)
_ALIGN: Final = {
    Place.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Place.CENTER: WD_ALIGN_PARAGRAPH.CENTER,
    Place.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
}


def write_word(document: Document) -> bytes:
    """Write the paragraphs and tables of a form."""
    grids = [part for part in document.parts if isinstance(part, Grid)]
    template = DocxTemplate(
        io.BytesIO(files("voting.exports.forms").joinpath(TEMPLATE).read_bytes())
    )
    template.render(
        {
            "title": document.title.splitlines(),
            "rehearsal": t("Rehearsal") if document.heading.is_rehearsal else "",
            "parts": [line for part in document.parts for line in _lines(part, grids)],
        },
        autoescape=True,
    )
    _put_tables(template.docx, grids)
    memory = io.BytesIO()
    template.save(memory)
    return memory.getvalue()


def _put_tables(pages: Pages, grids: list[Grid]) -> None:
    """Put each table in the place of the paragraph that marks it."""
    for paragraph in list(pages.paragraphs):
        if not paragraph.text.startswith(_MARK):
            continue
        grid = grids[int(paragraph.text.removeprefix(_MARK))]
        table = pages.add_table(len(grid.rows) + 1, len(grid.columns), style="Table Grid")
        whole = sum(column.width for column in grid.columns)
        head = tuple(column.name for column in grid.columns)
        for row, texts in zip(table.rows, (head, *grid.rows), strict=True):
            for cell, text, column in zip(row.cells, texts, grid.columns, strict=True):
                cell.width = Mm(_WIDTH * column.width / whole)
                _fill(cell, text, Place.CENTER if texts is head else column.place)
        paragraph._p.addnext(table._tbl)  # noqa: SLF001  # the library has no way to say where
        paragraph._p.getparent().remove(paragraph._p)  # noqa: SLF001  # as above


def _fill(cell: _Cell, text: str, place: Place) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = _ALIGN[place]
    paragraph.add_run(text).font.size = _TABLE_SIZE


def _lines(part: Part, grids: list[Grid]) -> list[dict[str, Any]]:
    match part:
        case Paragraph(text):
            return [{"kind": "paragraph", "text": text}]
        case Cue(text) | Note(text):
            return [{"kind": "cue", "text": text}]
        case Line(text, place, is_strong):
            return [{"kind": _kind(place, is_strong=is_strong), "text": text}]
        case Facts(pairs):
            return [{"kind": "paragraph", "text": f"{name}\t{value}"} for name, value in pairs]
        case Grid():
            return [{"kind": "cue", "text": f"{_MARK}{grids.index(part)}"}]
        case Signatures(labels):
            return [{"kind": "paragraph", "text": f"{label}\t____________"} for label in labels]


def _kind(place: Place, *, is_strong: bool) -> str:
    return (
        "heading"
        if is_strong
        else {Place.CENTER: "center", Place.RIGHT: "right"}.get(place, "paragraph")
    )
