"""Begins a year of supervision, and keeps its 五个一: the items that say what is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from voting import clock
from voting.db import Tx
from voting.errors import FieldProblem, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.i18n import t
from voting.models.supervision import CadenceItem, Supervision, SupervisionYear
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.cadence import (
    OF_A_PROJECT,
    OF_THE_CONGRESS,
    PRESETS,
    Cadence,
    Item,
    Record,
)
from voting.services import journal
from voting.services.supervision import lighting
from voting.services.supervision.finding import find_year, list_projects


@dataclass(frozen=True, slots=True)
class SupervisionBegun(Event):
    words = msg("The supervision of {number} projects of {year} began.")
    year: str
    number: int


@dataclass(frozen=True, slots=True)
class CadenceChanged(Event):
    words = msg("What is due in {year} was changed; {number} items.")
    year: str
    number: int


@dataclass(frozen=True, slots=True)
class YearPlan:
    """With which preset a year begins, and on what day."""

    year: int
    starts_on: date
    preset: str


def begin_year(tx: Tx, actor: Actor, congress_id: int, plan: YearPlan) -> int:
    """Take the decided projects of a year into supervision; gives how many were new.

    Done again, it takes in those that were decided meanwhile, and leaves all else as it is.
    """
    access.check(actor, Action.PLAN_SUPERVISION, congress_id)
    if plan.starts_on.year != plan.year:
        problem = FieldProblem("starts_on", msg("A day in {year}.", year=str(plan.year)))
        raise NotValid("The supervision of a year begins in that year.").at(problem)
    projects = list_projects(tx, congress_id, plan.year)
    if not projects:
        raise NotNow("There are no decided projects of {year}.", year=str(plan.year)).now(
            "They appear here once the congress has decided them."
        )
    if find_year(tx, congress_id, plan.year) is None:
        _open_year(tx, congress_id, plan)
    fresh = [project for project in projects if tx.get(Supervision, project.id) is None]
    for project in fresh:
        tx.add(Supervision(project_id=project.id, starts_on=plan.starts_on, office=""))
        tx.flush()
        lighting.settle(tx, project)
    event = SupervisionBegun(str(plan.year), len(fresh))
    journal.record(tx, actor, event, congress_id=congress_id)
    return len(fresh)


def save_items(tx: Tx, actor: Actor, congress_id: int, *, year: int, items: Sequence[Item]) -> None:
    """Put other items in the place of a year's."""
    access.check(actor, Action.PLAN_SUPERVISION, congress_id)
    row = find_year(tx, congress_id, year)
    if row is None:
        raise NotFound("The supervision of this year has not begun.")
    if not items:
        raise NotValid("At least one item has to be due in a year.")
    for item in items:
        _check(item)
    row.items.clear()
    tx.flush()
    row.items.extend(_row(place, item) for place, item in enumerate(items, start=1))
    tx.flush()
    event = CadenceChanged(str(year), len(items))
    journal.record(tx, actor, event, congress_id=congress_id)


def item_of(row: CadenceItem) -> Item:
    """Give a row as the rules know it."""
    return Item(row.name, row.cadence, row.owner, row.record, row.each_project, row.due_days)


def _open_year(tx: Tx, congress_id: int, plan: YearPlan) -> None:
    if plan.preset not in PRESETS:
        problem = FieldProblem("preset", msg("Choose one of the list."))
        raise NotValid("There is no such template.").at(problem)
    _, suggestions = PRESETS[plan.preset]
    items = [suggestion.named(t(suggestion.words)) for suggestion in suggestions]
    tx.add(
        SupervisionYear(
            congress_id=congress_id,
            year=plan.year,
            starts_on=plan.starts_on,
            created_at=clock.now(),
            items=[_row(place, item) for place, item in enumerate(items, start=1)],
        )
    )
    tx.flush()


def _row(place: int, item: Item) -> CadenceItem:
    return CadenceItem(
        position=place,
        name=item.name,
        cadence=item.cadence,
        owner=item.owner,
        record=item.record,
        each_project=item.each_project,
        due_days=item.due_days,
    )


def _check(item: Item) -> None:
    if item.record in OF_A_PROJECT and not item.each_project:
        raise NotValid("“{item}” asks for what only a project can have.", item=item.name).now(
            "Let every project owe it."
        )
    if item.record in OF_THE_CONGRESS and item.each_project:
        raise NotValid("“{item}” asks for what speaks of all projects.", item=item.name).now(
            "Let it be owed once for all projects."
        )
    lengths = {
        Record.PROGRESS: Cadence.MONTH,
        Record.BULLETIN: Cadence.MONTH,
        Record.HALF_YEAR_REPORT: Cadence.HALF_YEAR,
        Record.YEAR_REPORT: Cadence.YEAR,
        Record.GROUP: Cadence.PROJECT,
        Record.PLAN: Cadence.PROJECT,
    }
    asked = lengths.get(item.record)
    if asked is not None and item.cadence is not asked:
        raise NotValid("“{item}” does not come as often as it is asked for.", item=item.name).now(
            "Choose how often it comes so that it fits what has to be there."
        )
