"""The values of the pages on which units report and answer, and deputies follow their projects."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from voting.db import Tx
from voting.errors import NotAllowed, NotFound
from voting.models.inspections import Activity
from voting.models.projects import Project
from voting.models.sittings import Deputy
from voting.models.supervision import GroupMember, ProgressReport, Supervision, Target
from voting.rules.access import Actor
from voting.rules.lights import planned_at
from voting.services import units
from voting.services.people.deputies import find_own
from voting.services.supervision import activities, lighting, parts, problems, progress
from voting.services.supervision.boards import Bar, BoardLine, FindingLine, board_line, read_bar
from voting.services.supervision.finding import (
    find_project,
    known_years,
    list_projects,
)
from voting.services.supervision.parts import PartLine
from voting.services.supervision.progress import MonthLine


@dataclass(frozen=True, slots=True)
class UnitProject:
    """A project as its unit sees it; one that it only has a part in is led by another."""

    line: BoardLine
    months: tuple[MonthLine, ...]
    is_lead: bool
    own_parts: tuple[PartLine, ...]


@dataclass(frozen=True, slots=True)
class UnitBoard:
    """A unit's part of supervision."""

    bar: Bar
    units: tuple[str, ...]
    projects: tuple[UnitProject, ...]
    findings: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class MonthBoard:
    """A month that a unit reports on: what is there already, and what the plan asks."""

    bar: Bar
    project: Project
    month: int
    line: MonthLine
    planned: int
    steps: tuple[Target, ...]
    before: ProgressReport | None


@dataclass(frozen=True, slots=True)
class OwnActivity:
    """An activity as a deputy sees it."""

    activity: Activity
    is_signed: bool


@dataclass(frozen=True, slots=True)
class OwnBoard:
    """A deputy's part of supervision."""

    bar: Bar
    deputy: Deputy | None
    lines: tuple[BoardLine, ...]
    others: tuple[BoardLine, ...]
    activities: tuple[OwnActivity, ...]


def read_unit(tx: Tx, actor: Actor, slug: str) -> UnitBoard:
    """Give what the units of somebody have to do."""
    bar = read_bar(tx, actor, slug)
    cards = units.units_of(tx, actor, bar.congress.id)
    ids = [card.id for card in cards]
    found = problems.findings_of_units(tx, bar.congress.id, ids)
    levels = problems.levels(tx, bar.congress.id, found)
    return UnitBoard(
        bar,
        tuple(card.name for card in cards),
        tuple(
            UnitProject(
                board_line(tx, project),
                progress.months_of(tx, project),
                project.unit_id in ids,
                parts.lines_of(tx, project, ids),
            )
            for project in progress.projects_of_units(tx, bar.congress.id, ids)
        ),
        tuple(FindingLine(row, levels[row.id]) for row in found),
    )


def read_month(tx: Tx, actor: Actor, slug: str, *, code: str, month: int) -> MonthBoard:
    """Give a month of a project to the unit that reports on it."""
    bar = read_bar(tx, actor, slug)
    project = find_project(tx, bar.congress.id, code)
    if not progress.is_ours(tx, actor, project):
        raise NotAllowed("The responsible unit of this project reports on it.")
    found = [line for line in progress.months_of(tx, project) if line.month == month]
    if not found:
        raise NotFound("No report is awaited for this month.")
    supervision = tx.get_one(Supervision, project.id)
    reports = lighting.reports_of(tx, project)
    earlier = [each for each in reports if each < month]
    return MonthBoard(
        bar,
        project,
        month,
        found[0],
        planned_at({row.month: row.percent for row in supervision.targets}, month),
        tuple(row for row in supervision.targets if row.words and row.reached_on is None),
        reports[max(earlier)] if earlier else None,
    )


def read_own(tx: Tx, actor: Actor, slug: str) -> OwnBoard:
    """Give a deputy's projects and activities of the year."""
    bar = read_bar(tx, actor, slug)
    deputy = find_own(tx, actor, bar.congress.id)
    mine = select(GroupMember.project_id).where(
        GroupMember.deputy_id == (deputy.id if deputy else 0)
    )
    ids = set(tx.scalars(mine))
    years = known_years(tx, bar.congress.id)
    projects = list_projects(tx, bar.congress.id, years[0]) if years else ()
    supervised = [row for row in projects if tx.get(Supervision, row.id) is not None]
    rows = activities.list_activities(tx, bar.congress.id, bar.today.year)
    asked = [row for row in rows if deputy and deputy.id in {g.deputy_id for g in row.guests}]
    return OwnBoard(
        bar,
        deputy,
        tuple(board_line(tx, row) for row in supervised if row.id in ids),
        tuple(board_line(tx, row) for row in supervised if row.id not in ids),
        tuple(OwnActivity(row, activities.has_signed(tx, actor, row)) for row in asked),
    )
