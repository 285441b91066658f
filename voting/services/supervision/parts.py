"""Takes what units say of their parts 子项 of projects that others lead, and asks them for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import NotAllowed, NotNow, NotValid, msg
from voting.events import Event
from voting.i18n import this_day
from voting.models.projects import Project, ProjectState, SubItem
from voting.models.supervision import PartProgress, PartReport, Supervision
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.cadence import MONTHS, Record, first_month
from voting.services import journal, units
from voting.services.supervision import lighting
from voting.services.supervision.finding import (
    account_of,
    find_project,
    find_supervision,
    find_year,
)
from voting.services.supervision.groups import check_running
from voting.services.supervision.tasks import AHEAD


@dataclass(frozen=True, slots=True)
class PartReported(Event):
    words = msg("{unit} reported on “{part}” of {code} for month {month}: {percent}%.")
    code: str
    unit: str
    part: str
    month: int
    percent: int


@dataclass(frozen=True, slots=True)
class Part:
    """How far a sub-item is."""

    sub_item_id: int
    percent: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part as its unit sees it: the month it reports on, until when, and what it said."""

    item: SubItem
    month: int
    due_on: date
    said: PartReport | None


def report_part(
    tx: Tx, actor: Actor, congress_id: int, code: str, *, month: int, part: Part
) -> PartReport:
    """Keep how far a sub-item is; a report of the month that is there says it from now on too."""
    access.check(actor, Action.REPORT_PROGRESS, congress_id)
    project = find_project(tx, congress_id, code)
    check_running(project)
    item = next((each for each in project.sub_items if each.id == part.sub_item_id), None)
    mine = {unit.id for unit in units.units_of(tx, actor, congress_id)}
    if item is None or item.unit is None or item.unit_id not in mine:
        raise NotAllowed("The unit that answers for this part reports on it.")
    check_month(project, find_supervision(tx, project), month)
    row = tx.get(PartReport, (item.id, month))
    if row is None:
        row = PartReport(sub_item_id=item.id, month=month)
        tx.add(row)
    row.unit_id, row.percent, row.words = item.unit.id, part.percent, part.words
    row.sent_at, row.sent_by_id = clock.now(), account_of(actor)
    _enter(tx, project, month, part)
    tx.flush()
    event = PartReported(code, item.unit.name, item.title, month, part.percent)
    journal.record(tx, actor, event, congress_id=congress_id)
    return row


def check_month(project: Project, supervision: Supervision, month: int) -> None:
    """Refuse a month that has not begun, or in which nothing was supervised."""
    day = this_day()
    begun = (project.year, month) <= (day.year, day.month)
    if not first_month(supervision.starts_on) <= month <= MONTHS:
        raise NotValid("No report is awaited for this month.")
    if not begun:
        raise NotNow("This month has not begun.").now("Report on it when it is there.")


def said_of(tx: Tx, project: Project, month: int) -> Sequence[PartReport]:
    """Give what units said of their parts of a project for a month."""
    numbers = [item.id for item in project.sub_items]
    query = select(PartReport).where(PartReport.sub_item_id.in_(numbers), PartReport.month == month)
    return tx.scalars(query.order_by(PartReport.sub_item_id)).all()


def reported_alone(tx: Tx, project: Project) -> Sequence[PartReport]:
    """Give what units said of their parts for months on which the leading one is silent."""
    numbers = [item.id for item in project.sub_items]
    query = select(PartReport).where(
        PartReport.sub_item_id.in_(numbers),
        PartReport.month.not_in(lighting.reports_of(tx, project)),
    )
    return tx.scalars(query.order_by(PartReport.month.desc(), PartReport.sub_item_id)).all()


def lines_of(tx: Tx, project: Project, unit_ids: Collection[int]) -> tuple[PartLine, ...]:
    """List the parts of a project that units answer for, where another one leads."""
    month = _month_of(tx, project)
    if project.unit_id in unit_ids or month is None:
        return ()
    due_on = lighting.report_due(tx, project, month)
    return tuple(
        PartLine(item, month, due_on, tx.get(PartReport, (item.id, month)))
        for item in project.sub_items
        if item.unit_id in unit_ids
    )


def waiting(tx: Tx, project: Project, unit_ids: Collection[int]) -> tuple[PartLine, ...]:
    """Give the parts whose report is due, in years whose template asks for monthly reports."""
    year = find_year(tx, project.congress_id, project.year)
    is_asked = year is not None and any(item.record is Record.PROGRESS for item in year.items)
    if not is_asked or project.state is not ProjectState.DECIDED:
        return ()
    soon = this_day() + AHEAD
    lines = lines_of(tx, project, unit_ids)
    return tuple(line for line in lines if line.said is None and line.due_on <= soon)


def _month_of(tx: Tx, project: Project) -> int | None:
    """Give the month that is reported on now: the latest whose day is near or over, or the first.

    What a part has reached counts from the beginning, so that no earlier month is asked for.
    """
    day = this_day()
    first = first_month(find_supervision(tx, project).starts_on)
    begun = [m for m in range(first, MONTHS + 1) if (project.year, m) <= (day.year, day.month)]
    near = [m for m in begun if lighting.report_due(tx, project, m) <= day + AHEAD]
    return next(iter([*near[::-1], *begun]), None)


def _enter(tx: Tx, project: Project, month: int, part: Part) -> None:
    report = lighting.reports_of(tx, project).get(month)
    if report is None:
        return
    row = next((each for each in report.parts if each.sub_item_id == part.sub_item_id), None)
    if row is None:
        row = PartProgress(sub_item_id=part.sub_item_id)
        report.parts.append(row)
    row.percent, row.words = part.percent, part.words
