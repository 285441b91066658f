"""Gives a decided project its group, its supervision plan and the targets of its months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from voting.db import Tx
from voting.errors import FieldProblem, NotNow, NotValid, msg
from voting.events import Event
from voting.models.milestones import Stage
from voting.models.projects import Project, ProjectState
from voting.models.sittings import Deputy
from voting.models.supervision import GroupMember, Target
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal
from voting.services.supervision import lighting, trail
from voting.services.supervision.finding import find_project, find_supervision


@dataclass(frozen=True, slots=True)
class GroupSaved(Event):
    words = msg("The group of {code} was named: {number} deputies, led by {lead}.")
    code: str
    lead: str
    number: int


@dataclass(frozen=True, slots=True)
class TargetsSaved(Event):
    words = msg("The targets of {code} were set for {number} months.")
    code: str
    number: int


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """Who follows a project and how: form 10."""

    office: str
    lead: str
    contact: str
    visits: int
    plan: str
    deputies: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TargetRow:
    """What is to be reached by the end of a month."""

    month: int
    percent: int
    words: str = ""


def save_group(tx: Tx, actor: Actor, congress_id: int, code: str, *, group: GroupPlan) -> None:
    """Name the group of a project and write its plan."""
    access.check(actor, Action.PLAN_SUPERVISION, congress_id)
    project = find_project(tx, congress_id, code)
    row = find_supervision(tx, project)
    known = set(tx.scalars(select(Deputy.id).where(Deputy.congress_id == congress_id)))
    if not set(group.deputies) <= known:
        raise NotValid("Somebody chosen is no deputy of this congress.")
    row.office, row.lead, row.contact = group.office, group.lead, group.contact
    row.visits, row.plan = group.visits, group.plan
    row.members.clear()
    tx.flush()
    row.members.extend(GroupMember(deputy_id=number) for number in sorted(set(group.deputies)))
    tx.flush()
    event = GroupSaved(code, group.lead, len(row.members))
    journal.record(tx, actor, event, congress_id=congress_id)


def save_targets(
    tx: Tx, actor: Actor, congress_id: int, code: str, *, targets: Sequence[TargetRow]
) -> None:
    """Set the targets of a project's months; steps that were reached stay reached."""
    access.check(actor, Action.PLAN_SUPERVISION, congress_id)
    project = find_project(tx, congress_id, code)
    check_running(project)
    row = find_supervision(tx, project)
    _check(targets)
    lighting.settle(tx, project)
    reached = {old.words: old.reached_on for old in row.targets if old.words}
    row.targets.clear()
    tx.flush()
    row.targets.extend(
        Target(
            month=target.month,
            percent=target.percent,
            words=target.words,
            reached_on=reached.get(target.words),
        )
        for target in sorted(targets, key=lambda target: target.month)
    )
    tx.flush()
    lighting.relight(tx, project, lighting.ended_month(project))
    content = {
        "lead": row.lead,
        "office": row.office,
        "deputies": len(row.members),
        "targets": [
            {"month": target.month, "percent": target.percent, "step": target.words}
            for target in row.targets
        ],
    }
    trail.note(tx, project, Stage.PLANNED, content)
    event = TargetsSaved(code, len(targets))
    journal.record(tx, actor, event, congress_id=congress_id)


def check_running(project: Project) -> None:
    """Refuse to change what is accepted and over."""
    if project.state is not ProjectState.DECIDED:
        raise NotNow("This project is accepted; its supervision is over.")


def _check(targets: Sequence[TargetRow]) -> None:
    if not targets:
        raise NotValid("Set a target for at least one month.")
    before = 0
    for target in sorted(targets, key=lambda target: target.month):
        if target.percent < before:
            problem = FieldProblem(
                f"percent_{target.month}",
                msg("At least {percent}, as in the month before.", percent=before),
            )
            raise NotValid("Targets can't fall from one month to the next.").at(problem)
        before = target.percent
