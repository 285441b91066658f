"""Looks up what supervision is about: projects, their supervision, their years."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from sqlalchemy import select

from voting.db import Tx
from voting.errors import FieldProblem, NotAllowed, NotFound, NotNow, NotValid, msg
from voting.models.projects import Project, ProjectState
from voting.models.supervision import Supervision, SupervisionYear
from voting.rules.access import Actor
from voting.rules.escalation import Ladder
from voting.rules.lights import Thresholds
from voting.services.people import congresses

WAN: Final = 10_000
_MOST_WAN: Final = 100_000_000

SUPERVISED: Final = (ProjectState.DECIDED, ProjectState.ACCEPTED)
"""States in which a project is supervised."""


def thresholds_of(tx: Tx, congress_id: int) -> Thresholds:
    """Give the thresholds of lights that a congress has set."""
    settings = congresses.preferences_of(tx, congress_id)
    return Thresholds(
        yellow_above=settings.number("lights.yellow"),
        red_above=settings.number("lights.red"),
        red_leads_to_yellow=settings["lights.made_up"] == "yellow",
    )


def ladder_of(tx: Tx, congress_id: int) -> Ladder:
    """Give after how many days an overdue problem goes up."""
    settings = congresses.preferences_of(tx, congress_id)
    return Ladder(
        settings.number("problems.leader_days"), settings.number("problems.committee_days")
    )


def find_project(tx: Tx, congress_id: int, code: str) -> Project:
    """Give a decided project by its code. Raises NotFound."""
    query = select(Project).where(Project.congress_id == congress_id, Project.code == code)
    project = tx.scalar(query)
    if project is None or project.state not in SUPERVISED:
        raise NotFound("There is no decided project with this code.")
    return project


def list_projects(tx: Tx, congress_id: int, year: int) -> Sequence[Project]:
    """Give the decided projects of a year by code."""
    query = select(Project).where(
        Project.congress_id == congress_id,
        Project.year == year,
        Project.state.in_(SUPERVISED),
    )
    return tx.scalars(query.order_by(Project.code)).all()


def find_supervision(tx: Tx, project: Project) -> Supervision:
    """Give how a project is supervised. Raises NotNow before the year has begun."""
    row = tx.get(Supervision, project.id)
    if row is None:
        raise NotNow("The supervision of this project has not begun.").now(
            "The committee office begins the year of supervision first."
        )
    return row


def find_year(tx: Tx, congress_id: int, year: int) -> SupervisionYear | None:
    """Give a year of supervision, once it has begun."""
    query = select(SupervisionYear).where(
        SupervisionYear.congress_id == congress_id, SupervisionYear.year == year
    )
    return tx.scalar(query)


def known_years(tx: Tx, congress_id: int) -> tuple[int, ...]:
    """List the years that have decided projects, the latest first."""
    query = (
        select(Project.year)
        .where(Project.congress_id == congress_id, Project.state.in_(SUPERVISED))
        .distinct()
    )
    return tuple(sorted(tx.scalars(query), reverse=True))


def yuan_of(field: str, wan: Decimal) -> int:
    """Give yuan for what was typed in ten thousands of them, as offices count. Raises NotValid."""
    if not (wan.is_finite() and 0 <= wan <= _MOST_WAN):
        what = msg("A number of ten thousands of yuan, such as 120.5.")
        raise NotValid("This amount of money can't be read.").at(FieldProblem(field, what))
    return int(wan * WAN)


def account_of(actor: Actor) -> int:
    """Give the account that acts. Raises NotAllowed where there is none."""
    if actor.user_id is None:
        raise NotAllowed("This is done by a person with an account.")
    return actor.user_id
