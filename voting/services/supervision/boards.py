"""The values of supervision's pages: the board of a year, a project, the ledger, one's own part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from voting.db import Tx
from voting.errors import NotFound
from voting.i18n import this_day
from voting.models.inspections import Activity, Finding, FindingState
from voting.models.projects import Project
from voting.models.sittings import Deputy
from voting.models.supervision import (
    Adjustment,
    PartReport,
    ProgressReport,
    Supervision,
    SupervisionYear,
)
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.escalation import Level
from voting.services import pictures
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard
from voting.services.pictures import PictureCard
from voting.services.supervision import (
    activities,
    adjusting,
    lighting,
    papers,
    parts,
    problems,
    progress,
)
from voting.services.supervision.counting import Counters, count_year
from voting.services.supervision.finding import (
    find_project,
    find_year,
    known_years,
    list_projects,
)
from voting.services.supervision.lighting import Lit
from voting.services.supervision.progress import MonthLine
from voting.services.supervision.tasks import Task, tasks


@dataclass(frozen=True, slots=True)
class Bar:
    """The congress that a page is about, what its reader may do, and the day."""

    congress: CongressCard
    acts: frozenset[Action]
    today: date

    def may(self, act: str) -> bool:
        """Tell whether to offer an act."""
        return act in self.acts

    @property
    def slug(self) -> str:
        """Its part of the addresses."""
        return self.congress.slug


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A project on a board."""

    project: Project
    lead: str
    light: Lit | None
    report: ProgressReport | None
    planned_yuan: int
    open_problems: int


@dataclass(frozen=True, slots=True)
class Board:
    """A year of supervision at a glance; `waiting` counts projects that are not taken in yet."""

    bar: Bar
    year: int
    years: tuple[int, ...]
    begun: SupervisionYear | None
    waiting: int
    counters: Counters
    before: tuple[Counters, ...]
    lines: tuple[BoardLine, ...]
    tasks: tuple[Task, ...]

    @property
    def overdue(self) -> tuple[Task, ...]:
        """What should have been done."""
        return tuple(task for task in self.tasks if task.is_overdue(self.bar.today))


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A problem or advice with who has to see to it."""

    finding: Finding
    level: Level


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report with its photos."""

    report: ProgressReport
    photos: tuple[PictureCard, ...]


@dataclass(frozen=True, slots=True)
class ProjectBoard:
    """One project under supervision."""

    bar: Bar
    project: Project
    supervision: Supervision
    lights: tuple[Lit, ...]
    months: tuple[MonthLine, ...]
    reports: tuple[ReportLine, ...]
    parts: Sequence[PartReport]
    findings: tuple[FindingLine, ...]
    activities: Sequence[Activity]
    adjustments: tuple[Adjustment, ...]
    planned_yuan: int
    deputies: Sequence[Deputy]

    @property
    def light(self) -> Lit | None:
        """The light of now."""
        return self.lights[0] if self.lights else None

    @property
    def latest(self) -> ProgressReport | None:
        """The report of the last month that has one."""
        return self.reports[0].report if self.reports else None


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A project in the tables of a year."""

    project: Project
    supervision: Supervision | None
    light: Lit | None
    report: ProgressReport | None
    planned_yuan: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The tables of a year: division of work 分工表 and progress 进展表."""

    congress: str
    year: int
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger 问题整改台账 of a year."""

    bar: Bar
    year: int
    years: tuple[int, ...]
    lines: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class FindingBoard:
    """One problem or advice with all that was done about it."""

    bar: Bar
    finding: Finding
    level: Level
    photos: tuple[PictureCard, ...]
    answer_by: date


def read_bar(tx: Tx, actor: Actor, slug: str) -> Bar:
    """Find a congress for its pages of supervision."""
    congress = congresses.find_congress(tx, slug)
    acts = frozenset(act for act in Action if access.is_allowed(actor, act, congress.id))
    return Bar(congress, acts, this_day())


def read_board(tx: Tx, actor: Actor, slug: str, year: int | None) -> Board:
    """Give a year's board, the latest with decided projects where none is asked for."""
    bar = read_bar(tx, actor, slug)
    years = known_years(tx, bar.congress.id)
    chosen = year or (years[0] if years else bar.today.year)
    projects = list_projects(tx, bar.congress.id, chosen)
    supervised = [project for project in projects if tx.get(Supervision, project.id) is not None]
    return Board(
        bar=bar,
        year=chosen,
        years=years,
        begun=find_year(tx, bar.congress.id, chosen),
        waiting=len(projects) - len(supervised),
        counters=count_year(tx, bar.congress.id, chosen),
        before=tuple(count_year(tx, bar.congress.id, each) for each in sorted(years)),
        lines=tuple(board_line(tx, project) for project in projects),
        tasks=tasks(tx, bar.congress.id, chosen, bar.today),
    )


def board_line(tx: Tx, project: Project) -> BoardLine:
    """Give a project as boards show it."""
    row = tx.get(Supervision, project.id)
    reports = lighting.reports_of(tx, project)
    found = problems.findings_of(tx, project)
    return BoardLine(
        project=project,
        lead=row.lead if row else "",
        light=lighting.light_now(tx, project),
        report=reports[max(reports)] if reports else None,
        planned_yuan=papers.planned_yuan(project),
        open_problems=len([row for row in found if row.state is not FindingState.CLOSED]),
    )


def read_project(tx: Tx, actor: Actor, slug: str, code: str) -> ProjectBoard:
    """Give one project under supervision."""
    bar = read_bar(tx, actor, slug)
    project = find_project(tx, bar.congress.id, code)
    supervision = tx.get(Supervision, project.id)
    if supervision is None:
        raise NotFound("The supervision of this project has not begun.")
    latest = lighting.reports_of(tx, project)
    found = problems.findings_of(tx, project)
    levels = problems.levels(tx, bar.congress.id, found)
    return ProjectBoard(
        bar=bar,
        project=project,
        supervision=supervision,
        lights=lighting.history(tx, project),
        months=progress.months_of(tx, project),
        reports=tuple(report_line(tx, latest[month]) for month in sorted(latest, reverse=True)),
        parts=parts.reported_alone(tx, project),
        findings=tuple(FindingLine(row, levels[row.id]) for row in found),
        activities=activities.activities_of(tx, project),
        adjustments=adjusting.adjustments_of(tx, project),
        planned_yuan=papers.planned_yuan(project),
        deputies=roster_of(tx, bar.congress.id),
    )


def read_sheet(tx: Tx, actor: Actor, slug: str, year: int) -> Sheet:
    """Give what the tables of a year are written from."""
    bar = read_bar(tx, actor, slug)
    lines = []
    for project in list_projects(tx, bar.congress.id, year):
        line = board_line(tx, project)
        row = tx.get(Supervision, project.id)
        lines.append(SheetLine(project, row, line.light, line.report, line.planned_yuan))
    return Sheet(bar.congress.name, year, tuple(lines))


def report_line(tx: Tx, report: ProgressReport) -> ReportLine:
    """Give a report with its photos; a correction without any keeps those sent before."""
    project = tx.get_one(Project, report.project_id)
    query = select(ProgressReport.id).where(
        ProgressReport.project_id == project.id,
        ProgressReport.month == report.month,
        ProgressReport.version <= report.version,
    )
    for number in tx.scalars(query.order_by(ProgressReport.version.desc())):
        if photos := pictures.of(tx, project.congress_id, f"report:{number}"):
            return ReportLine(report, photos)
    return ReportLine(report, ())


def roster_of(tx: Tx, congress_id: int) -> Sequence[Deputy]:
    """Give the deputies of a congress in their order, with their delegations."""
    query = (
        select(Deputy)
        .options(selectinload(Deputy.delegation))
        .where(Deputy.congress_id == congress_id, Deputy.is_active)
    )
    return tx.scalars(query.order_by(Deputy.position)).all()


def read_ledger(tx: Tx, actor: Actor, slug: str, year: int | None) -> Ledger:
    """Give the ledger of a year."""
    bar = read_bar(tx, actor, slug)
    years = known_years(tx, bar.congress.id)
    chosen = year or (years[0] if years else bar.today.year)
    rows = problems.list_findings(tx, bar.congress.id, chosen)
    levels = problems.levels(tx, bar.congress.id, rows)
    return Ledger(bar, chosen, years, tuple(FindingLine(row, levels[row.id]) for row in rows))


def read_finding(tx: Tx, actor: Actor, slug: str, finding_id: int) -> FindingBoard:
    """Give one problem or advice."""
    bar = read_bar(tx, actor, slug)
    finding = problems.find_finding(tx, bar.congress.id, finding_id)
    return FindingBoard(
        bar=bar,
        finding=finding,
        level=problems.levels(tx, bar.congress.id, [finding])[finding.id],
        photos=pictures.of(tx, bar.congress.id, f"problem:{finding.id}"),
        answer_by=answer_by(tx, bar.congress.id),
    )


def answer_by(tx: Tx, congress_id: int) -> date:
    """Suggest until when a unit answers."""
    days = congresses.preferences_of(tx, congress_id).number("problems.days")
    return date.fromordinal(this_day().toordinal() + days)
