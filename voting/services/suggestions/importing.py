"""Takes lists of suggestions in, with units, replies, classes and ratings as far as they go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from voting.db import Tx
from voting.errors import NotValid, msg
from voting.events import Event
from voting.imports.sheets import read_table
from voting.imports.suggestions import SuggestionRow, SuggestionSheet, read_suggestions
from voting.models.sittings import Deputy
from voting.models.suggestions import (
    Cosigner,
    Meeting,
    Reply,
    ReplyRating,
    Satisfaction,
    Suggestion,
    SuggestionState,
    UnitTask,
)
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal, search, units
from voting.services.search import Entry
from voting.services.suggestions.writing import KIND, next_number


@dataclass(frozen=True, slots=True)
class SuggestionsImported(Event):
    words = msg("{number} suggestions were imported.")
    number: int


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a file would add; rows whose number the year has already are left as they are."""

    sheet: SuggestionSheet
    added: int
    known: int


def preview_suggestions(tx: Tx, actor: Actor, congress_id: int, data: bytes) -> ImportPreview:
    """Read a file and tell what is wrong in it; nothing is kept. Raises NotValid."""
    access.check(actor, Action.ASSIGN_SUGGESTION, congress_id)
    sheet = read_suggestions(read_table(data))
    there = _numbers(tx, congress_id)
    known = sum((row.known_year, row.number) in there for row in sheet.rows)
    return ImportPreview(sheet, len(sheet.rows) - known, known)


def import_suggestions(
    tx: Tx, actor: Actor, congress_id: int, *, data: bytes, skip_bad_rows: bool = False
) -> int:
    """Add the suggestions of a file, whole or, by choice, without its bad rows."""
    preview = preview_suggestions(tx, actor, congress_id, data)
    sheet = preview.sheet
    if sheet.problems and not skip_bad_rows:
        raise NotValid(
            "{bad} rows are not right, so nothing was imported.", bad=len(sheet.bad_lines)
        ).now("Correct them in the file, or choose to skip them.")
    there = _numbers(tx, congress_id)
    rows = [row for row in sheet.rows if (row.known_year, row.number) not in there]
    if not rows:
        raise NotValid("The file has nothing that is not there already.").now(
            "Choose another file, or give new numbers."
        )
    deputies = _deputies(tx, congress_id)
    names = {name for row in rows for name in (row.unit, *row.co_units) if name}
    known = {name: units.find_or_make(tx, actor, congress_id, name).id for name in sorted(names)}
    made = [_make(congress_id, row, deputies, known) for row in rows]
    _number(tx, congress_id, made)
    tx.add_all(made)
    tx.flush()
    search.index_all(tx, congress_id, KIND, [_entry(one) for one in made])
    journal.record(tx, actor, SuggestionsImported(len(made)), congress_id=congress_id)
    return len(made)


def _make(
    congress_id: int, row: SuggestionRow, deputies: Mapping[str, int], known: Mapping[str, int]
) -> Suggestion:
    year = row.known_year or 0
    # Of a list that tells years alone, the first day of the year is taken.
    submitted = row.submitted_on or row.assigned_on or row.replied_on or date(year, 1, 1)
    made = Suggestion(
        congress_id=congress_id,
        year=year,
        number=row.number or 0,
        title=row.title,
        category=row.category,
        content=row.content,
        deputy_id=deputies.get(row.deputy),
        deputy_name=row.deputy,
        source="import",
        submitted_on=submitted,
        state=SuggestionState.SUBMITTED,
    )
    lead = made.deputy_id
    asked = sorted({deputies[name] for name in row.cosigners if name in deputies} - {lead})
    made.cosigners = [Cosigner(deputy_id=number) for number in asked]
    if row.unit:
        _assigned(made, row, known)
    return made


def _assigned(made: Suggestion, row: SuggestionRow, known: Mapping[str, int]) -> None:
    day = row.assigned_on or made.submitted_on
    made.assigned_on, made.state = day, SuggestionState.HANDLING
    lead = known[row.unit]
    made.tasks = [UnitTask(unit_id=lead, is_lead=True, assigned_on=day, accepted_on=day)]
    for name in row.co_units:
        if known[name] != lead:
            made.tasks.append(UnitTask(unit_id=known[name], is_lead=False, assigned_on=day))
    if row.met_on:
        made.meetings = [Meeting(unit_id=lead, met_on=row.met_on)]
    if not row.result_class:
        return
    replied = row.replied_on or day
    reply = Reply(unit_id=lead, round=1, result_class=row.result_class, replied_on=replied)
    made.replies = [reply]
    made.state, made.closed_on = SuggestionState.CLOSED, replied
    if row.attitude and row.outcome:
        reply.ratings = [
            ReplyRating(
                deputy_id=made.deputy_id,
                attitude=row.attitude,
                result=row.outcome,
                rated_on=replied,
            )
        ]
        if Satisfaction.DISSATISFIED in {row.attitude, row.outcome}:
            made.state, made.closed_on = SuggestionState.AGAIN, None


def _number(tx: Tx, congress_id: int, made: Sequence[Suggestion]) -> None:
    """Give numbers to those that have none, after the highest of their year."""
    last: dict[int, int] = {}
    for one in made:
        before = last.get(one.year, next_number(tx, congress_id, one.year) - 1)
        last[one.year] = max(before, one.number)
    for one in made:
        if not one.number:
            one.number = last[one.year] = last[one.year] + 1


def _entry(made: Suggestion) -> Entry:
    return Entry(made.id, f"{made.deputy_name} {made.category} {made.content}", made.title)


def _numbers(tx: Tx, congress_id: int) -> set[tuple[int | None, int | None]]:
    query = select(Suggestion.year, Suggestion.number).where(Suggestion.congress_id == congress_id)
    return set(tx.execute(query))


def _deputies(tx: Tx, congress_id: int) -> dict[str, int]:
    """Tell deputies by name, but none whose name two of them bear."""
    query = select(Deputy.name, Deputy.id).where(Deputy.congress_id == congress_id)
    found: dict[str, int] = {}
    doubled: set[str] = set()
    for name, number in tx.execute(query):
        if name in found:
            doubled.add(name)
        found[name] = number
    return {name: number for name, number in found.items() if name not in doubled}
