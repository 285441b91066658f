"""The installation's congresses and their settings, and the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from voting.db import reading, transaction
from voting.errors import msg
from voting.rules import preferences
from voting.rules.access import Action, is_allowed
from voting.services import journal
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard
from voting.views.fields import Name, Title, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("installation", __name__, url_prefix="/admin")


@dataclass(frozen=True, slots=True)
class CongressForm:
    slug: Name
    name: Title


@dataclass(frozen=True, slots=True)
class RenameForm:
    name: Title


@dataclass(frozen=True, slots=True)
class CongressesPage:
    congresses: tuple[CongressCard, ...]


@dataclass(frozen=True, slots=True)
class PreferencesPage:
    congress: CongressCard
    table: tuple[preferences.Preference, ...]
    may_rename: bool


@dataclass(frozen=True, slots=True)
class JournalPage:
    lines: Sequence[journal.Line]
    report: journal.ChainReport | None
    older: int | None


@blueprint.get("/congresses")
@door(Action.MANAGE_CONGRESS)
def congresses_page() -> str:
    with reading() as tx:
        cards = congresses.list_congresses(tx)
    return render("admin/congresses.html", CongressesPage(cards))


@blueprint.post("/congresses")
@door(Action.MANAGE_CONGRESS)
def make_congress() -> AnyResponse:
    form = read_form(CongressForm)
    with transaction() as tx:
        card = congresses.make_congress(tx, actor(), slug=form.slug, name=form.name)
    say(msg("{name} is added.", name=card.name))
    return redirect(url_for("installation.preferences_page", slug=card.slug))


@blueprint.get("/congresses/<slug>")
@door(Action.SET_PREFERENCES)
def preferences_page(slug: str) -> str:
    with reading() as tx:
        card = congresses.find_congress(tx, slug)
    may_rename = is_allowed(actor(), Action.MANAGE_CONGRESS)
    return render("admin/preferences.html", PreferencesPage(card, preferences.TABLE, may_rename))


@blueprint.post("/congresses/<slug>")
@door(Action.SET_PREFERENCES)
def set_preferences(slug: str) -> AnyResponse:
    with transaction() as tx:
        congresses.set_preferences(tx, actor(), slug, request.form.to_dict())
    say(msg("The settings are saved."))
    return redirect(url_for("installation.preferences_page", slug=slug))


@blueprint.post("/congresses/<slug>/name")
@door(Action.MANAGE_CONGRESS)
def rename_congress(slug: str) -> AnyResponse:
    form = read_form(RenameForm)
    with transaction() as tx:
        congresses.rename_congress(tx, actor(), congress().slug, name=form.name)
    say(msg("The name is changed."))
    return redirect(url_for("installation.preferences_page", slug=slug))


@blueprint.get("/journal")
@door(Action.READ_JOURNAL)
def journal_page() -> str:
    before = request.args.get("before", type=int)
    with reading() as tx:
        lines = journal.read(tx, actor(), before=before)
        report = journal.check_chain(tx, actor()) if "check" in request.args else None
    older = lines[-1].position if lines and lines[-1].position > 0 else None
    return render("admin/journal.html", JournalPage(lines, report, older))


@blueprint.get("/journal.jsonl")
@door(Action.READ_JOURNAL)
def journal_file() -> Response:
    with reading() as tx:
        content = b"".join(journal.export(tx, actor()))
    answer = Response(content, content_type="application/jsonl; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="journal.jsonl"'
    return answer
