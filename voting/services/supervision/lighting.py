"""Keeps the lights of projects: at every report, and on the day when one has failed to come.

Reading can't write: `history` shows what `settle` would add. Whatever changes a project settles
first, so that a missing report stays in the history even when it comes later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.i18n import SHANGHAI, local, this_day
from voting.models.projects import Project
from voting.models.supervision import LightEntry, ProgressReport, Supervision
from voting.rules.cadence import MONTHS, Record, first_month, month_end
from voting.rules.lights import Light, Standing, Thresholds, light_of, planned_at
from voting.services.supervision.finding import find_year, thresholds_of

REPORT_DAYS = 5
"""Days after a month until which its report is awaited where the template asks for none."""


@dataclass(frozen=True, slots=True)
class Lit:
    """A project's light from a moment on, with what it was worked out from."""

    at: datetime
    month: int
    light: Light
    reason: str
    planned: int
    actual: int


def report_due(tx: Tx, project: Project, month: int) -> date:
    """Give the day until which the report of a month is awaited."""
    row = find_year(tx, project.congress_id, project.year)
    days = [item.due_days for item in row.items if item.record is Record.PROGRESS] if row else []
    return month_end(project.year, month) + timedelta(days=days[0] if days else REPORT_DAYS)


def ended_month(project: Project) -> int:
    """Give the last month of a project's year that has ended; 0 before the first has."""
    day = this_day()
    if day.year != project.year:
        return MONTHS if day.year > project.year else 0
    return day.month - 1


def reports_of(tx: Tx, project: Project) -> dict[int, ProgressReport]:
    """Give the latest version of each month's report."""
    query = select(ProgressReport).where(ProgressReport.project_id == project.id)
    rows = tx.scalars(query.order_by(ProgressReport.month, ProgressReport.version))
    return {report.month: report for report in rows}


def first_reports(tx: Tx, project: Project) -> dict[int, ProgressReport]:
    """Give the first version of each month's report, which says when it came."""
    query = select(ProgressReport).where(
        ProgressReport.project_id == project.id, ProgressReport.version == 1
    )
    return {report.month: report for report in tx.scalars(query)}


def history(tx: Tx, project: Project) -> tuple[Lit, ...]:
    """Give all lights of a project, the latest first."""
    kept = [_lit(row) for row in _entries(tx, project)]
    kept += [_lit(row) for row in _pending(tx, project)]
    return tuple(reversed(kept))


def light_now(tx: Tx, project: Project) -> Lit | None:
    """Give a project's light, once its supervision has begun."""
    lights = history(tx, project)
    return lights[0] if lights else None


def settle(tx: Tx, project: Project) -> None:
    """Write down the lights that time alone has changed."""
    tx.add_all(list(_pending(tx, project)))
    tx.flush()


def relight(tx: Tx, project: Project, month: int) -> LightEntry:
    """Write down the light as it is after something has changed; settle beforehand."""
    supervision = tx.get_one(Supervision, project.id)
    now = clock.now()
    entry = _entry(
        project,
        at=now,
        month=month,
        standing=_standing(tx, supervision, now, month),
        thresholds=thresholds_of(tx, project.congress_id),
        before=_before(_entries(tx, project)),
    )
    tx.add(entry)
    tx.flush()
    return entry


def _pending(tx: Tx, project: Project) -> Iterator[LightEntry]:
    """Make the entries that are not written yet: the beginning, and reports that did not come."""
    supervision = tx.get(Supervision, project.id)
    if supervision is None:
        return
    thresholds, entries = thresholds_of(tx, project.congress_id), list(_entries(tx, project))
    if not entries:
        begun = _midnight(supervision.starts_on)
        month = supervision.starts_on.month
        beginning = _entry(
            project,
            at=begun,
            month=month,
            standing=Standing(0, 0, has_plan=bool(supervision.targets)),
            thresholds=thresholds,
            before=None,
        )
        entries.append(beginning)
        yield beginning
    for month, missed in _missed(tx, project, supervision):
        if missed <= entries[-1].at:
            continue
        entry = _entry(
            project,
            at=missed,
            month=month,
            standing=_standing(tx, supervision, missed, month, is_missing=True),
            thresholds=thresholds,
            before=_before(entries),
        )
        entries.append(entry)
        yield entry


def _missed(tx: Tx, project: Project, supervision: Supervision) -> Iterator[tuple[int, datetime]]:
    """List the months whose report did not come in time, and when that was certain."""
    sent = first_reports(tx, project)
    last = supervision.accepted_on or this_day()
    for month in range(first_month(supervision.starts_on), MONTHS + 1):
        due = report_due(tx, project, month)
        report = sent.get(month)
        if due < last and (report is None or local(report.sent_at).date() > due):
            yield month, _midnight(due + timedelta(days=1))


def _standing(
    tx: Tx, supervision: Supervision, at: datetime, month: int, *, is_missing: bool = False
) -> Standing:
    """Tell what was known of a project at a moment."""
    day = local(at).date()
    year = supervision.project.year
    query = (
        select(ProgressReport.percent)
        .where(ProgressReport.project_id == supervision.project_id)
        .where(ProgressReport.month <= month, ProgressReport.sent_at <= at)
        .order_by(ProgressReport.month.desc(), ProgressReport.version.desc())
    )
    overdue = [
        target
        for target in supervision.targets
        if target.words
        and month_end(year, target.month) < day
        and (target.reached_on is None or target.reached_on > day)
    ]
    accepted = supervision.accepted_on
    return Standing(
        planned=planned_at({row.month: row.percent for row in supervision.targets}, month),
        actual=tx.scalar(query.limit(1)) or 0,
        overdue_steps=len(overdue),
        report_is_missing=is_missing,
        is_accepted=accepted is not None and accepted <= day,
        has_plan=bool(supervision.targets),
    )


def _entry(
    project: Project,
    *,
    at: datetime,
    month: int,
    standing: Standing,
    thresholds: Thresholds,
    before: Light | None,
) -> LightEntry:
    verdict = light_of(standing, thresholds, before)
    return LightEntry(
        project_id=project.id,
        at=at,
        month=month,
        light=verdict.light,
        reason=verdict.reason,
        planned=standing.planned,
        actual=standing.actual,
    )


def _entries(tx: Tx, project: Project) -> Sequence[LightEntry]:
    query = select(LightEntry).where(LightEntry.project_id == project.id)
    return tx.scalars(query.order_by(LightEntry.at, LightEntry.id)).all()


def _before(entries: Sequence[LightEntry]) -> Light | None:
    return entries[-1].light if entries else None


def _lit(row: LightEntry) -> Lit:
    return Lit(row.at, row.month, row.light, row.reason, row.planned, row.actual)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
