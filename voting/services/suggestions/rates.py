"""Counts what became of suggestions, by year and by unit: the rates that reports name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from voting.db import Tx
from voting.models.suggestions import Reply, ReplyRating, Suggestion, SuggestionState
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.suggestions import Rates, ResultClass, classes_of
from voting.services.people import congresses
from voting.services.suggestions.reading import lead_of, with_course, years_of


@dataclass(frozen=True, slots=True)
class NamedRates:
    """The rates of one unit or one year."""

    name: str
    rates: Rates


@dataclass(frozen=True, slots=True)
class RateTable:
    """A year's rates, by unit, and beside those of all years."""

    year: int | None
    years: tuple[int, ...]
    classes: tuple[ResultClass, ...]
    solved: str
    whole: Rates
    units: tuple[NamedRates, ...]
    by_year: tuple[NamedRates, ...]


def read_rates(tx: Tx, actor: Actor, congress_id: int, year: int | None) -> RateTable:
    """Count a year's suggestions, the latest year's by default."""
    access.check(actor, Action.ASSIGN_SUGGESTION, congress_id)
    return count_rates(tx, congress_id, year)


def count_rates(tx: Tx, congress_id: int, year: int | None) -> RateTable:
    """Count as `read_rates`, for whoever has been let in already."""
    preferences = congresses.preferences_of(tx, congress_id)
    solved, years = str(preferences["suggestions.solved"]), years_of(tx, congress_id)
    shown = year if year in years else next(iter(years), None)
    by_year: dict[int, list[Suggestion]] = defaultdict(list)
    for made in tx.scalars(with_course(congress_id)):
        by_year[made.year].append(made)
    of_year = by_year.get(shown, []) if shown is not None else []
    by_unit: dict[str, list[Suggestion]] = defaultdict(list)
    for made in of_year:
        lead = lead_of(made)
        if lead is not None:
            by_unit[lead.unit.name].append(made)
    return RateTable(
        year=shown,
        years=years,
        classes=classes_of(preferences),
        solved=solved,
        whole=count(of_year, solved),
        units=tuple(
            NamedRates(name, count(rows, solved)) for name, rows in sorted(by_unit.items())
        ),
        by_year=tuple(NamedRates(str(one), count(by_year[one], solved)) for one in sorted(by_year)),
    )


def count(suggestions: Iterable[Suggestion], solved: str) -> Rates:
    """Count suggestions that were assigned; of each deputy only the latest rating counts."""
    rates = Rates(solved=solved)
    for made in suggestions:
        is_withdrawn = made.state is SuggestionState.WITHDRAWN
        if made.assigned_on is None or lead_of(made) is None or is_withdrawn:
            continue
        rates.assigned += 1
        rates.met += bool(made.meetings)
        if not made.replies:
            continue
        rates.answered += 1
        rates.public += made.public_from is not None
        rates.classes[made.replies[-1].result_class] += 1
        for rating in _latest(made.replies):
            rates.attitude[rating.attitude] += 1
            rates.result[rating.result] += 1
    return rates


def _latest(replies: Iterable[Reply]) -> Iterable[ReplyRating]:
    latest: dict[int | None, ReplyRating] = {}
    for reply in replies:
        for rating in reply.ratings:
            latest[rating.deputy_id] = rating
    return latest.values()
