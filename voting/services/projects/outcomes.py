"""What a declared vote makes of projects: decided, or not chosen; those only listed become some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import msg
from voting.events import Event
from voting.models.projects import MoneyLine, Project, ProjectState
from voting.models.sittings import Candidate
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal, units
from voting.services.projects.making import next_code

_COPIED: Final = (
    *("title", "category", "content", "place", "total_yuan", "leader", "due_on", "goal"),
    *("demand", "note"),
)
_LONGEST_CODE: Final = 32


@dataclass(frozen=True, slots=True)
class ProjectsDecided(Event):
    """The projects of a vote know what became of them."""

    words = msg("{decided} projects were decided, {others} were not chosen.")
    decided: int
    others: int


@dataclass(frozen=True, slots=True)
class Decided:
    """What a vote has come to over all its rounds, as far as it has come.

    `outcome` is its object's id in the log, or the digest of a signed count by hand. Before the
    last round nothing is known of those that were not chosen yet.
    """

    congress_id: int
    year: int
    chosen: frozenset[str]
    is_final: bool
    outcome: str
    is_by_hand: bool = False


def take_outcome(
    tx: Tx, actor: Actor, decided: Decided, candidates: Sequence[Candidate]
) -> tuple[Project, ...]:
    """Let projects follow a declared outcome; gives those that are decided by it now.

    A candidate that came from a table and was never screened becomes a project here, so that
    every decided project can be supervised. Doing it again changes nothing.
    """
    access.check(actor, Action.ANNOUNCE, decided.congress_id)
    projects = {row.code: _project_of(tx, actor, decided, row) for row in candidates}
    moved = [
        _moved(decided, project, is_chosen=code in decided.chosen)
        for code, project in projects.items()
    ]
    tx.flush()
    fresh = [project for project in moved if project is not None]
    chosen = tuple(p for p in fresh if p.state is ProjectState.DECIDED)
    if fresh:
        event = ProjectsDecided(len(chosen), len(fresh) - len(chosen))
        journal.record(tx, actor, event, congress_id=decided.congress_id)
    return chosen


def _moved(decided: Decided, project: Project, *, is_chosen: bool) -> Project | None:
    """Give the project if the outcome changes its state."""
    if project.state not in {ProjectState.SCREENING, ProjectState.LISTED}:
        return None
    if is_chosen:
        project.state = ProjectState.DECIDED
    elif decided.is_final:
        project.state = ProjectState.NOT_CHOSEN
    else:
        return None
    return project


def _project_of(tx: Tx, actor: Actor, decided: Decided, row: Candidate) -> Project:
    known = tx.get(Project, row.project_id) if row.project_id else None
    if known is not None:
        return known
    code = _free_code(tx, decided, row.code)
    project = Project(
        congress_id=decided.congress_id,
        year=decided.year,
        code=code,
        created_at=clock.now(),
        state=ProjectState.LISTED,
        co_units=list(row.co_units),
        **{field: getattr(row, field) for field in _COPIED},
    )
    if row.unit:
        project.unit_id = units.find_or_make(tx, actor, decided.congress_id, row.unit).id
    if row.yearly_yuan:
        project.money.append(
            MoneyLine(year=decided.year, source=row.sources[:64], planned_yuan=row.yearly_yuan)
        )
    tx.add(project)
    tx.flush()
    row.project_id = project.id
    return project


def _free_code(tx: Tx, decided: Decided, code: str) -> str:
    """Keep the code of the ballot with the year before it, so that years don't meet."""
    start = f"{decided.year}-"
    wanted = code if code.startswith(start) else f"{start}{code}"
    taken = select(Project.id).where(
        Project.congress_id == decided.congress_id, Project.code == wanted
    )
    fits = len(wanted) <= _LONGEST_CODE and tx.scalar(taken) is None
    return wanted if fits else next_code(tx, decided.congress_id, decided.year)
