"""Taking in a list of proposals: looked at first, with every bad row named, then imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import Message, msg
from voting.imports.proposals import ProposalSheet
from voting.rules.access import Action
from voting.rules.categories import CATEGORY_NAMES, Category
from voting.services import proposals
from voting.services.people.congresses import CongressCard
from voting.services.proposals import Intake
from voting.views.fields import read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say
from voting.views.uploads import kept_upload, read_upload, wrapped

blueprint: Final = Blueprint("proposals_import", __name__, url_prefix="/desk/<slug>/import")

_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class IntakeForm:
    skip_bad_rows: bool
    is_looked_at: bool


@dataclass(frozen=True, slots=True)
class ImportPage:
    congress: CongressCard


@dataclass(frozen=True, slots=True)
class PreviewPage:
    congress: CongressCard
    sheet: ProposalSheet
    upload: str
    shown: int
    names: Mapping[Category, Message]


@blueprint.get("")
@door(Action.MANAGE_COLLECTION)
def import_page(slug: str) -> str:
    return render("secretariat/proposals_import.html", ImportPage(congress()))


@blueprint.post("/preview")
@door(Action.MANAGE_COLLECTION)
def preview(slug: str) -> str:
    data = read_upload()
    with reading() as tx:
        sheet = proposals.preview_proposals(tx, actor(), congress().id, data)
    page = PreviewPage(congress(), sheet, wrapped(data), _SHOWN, CATEGORY_NAMES)
    return render("secretariat/proposals_preview.html", page)


@blueprint.post("")
@door(Action.MANAGE_COLLECTION)
def take_in(slug: str) -> Response:
    data, form = kept_upload(), read_form(IntakeForm)
    intake = Intake(form.skip_bad_rows, form.is_looked_at)
    with transaction() as tx:
        count = proposals.import_proposals(tx, actor(), congress().id, data, intake=intake)
    say(msg("{n} proposals are imported.", n=count))
    return redirect(url_for("proposals.list_page", slug=slug))
