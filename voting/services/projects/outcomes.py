"""What a declared vote makes of projects: decided, or not chosen; those only listed become some."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import msg
from voting.events import Event
from voting.models.projects import MoneyLine, Project, ProjectState
from voting.models.sittings import BallotKind, Candidate, CandidateList
from voting.rules import access
from voting.rules import candidates as rule
from voting.rules.access import Action, Actor
from voting.services import journal, milestones, units
from voting.services.projects.making import next_code

_COPIED: Final = (
    *("title", "category", "content", "place", "total_yuan", "leader", "due_on", "goal"),
    *("demand", "note"),
)
_LONGEST_SOURCE: Final = 64


@dataclass(frozen=True, slots=True)
class ProjectsDecided(Event):
    """The projects of a vote know what became of them."""

    words = msg("{decided} projects were decided, {others} were not chosen.")
    decided: int
    others: int


@dataclass(frozen=True, slots=True)
class Decided:
    """What a vote has come to over all its rounds, as far as it has come.

    `chosen` gives for each project the outcome in the log that elected it, or nothing where votes
    were counted by hand. Before the last round nothing is known of the others yet.
    """

    year: int
    chosen: Mapping[str, str]
    is_final: bool


def take_outcome(
    tx: Tx, actor: Actor, listed: CandidateList, decided: Decided
) -> tuple[Project, ...]:
    """Let projects follow a declared outcome; gives those that are decided by it now.

    A candidate that came from a table and was never screened becomes a project here, so that
    every decided project can be supervised. Doing it again changes nothing.
    """
    congress_id = listed.sitting.congress_id
    access.check(actor, Action.ANNOUNCE, congress_id)
    moved: list[Project] = []
    for row in listed.candidates:
        project = _project_of(tx, actor, row, year=decided.year)
        if _moves(decided, project, is_chosen=row.code in decided.chosen):
            moved.append(project)
            _enter(tx, project, row, outcome=decided.chosen.get(row.code, ""))
    tx.flush()
    chosen = tuple(p for p in moved if p.state is ProjectState.DECIDED)
    if moved:
        event = ProjectsDecided(len(chosen), len(moved) - len(chosen))
        journal.record(tx, actor, event, congress_id=congress_id)
    return chosen


def year_of(tx: Tx, listed: CandidateList) -> int:
    """Give the year whose projects a list holds.

    A list that was taken over from screening says it, whenever the sitting is held; otherwise it
    is the sitting's year, and for a rating, which looks back, the one before.
    """
    query = select(Project.year).join(Candidate, Candidate.project_id == Project.id)
    years = set(tx.scalars(query.where(Candidate.list_id == listed.id)))
    if len(years) == 1:
        return years.pop()
    return listed.sitting.starts_on.year - (listed.kind is BallotKind.RATING)


def enter_adoption(tx: Tx, project: Project, content: dict[str, Any]) -> None:
    """Enter in the log that a project was adopted; a later version of a list enters nothing."""
    if not milestones.of_project(tx, project.congress_id, project.code):
        milestones.record(
            tx, project.congress_id, project.code, milestones.Stage.ADOPTED, content=content
        )


def _moves(decided: Decided, project: Project, *, is_chosen: bool) -> bool:
    """Give a project the state that the outcome asks for; tells whether it is a new one."""
    if project.state not in {ProjectState.SCREENING, ProjectState.LISTED}:
        return False
    if is_chosen:
        project.state = ProjectState.DECIDED
    elif decided.is_final:
        project.state = ProjectState.NOT_CHOSEN
    else:
        return False
    return True


def _enter(tx: Tx, project: Project, row: Candidate, *, outcome: str) -> None:
    """Enter a decision in the log, after the adoption of a list that was made here."""
    if project.state is not ProjectState.DECIDED:
        return
    listed = row.candidate_list
    content = {
        **rule.content_of(row),
        "list": listed.digest,
        "adopted_on": listed.adopted_on,
        "resolution": listed.resolution,
        "sitting": listed.sitting.name,
    }
    enter_adoption(tx, project, content)
    milestones.record(
        tx,
        project.congress_id,
        project.code,
        milestones.Stage.DECIDED,
        content={**content, "by_hand": not outcome},
        # An outcome names its projects as the paper did.
        outcome=outcome if project.code == row.code else "",
    )


def _project_of(tx: Tx, actor: Actor, row: Candidate, *, year: int) -> Project:
    known = tx.get(Project, row.project_id) if row.project_id else None
    if known is not None:
        return known
    congress_id = row.candidate_list.sitting.congress_id
    is_taken = code_is_taken(tx, congress_id, row.code)
    project = Project(
        congress_id=congress_id,
        year=year,
        code=next_code(tx, congress_id, year) if is_taken else row.code,
        created_at=clock.now(),
        state=ProjectState.LISTED,
        co_units=list(row.co_units),
        **{field: getattr(row, field) for field in _COPIED},
    )
    if row.unit:
        project.unit_id = units.find_or_make(tx, actor, congress_id, row.unit).id
    if row.yearly_yuan:
        source = row.sources[:_LONGEST_SOURCE]
        project.money.append(MoneyLine(year=year, source=source, planned_yuan=row.yearly_yuan))
    tx.add(project)
    tx.flush()
    row.project_id = project.id
    return project


def code_is_taken(tx: Tx, congress_id: int, code: str) -> bool:
    """Tell whether a project of any year has a code."""
    query = select(Project.id).where(Project.congress_id == congress_id, Project.code == code)
    return tx.scalar(query) is not None
