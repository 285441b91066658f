"""Enters, changes and finds projects; a code per year names each for good."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, NotFound, NotNow, msg
from voting.events import Event
from voting.models.projects import Project, ProjectState
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal, units

_FIELDS: Final = (
    *("title", "category", "reason", "content", "place", "goal", "due_on", "leader"),
    *("total_yuan", "note"),
)


@dataclass(frozen=True, slots=True)
class ProjectMade(Event):
    """A project begins to be screened."""

    words = msg("The project {code} “{title}” was made.")
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class ProjectSaved(Event):
    """A project under screening was changed."""

    words = msg("The project {code} was changed.")
    code: str


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """What is entered of a project; `unit` is the responsible unit's name."""

    title: str
    category: str = ""
    reason: str = ""
    content: str = ""
    place: str = ""
    goal: str = ""
    due_on: date | None = None
    unit: str = ""
    co_units: tuple[str, ...] = ()
    leader: str = ""
    total_yuan: int | None = None
    note: str = ""


def make_project(
    tx: Tx, actor: Actor, congress_id: int, *, year: int, plan: ProjectPlan
) -> Project:
    """Enter a project of a year; it is under screening and gets the year's next code."""
    access.check(actor, Action.SCREEN, congress_id)
    # Two who make projects at once would count up to the same code.
    journal.lock(tx)
    _check_title(tx, congress_id, year, plan.title)
    code = next_code(tx, congress_id, year)
    project = Project(congress_id=congress_id, year=year, code=code, created_at=clock.now())
    _apply(tx, actor, project, plan)
    tx.add(project)
    tx.flush()
    event = ProjectMade(project.code, project.title)
    journal.record(tx, actor, event, congress_id=congress_id)
    return project


def save_project(tx: Tx, actor: Actor, project_id: int, plan: ProjectPlan) -> Project:
    """Change a project that is under screening."""
    project = check_draft(tx, actor, project_id)
    if plan.title != project.title:
        _check_title(tx, project.congress_id, project.year, plan.title)
    _apply(tx, actor, project, plan)
    tx.flush()
    journal.record(tx, actor, ProjectSaved(project.code), congress_id=project.congress_id)
    return project


def find_project(tx: Tx, congress_id: int, project_id: int) -> Project:
    """Find a project of a congress by its number."""
    project = tx.get(Project, project_id)
    if project is None or project.congress_id != congress_id:
        raise NotFound("There is no such project.")
    return project


def find_by_code(tx: Tx, congress_id: int, code: str) -> Project:
    """Find a project by the code that stands on ballots and in addresses."""
    query = select(Project).where(Project.congress_id == congress_id, Project.code == code)
    project = tx.scalar(query)
    if project is None:
        raise NotFound("There is no such project.")
    return project


def list_projects(
    tx: Tx, congress_id: int, *, year: int | None = None, states: Collection[ProjectState] = ()
) -> Sequence[Project]:
    """List the projects of a year, or of all years, in some states or in all, by code."""
    query = select(Project).where(Project.congress_id == congress_id).order_by(Project.code)
    if year is not None:
        query = query.where(Project.year == year)
    if states:
        query = query.where(Project.state.in_(states))
    return tx.scalars(query).all()


def list_years(tx: Tx, congress_id: int) -> tuple[int, ...]:
    """List the years that have projects, the latest first."""
    query = select(Project.year).where(Project.congress_id == congress_id).distinct()
    return tuple(tx.scalars(query.order_by(Project.year.desc())))


def next_code(tx: Tx, congress_id: int, year: int) -> str:
    """Give the year's next code, such as 2026-03."""
    start = f"{year}-"
    query = select(Project.code).where(
        Project.congress_id == congress_id, Project.code.startswith(start, autoescape=True)
    )
    numbers = [code.removeprefix(start) for code in tx.scalars(query)]
    last = max((int(number) for number in numbers if number.isdecimal()), default=0)
    return f"{start}{last + 1:02}"


def check_draft(tx: Tx, actor: Actor, project_id: int) -> Project:
    """Give a project to somebody who may change it, as long as it is under screening."""
    project = tx.get(Project, project_id)
    if project is None:
        raise NotFound("There is no such project.")
    access.check(actor, Action.SCREEN, project.congress_id)
    if project.state is not ProjectState.SCREENING:
        raise NotNow("The project {code} is no longer under screening.", code=project.code).now(
            "What is adopted changes only by a recorded adjustment."
        )
    return project


def _check_title(tx: Tx, congress_id: int, year: int, title: str) -> None:
    same = select(Project.code).where(
        Project.congress_id == congress_id,
        Project.year == year,
        Project.title == title,
        Project.state.not_in((ProjectState.DECLINED, ProjectState.MERGED)),
    )
    code = tx.scalar(same)
    if code is not None:
        raise Conflict("The project {code} of this year has the same name.", code=code).now(
            "Give this one another name, or merge the two."
        )


def _apply(tx: Tx, actor: Actor, project: Project, plan: ProjectPlan) -> None:
    for field in _FIELDS:
        setattr(project, field, getattr(plan, field))
    project.co_units = list(plan.co_units)
    named = units.find_or_make(tx, actor, project.congress_id, plan.unit) if plan.unit else None
    project.unit_id = named.id if named else None
    project.unit = named
