"""A deputy's home: what is due, the record of the term, and the code that residents scan."""

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
from voting.services.people.deputies import deputy_of
from voting.services.reports.dues import DueSection, read_dues
from voting.views.deeds import DeedForm, RecordPage
from voting.views.fields import read_form
from voting.views.gate import actor, congress, door, limited
from voting.views.pages import render, say
from voting.views.posters import PosterPage

blueprint: Final = Blueprint("own_deputy", __name__, url_prefix="/deputy/<slug>")


@dataclass(frozen=True, slots=True)
class HomePage(RecordPage):
    dues: tuple[DueSection, ...]


@blueprint.get("")
@door(Action.OWN_DEPUTY)
def home_page(slug: str) -> str:
    with reading() as tx:
        record = records.read_own(tx, actor(), congress().id)
        due = tuple(one for one in read_dues(tx, actor()) if one.slug == slug)
        page = HomePage(congress(), record, due)
        return render("deputy/home.html", page)


@blueprint.get("/record.xlsx")
@door(Action.OWN_DEPUTY)
def record_file(slug: str) -> Response:
    with reading() as tx:
        content = record_book(records.read_own(tx, actor(), congress().id))
    answer = Response(content, content_type=MIME_TYPES[Format.XLSX])
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-record.xlsx"'
    return answer


@blueprint.post("/record")
@door(Action.OWN_DEPUTY)
@limited(60, "hour")
def enter(slug: str) -> AnyResponse:
    entry = read_form(DeedForm).entry
    with transaction() as tx:
        own = deputy_of(tx, actor(), congress().id)
        records.enter(tx, actor(), congress().id, own.id, entry=entry)
    say(msg("It stands in your record."))
    return redirect(url_for(".home_page", slug=slug))


@blueprint.post("/record/<int:entry_id>/remove")
@door(Action.OWN_DEPUTY)
def remove(slug: str, entry_id: int) -> AnyResponse:
    with transaction() as tx:
        records.remove(tx, actor(), congress().id, entry_id)
    say(msg("It is taken out of your record."))
    return redirect(url_for(".home_page", slug=slug))


@blueprint.get("/poster")
@door(Action.OWN_DEPUTY)
def poster(slug: str) -> str:
    with reading() as tx:
        own = deputy_of(tx, actor(), congress().id)
        lines = (own.delegation.name,)
    address = url_for("stations.deputy_page", slug=slug, deputy_id=own.id, _external=True)
    words, back = msg("Scan and speak to this deputy"), url_for(".home_page", slug=slug)
    page = PosterPage(congress(), own.name, words, lines, address, back)
    return render("committee/poster.html", page)
