"""Form 2, the list of candidate projects 候选项目表: as PDF, for Word, and as a table."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from voting import clock
from voting.errors import Message, msg
from voting.exports.press import print_sheet
from voting.exports.sheets import HEAD, WRAPPED, add_sheet, new_book
from voting.i18n import say_date, t
from voting.imports.projects import ProjectRow
from voting.models.screening import ProjectList

MIME_TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_TEN_THOUSAND: Final = 10_000
_STAR, _NO_STAR, _MOST_STARS = "★", "☆", 5


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the form: its heading, its share of the width, where its cells stand."""

    name: Message
    width: int
    place: str
    read: Callable[[ProjectRow], str | float | None]


_COLUMNS: Final = (
    _Column(msg("No."), 4, "center", lambda row: row.line),
    _Column(msg("Project title"), 13, "left", lambda row: row.title),
    _Column(msg("Content and scale"), 22, "left", lambda row: row.content),
    _Column(msg("Project site"), 9, "left", lambda row: row.place),
    _Column(msg("Total investment (10,000 yuan)"), 8, "right", lambda row: _amount(row.total_yuan)),
    _Column(
        msg("Investment planned for the year (10,000 yuan)"),
        9,
        "right",
        lambda row: _amount(row.yearly_yuan),
    ),
    _Column(msg("Sources of money"), 8, "left", lambda row: row.sources),
    _Column(msg("Responsible unit"), 9, "left", lambda row: row.unit),
    _Column(msg("Cooperating units"), 9, "left", lambda row: "、".join(row.co_units)),
    _Column(msg("Leader in charge"), 7, "center", lambda row: row.leader),
    _Column(
        msg("Deadline or goal of the year"),
        10,
        "left",
        lambda row: say_date(row.due_on) if row.due_on else row.goal,
    ),
    _Column(msg("Demand index"), 8, "center", lambda row: _stars(row.demand)),
    _Column(msg("Remarks"), 8, "left", lambda row: row.note),
)


def write_candidates(
    form: str, congress: str, listed: ProjectList, rows: Sequence[ProjectRow]
) -> bytes:
    """Write a year's list in one of the known forms."""
    write = {"pdf": _pdf, "docx": _docx, "xlsx": _xlsx}[form]
    return write(congress, listed, rows)


def _pdf(congress: str, listed: ProjectList, rows: Sequence[ProjectRow]) -> bytes:
    return print_sheet(
        "candidates",
        {
            "congress": congress,
            "title": _title(congress, listed),
            "state": _state(listed),
            "head": [t(column.name) for column in _COLUMNS],
            "widths": [column.width for column in _COLUMNS],
            "places": [column.place for column in _COLUMNS],
            "rows": [[_text(column, row) for column in _COLUMNS] for row in rows],
            "notes": _notes(listed),
            "say": {"rehearsal": ""},
        },
    )


def _docx(congress: str, listed: ProjectList, rows: Sequence[ProjectRow]) -> bytes:
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(20)
    # Word takes another font for Chinese, and would choose one by itself.
    fonts = document.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), "仿宋_GB2312")
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(_title(congress, listed)).font.size = Pt(18)
    document.add_paragraph(_state(listed)).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    table = document.add_table(rows=1, cols=len(_COLUMNS), style="Table Grid")
    for cell, column in zip(table.rows[0].cells, _COLUMNS, strict=True):
        cell.text = t(column.name)
    for row in rows:
        for cell, column in zip(table.add_row().cells, _COLUMNS, strict=True):
            cell.text = _text(column, row)
    for cell in (cell for line in table.rows for cell in line.cells):
        for run in (run for paragraph in cell.paragraphs for run in paragraph.runs):
            run.font.size = Pt(8)
    for note in _notes(listed):
        document.add_paragraph().add_run(note).font.size = Pt(9)
    document.core_properties.created = clock.now().replace(tzinfo=None)
    document.core_properties.author = congress
    memory = io.BytesIO()
    document.save(memory)
    return memory.getvalue()


def _xlsx(congress: str, listed: ProjectList, rows: Sequence[ProjectRow]) -> bytes:
    memory = io.BytesIO()
    with new_book(memory, company=congress) as book:
        bold, wrapped = book.add_format(HEAD), book.add_format(WRAPPED)
        sheet = add_sheet(book, str(listed.year), columns=2)
        for place, column in enumerate(_COLUMNS):
            sheet.set_column(place, place, column.width * 1.6, wrapped)
            sheet.write(0, place, t(column.name), bold)
        for line, row in enumerate(rows, start=1):
            for place, column in enumerate(_COLUMNS):
                sheet.write(line, place, column.read(row))
    return memory.getvalue()


def _title(congress: str, listed: ProjectList) -> str:
    return t(
        "{congress}: candidate livelihood projects of {year}",
        congress=congress,
        year=str(listed.year),
    )


def _state(listed: ProjectList) -> str:
    if listed.adopted_on is None:
        return t("(draft, version {version})", version=listed.version)
    day = say_date(listed.adopted_on)
    return t("Adopted on {day}: {resolution}", day=day, resolution=listed.resolution)


def _notes(listed: ProjectList) -> list[str]:
    notes = [t("{seats} of them are to be chosen by ballot.", seats=listed.seats)]
    if listed.digest:
        version, digest = listed.version, listed.digest
        notes.append(t("Version {version}; SHA-256 {digest}", version=version, digest=digest))
    return notes


def _text(column: _Column, row: ProjectRow) -> str:
    value = column.read(row)
    return (
        "—" if value in {None, ""} else f"{value:,.10g}" if isinstance(value, float) else str(value)
    )


def _amount(yuan: int | None) -> float | None:
    return None if yuan is None else yuan / _TEN_THOUSAND


def _stars(demand: int) -> str:
    return _STAR * demand + _NO_STAR * (_MOST_STARS - demand) if demand else ""
