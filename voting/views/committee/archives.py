"""Archives of years at the desk: made, downloaded, and a year closed with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, send_from_directory, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting import clock
from voting.db import reading, transaction
from voting.errors import msg
from voting.exports.archive import write_archive
from voting.i18n import local
from voting.models.archives import Archive
from voting.rules.access import Action
from voting.services.archives import closing
from voting.services.people.congresses import CongressCard
from voting.views.fields import read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("archives", __name__, url_prefix="/desk/<slug>/archives")


@dataclass(frozen=True, slots=True)
class ArchiveForm:
    year: Annotated[int, Meta(ge=2000, le=2200)]
    closes: bool


@dataclass(frozen=True, slots=True)
class ArchivesPage:
    congress: CongressCard
    archives: Sequence[Archive]
    year: int


@blueprint.get("")
@door(Action.EXPORT_DATA)
def list_page(slug: str) -> str:
    with reading() as tx:
        rows = closing.list_archives(tx, actor(), congress().id)
        page = ArchivesPage(congress(), rows, local(clock.now()).year - 1)
        return render("committee/archives.html", page)


@blueprint.post("")
@door(Action.EXPORT_DATA)
def make(slug: str) -> Response:
    form, card = read_form(ArchiveForm), congress()
    with reading() as tx:
        folder = tx.settings.archives_dir
        if form.closes:
            closing.check_closable(tx, card.id, form.year)
    written = write_archive(folder, slug, form.year, reading)
    with transaction() as tx:
        closing.keep(tx, actor(), card.id, form.year, written=written, closes=form.closes)
    say(msg("The archive is made. Download it and keep it on a medium of its own."))
    return redirect(url_for("archives.list_page", slug=slug))


@blueprint.get("/<int:archive_id>.zip")
@door(Action.EXPORT_DATA)
def file(slug: str, archive_id: int) -> Response:
    with reading() as tx:
        row = closing.find_archive(tx, actor(), congress().id, archive_id)
        folder, name = tx.settings.archives_dir, row.name
    return send_from_directory(folder, name, as_attachment=True)
