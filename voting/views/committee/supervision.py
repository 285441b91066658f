"""The board of a year of supervision: lights, what is due, the 五个一 and its lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from flask import Blueprint, Response, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response as AnyResponse

from voting import clock
from voting.db import reading, transaction
from voting.errors import FieldProblem, Message, NotFound, NotValid, msg
from voting.exports.forms.parts import print_document
from voting.exports.forms.supervision import group_sheet, progress_sheet
from voting.exports.ledgers import groups_xlsx, progress_xlsx
from voting.models.supervision import SupervisionYear
from voting.rules.access import Action
from voting.rules.cadence import (
    CADENCE_NAMES,
    OWNERS,
    PRESETS,
    RECORD_NAMES,
    Cadence,
    Item,
    Record,
)
from voting.rules.roles import ROLE_NAMES, Role
from voting.services.supervision import boards, years
from voting.services.supervision.boards import Bar, Board
from voting.services.supervision.finding import find_year
from voting.services.supervision.years import YearPlan
from voting.views.fields import asked_year, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("supervision", __name__, url_prefix="/desk/<slug>/supervision")

SPARE_ROWS: Final = 2
MOST_ROWS: Final = 30
"""How many items a year's template may have, and how many empty rows wait for more."""

_SHEETS: Final = {
    "groups": (group_sheet, groups_xlsx),
    "progress": (progress_sheet, progress_xlsx),
}
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class BeginForm:
    year: Annotated[int, Meta(ge=2000, le=2100)]
    starts_on: date
    preset: str


@dataclass(frozen=True, slots=True)
class BoardPage:
    """The board, and the templates that a year can begin with."""

    board: Board
    presets: tuple[tuple[str, Message], ...]

    @property
    def bar(self) -> Bar:
        """The congress and the reader's acts."""
        return self.board.bar


@dataclass(frozen=True, slots=True)
class CadencePage:
    """The items of a year as a form with some room below."""

    bar: Bar
    year: SupervisionYear
    rows: int
    cadences: tuple[tuple[str, Message], ...]
    records: tuple[tuple[str, Message], ...]
    owners: tuple[tuple[str, Message], ...]


@blueprint.get("")
@door(Action.PLAN_SUPERVISION)
def board_page(slug: str) -> str:
    with reading() as tx:
        board = boards.read_board(tx, actor(), slug, asked_year())
        presets = tuple((key, words) for key, (words, _) in PRESETS.items())
        return render("committee/supervision.html", BoardPage(board, presets))


@blueprint.post("/begin")
@door(Action.PLAN_SUPERVISION)
def begin(slug: str) -> AnyResponse:
    form = read_form(BeginForm)
    with transaction() as tx:
        plan = YearPlan(form.year, form.starts_on, form.preset)
        number = years.begin_year(tx, actor(), congress().id, plan)
    say(msg("{number} projects are supervised from now on. Name their groups next.", number=number))
    return redirect(url_for("supervision.board_page", slug=slug, year=form.year))


@blueprint.get("/<int:year>/cadence")
@door(Action.PLAN_SUPERVISION)
def cadence_page(slug: str, year: int) -> str:
    with reading() as tx:
        bar = boards.read_bar(tx, actor(), slug)
        row = find_year(tx, bar.congress.id, year)
        if row is None:
            raise NotFound("The supervision of this year has not begun.")
        return render("committee/supervision_cadence.html", _cadence(bar, row))


@blueprint.post("/<int:year>/cadence")
@door(Action.PLAN_SUPERVISION)
def save_cadence(slug: str, year: int) -> AnyResponse:
    items = _read_items()
    with transaction() as tx:
        years.save_items(tx, actor(), congress().id, year=year, items=items)
    say(msg("What is due in {year} is changed.", year=str(year)))
    return redirect(url_for("supervision.board_page", slug=slug, year=year))


@blueprint.get("/<int:year>/<sheet>.<suffix>")
@door(Action.PLAN_SUPERVISION)
def sheet_file(slug: str, year: int, sheet: str, suffix: str) -> Response:
    if sheet not in _SHEETS or suffix not in {"pdf", "xlsx"}:
        raise NotFound("There is no such table.")
    lay_out, write = _SHEETS[sheet]
    with reading() as tx:
        lines = boards.read_sheet(tx, actor(), slug, year)
        if suffix == "xlsx":
            return download(write(lines), XLSX, f"{slug}-{sheet}-{year}.xlsx")
        document = lay_out(lines, clock.now())
    return download(print_document(document), "application/pdf", f"{slug}-{sheet}-{year}.pdf")


def download(content: bytes, kind: str, name: str) -> Response:
    """Answer with a file; a PDF opens in the browser."""
    answer = Response(content, content_type=kind)
    shown = "inline" if kind == "application/pdf" else "attachment"
    answer.headers["Content-Disposition"] = f'{shown}; filename="{name}"'
    return answer


def _cadence(bar: Bar, row: SupervisionYear) -> CadencePage:
    return CadencePage(
        bar,
        row,
        min(MOST_ROWS, len(row.items) + SPARE_ROWS),
        tuple((str(key), words) for key, words in CADENCE_NAMES.items()),
        tuple((str(key), words) for key, words in RECORD_NAMES.items()),
        tuple((str(role), ROLE_NAMES[role]) for role in OWNERS),
    )


def _read_items() -> list[Item]:
    """Read the rows of the form that have a name. Raises NotValid."""
    items, problems = [], []
    for place in range(1, MOST_ROWS + 1):
        name = request.form.get(f"name_{place}", "").strip()
        if not name:
            continue
        try:
            items.append(_read_item(name[:64], place))
        except ValueError:
            what = msg("Fill in the whole row.")
            problems.append(FieldProblem(f"name_{place}", what))
    if problems:
        raise NotValid("Some rows are not filled in as they should be.").at(*problems)
    return items


def _read_item(name: str, place: int) -> Item:
    days = int(request.form.get(f"days_{place}", ""))
    if not -90 <= days <= 366:  # noqa: PLR2004  # the same bounds as the table's
        raise ValueError(days)
    return Item(
        name,
        Cadence(request.form.get(f"cadence_{place}", "")),
        Role(request.form.get(f"owner_{place}", "")),
        Record(request.form.get(f"record_{place}", "")),
        each_project=request.form.get(f"each_{place}") == "1",
        due_days=days,
    )
