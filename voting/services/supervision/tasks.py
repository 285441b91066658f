"""Works out what a year asks for: every item of the 五个一 in every period, done or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select

from voting.db import Tx
from voting.i18n import local
from voting.models.inspections import (
    Activity,
    ActivityKind,
    ActivityState,
    Paper,
    PaperKind,
)
from voting.models.milestones import Milestone, Stage
from voting.models.projects import Project
from voting.models.supervision import ProgressReport, Supervision, SupervisionYear
from voting.rules.cadence import Cadence, Item, Period, Record, due_on, periods
from voting.services.supervision.activities import INSPECTIONS
from voting.services.supervision.finding import list_projects
from voting.services.supervision.years import item_of

AHEAD: Final = timedelta(days=14)
"""How long before its day a thing stands on home pages."""

_PAPERS: Final = {
    Record.BULLETIN: PaperKind.BULLETIN,
    Record.HALF_YEAR_REPORT: PaperKind.HALF_YEAR,
    Record.YEAR_REPORT: PaperKind.YEAR,
}
_KINDS: Final = {
    Record.INSPECTION: INSPECTIONS,
    Record.INQUIRY: frozenset({ActivityKind.INQUIRY}),
    Record.HEARING: frozenset({ActivityKind.HEARING}),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One item in one period, of one project or of all."""

    item: Item
    period: Period
    project: Project | None
    due_on: date
    is_done: bool

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed without it being done."""
        return not self.is_done and self.due_on < today


def tasks(tx: Tx, congress_id: int, year: int, today: date) -> tuple[Task, ...]:
    """List what a year asks for until now and soon: by day, those of projects by code."""
    row = tx.scalar(
        select(SupervisionYear).where(
            SupervisionYear.congress_id == congress_id, SupervisionYear.year == year
        )
    )
    if row is None:
        return ()
    records = _Records(tx, congress_id, year)
    found = [
        task
        for item in map(item_of, row.items)
        for period in periods(item.cadence, year, row.starts_on)
        for task in _tasks(records, item, period, row.starts_on)
        if task.due_on <= today + AHEAD or period.starts_on <= today
    ]
    return tuple(sorted(found, key=lambda task: (task.due_on, _code(task))))


def _code(task: Task) -> str:
    return task.project.code if task.project else ""


def _tasks(records: _Records, item: Item, period: Period, begun: date) -> Iterator[Task]:
    if not item.each_project:
        due = due_on(item, period, begun)
        yield Task(item, period, None, due, records.is_done(item.record, period, None))
        return
    for project, supervision in records.supervised:
        since = max(begun, supervision.starts_on)
        if period not in periods(item.cadence, period.year, since):
            continue
        over = supervision.accepted_on
        if over is not None and over < period.starts_on:
            continue
        due = due_on(item, period, since)
        yield Task(item, period, project, due, records.is_done(item.record, period, project))


class _Records:
    """What is there, gathered once for a year."""

    def __init__(self, tx: Tx, congress_id: int, year: int) -> None:
        """Read all that tasks may ask for."""
        self.supervised = [
            (project, row)
            for project in list_projects(tx, congress_id, year)
            if (row := tx.get(Supervision, project.id)) is not None
        ]
        numbers = [project.id for project, _ in self.supervised]
        reports = select(ProgressReport.project_id, ProgressReport.month).where(
            ProgressReport.project_id.in_(numbers)
        )
        self._reports = {(number, month) for number, month in tx.execute(reports)}
        papers = select(Paper).where(
            Paper.congress_id == congress_id,
            Paper.year == year,
            Paper.published_at.is_not(None),
        )
        self._papers = {(paper.kind, paper.period) for paper in tx.scalars(papers)}
        self._held = [
            (activity.kind, local(activity.starts_at).date(), {p.id for p in activity.projects})
            for activity in tx.scalars(
                select(Activity).where(
                    Activity.congress_id == congress_id, Activity.state == ActivityState.HELD
                )
            )
        ]
        rated = select(Milestone.project).where(
            Milestone.congress_id == congress_id, Milestone.stage == Stage.RATED
        )
        self._rated = set(tx.scalars(rated))

    def is_done(self, record: Record, period: Period, project: Project | None) -> bool:
        """Tell whether a record is there."""
        if record in _PAPERS:
            number = 0 if period.cadence is Cadence.YEAR else period.number
            return (_PAPERS[record], number) in self._papers
        if record in _KINDS:
            return self._was_held(record, period, project)
        if record is Record.RATING:
            return self._is_rated(project)
        return project is not None and self._has(record, period, project)

    def _has(self, record: Record, period: Period, project: Project) -> bool:
        row = next(row for each, row in self.supervised if each.id == project.id)
        if record is Record.GROUP:
            return bool(row.lead)
        if record is Record.PLAN:
            return bool(row.plan and row.targets)
        return (project.id, period.first) in self._reports

    def _was_held(self, record: Record, period: Period, project: Project | None) -> bool:
        return any(
            kind in _KINDS[record]
            and period.starts_on <= day <= period.ends_on
            and (project is None or project.id in looked_at)
            for kind, day, looked_at in self._held
        )

    def _is_rated(self, project: Project | None) -> bool:
        asked = [project] if project else [each for each, _ in self.supervised]
        return bool(asked) and all(each.code in self._rated for each in asked)
