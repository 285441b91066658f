"""Gathers what bulletins 通报 and reports say, and publishes the text of the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import Message, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.i18n import local, this_day
from voting.models.inspections import Activity, ActivityState, Finding, Paper, PaperKind
from voting.models.projects import Project
from voting.models.supervision import ProgressReport, Supervision
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.cadence import MONTHS, Cadence, Period
from voting.rules.escalation import Level
from voting.services import journal
from voting.services.supervision import lighting, problems
from voting.services.supervision.counting import Counters, count_year
from voting.services.supervision.finding import account_of, find_year, list_projects
from voting.services.supervision.lighting import Lit
from voting.services.supervision.tasks import Task, tasks

PAPER_NAMES: Final[dict[PaperKind, Message]] = {
    PaperKind.BULLETIN: msg("Bulletin"),
    PaperKind.HALF_YEAR: msg("Half-year report"),
    PaperKind.YEAR: msg("Yearly report"),
}
_CADENCES: Final = {
    PaperKind.BULLETIN: (Cadence.MONTH, 1),
    PaperKind.HALF_YEAR: (Cadence.HALF_YEAR, 6),
    PaperKind.YEAR: (Cadence.YEAR, MONTHS),
}


@dataclass(frozen=True, slots=True)
class PaperPublished(Event):
    words = msg("“{title}” was published.")
    title: str


@dataclass(frozen=True, slots=True)
class PaperWithdrawn(Event):
    words = msg("“{title}” was withdrawn.")
    title: str


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project in a paper: its light at the end of the period and its latest report in it."""

    project: Project
    lead: str
    light: Lit | None
    report: ProgressReport | None
    is_late: bool
    planned_yuan: int
    paid_yuan: int


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A problem or advice of the period, with who has to see to it."""

    finding: Finding
    level: Level


@dataclass(frozen=True, slots=True)
class Material:
    """All that a paper is drafted from."""

    kind: PaperKind
    period: Period
    projects: tuple[ProjectLine, ...]
    activities: tuple[Activity, ...]
    findings: tuple[FindingLine, ...]
    overdue: tuple[Task, ...]
    counters: Counters


def period_of(kind: PaperKind, year: int, number: int) -> Period:
    """Give the period of a paper. Raises NotFound."""
    cadence, length = _CADENCES[kind]
    place = 1 if kind is PaperKind.YEAR else number
    expected = number == 0 if kind is PaperKind.YEAR else 1 <= number <= MONTHS // length
    if not expected:
        raise NotFound("There is no such period.")
    first = (place - 1) * length + 1
    return Period(cadence, year, first, first + length - 1)


def gather(tx: Tx, congress_id: int, kind: PaperKind, *, period: Period) -> Material:
    """Gather what a paper of a period is drafted from."""
    until = min(period.ends_on, this_day())
    findings = [
        row
        for row in problems.list_findings(tx, congress_id, period.year)
        if row.found_on <= until and (row.closed_on is None or row.closed_on >= period.starts_on)
    ]
    levels = problems.levels(tx, congress_id, findings, day=until)
    held = select(Activity).where(
        Activity.congress_id == congress_id, Activity.state == ActivityState.HELD
    )
    return Material(
        kind=kind,
        period=period,
        projects=tuple(
            _line(tx, project, period) for project in list_projects(tx, congress_id, period.year)
        ),
        activities=tuple(
            row
            for row in tx.scalars(held.order_by(Activity.starts_at))
            if period.starts_on <= local(row.starts_at).date() <= period.ends_on
        ),
        findings=tuple(FindingLine(row, levels[row.id]) for row in findings),
        overdue=tuple(
            task
            for task in tasks(tx, congress_id, period.year, this_day())
            if task.is_overdue(this_day()) and task.period.ends_on <= period.ends_on
        ),
        counters=count_year(tx, congress_id, period.year),
    )


def find_paper(
    tx: Tx, congress_id: int, kind: PaperKind, *, year: int, number: int
) -> Paper | None:
    """Give what was published of a period, or kept for it."""
    query = select(Paper).where(
        Paper.congress_id == congress_id,
        Paper.kind == kind,
        Paper.year == year,
        Paper.period == number,
    )
    return tx.scalar(query)


def find_public(tx: Tx, congress_id: int, paper_id: int) -> Paper:
    """Give a paper that everyone may read."""
    paper = tx.get(Paper, paper_id)
    if paper is None or paper.congress_id != congress_id or paper.published_at is None:
        raise NotFound("There is no bulletin at this address.")
    return paper


def list_papers(tx: Tx, congress_id: int, *, year: int | None = None) -> Sequence[Paper]:
    """Give what was published, the latest first."""
    query = select(Paper).where(Paper.congress_id == congress_id, Paper.published_at.is_not(None))
    if year is not None:
        query = query.where(Paper.year == year)
    return tx.scalars(query.order_by(Paper.published_at.desc())).all()


def publish_paper(
    tx: Tx,
    actor: Actor,
    congress_id: int,
    kind: PaperKind,
    *,
    period: Period,
    title: str,
    text: str,
) -> Paper:
    """Publish the text of a period, or put a better one in its place."""
    access.check(actor, Action.DRAFT_REPORT, congress_id)
    if period.starts_on > this_day():
        raise NotNow("This period has not begun.")
    if not _is_supervised(tx, congress_id, period):
        raise NotNow("In this period nothing was supervised yet.").now(
            "Bulletins and reports begin with the supervision."
        )
    if not text:
        raise NotValid("There is nothing to publish.")
    number = 0 if kind is PaperKind.YEAR else period.number
    paper = find_paper(tx, congress_id, kind, year=period.year, number=number)
    if paper is None:
        paper = Paper(congress_id=congress_id, kind=kind, year=period.year, period=number)
        tx.add(paper)
    paper.title, paper.text = title, text
    paper.published_at, paper.published_by_id = clock.now(), account_of(actor)
    tx.flush()
    journal.record(tx, actor, PaperPublished(title), congress_id=congress_id)
    return paper


def withdraw_paper(
    tx: Tx, actor: Actor, congress_id: int, kind: PaperKind, *, year: int, number: int
) -> None:
    """Take a paper from the public pages; its text is kept for the next attempt."""
    access.check(actor, Action.DRAFT_REPORT, congress_id)
    paper = find_paper(tx, congress_id, kind, year=year, number=number)
    if paper is None or paper.published_at is None:
        raise NotFound("This is not published.")
    paper.published_at = None
    tx.flush()
    journal.record(tx, actor, PaperWithdrawn(paper.title), congress_id=congress_id)


def _line(tx: Tx, project: Project, period: Period) -> ProjectLine:
    row = tx.get(Supervision, project.id)
    reports = lighting.reports_of(tx, project)
    first = lighting.first_reports(tx, project)
    within = [month for month in sorted(reports) if month <= period.last]
    report = reports[within[-1]] if within else None
    lights = [lit for lit in lighting.history(tx, project) if _is_within(lit, period)]
    return ProjectLine(
        project=project,
        lead=row.lead if row else "",
        light=lights[0] if lights else None,
        report=report,
        is_late=bool(report and first[report.month].is_late),
        planned_yuan=planned_yuan(project),
        paid_yuan=report.paid_yuan if report else 0,
    )


def _is_within(lit: Lit, period: Period) -> bool:
    return lit.month <= period.last and local(lit.at).year <= period.year + 1


def planned_yuan(project: Project) -> int:
    """Give the money planned for a project's year."""
    lines = [line.planned_yuan for line in project.money if line.year == project.year]
    return sum(lines) if lines else project.total_yuan or 0


def as_of(period: Period) -> date:
    """Give the day up to which a paper speaks."""
    return min(period.ends_on, this_day())


def slots_of(
    tx: Tx, congress_id: int, year: int
) -> tuple[tuple[PaperKind, Period, int, Paper | None], ...]:
    """List the periods of a year that have begun, the latest first, with what was published.

    Those that were over before the supervision began have nothing to tell.
    """
    query = select(Paper).where(Paper.congress_id == congress_id, Paper.year == year)
    kept = {(paper.kind, paper.period): paper for paper in tx.scalars(query)}
    found = []
    for kind, (_, length) in _CADENCES.items():
        numbers = [0] if kind is PaperKind.YEAR else range(MONTHS // length, 0, -1)
        for number in numbers:
            period = period_of(kind, year, number)
            paper = kept.get((kind, number))
            if paper or (
                period.starts_on <= this_day() and _is_supervised(tx, congress_id, period)
            ):
                found.append((kind, period, number, paper))
    return tuple(found)


def _is_supervised(tx: Tx, congress_id: int, period: Period) -> bool:
    """Tell whether the supervision had begun before a period was over."""
    row = find_year(tx, congress_id, period.year)
    return row is not None and row.starts_on <= period.ends_on
