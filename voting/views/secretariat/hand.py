"""Counting by hand: two tellers enter apart, the chief scrutineer signs what they agree on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import FieldProblem, NotValid, msg
from voting.models.sittings import BallotKind
from voting.rules.access import Action
from voting.services import handcounts, reports
from voting.services.handcounts import Sheet
from voting.views.fields import Title, read_form
from voting.views.gate import actor, door
from voting.views.pages import render, say

blueprint: Final = Blueprint(
    "hand", __name__, url_prefix="/desk/<slug>/sittings/<int:sitting_id>/hand"
)

Papers = Annotated[int, Meta(ge=0, le=100_000)]
_MOST: Final = 100_000


@dataclass(frozen=True, slots=True)
class BeginForm:
    kind: BallotKind
    title: Title


@dataclass(frozen=True, slots=True)
class PapersForm:
    issued: Papers
    returned: Papers
    void: Papers


@blueprint.post("")
@door(Action.PREPARE_ELECTION)
def begin(slug: str, sitting_id: int) -> Response:
    form = read_form(BeginForm)
    with transaction() as tx:
        handcounts.begin(tx, actor(), sitting_id, form.kind, title=form.title)
    say(msg("The vote goes on with paper. Print the paper, hand it out, and count apart."))
    return redirect(url_for("election.votes_page", slug=slug, sitting_id=sitting_id))


@blueprint.get("/<int:hand_id>")
@door(Action.COUNT_BY_HAND)
def counting_page(slug: str, sitting_id: int, hand_id: int) -> str:
    with reading() as tx:
        page = reports.read_counting(tx, actor(), slug, hand_id)
        return render("secretariat/counting.html", page)


@blueprint.post("/<int:hand_id>")
@door(Action.COUNT_BY_HAND)
def enter(slug: str, sitting_id: int, hand_id: int) -> Response:
    form = read_form(PapersForm)
    sheet = Sheet(form.issued, form.returned, form.void, _counts())
    with transaction() as tx:
        handcounts.enter(tx, actor(), hand_id, sheet)
    say(msg("Your count is kept."))
    return _back(slug, sitting_id, hand_id)


@blueprint.post("/<int:hand_id>/sign")
@door(Action.SIGN_HAND_COUNT)
def sign(slug: str, sitting_id: int, hand_id: int) -> Response:
    with transaction() as tx:
        handcounts.sign(tx, actor(), hand_id)
    say(msg("The count is signed. Chair and chief scrutineer can declare the outcome."))
    return _back(slug, sitting_id, hand_id)


@blueprint.post("/<int:hand_id>/drop")
@door(Action.PREPARE_ELECTION)
def drop(slug: str, sitting_id: int, hand_id: int) -> Response:
    with transaction() as tx:
        handcounts.drop(tx, actor(), hand_id)
    say(msg("The count by hand is given up."))
    return redirect(url_for("election.votes_page", slug=slug, sitting_id=sitting_id))


@blueprint.post("/<int:hand_id>/run-off")
@door(Action.RUN_OFF)
def run_off(slug: str, sitting_id: int, hand_id: int) -> Response:
    with transaction() as tx:
        handcounts.run_off(tx, actor(), hand_id)
    say(msg("The run-off on paper is prepared. Print the paper and hand it out."))
    return redirect(url_for("election.votes_page", slug=slug, sitting_id=sitting_id))


def _counts() -> tuple[int, ...]:
    """Read a number for each option; the fields are numbered through."""
    counts: list[int] = []
    problems: list[FieldProblem] = []
    while (name := f"count-{len(counts)}") in request.form:
        text = request.form[name].strip()
        is_count = text.isdecimal() and int(text) <= _MOST
        counts.append(int(text) if is_count else 0)
        if not is_count:
            what = msg("A whole number.") if text else msg("Please fill this in.")
            problems.append(FieldProblem(name, what))
    if problems:
        raise NotValid("Some fields are not filled in as they should be.").at(*problems)
    return tuple(counts)


def _back(slug: str, sitting_id: int, hand_id: int) -> Response:
    address = url_for("hand.counting_page", slug=slug, sitting_id=sitting_id, hand_id=hand_id)
    return redirect(address)
