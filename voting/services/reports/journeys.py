"""The projects of a year for everyone, and the whole way of each from first proposal to rating."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import select

from voting.db import Tx
from voting.errors import Message, msg
from voting.i18n import say_date
from voting.models.elections import Election, ElectionState
from voting.models.handcounts import HandCount
from voting.models.projects import Project, ProjectState
from voting.models.sittings import BallotKind, Candidate, CandidateList, Sitting
from voting.models.supervision import Supervision
from voting.rules.journey import Step, in_order
from voting.rules.screening import Demand
from voting.services import milestones, pictures, projects, proposals, supervision
from voting.services.milestones import MilestoneLine, Stage
from voting.services.people.congresses import CongressCard
from voting.services.pictures import PictureCard
from voting.services.ratings import reading
from voting.services.screening import joining, opinions, steps

ORDER: Final = (
    ProjectState.DECIDED,
    ProjectState.ACCEPTED,
    ProjectState.LISTED,
    ProjectState.SCREENING,
    ProjectState.NOT_CHOSEN,
    ProjectState.DECLINED,
)
"""States in the order in which a year's page shows them; what was merged is found elsewhere."""

_STAGES: Final[Mapping[Stage, Message]] = {
    Stage.ADOPTED: msg("Adopted as a candidate by the standing committee"),
    Stage.DECIDED: msg("Decided by the deputies’ ballot"),
    Stage.PLANNED: msg("The plan of supervision is made"),
    Stage.REPORTED: msg("The responsible unit has reported its progress"),
    Stage.VISITED: msg("Deputies have inspected it"),
    Stage.PROBLEM: msg("Deputies have found a problem"),
    Stage.ANSWERED: msg("The responsible unit has answered to a problem"),
    Stage.CLOSED: msg("A problem is settled"),
    Stage.ADJUSTED: msg("The project was adjusted"),
    Stage.ACCEPTED: msg("The project is finished and accepted"),
    Stage.RATED: msg("Deputies have rated it"),
    Stage.RECTIFIED: msg("It was put right and is rated again"),
    Stage.ARCHIVED: msg("Archived"),
}


@dataclass(frozen=True, slots=True)
class ProjectGroup:
    """The projects of a year in one state."""

    state: ProjectState
    projects: tuple[Project, ...]


@dataclass(frozen=True, slots=True)
class ProjectsPage:
    """A year's projects by state."""

    congress: CongressCard
    year: int | None
    years: tuple[int, ...]
    groups: tuple[ProjectGroup, ...]


@dataclass(frozen=True, slots=True)
class WayStep:
    """A step, with its entry in the log where it has one."""

    step: Step
    entry: MilestoneLine | None


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """A project with its whole way; `merged_into` is where one that was merged goes on."""

    congress: CongressCard
    project: Project
    way: tuple[WayStep, ...]
    demand: Demand
    yearly_yuan: int | None
    photos: tuple[PictureCard, ...]
    is_supervised: bool
    merged_into: Project | None


def read_projects(tx: Tx, congress: CongressCard, year: int | None) -> ProjectsPage:
    """Give a year's projects, by default the latest year's."""
    years = projects.list_years(tx, congress.id)
    chosen = year if year is not None else (years[0] if years else None)
    rows = projects.list_projects(tx, congress.id, year=chosen) if chosen else ()
    groups = (
        ProjectGroup(state, tuple(row for row in rows if row.state is state)) for state in ORDER
    )
    return ProjectsPage(congress, chosen, years, tuple(g for g in groups if g.projects))


def read_project(tx: Tx, congress: CongressCard, code: str) -> ProjectPage:
    """Give a project with all that has become of it so far."""
    project = projects.find_by_code(tx, congress.id, code)
    into = tx.get(Project, project.merged_into_id) if project.merged_into_id else None
    return ProjectPage(
        congress=congress,
        project=project,
        way=read_way(tx, congress, project),
        demand=opinions.demands(tx, congress.id, project.year)[project.id],
        yearly_yuan=projects.yearly_of(project),
        photos=_photos(tx, project),
        is_supervised=tx.get(Supervision, project.id) is not None,
        merged_into=into,
    )


def read_way(tx: Tx, congress: CongressCard, project: Project) -> tuple[WayStep, ...]:
    """Gather what every stage tells of a project, and its entries in the log."""
    entries = {line.index: line for line in _entries(tx, project)}
    later = (*supervision.steps_of(tx, project), *reading.steps_of(tx, project))
    named = {step.milestone for step in later}
    untold = [line for line in entries.values() if line.index not in named]
    adopted, decided, others = (
        [_step(line) for line in untold if _place(line) == place] for place in range(3)
    )
    way = in_order(
        proposals.steps_of(tx, project),
        steps.steps_of(tx, project),
        adopted,
        _ballots(tx, congress, project),
        decided,
        later,
        others,
    )
    return tuple(WayStep(step, entries.get(_index(step))) for step in way)


def _place(line: MilestoneLine) -> int:
    """Tell before which stages an entry belongs, where moments are alike."""
    return {Stage.ADOPTED: 0, Stage.DECIDED: 1}.get(line.stage, 2)


def _step(line: MilestoneLine) -> Step:
    return Step(line.at, _STAGES[line.stage], _detail(line), milestone=line.index)


def _index(step: Step) -> int:
    return -1 if step.milestone is None else step.milestone


def _entries(tx: Tx, project: Project) -> Sequence[MilestoneLine]:
    return milestones.of_project(tx, project.congress_id, project.code)


def _detail(line: MilestoneLine) -> Message | None:
    """Say what an adoption rests on; other stages tell their own details."""
    content = line.content or {}
    if line.stage is Stage.ADOPTED and content.get("adopted_on"):
        day = say_date(date.fromisoformat(str(content["adopted_on"])))
        return msg("Adopted on {day}: {resolution}", day=day, resolution=content["resolution"])
    if line.stage is Stage.DECIDED and content.get("by_hand"):
        return msg("The votes were counted by hand.")
    return None


def _ballots(tx: Tx, congress: CongressCard, project: Project) -> Iterator[Step]:
    """Tell on which ballots a project stood, and those that were decided with their pages."""
    query = (
        select(Candidate)
        .join(CandidateList)
        .where(Candidate.project_id == project.id, CandidateList.kind == BallotKind.DECISION)
        .where(CandidateList.locked_at.is_not(None))
        .order_by(CandidateList.version.desc())
    )
    sittings = {row.candidate_list.sitting_id: row for row in reversed(tx.scalars(query).all())}
    for sitting_id, row in sittings.items():
        sitting = tx.get_one(Sitting, sitting_id)
        if sitting.is_rehearsal or row.candidate_list.locked_at is None:
            continue
        yield Step(
            row.candidate_list.locked_at,
            msg("Put on the ballot of {sitting}", sitting=sitting.name),
        )
        yield from _votes(tx, congress, sitting, project)


def _votes(tx: Tx, congress: CongressCard, sitting: Sitting, project: Project) -> Iterator[Step]:
    query = select(Election).where(
        Election.sitting_id == sitting.id,
        Election.kind == BallotKind.DECISION,
        Election.state != ElectionState.ANNULLED,
        Election.opened_at.is_not(None),
    )
    for vote in tx.scalars(query.order_by(Election.id)):
        step = Step(
            vote.opened_at or sitting.created_at,
            msg("The deputies vote: {title}, round {round}", title=vote.title, round=vote.round),
            endpoint="result.vote",
            values={"slug": congress.slug, "object_id": vote.object_id},
        )
        yield step
        if vote.declared_at and project.state is ProjectState.NOT_CHOSEN:
            yield replace(step, at=vote.declared_at, words=msg("It was not chosen this year"))
    by_hand = select(HandCount).where(
        HandCount.sitting_id == sitting.id,
        HandCount.kind == BallotKind.DECISION,
        HandCount.digest.is_not(None),
    )
    for hand in tx.scalars(by_hand.order_by(HandCount.id)):
        yield Step(
            hand.begun_at,
            msg("The deputies vote on paper: {title}", title=hand.title),
            endpoint="result.paper_vote",
            values={"slug": congress.slug, "number": hand.id},
        )


def _photos(tx: Tx, project: Project) -> tuple[PictureCard, ...]:
    """Give the public photos of the proposals in a project."""
    return tuple(
        card
        for row in joining.proposals_of(tx, project)
        for card in pictures.of(tx, project.congress_id, proposals.owner_of(row))
        if card.is_public
    )[:_MOST_PHOTOS]


_MOST_PHOTOS: Final = 12
