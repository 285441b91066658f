"""Cards: made in the browser, of which the server gets the roll alone; lost ones revoked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import NotValid, msg
from voting.imports.rolls import read_roll
from voting.imports.sheets import read_table
from voting.rules.access import Action
from voting.services import reports
from voting.services.sittings import cards
from voting.views.fields import read_form
from voting.views.gate import actor, door
from voting.views.pages import render, say
from voting.views.uploads import read_upload

blueprint: Final = Blueprint(
    "desk_cards", __name__, url_prefix="/desk/<slug>/sittings/<int:sitting_id>/cards"
)

Serial = Annotated[str, Meta(min_length=1, max_length=16)]
Reason = Annotated[str, Meta(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class RevokeForm:
    serial: Serial
    reason: Reason


@dataclass(frozen=True, slots=True)
class ReplaceForm:
    serial: Serial
    other: Serial
    reason: Reason


@blueprint.get("")
@door(Action.MAKE_CARDS)
def cards_page(slug: str, sitting_id: int) -> str:
    with reading() as tx:
        page = reports.read_cards(tx, actor(), slug, sitting_id)
    return render("secretariat/cards.html", page)


@blueprint.post("/roll")
@door(Action.MAKE_CARDS)
def publish_roll(slug: str, sitting_id: int) -> Response:
    sheet = read_roll(read_table(read_upload()))
    if sheet.problems:
        first = sheet.problems[0]
        raise NotValid("Line {line} of the roll: {what}", line=first.line, what=first.what)
    with transaction() as tx:
        cards.publish_roll(tx, actor(), sitting_id, sheet.lines)
    say(msg("The roll is published. From now on only these cards can vote."))
    if request.headers.get("X-Island"):
        return Response(status=204)
    return _back(slug, sitting_id)


@blueprint.post("/revoke")
@door(Action.REVOKE_CARD)
def revoke(slug: str, sitting_id: int) -> Response:
    form = read_form(RevokeForm)
    with transaction() as tx:
        cards.revoke_card(tx, actor(), sitting_id, serial=form.serial, reason=form.reason)
    say(msg("Card {serial} is revoked.", serial=form.serial))
    return _back(slug, sitting_id)


@blueprint.post("/replace")
@door(Action.REVOKE_CARD)
def replace(slug: str, sitting_id: int) -> Response:
    form = read_form(ReplaceForm)
    with transaction() as tx:
        cards.replace_card(
            tx,
            actor(),
            sitting_id,
            serial=form.serial,
            other=form.other,
            reason=form.reason,
        )
    say(msg("Card {serial} is revoked, {other} handed out.", serial=form.serial, other=form.other))
    return _back(slug, sitting_id)


def _back(slug: str, sitting_id: int) -> Response:
    return redirect(url_for("desk_cards.cards_page", slug=slug, sitting_id=sitting_id))
