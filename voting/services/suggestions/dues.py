"""What is due about suggestions, for whoever owes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from voting.db import Tx
from voting.errors import Message, Param, msg
from voting.models.people import Congress
from voting.models.suggestions import Suggestion, SuggestionState
from voting.rules.access import Action, Actor, is_allowed
from voting.rules.due import Due
from voting.rules.suggestions import Terms
from voting.services import units
from voting.services.people.deputies import find_own
from voting.services.suggestions.access import terms_of
from voting.services.suggestions.rating import owes_rating
from voting.services.suggestions.reading import Turn, due_on, lead_of, open_ones, turn_of

_FOR_UNITS = {
    SuggestionState.ASSIGNED: msg("Take or return: suggestion {number} of {year}, {title}"),
    SuggestionState.HANDLING: msg("Reply: suggestion {number} of {year}, {title}"),
    SuggestionState.AGAIN: msg("Reply anew: suggestion {number} of {year}, {title}"),
    SuggestionState.CLOSED: msg("Report that it is done: suggestion {number} of {year}, {title}"),
}


def dues(tx: Tx, actor: Actor, congress_id: int, today: date) -> tuple[Due, ...]:
    """List what somebody owes, as office, unit or deputy."""
    congress = tx.get(Congress, congress_id)
    if congress is None:
        return ()
    terms, slug = terms_of(tx, congress_id), congress.slug
    found: list[Due] = []
    is_office = is_allowed(actor, Action.ASSIGN_SUGGESTION, congress_id)
    mine = {card.id for card in units.units_of(tx, actor, congress_id)}
    deputy = find_own(tx, actor, congress_id)
    if not (is_office or mine or deputy):
        return ()
    for made in open_ones(tx, congress_id):
        if is_office:
            found += _for_office(made, terms, slug, today=today)
        if mine:
            found += _for_units(made, terms, slug, mine)
        if deputy is not None:
            found += _for_deputy(made, slug, deputy.id)
    return tuple(found)


def _for_office(made: Suggestion, terms: Terms, slug: str, *, today: date) -> Iterator[Due]:
    page, until, lead = "suggestions.suggestion_page", due_on(made, terms), lead_of(made)
    if turn_of(made) is Turn.OFFICE:
        words = msg("Assign: suggestion {number} of {year}, {title}", **_named(made))
        yield _due(made, "assign", words, page, slug=slug, until=until)
    elif turn_of(made) is Turn.UNIT and until is not None and until < today and lead is not None:
        late = msg("Overdue at {unit}: suggestion {number} of {year}, {title}", **_named(made))
        words = Message(late.id, {**late.params, "unit": lead.unit.name})
        key = f"late-{made.state}-{len(made.replies)}"
        yield _due(made, key, words, page, slug=slug, until=until)


def _for_units(made: Suggestion, terms: Terms, slug: str, mine: set[int]) -> Iterator[Due]:
    for task in made.tasks:
        if task.unit_id not in mine or task.returned_on is not None:
            continue
        if task.is_lead and turn_of(made) is Turn.UNIT:
            words = Message(_FOR_UNITS[made.state].id, _named(made))
            key = f"{made.state}-{len(made.replies)}"
            until = due_on(made, terms)
        elif not task.is_lead and task.opinion_on is None and not made.replies:
            words = msg("Give your opinion: suggestion {number} of {year}, {title}", **_named(made))
            key, until = f"opinion-{task.id}", terms.opinion_by(task.assigned_on)
        else:
            continue
        yield _due(made, key, words, "unit_suggestions.suggestion_page", slug=slug, until=until)


def _for_deputy(made: Suggestion, slug: str, deputy_id: int) -> Iterator[Due]:
    page = "own_suggestions.suggestion_page"
    if owes_rating(made, deputy_id):
        words = msg("Rate the reply: suggestion {number} of {year}, {title}", **_named(made))
        yield _due(made, f"rate-{len(made.replies)}", words, page, slug=slug)
    is_asked = any(c.deputy_id == deputy_id and c.signed_at is None for c in made.cosigners)
    if is_asked and made.state in {SuggestionState.SUBMITTED, SuggestionState.ASSIGNED}:
        words = msg("You are asked to sign: suggestion {number} of {year}, {title}", **_named(made))
        yield _due(made, "sign", words, page, slug=slug)


def _due(
    made: Suggestion,
    key: str,
    words: Message,
    endpoint: str,
    *,
    slug: str,
    until: date | None = None,
) -> Due:
    values: dict[str, str | int] = {"slug": slug, "suggestion_id": made.id}
    return Due(f"suggestion:{made.id}:{key}", words, endpoint, values, until)


def _named(made: Suggestion) -> dict[str, Param]:
    return {"number": made.number, "year": str(made.year), "title": made.title}
