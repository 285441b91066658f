"""What units are asked about projects under screening, and their answers."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.rules.access import Action
from voting.services.reports import screens
from voting.services.screening import sheets
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("enquiries", __name__, url_prefix="/unit/<slug>/enquiries")


@blueprint.get("")
@door(Action.READ_UNIT)
def list_page(slug: str) -> str:
    with reading() as tx:
        return render("unit/enquiries.html", screens.read_enquiries(tx, actor(), congress()))


@blueprint.get("/<int:enquiry_id>")
@door(Action.READ_UNIT)
def enquiry_page(slug: str, enquiry_id: int) -> str:
    with reading() as tx:
        page = screens.read_enquiry(tx, actor(), congress(), enquiry_id)
        return render("unit/enquiry.html", page)


@blueprint.post("/<int:enquiry_id>")
@door(Action.READ_UNIT)
def answer(slug: str, enquiry_id: int) -> Response:
    given = sheets.parse_answer(request.form)
    with transaction() as tx:
        screens.read_enquiry(tx, actor(), congress(), enquiry_id)
        sheets.answer(tx, actor(), enquiry_id, given)
    say(msg("Your answer is with the office. Until the list is adopted you can change it."))
    return redirect(url_for("enquiries.list_page", slug=slug))
