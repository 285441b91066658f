"""Suggestions at a unit's desk: taken or returned, planned, met about, replied to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import Message, msg
from voting.models.suggestions import UnitTask
from voting.rules.access import Action
from voting.rules.suggestions import CLASS_NAMES, DECLINE_REASONS, ResultClass, classes_of
from voting.services import units
from voting.services.people.congresses import CongressCard
from voting.services.suggestions import handling
from voting.services.suggestions import reading as suggestions
from voting.services.suggestions.handling import MeetingEntry, ReplyEntry
from voting.services.suggestions.reading import Choice, Line, Standing
from voting.views.fields import read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("unit_suggestions", __name__, url_prefix="/unit/<slug>/suggestions")
_ONE: Final = "/<int:suggestion_id>/tasks/<int:task_id>"

Text = Annotated[str, Meta(min_length=1, max_length=4000)]
Line200 = Annotated[str, Meta(max_length=200)]


@dataclass(frozen=True, slots=True)
class TextForm:
    text: Text


@dataclass(frozen=True, slots=True)
class MeetingForm:
    met_on: date
    place: Line200
    people: Line200
    summary: Annotated[str, Meta(max_length=4000)]


@dataclass(frozen=True, slots=True)
class ReplyForm:
    result_class: Annotated[str, Meta(min_length=1, max_length=1)]
    content: Text
    promised_on: date | None


@dataclass(frozen=True, slots=True)
class SuggestionsPage:
    congress: CongressCard
    lines: tuple[Line, ...]
    chosen: Choice


@dataclass(frozen=True, slots=True)
class SuggestionPage:
    """One suggestion at a unit's desk; `tasks` are the parts of units one acts for."""

    congress: CongressCard
    standing: Standing
    tasks: tuple[UnitTask, ...]
    owes_reply: bool
    classes: tuple[ResultClass, ...]
    class_names: Mapping[str, Message]
    decline_reasons: Mapping[str, Message]


@blueprint.get("")
@door(Action.ANSWER_SUGGESTION)
def list_page(slug: str) -> str:
    chosen = Choice(request.args.get("state", ""), request.args.get("q", "").strip())
    with reading() as tx:
        lines = suggestions.list_for_unit(tx, actor(), congress().id, chosen)
    return render("unit/suggestions.html", SuggestionsPage(congress(), lines, chosen))


@blueprint.get("/<int:suggestion_id>")
@door(Action.ANSWER_SUGGESTION)
def suggestion_page(slug: str, suggestion_id: int) -> str:
    with reading() as tx:
        found = suggestions.read(tx, actor(), suggestion_id)
        mine = {card.id for card in units.units_of(tx, actor(), congress().id)}
        tasks = [t for t in found.suggestion.tasks if t.unit_id in mine and t.returned_on is None]
        page = SuggestionPage(
            congress(), found, tuple(tasks), handling.owes_reply(found.suggestion),
            classes_of(congress().preferences), CLASS_NAMES, DECLINE_REASONS,
        )  # fmt: skip
        return render("unit/suggestion.html", page)


@blueprint.post(f"{_ONE}/accept")
@door(Action.ANSWER_SUGGESTION)
def accept(slug: str, suggestion_id: int, task_id: int) -> Response:
    with transaction() as tx:
        handling.accept(tx, actor(), task_id)
    say(msg("The suggestion is yours now. Write a plan, meet the deputies, then reply."))
    return _back(slug, suggestion_id)


@blueprint.post(f"{_ONE}/return")
@door(Action.ANSWER_SUGGESTION)
def return_back(slug: str, suggestion_id: int, task_id: int) -> Response:
    reason = read_form(TextForm).text
    with transaction() as tx:
        handling.return_back(tx, actor(), task_id, reason=reason)
    say(msg("The suggestion is returned to the office."))
    return redirect(url_for(".list_page", slug=slug))


@blueprint.post(f"{_ONE}/plan")
@door(Action.ANSWER_SUGGESTION)
def plan(slug: str, suggestion_id: int, task_id: int) -> Response:
    text = read_form(TextForm).text
    with transaction() as tx:
        handling.plan(tx, actor(), task_id, text=text)
    say(msg("The plan is saved."))
    return _back(slug, suggestion_id)


@blueprint.post(f"{_ONE}/meetings")
@door(Action.ANSWER_SUGGESTION)
def meet(slug: str, suggestion_id: int, task_id: int) -> Response:
    form = read_form(MeetingForm)
    entry = MeetingEntry(form.met_on, form.place, form.people, form.summary)
    with transaction() as tx:
        handling.meet(tx, actor(), task_id, entry)
    say(msg("The meeting is noted."))
    return _back(slug, suggestion_id)


@blueprint.post(f"{_ONE}/opinion")
@door(Action.ANSWER_SUGGESTION)
def opinion(slug: str, suggestion_id: int, task_id: int) -> Response:
    text = read_form(TextForm).text
    with transaction() as tx:
        handling.give_opinion(tx, actor(), task_id, text=text)
    say(msg("Your opinion is with the leading unit."))
    return _back(slug, suggestion_id)


@blueprint.post(f"{_ONE}/reply")
@door(Action.ANSWER_SUGGESTION)
def reply(slug: str, suggestion_id: int, task_id: int) -> Response:
    form = read_form(ReplyForm)
    entry = ReplyEntry(form.result_class, form.content, form.promised_on)
    with transaction() as tx:
        handling.reply(tx, actor(), task_id, entry)
    say(msg("The reply is with the deputies, who rate it now."))
    return _back(slug, suggestion_id)


def _back(slug: str, suggestion_id: int) -> Response:
    return redirect(url_for(".suggestion_page", slug=slug, suggestion_id=suggestion_id))
