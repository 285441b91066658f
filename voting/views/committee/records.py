"""Records of deputies at the office's desk: the list, each one, entries by hand, files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from voting.db import reading, transaction
from voting.errors import msg
from voting.exports.records import record_book
from voting.exports.sets import MIME_TYPES, Format
from voting.rules.access import Action
from voting.services import records
from voting.services.people.congresses import CongressCard
from voting.services.records import RecordLine
from voting.views.deeds import DeedForm, RecordPage
from voting.views.fields import read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("records", __name__, url_prefix="/desk/<slug>/records")


@dataclass(frozen=True, slots=True)
class RecordsPage:
    congress: CongressCard
    lines: tuple[RecordLine, ...]


@blueprint.get("")
@door(Action.READ_RECORDS)
def list_page(slug: str) -> str:
    with reading() as tx:
        lines = records.list_records(tx, actor(), congress().id)
        return render("committee/records.html", RecordsPage(congress(), lines))


@blueprint.get("/<int:deputy_id>")
@door(Action.READ_RECORDS)
def record_page(slug: str, deputy_id: int) -> str:
    with reading() as tx:
        record = records.read_record(tx, actor(), congress().id, deputy_id)
        return render("committee/record.html", RecordPage(congress(), record))


@blueprint.get("/<int:deputy_id>.xlsx")
@door(Action.READ_RECORDS)
def record_file(slug: str, deputy_id: int) -> Response:
    with reading() as tx:
        content = record_book(records.read_record(tx, actor(), congress().id, deputy_id))
    answer = Response(content, content_type=MIME_TYPES[Format.XLSX])
    name = f"{slug}-record-{deputy_id}.xlsx"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.post("/<int:deputy_id>")
@door(Action.READ_RECORDS)
def enter(slug: str, deputy_id: int) -> AnyResponse:
    entry = read_form(DeedForm).entry
    with transaction() as tx:
        records.enter(tx, actor(), congress().id, deputy_id, entry=entry)
    say(msg("It stands in the record."))
    return redirect(url_for(".record_page", slug=slug, deputy_id=deputy_id))


@blueprint.post("/entries/<int:entry_id>/remove")
@door(Action.READ_RECORDS)
def remove(slug: str, entry_id: int) -> AnyResponse:
    with transaction() as tx:
        deputy_id = records.remove(tx, actor(), congress().id, entry_id)
    say(msg("It is taken out of the record."))
    return redirect(url_for(".record_page", slug=slug, deputy_id=deputy_id))
