"""Published suggestions for everyone, with the replies and what a year's came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, request

from voting.db import reading
from voting.errors import Message
from voting.models.suggestions import Suggestion
from voting.rules.access import Action
from voting.rules.suggestions import CLASS_NAMES, DECLINE_REASONS
from voting.services.people.congresses import CongressCard
from voting.services.suggestions import reading as suggestions
from voting.services.suggestions.rates import RateTable, count_rates
from voting.views.gate import congress, door
from voting.views.pages import render

blueprint: Final = Blueprint("public_suggestions", __name__, url_prefix="/c/<slug>/suggestions")


@dataclass(frozen=True, slots=True)
class SuggestionsPage:
    congress: CongressCard
    query: str
    suggestions: Sequence[Suggestion]
    table: RateTable
    class_names: Mapping[str, Message]


@dataclass(frozen=True, slots=True)
class SuggestionPage:
    congress: CongressCard
    suggestion: Suggestion
    class_names: Mapping[str, Message]
    decline_reasons: Mapping[str, Message]


@blueprint.get("")
@door(Action.READ_PUBLIC)
def list_page(slug: str) -> str:
    query = request.args.get("q", "").strip()
    with reading() as tx:
        listed = suggestions.list_public(tx, congress().id, query=query)
        table = count_rates(tx, congress().id, None)
        page = SuggestionsPage(congress(), query, listed, table, CLASS_NAMES)
        return render("public/suggestions.html", page)


@blueprint.get("/<int:year>/<int:number>")
@door(Action.READ_PUBLIC)
def suggestion_page(slug: str, year: int, number: int) -> str:
    with reading() as tx:
        found = suggestions.find_public(tx, congress().id, year, number)
        page = SuggestionPage(congress(), found, CLASS_NAMES, DECLINE_REASONS)
        return render("public/suggestion.html", page)
