"""Adjusts a decided project 调整 with reason and body, and accepts it when it is finished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import FieldProblem, NotNow, NotValid, msg
from voting.events import Event
from voting.i18n import this_day
from voting.models.inspections import Finding, FindingKind, FindingState
from voting.models.milestones import Stage
from voting.models.projects import Project, ProjectState
from voting.models.supervision import Adjustment
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal
from voting.services.supervision import lighting, trail
from voting.services.supervision.finding import account_of, find_project, find_supervision
from voting.services.supervision.groups import check_running

FIELDS: Final = ("content", "place", "goal", "due_on", "total_yuan")
"""What of a decided project can be adjusted; its title is what the congress has decided."""


@dataclass(frozen=True, slots=True)
class ProjectAdjusted(Event):
    words = msg("The project {code} was adjusted by {body}.")
    code: str
    body: str


@dataclass(frozen=True, slots=True)
class ProjectAccepted(Event):
    words = msg("The project {code} was accepted as finished.")
    code: str


@dataclass(frozen=True, slots=True)
class AdjustmentForm:
    """Who decided to adjust, why, and what the project says from now on."""

    decided_on: date
    body: str
    reason: str
    content: str
    place: str
    goal: str
    due_on: date | None
    total_yuan: int | None


def adjust_project(
    tx: Tx, actor: Actor, congress_id: int, code: str, *, form: AdjustmentForm
) -> Adjustment:
    """Change a decided project as a body has decided, and keep what it said before."""
    access.check(actor, Action.ADJUST_PROJECT, congress_id)
    project = find_project(tx, congress_id, code)
    check_running(project)
    changes = _changes(project, form)
    if not changes:
        raise NotValid("Nothing of the project is changed.").now(
            "Change what was decided to be different, or leave the page."
        )
    if form.decided_on > this_day():
        problem = FieldProblem("decided_on", msg("A day that has come."))
        raise NotValid("An adjustment is entered after it was decided.").at(problem)
    for name in changes:
        setattr(project, name, getattr(form, name))
    row = Adjustment(
        project_id=project.id,
        decided_on=form.decided_on,
        body=form.body,
        reason=form.reason,
        changes=changes,
        made_at=clock.now(),
        made_by_id=account_of(actor),
    )
    tx.add(row)
    tx.flush()
    content = {
        "decided": form.decided_on,
        "body": form.body,
        "reason": form.reason,
        "changes": changes,
    }
    trail.note(tx, project, Stage.ADJUSTED, content)
    event = ProjectAdjusted(code, form.body)
    journal.record(tx, actor, event, congress_id=congress_id)
    return row


def accept_project(
    tx: Tx, actor: Actor, congress_id: int, code: str, *, accepted_on: date, note: str
) -> None:
    """Accept a project as finished; its light is blue from then on."""
    access.check(actor, Action.CLOSE_PROBLEM, congress_id)
    project = find_project(tx, congress_id, code)
    supervision = find_supervision(tx, project)
    check_running(project)
    if accepted_on > this_day() or accepted_on < supervision.starts_on:
        problem = FieldProblem("accepted_on", msg("A day since the supervision began."))
        raise NotValid("The project can't be accepted on this day.").at(problem)
    if _has_open_problems(tx, project):
        raise NotNow("Problems of this project are still open.").now(
            "Close them first, or send them back to the unit."
        )
    lighting.settle(tx, project)
    project.state = ProjectState.ACCEPTED
    supervision.accepted_on, supervision.accepted_note = accepted_on, note
    tx.flush()
    lighting.relight(tx, project, lighting.ended_month(project))
    trail.note(tx, project, Stage.ACCEPTED, {"accepted": accepted_on, "note": note})
    journal.record(tx, actor, ProjectAccepted(code), congress_id=congress_id)


def adjustments_of(tx: Tx, project: Project) -> tuple[Adjustment, ...]:
    """Give a project's adjustments, the latest first."""
    query = select(Adjustment).where(Adjustment.project_id == project.id)
    return tuple(tx.scalars(query.order_by(Adjustment.id.desc())))


def _has_open_problems(tx: Tx, project: Project) -> bool:
    query = select(Finding.id).where(
        Finding.project_id == project.id,
        Finding.kind == FindingKind.PROBLEM,
        Finding.state != FindingState.CLOSED,
    )
    return tx.scalar(query.limit(1)) is not None


def _changes(project: Project, form: AdjustmentForm) -> dict[str, Any]:
    """Give what changes, each with what it was and what it is."""
    found = {}
    for name in FIELDS:
        old, new = getattr(project, name), getattr(form, name)
        if (old or "") != (new or ""):
            found[name] = {"old": _said(old), "new": _said(new)}
    return found


def _said(value: object) -> str:
    return "" if value is None else str(value)
