"""Lists of suggestions taken in, given out, and what they come to: rates by unit and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from voting.db import reading, transaction
from voting.errors import Message, msg
from voting.exports.books import rates_book, suggestions_book
from voting.exports.forms.opinion import opinion_form, opinion_sheet
from voting.exports.forms.parts import print_document
from voting.exports.forms.word import write_word
from voting.exports.sets import MIME_TYPES, Format
from voting.rules.access import Action
from voting.rules.suggestions import CLASS_NAMES
from voting.services.people.congresses import CongressCard
from voting.services.suggestions import importing
from voting.services.suggestions import reading as suggestions
from voting.services.suggestions.importing import ImportPreview
from voting.services.suggestions.rates import RateTable, read_rates
from voting.services.suggestions.reading import Choice
from voting.views.fields import asked_year, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say
from voting.views.uploads import kept_upload, read_upload, wrapped

blueprint: Final = Blueprint("suggestion_counts", __name__, url_prefix="/desk/<slug>/suggestions")


@dataclass(frozen=True, slots=True)
class SkipForm:
    skip_bad_rows: bool


@dataclass(frozen=True, slots=True)
class PreviewPage:
    congress: CongressCard
    preview: ImportPreview
    upload: str


@dataclass(frozen=True, slots=True)
class RatesPage:
    congress: CongressCard
    table: RateTable
    class_names: Mapping[str, Message]


@blueprint.get("/rates")
@door(Action.ASSIGN_SUGGESTION)
def rates_page(slug: str) -> str:
    with reading() as tx:
        table = read_rates(tx, actor(), congress().id, asked_year())
    return render("committee/suggestion_rates.html", RatesPage(congress(), table, CLASS_NAMES))


@blueprint.get("/rates.xlsx")
@door(Action.ASSIGN_SUGGESTION)
def rates_file(slug: str) -> Response:
    with reading() as tx:
        table = read_rates(tx, actor(), congress().id, asked_year())
    return _file(rates_book(table), Format.XLSX, f"{slug}-rates-{table.year or 0}")


@blueprint.get("/list.xlsx")
@door(Action.ASSIGN_SUGGESTION)
def list_file(slug: str) -> Response:
    chosen = Choice(state="all", year=asked_year())
    with reading() as tx:
        lines = suggestions.list_for_office(tx, actor(), congress().id, chosen)
    return _file(suggestions_book(lines), Format.XLSX, f"{slug}-suggestions")


@blueprint.post("/preview")
@door(Action.ASSIGN_SUGGESTION)
def preview(slug: str) -> str:
    data = read_upload()
    with reading() as tx:
        found = importing.preview_suggestions(tx, actor(), congress().id, data)
    page = PreviewPage(congress(), found, wrapped(data))
    return render("committee/suggestions_preview.html", page)


@blueprint.post("/import")
@door(Action.ASSIGN_SUGGESTION)
def take_in(slug: str) -> AnyResponse:
    data, skip = kept_upload(), read_form(SkipForm).skip_bad_rows
    with transaction() as tx:
        number = importing.import_suggestions(
            tx, actor(), congress().id, data=data, skip_bad_rows=skip
        )
    say(msg("{number} suggestions are imported.", number=number))
    return redirect(url_for("suggestions.list_page", slug=slug, state="all"))


@blueprint.get("/<int:suggestion_id>/opinion.<suffix>")
@door(Action.ASSIGN_SUGGESTION)
def opinion_file(slug: str, suggestion_id: int, suffix: str) -> Response:
    with reading() as tx:
        made = suggestions.read(tx, actor(), suggestion_id).suggestion
        sheet = opinion_sheet(congress().name, made, made.deputy_id, made.deputy_name)
    form = opinion_form(sheet)
    is_word = suffix == Format.WORD
    content = write_word(form) if is_word else print_document(form)
    kind = Format.WORD if is_word else Format.PDF
    return _file(content, kind, f"{slug}-opinion-{suggestion_id}")


def _file(content: bytes, kind: Format, name: str) -> Response:
    answer = Response(content, content_type=MIME_TYPES[kind])
    shown = "inline" if kind is Format.PDF else "attachment"
    answer.headers["Content-Disposition"] = f'{shown}; filename="{name}.{kind}"'
    return answer
