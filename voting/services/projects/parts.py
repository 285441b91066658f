"""Sub-items 子项 of a project, each with a unit and a target, and its money by year and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voting.db import Tx
from voting.errors import FieldProblem, NotFound, NotValid, msg
from voting.events import Event
from voting.models.projects import MoneyLine, Project, SubItem
from voting.rules.access import Actor
from voting.services import journal, units
from voting.services.projects.making import check_draft

_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class PartsChanged(Event):
    """The sub-items of a project were changed."""

    words = msg("The project {code} has {number} parts now.")
    code: str
    number: int


@dataclass(frozen=True, slots=True)
class MoneyChanged(Event):
    """The money planned for a project was changed."""

    words = msg("For the project {code}, {yuan} yuan are planned now.")
    code: str
    yuan: int


@dataclass(frozen=True, slots=True)
class PartPlan:
    """A part as it is entered; `unit` is its responsible unit's name."""

    title: str
    goal: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class MoneyPlan:
    """An amount as it is entered; without a part it is for the whole project."""

    year: int
    source: str
    planned_yuan: int
    sub_item_id: int | None = None


def add_part(tx: Tx, actor: Actor, project_id: int, plan: PartPlan) -> SubItem:
    """Add a part at the end."""
    project = check_draft(tx, actor, project_id)
    if len(project.sub_items) >= _MOST:
        raise NotValid("A project has at most {most} parts.", most=_MOST)
    last = max((part.position for part in project.sub_items), default=0)
    part = SubItem(position=last + 1, title=plan.title, goal=plan.goal)
    _give_unit(tx, actor, project, part=part, name=plan.unit)
    project.sub_items.append(part)
    _parts_changed(tx, actor, project)
    return part


def save_part(tx: Tx, actor: Actor, project_id: int, part_id: int, *, plan: PartPlan) -> None:
    """Change a part."""
    project = check_draft(tx, actor, project_id)
    part = _part(project, part_id)
    part.title, part.goal = plan.title, plan.goal
    _give_unit(tx, actor, project, part=part, name=plan.unit)
    _parts_changed(tx, actor, project)


def remove_part(tx: Tx, actor: Actor, project_id: int, part_id: int) -> None:
    """Take a part off; money that was planned for it is the whole project's from then on."""
    project = check_draft(tx, actor, project_id)
    part = _part(project, part_id)
    for line in project.money:
        if line.sub_item_id == part.id:
            line.sub_item_id = None
    tx.flush()
    project.sub_items.remove(part)
    _parts_changed(tx, actor, project)


def add_money(tx: Tx, actor: Actor, project_id: int, plan: MoneyPlan) -> MoneyLine:
    """Plan money of a year from a source."""
    project = check_draft(tx, actor, project_id)
    if plan.sub_item_id is not None:
        _part(project, plan.sub_item_id)
    planned = sum(line.planned_yuan for line in project.money) + plan.planned_yuan
    if project.total_yuan is not None and planned > project.total_yuan:
        what = msg("With this, more is planned than the whole project costs.")
        raise NotValid("Check the amount, or raise the total investment first.").at(
            FieldProblem("amount", what)
        )
    line = MoneyLine(
        year=plan.year,
        source=plan.source,
        planned_yuan=plan.planned_yuan,
        sub_item_id=plan.sub_item_id,
    )
    project.money.append(line)
    _money_changed(tx, actor, project)
    return line


def remove_money(tx: Tx, actor: Actor, project_id: int, line_id: int) -> None:
    """Take an amount off."""
    project = check_draft(tx, actor, project_id)
    line = next((line for line in project.money if line.id == line_id), None)
    if line is None:
        raise NotFound("There is no such amount.")
    project.money.remove(line)
    _money_changed(tx, actor, project)


def yearly_of(project: Project) -> int | None:
    """Give what is planned for the project's own year, in yuan; none where nothing is known."""
    lines = [line.planned_yuan for line in project.money if line.year == project.year]
    return sum(lines) if lines else None


def sources_of(project: Project) -> tuple[str, ...]:
    """Name where the money comes from, each source once."""
    return tuple(dict.fromkeys(line.source for line in project.money if line.source))


def _part(project: Project, part_id: int) -> SubItem:
    part = next((part for part in project.sub_items if part.id == part_id), None)
    if part is None:
        raise NotFound("There is no such part of the project.")
    return part


def _give_unit(tx: Tx, actor: Actor, project: Project, *, part: SubItem, name: str) -> None:
    named = units.find_or_make(tx, actor, project.congress_id, name) if name else None
    part.unit_id = named.id if named else None
    part.unit = named


def _parts_changed(tx: Tx, actor: Actor, project: Project) -> None:
    tx.flush()
    event = PartsChanged(project.code, len(project.sub_items))
    journal.record(tx, actor, event, congress_id=project.congress_id)


def _money_changed(tx: Tx, actor: Actor, project: Project) -> None:
    tx.flush()
    event = MoneyChanged(project.code, sum(line.planned_yuan for line in project.money))
    journal.record(tx, actor, event, congress_id=project.congress_id)
