"""Takes the monthly reports 月报 of units, with photos; a correction is a new version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, or_, select

from voting import clock
from voting.db import Tx
from voting.errors import FieldProblem, NotAllowed, NotNow, NotValid, msg
from voting.events import Event
from voting.i18n import this_day
from voting.models.milestones import Stage
from voting.models.projects import Project, SubItem
from voting.models.supervision import PartProgress, ProgressReport, Supervision, Target
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.cadence import MONTHS, first_month
from voting.services import journal, pictures, units
from voting.services.supervision import lighting, trail
from voting.services.supervision.finding import (
    SUPERVISED,
    account_of,
    find_project,
    find_supervision,
)
from voting.services.supervision.groups import check_running
from voting.services.supervision.parts import Part, check_month, said_of

MOST_PHOTOS = 6


@dataclass(frozen=True, slots=True)
class ProgressReported(Event):
    words = msg("{unit} reported on {code} for month {month}: {percent}%.")
    code: str
    unit: str
    month: int
    percent: int


@dataclass(frozen=True, slots=True)
class ReportForm:
    """What a unit reports of a month; `reached` names the steps of the plan that are done."""

    done: str
    trouble: str
    next_steps: str
    percent: int
    paid_yuan: int
    parts: tuple[Part, ...] = ()
    reached: tuple[int, ...] = ()
    photos: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month as a unit sees it: its report, or until when it is awaited."""

    month: int
    due_on: date
    report: ProgressReport | None
    first: ProgressReport | None

    @property
    def is_late(self) -> bool:
        """Whether the first report came too late."""
        return self.first is not None and self.first.is_late


def report_progress(
    tx: Tx, actor: Actor, congress_id: int, code: str, *, month: int, form: ReportForm
) -> ProgressReport:
    """Take a report of a month; for a month that has one already, it is a correction."""
    access.check(actor, Action.REPORT_PROGRESS, congress_id)
    project = find_project(tx, congress_id, code)
    supervision = find_supervision(tx, project)
    check_running(project)
    unit_id = _check_unit(tx, actor, project)
    check_month(project, supervision, month)
    if len(form.photos) > MOST_PHOTOS:
        problem = FieldProblem("photos", msg("At most {n} photos.", n=MOST_PHOTOS))
        raise NotValid("These are too many photos.").at(problem)
    lighting.settle(tx, project)
    due = lighting.report_due(tx, project, month)
    first = lighting.first_reports(tx, project).get(month)
    report = ProgressReport(
        project_id=project.id,
        unit_id=unit_id,
        month=month,
        version=_next_version(tx, project, month),
        done=form.done,
        trouble=form.trouble,
        next_steps=form.next_steps,
        percent=form.percent,
        paid_yuan=form.paid_yuan,
        due_on=due,
        # A correction is as late as the report that it corrects.
        is_late=first.is_late if first else this_day() > due,
        sent_at=clock.now(),
        sent_by_id=account_of(actor),
        parts=_parts(tx, project, month, form.parts),
    )
    tx.add(report)
    tx.flush()
    _finish(tx, actor, report, form)
    return report


def months_of(tx: Tx, project: Project) -> tuple[MonthLine, ...]:
    """List the months of a project that have begun, the latest first."""
    supervision = find_supervision(tx, project)
    latest, first = lighting.reports_of(tx, project), lighting.first_reports(tx, project)
    day = this_day()
    last = MONTHS if day.year > project.year else day.month if day.year == project.year else 0
    return tuple(
        MonthLine(
            month, lighting.report_due(tx, project, month), latest.get(month), first.get(month)
        )
        for month in range(last, first_month(supervision.starts_on) - 1, -1)
    )


def versions_of(tx: Tx, project: Project) -> Sequence[ProgressReport]:
    """Give all reports of a project, corrected ones included, the latest first."""
    query = select(ProgressReport).where(ProgressReport.project_id == project.id)
    return tx.scalars(
        query.order_by(ProgressReport.month.desc(), ProgressReport.version.desc())
    ).all()


def projects_of_units(tx: Tx, congress_id: int, unit_ids: Sequence[int]) -> Sequence[Project]:
    """Give the supervised projects that units lead or have a part in, the newest year first."""
    parts = select(SubItem.project_id).where(SubItem.unit_id.in_(unit_ids))
    query = (
        select(Project)
        .join(Supervision, Supervision.project_id == Project.id)
        .where(Project.congress_id == congress_id, Project.state.in_(SUPERVISED))
        .where(or_(Project.unit_id.in_(unit_ids), Project.id.in_(parts)))
    )
    return tx.scalars(query.order_by(Project.year.desc(), Project.code)).all()


def is_ours(tx: Tx, actor: Actor, project: Project) -> bool:
    """Tell whether somebody acts for a project's responsible unit."""
    mine = {unit.id for unit in units.units_of(tx, actor, project.congress_id)}
    return project.unit_id in mine


def _check_unit(tx: Tx, actor: Actor, project: Project) -> int:
    if project.unit_id is None:
        raise NotNow("This project has no responsible unit yet.").now(
            "The committee office names one first."
        )
    if not is_ours(tx, actor, project):
        raise NotAllowed("The responsible unit of this project reports on it.")
    return project.unit_id


def _next_version(tx: Tx, project: Project, month: int) -> int:
    query = select(func.max(ProgressReport.version)).where(
        ProgressReport.project_id == project.id, ProgressReport.month == month
    )
    return (tx.scalar(query) or 0) + 1


def _parts(tx: Tx, project: Project, month: int, parts: Sequence[Part]) -> list[PartProgress]:
    """Give the parts of a report, with what other units said of theirs."""
    known = {item.id for item in project.sub_items}
    if not {part.sub_item_id for part in parts} <= known:
        raise NotValid("A part of the report is no part of this project.")
    former = lighting.reports_of(tx, project).get(month)
    theirs = {item.id for item in project.sub_items if item.unit_id not in {None, project.unit_id}}
    told = [*(former.parts if former else ()), *said_of(tx, project, month)]
    given = {
        row.sub_item_id: Part(row.sub_item_id, row.percent, row.words)
        for row in told
        if row.sub_item_id in theirs
    }
    for part in parts:
        before = given.get(part.sub_item_id)
        words = part.words or (before.words if before else "")
        given[part.sub_item_id] = replace(part, words=words)
    return [
        PartProgress(sub_item_id=part.sub_item_id, percent=part.percent, words=part.words)
        for part in given.values()
    ]


def _finish(tx: Tx, actor: Actor, report: ProgressReport, form: ReportForm) -> None:
    """Note the steps that are reached, keep the photos, work the light out, and enter it all."""
    project = tx.get_one(Project, report.project_id)
    steps = _reach(tx, project, form.reached)
    for photo in form.photos:
        pictures.keep(tx, project.congress_id, f"report:{report.id}", photo, public=True)
    light = lighting.relight(tx, project, report.month)
    content = {
        "month": report.month,
        "version": report.version,
        "unit": report.unit.name,
        "done": report.done,
        "trouble": report.trouble,
        "next": report.next_steps,
        "percent": report.percent,
        "planned": light.planned,
        "paid": report.paid_yuan,
        "light": str(light.light),
        "late": report.is_late,
        "steps": steps,
        "photos": len(form.photos),
    }
    trail.note(tx, project, Stage.REPORTED, content)
    event = ProgressReported(project.code, report.unit.name, report.month, report.percent)
    journal.record(tx, actor, event, congress_id=project.congress_id)


def _reach(tx: Tx, project: Project, reached: Sequence[int]) -> list[str]:
    query = select(Target).where(Target.project_id == project.id, Target.id.in_(reached))
    steps = [target for target in tx.scalars(query) if target.reached_on is None]
    for target in steps:
        target.reached_on = this_day()
    tx.flush()
    return [target.words for target in steps]
