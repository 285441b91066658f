"""Brings proposals into projects, merges projects and splits them; whoever proposed goes along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete, select

from voting.db import Tx
from voting.errors import FieldProblem, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.models.projects import MoneyLine, Project, ProjectState, SubItem
from voting.models.proposals import Proposal, ProposalState
from voting.models.screening import ListPlace
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.categories import CATEGORY_ALIASES, category_of
from voting.services import journal, projects, proposals
from voting.services.projects import ProjectPlan, check_draft


@dataclass(frozen=True, slots=True)
class ProposalsJoined(Event):
    """Proposals became part of a project."""

    words = msg("{number} proposals became part of the project {code}.")
    code: str
    number: int


@dataclass(frozen=True, slots=True)
class ProjectMerged(Event):
    """A project was merged into another."""

    words = msg("The project {code} was merged into {into}.")
    code: str
    into: str


@dataclass(frozen=True, slots=True)
class ProjectSplit(Event):
    """A part of a project became one of its own."""

    words = msg("From the project {code}, {fresh} was split off.")
    code: str
    fresh: str


@dataclass(frozen=True, slots=True)
class ProjectDeclined(Event):
    """A project was not taken up, for a reason that everyone reads."""

    words = msg("The project {code} was not taken up: {reason}")
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProjectTakenUpAgain(Event):
    """A project that had been declined is screened after all."""

    words = msg("The project {code} is screened after all.")
    code: str


@dataclass(frozen=True, slots=True)
class Split:
    """What goes along into the new project: its name, parts, amounts and proposals."""

    title: str
    part_ids: tuple[int, ...] = ()
    money_ids: tuple[int, ...] = ()
    proposal_ids: tuple[int, ...] = ()


def take_proposals(tx: Tx, actor: Actor, project_id: int, proposal_ids: Sequence[int]) -> None:
    """Bring proposals into a project; whoever made them follows it from now on."""
    project = check_draft(tx, actor, project_id)
    if not proposal_ids:
        what = msg("Choose at least one.")
        raise NotValid("Choose the proposals.").at(FieldProblem("proposal", what))
    for number in dict.fromkeys(proposal_ids):
        _move(tx, actor, _proposal(tx, project, number), project)
    event = ProposalsJoined(project.code, len(set(proposal_ids)))
    journal.record(tx, actor, event, congress_id=project.congress_id)


def found(
    tx: Tx, actor: Actor, congress_id: int, proposal_ids: Sequence[int], *, year: int
) -> Project:
    """Make a project of proposals; it begins with the words of the most supported one."""
    access.check(actor, Action.SCREEN, congress_id)
    query = select(Proposal).where(
        Proposal.congress_id == congress_id, Proposal.id.in_(proposal_ids)
    )
    first = tx.scalars(query.order_by(Proposal.supports.desc(), Proposal.number)).first()
    if first is None:
        what = msg("Choose at least one.")
        raise NotValid("Choose the proposals.").at(FieldProblem("proposal", what))
    plan = ProjectPlan(
        title=first.title,
        category=_category(first),
        reason=first.reason,
        content=first.content,
        place=first.place,
        unit=first.implementer,
        total_yuan=first.estimate_yuan,
    )
    project = projects.make_project(tx, actor, congress_id, year=year, plan=plan)
    take_proposals(tx, actor, project.id, proposal_ids)
    return project


def merge(tx: Tx, actor: Actor, project_id: int, into_id: int) -> Project:
    """Merge a project into another one of its year: proposals, parts and money go along.

    Opinions stay with the project that they were given on.
    """
    project, into = check_draft(tx, actor, project_id), check_draft(tx, actor, into_id)
    if project is into or (project.congress_id, project.year) != (into.congress_id, into.year):
        raise NotFound("There is no such project.")
    for proposal in proposals_of(tx, project):
        _move(tx, actor, proposal, into)
    last = max((part.position for part in into.sub_items), default=0)
    _carry(tx, project.sub_items, project.money, into, first=last + 1)
    if into.total_yuan is not None and project.total_yuan is not None:
        into.total_yuan += project.total_yuan
    _close(tx, project, ProjectState.MERGED)
    project.merged_into_id = into.id
    tx.flush()
    event = ProjectMerged(project.code, into.code)
    journal.record(tx, actor, event, congress_id=project.congress_id)
    return into


def split(tx: Tx, actor: Actor, project_id: int, chosen: Split) -> Project:
    """Make a project of its own from a part of another; the first one keeps the rest."""
    project = check_draft(tx, actor, project_id)
    parts = [part for part in project.sub_items if part.id in chosen.part_ids]
    money = [line for line in project.money if line.id in chosen.money_ids]
    found = [_proposal(tx, project, number) for number in chosen.proposal_ids]
    if not parts and not money and not found:
        what = msg("Choose what goes along: parts, money or proposals.")
        raise NotValid("Nothing was chosen for the new project.").at(FieldProblem("part", what))
    plan = replace(_plan_of(project), title=chosen.title)
    fresh = projects.make_project(tx, actor, project.congress_id, year=project.year, plan=plan)
    fresh.split_from_id = project.id
    gone = {part.id for part in parts}
    for line in project.money:
        if line not in money and line.sub_item_id in gone:
            line.sub_item_id = None
    _carry(tx, parts, money, fresh, first=1)
    for proposal in found:
        _move(tx, actor, proposal, fresh)
    tx.flush()
    event = ProjectSplit(project.code, fresh.code)
    journal.record(tx, actor, event, congress_id=project.congress_id)
    return fresh


def decline(tx: Tx, actor: Actor, project_id: int, reason: str) -> None:
    """Take a project up no further, for a reason that everyone who follows it reads."""
    project = check_draft(tx, actor, project_id)
    if not reason:
        what = msg("Whoever follows the project reads it.")
        raise NotValid("A reason is needed.").at(FieldProblem("reason", what))
    project.declined_reason = reason
    _close(tx, project, ProjectState.DECLINED)
    event = ProjectDeclined(project.code, reason)
    journal.record(tx, actor, event, congress_id=project.congress_id)


def take_up_again(tx: Tx, actor: Actor, project_id: int) -> None:
    """Screen a declined project after all."""
    project = tx.get(Project, project_id)
    if project is None:
        raise NotFound("There is no such project.")
    access.check(actor, Action.SCREEN, project.congress_id)
    if project.state is not ProjectState.DECLINED:
        raise NotNow("This project was not declined.")
    project.state, project.declined_reason = ProjectState.SCREENING, ""
    event = ProjectTakenUpAgain(project.code)
    journal.record(tx, actor, event, congress_id=project.congress_id)


def proposals_of(tx: Tx, project: Project) -> Sequence[Proposal]:
    """List the proposals that are part of a project, in the order of their numbers."""
    query = select(Proposal).where(Proposal.project_id == project.id)
    return tx.scalars(query.order_by(Proposal.number)).all()


def _proposal(tx: Tx, project: Project, number: int) -> Proposal:
    proposal = tx.get(Proposal, number)
    if proposal is None or proposal.congress_id != project.congress_id:
        raise NotFound("There is no such proposal.")
    return proposal


def _category(proposal: Proposal) -> str:
    """Write the category as lists of offices do."""
    known = category_of(proposal.category)
    return proposal.category if known is None else CATEGORY_ALIASES[known][0]


def _move(tx: Tx, actor: Actor, proposal: Proposal, project: Project) -> None:
    proposals.set_state(tx, actor, proposal.id, ProposalState.MERGED, project_id=project.id)


def _carry(
    tx: Tx, parts: Sequence[SubItem], money: Sequence[MoneyLine], into: Project, *, first: int
) -> None:
    """Bring parts and amounts to another project; an amount whose part stays is for the whole."""
    moved = {part.id for part in parts}
    for line in list(money):
        line.project_id = into.id
        line.sub_item_id = line.sub_item_id if line.sub_item_id in moved else None
    for position, part in enumerate(list(parts), start=first):
        part.project_id, part.position = into.id, position
    tx.flush()
    tx.expire_all()


def _close(tx: Tx, project: Project, state: ProjectState) -> None:
    """Take a project out of screening, and off any draft of a list."""
    project.state = state
    tx.execute(delete(ListPlace).where(ListPlace.project_id == project.id))
    tx.flush()


def _plan_of(project: Project) -> ProjectPlan:
    return ProjectPlan(
        title=project.title,
        category=project.category,
        reason=project.reason,
        content=project.content,
        place=project.place,
        goal=project.goal,
        due_on=project.due_on,
        unit=project.unit.name if project.unit else "",
        co_units=tuple(project.co_units),
        leader=project.leader,
        note=project.note,
    )
