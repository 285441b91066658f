"""One project under supervision: group, plan, targets, reports, adjustments, acceptance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import FieldProblem, NotValid, msg
from voting.rules.access import Action
from voting.rules.cadence import MONTHS
from voting.services.supervision import adjusting, boards, groups
from voting.services.supervision.adjusting import AdjustmentForm
from voting.services.supervision.finding import yuan_of
from voting.services.supervision.groups import GroupPlan, TargetRow
from voting.views.fields import Title, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint(
    "supervision_project", __name__, url_prefix="/desk/<slug>/supervision/projects/<code>"
)
Short = Annotated[str, Meta(max_length=200)]
Long = Annotated[str, Meta(max_length=4000)]


@dataclass(frozen=True, slots=True)
class GroupForm:
    office: Short
    lead: Annotated[str, Meta(min_length=1, max_length=64)]
    contact: Short
    visits: Annotated[int, Meta(ge=0, le=366)]
    plan: Long
    deputies: tuple[int, ...]

    @property
    def group(self) -> GroupPlan:
        """Give what the service takes."""
        return GroupPlan(
            self.office, self.lead, self.contact, self.visits, self.plan, self.deputies
        )


@dataclass(frozen=True, slots=True)
class AdjustForm:
    decided_on: date
    body: Title
    reason: Annotated[str, Meta(min_length=1, max_length=4000)]
    content: Long
    place: Short
    goal: Short
    due_on: date | None
    total: Decimal | None

    @property
    def adjustment(self) -> AdjustmentForm:
        """Give what the service takes."""
        yuan = None if self.total is None else yuan_of("total", self.total)
        return AdjustmentForm(
            self.decided_on,
            self.body,
            self.reason,
            self.content,
            self.place,
            self.goal,
            self.due_on,
            yuan,
        )


@dataclass(frozen=True, slots=True)
class AcceptForm:
    accepted_on: date
    note: Long


@blueprint.get("")
@door(Action.PLAN_SUPERVISION)
def project_page(slug: str, code: str) -> str:
    with reading() as tx:
        page = boards.read_project(tx, actor(), slug, code)
        return render("committee/supervision_project.html", page)


@blueprint.post("/group")
@door(Action.PLAN_SUPERVISION)
def save_group(slug: str, code: str) -> Response:
    form = read_form(GroupForm)
    with transaction() as tx:
        groups.save_group(tx, actor(), congress().id, code, group=form.group)
    say(msg("The group is named."))
    return _back(slug, code)


@blueprint.post("/targets")
@door(Action.PLAN_SUPERVISION)
def save_targets(slug: str, code: str) -> Response:
    targets = _read_targets()
    with transaction() as tx:
        groups.save_targets(tx, actor(), congress().id, code, targets=targets)
    say(msg("The targets are set."))
    return _back(slug, code)


@blueprint.post("/adjust")
@door(Action.ADJUST_PROJECT)
def adjust(slug: str, code: str) -> Response:
    form = read_form(AdjustForm)
    with transaction() as tx:
        adjusting.adjust_project(tx, actor(), congress().id, code, form=form.adjustment)
    say(msg("The adjustment is entered; the public page shows it with its reason."))
    return _back(slug, code)


@blueprint.post("/accept")
@door(Action.CLOSE_PROBLEM)
def accept(slug: str, code: str) -> Response:
    form = read_form(AcceptForm)
    with transaction() as tx:
        adjusting.accept_project(
            tx, actor(), congress().id, code, accepted_on=form.accepted_on, note=form.note
        )
    say(msg("The project is accepted; its light is blue."))
    return _back(slug, code)


def _back(slug: str, code: str) -> Response:
    return redirect(url_for("supervision_project.project_page", slug=slug, code=code))


def _read_targets() -> list[TargetRow]:
    """Read the months that have a percentage. Raises NotValid."""
    targets, problems = [], []
    for month in range(1, MONTHS + 1):
        typed = request.form.get(f"percent_{month}", "").strip()
        words = request.form.get(f"words_{month}", "").strip()[:200]
        if not typed and not words:
            continue
        if not (typed.isascii() and typed.isdigit() and int(typed) <= 100):  # noqa: PLR2004  # percent
            what = msg("A whole number from {least} to {most}.", least=0, most=100)
            problems.append(FieldProblem(f"percent_{month}", what))
            continue
        targets.append(TargetRow(month, int(typed), words))
    if problems:
        raise NotValid("Some targets are not filled in as they should be.").at(*problems)
    return targets
