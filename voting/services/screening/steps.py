"""Tells the part of a project's way that screening knows, and what is still to be answered."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from voting.db import Tx
from voting.errors import Message, msg
from voting.models.people import Congress
from voting.models.projects import Project, ProjectState
from voting.models.screening import Legality, Opinion
from voting.rules.access import Action, Actor, is_allowed
from voting.rules.due import Due
from voting.rules.journey import Step
from voting.services.people import deputies
from voting.services.projects import list_projects
from voting.services.screening import opinions, sheets


def steps_of(tx: Tx, project: Project) -> tuple[Step, ...]:
    """Tell how a project was screened; who said what stays with the office."""
    steps = [Step(project.created_at, _began(tx, project))]
    review = sheets.legality_of(tx, project.id)
    if review is not None and review.finding is not Legality.OPEN:
        steps.append(Step(review.reviewed_at, _LEGALITY[review.finding]))
    answered = [row for row in sheets.enquiries_of(tx, project.id) if row.answered_at]
    if answered:
        last = max(row.answered_at for row in answered if row.answered_at)
        steps.append(
            Step(last, msg("{number} offices and units have judged it", number=len(answered)))
        )
    steps += _opinions(tx, project)
    return tuple(steps)


def dues(tx: Tx, actor: Actor, congress_id: int, today: date) -> tuple[Due, ...]:
    """List what somebody is still asked for: their units' answers, a deputy's opinions."""
    del today
    slug = tx.get_one(Congress, congress_id).slug
    return (*_unit_dues(tx, actor, congress_id, slug), *_deputy_dues(tx, actor, congress_id, slug))


_LEGALITY = {
    Legality.LAWFUL: msg("The legality review found nothing against it"),
    Legality.CONDITIONS: msg("The legality review agreed under conditions"),
    Legality.UNLAWFUL: msg("The legality review stands against it"),
}


def _began(tx: Tx, project: Project) -> Message:
    before = tx.get(Project, project.split_from_id) if project.split_from_id else None
    if before is None:
        return msg("Taken up as project {code} and screened", code=project.code)
    return msg("Split off from “{title}” as project {code}", title=before.title, code=project.code)


def _opinions(tx: Tx, project: Project) -> list[Step]:
    query = select(func.count(), func.max(Opinion.given_at))
    number, last = tx.execute(query.where(Opinion.project_id == project.id)).one()
    if not number:
        return []
    return [Step(last, msg("{number} deputies have given an opinion", number=number))]


def _unit_dues(tx: Tx, actor: Actor, congress_id: int, slug: str) -> list[Due]:
    return [
        Due(
            key=f"enquiry:{row.id}",
            words=msg("Judge the project “{title}”", title=row.project.title),
            endpoint="enquiries.enquiry_page",
            values={"slug": slug, "enquiry_id": row.id},
            due_on=row.due_on,
        )
        for row in sheets.enquiries_to(tx, actor, congress_id)
        if row.answered_at is None
    ]


def _deputy_dues(tx: Tx, actor: Actor, congress_id: int, slug: str) -> list[Due]:
    deputy = deputies.find_own(tx, actor, congress_id)
    if deputy is None or not is_allowed(actor, Action.COMMENT_CANDIDATE, congress_id):
        return []
    given = opinions.own_opinions(tx, deputy)
    open_rows = list_projects(tx, congress_id, states=(ProjectState.SCREENING,))
    missing = [row for row in open_rows if row.id not in given]
    if not missing:
        return []
    return [
        Due(
            key=f"opinions:{len(missing)}",
            words=msg("Give your opinion on {number} projects", number=len(missing)),
            endpoint="opinions.list_page",
            values={"slug": slug},
        )
    ]
