"""Says to everybody what they owe in supervision: as an office, a unit or a deputy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from voting.db import Tx
from voting.errors import Message, msg
from voting.i18n import local
from voting.models.inspections import Activity, ActivityState, Finding, FindingState, Guest
from voting.models.people import Congress
from voting.models.projects import Project, ProjectState
from voting.models.supervision import Supervision
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.cadence import Record
from voting.rules.due import Due
from voting.rules.escalation import LEVEL_NAMES, Level, level_of
from voting.rules.roles import Role
from voting.services import units
from voting.services.people.deputies import find_own
from voting.services.supervision import parts, progress
from voting.services.supervision.finding import known_years, ladder_of
from voting.services.supervision.tasks import AHEAD, Task, tasks

_PAPERS: Final = {
    Record.BULLETIN: "bulletin",
    Record.HALF_YEAR_REPORT: "half_year",
    Record.YEAR_REPORT: "year",
}


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who asks what is due, where and when."""

    tx: Tx
    actor: Actor
    congress_id: int
    slug: str
    today: date
    units: frozenset[int]

    @property
    def is_office(self) -> bool:
        """Whether supervision is planned by them."""
        return access.is_allowed(self.actor, Action.PLAN_SUPERVISION, self.congress_id)


def dues(tx: Tx, actor: Actor, congress_id: int, today: date) -> tuple[Due, ...]:
    """List what somebody owes in supervision now."""
    asker = _Asker(
        tx,
        actor,
        congress_id,
        tx.get_one(Congress, congress_id).slug,
        today,
        frozenset(unit.id for unit in units.units_of(tx, actor, congress_id)),
    )
    return (
        *_beginnings(asker),
        *_items(asker),
        *_of_units(asker),
        *_of_parts(asker),
        *_of_offices(asker),
        *_of_deputies(asker),
    )


def _beginnings(asker: _Asker) -> Iterator[Due]:
    """Ask the office to take decided projects into supervision."""
    if not asker.is_office:
        return
    query = (
        select(Project.year)
        .outerjoin(Supervision, Supervision.project_id == Project.id)
        .where(
            Project.congress_id == asker.congress_id,
            Project.state == ProjectState.DECIDED,
            Supervision.project_id.is_(None),
        )
        .distinct()
    )
    for year in sorted(asker.tx.scalars(query)):
        words = msg("Begin the supervision of the projects of {year}", year=str(year))
        yield Due(f"supervision:{year}", words, "supervision.board_page", _here(asker, year=year))


def _items(asker: _Asker) -> Iterator[Due]:
    """Ask for the items of the 五个一 that are not done, those of years past included."""
    held = asker.actor.roles_in(asker.congress_id)
    for year in known_years(asker.tx, asker.congress_id):
        for task in tasks(asker.tx, asker.congress_id, year, asker.today):
            if task.is_done or task.item.owner not in held:
                continue
            if task.due_on > asker.today + AHEAD:
                continue
            if task.item.owner is Role.UNIT and not _is_ours(asker, task):
                continue
            yield _due(asker, task, year)


def _is_ours(asker: _Asker, task: Task) -> bool:
    return task.project is None or task.project.unit_id in asker.units


def _due(asker: _Asker, task: Task, year: int) -> Due:
    endpoint, values = _place(asker, task, year)
    code = task.project.code if task.project else "all"
    return Due(
        f"{task.item.record}:{task.period.key}:{code}",
        task_words(task),
        endpoint,
        values,
        task.due_on,
    )


def task_words(task: Task) -> Message:
    """Say what a task asks for."""
    if task.project is None:
        return msg("{item}, {period}", item=task.item.name, period=task.period.words)
    return msg(
        "{item}, {period}: {title}",
        item=task.item.name,
        period=task.period.words,
        title=task.project.title,
    )


def _place(asker: _Asker, task: Task, year: int) -> tuple[str, dict[str, str | int]]:
    """Give the page where a task is done."""
    record, period = task.item.record, task.period
    if record in _PAPERS:
        number = 0 if record is Record.YEAR_REPORT else period.number
        values = _here(asker, kind=_PAPERS[record], year=year, period=number)
        return "supervision_papers.paper_page", values
    if record is Record.PROGRESS and task.project is not None:
        values = _here(asker, code=task.project.code, month=period.first)
        return "progress.report_page", values
    if record in {Record.GROUP, Record.PLAN} and task.project is not None:
        return "supervision_project.project_page", _here(asker, code=task.project.code)
    if record is Record.RATING:
        return "supervision.board_page", _here(asker, year=year)
    return "activities.list_page", _here(asker, year=year)


def _of_units(asker: _Asker) -> Iterator[Due]:
    """Ask units to answer what was found."""
    query = select(Finding).where(
        Finding.congress_id == asker.congress_id,
        Finding.unit_id.in_(asker.units),
        Finding.state == FindingState.OPEN,
    )
    for row in asker.tx.scalars(query.order_by(Finding.due_on)):
        words = msg("Answer No. {number}: {title}", number=row.number, title=row.project.title)
        values = _here(asker, finding_id=row.id)
        yield Due(f"answer:{row.id}", words, "progress.finding_page", values, row.due_on)


def _of_parts(asker: _Asker) -> Iterator[Due]:
    """Ask units how far their parts of others' projects are."""
    for project in progress.projects_of_units(asker.tx, asker.congress_id, tuple(asker.units)):
        for line in parts.waiting(asker.tx, project, asker.units):
            words = msg(
                "Report on your part “{part}” of “{title}”, month {month}",
                part=line.item.title,
                title=project.title,
                month=line.month,
            )
            key = f"part:{line.item.id}:{line.month}"
            yield Due(key, words, "progress.list_page", _here(asker), line.due_on)


def _of_offices(asker: _Asker) -> Iterator[Due]:
    """Ask the office to check answers, and to see to what is overdue."""
    if not asker.is_office:
        return
    query = select(Finding).where(
        Finding.congress_id == asker.congress_id, Finding.state != FindingState.CLOSED
    )
    ladder = ladder_of(asker.tx, asker.congress_id)
    for row in asker.tx.scalars(query.order_by(Finding.due_on)):
        values = _here(asker, finding_id=row.id)
        if row.state is FindingState.ANSWERED:
            words = msg(
                "Check the answer to No. {number}: {title}",
                number=row.number,
                title=row.project.title,
            )
            yield Due(f"check:{row.id}", words, "problems.finding_page", values)
            continue
        level = level_of(row.due_on, asker.today, ladder)
        if level is not Level.NONE:
            words = msg(
                "No. {number} is not answered: {level} ({title})",
                number=row.number,
                level=LEVEL_NAMES[level],
                title=row.project.title,
            )
            yield Due(f"urge:{row.id}", words, "problems.finding_page", values, row.due_on)
    yield from _unwritten(asker)


def _unwritten(asker: _Asker) -> Iterator[Due]:
    """Ask for the findings of activities whose day has passed."""
    query = select(Activity).where(
        Activity.congress_id == asker.congress_id, Activity.state == ActivityState.PLANNED
    )
    for row in asker.tx.scalars(query.order_by(Activity.starts_at)):
        day = local(row.starts_at).date()
        if day < asker.today:
            words = msg("Write down what came of “{title}”", title=row.title)
            values = _here(asker, activity_id=row.id)
            yield Due(f"findings:{row.id}", words, "activities.activity_page", values, day)


def _of_deputies(asker: _Asker) -> Iterator[Due]:
    """Remind deputies of the activities they are asked to."""
    deputy = find_own(asker.tx, asker.actor, asker.congress_id)
    if deputy is None:
        return
    query = (
        select(Activity)
        .join(Guest, Guest.activity_id == Activity.id)
        .where(
            Guest.deputy_id == deputy.id,
            Guest.signed_at.is_(None),
            Activity.state == ActivityState.PLANNED,
        )
    )
    for row in asker.tx.scalars(query.order_by(Activity.starts_at)):
        day = local(row.starts_at).date()
        if asker.today <= day <= asker.today + AHEAD:
            words = msg("Take part: {title}", title=row.title)
            values = _here(asker)
            yield Due(f"activity:{row.id}", words, "watching.own_page", values, day)


def _here(asker: _Asker, **values: str | int) -> dict[str, str | int]:
    return {"slug": asker.slug, **values}
