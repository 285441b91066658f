"""Gives what other rooms and pages need of ratings: what is due, a project's steps, lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from voting.db import Tx
from voting.errors import Message, msg
from voting.models.people import Congress
from voting.models.projects import Project
from voting.models.ratings import (
    Rating,
    RatingItem,
    RatingState,
    Rectification,
    RectificationState,
)
from voting.models.reviews import Review, ReviewState
from voting.rules.access import Action, Actor, is_allowed
from voting.rules.due import Due
from voting.rules.journey import Step
from voting.rules.ratings import GRADE_WORDS
from voting.services import milestones
from voting.services.milestones import Stage
from voting.services.ratings.rectifying import list_rectifications, own_rectifications
from voting.services.ratings.settling import is_settleable
from voting.services.ratings.taking import has_handed_in, member


def dues(tx: Tx, actor: Actor, congress_id: int, today: date) -> tuple[Due, ...]:
    """Tell what somebody owes: results to take over, what to put right, sheets to fill in."""
    slug = tx.get_one(Congress, congress_id).slug
    found: list[Due] = []
    if is_allowed(actor, Action.MANAGE_RATINGS, congress_id):
        found += _of_the_office(tx, congress_id, slug)
    for row in own_rectifications(tx, actor, congress_id):
        if row.state in {RectificationState.DEMANDED, RectificationState.PLANNED}:
            found.append(_of_the_unit(row, slug))
    found += _of_the_member(tx, actor, congress_id, slug)
    return tuple(sorted(found, key=lambda due: due.due_on or today))


def steps_of(tx: Tx, project: Project) -> tuple[Step, ...]:
    """Tell a project's way from its ratings on."""
    query = (
        select(RatingItem)
        .join(Rating, Rating.id == RatingItem.rating_id)
        .where(RatingItem.project_id == project.id, Rating.state == RatingState.SETTLED)
        .order_by(Rating.settled_at, Rating.id, RatingItem.position)
    )
    entered = {
        stage: [
            line.index
            for line in milestones.of_project(tx, project.congress_id, project.code)
            if line.stage is stage
        ]
        for stage in (Stage.RATED, Stage.RECTIFIED)
    }
    slug = tx.get_one(Congress, project.congress_id).slug
    steps: list[Step] = []
    places: dict[int, int] = {}
    for item in tx.scalars(query):
        place = places.setdefault(item.rating_id, len(places))
        steps.append(_rated(item, slug, _at(entered[Stage.RATED], place)))
        if item.rectification is not None:
            steps += _put_right(item.rectification, _at(entered[Stage.RECTIFIED], 0))
    return tuple(steps)


def list_ratings(tx: Tx, congress_id: int) -> Sequence[Rating]:
    """Give a congress's ratings, the latest first."""
    query = select(Rating).where(
        Rating.congress_id == congress_id, Rating.state != RatingState.DROPPED
    )
    return tx.scalars(query.order_by(Rating.id.desc())).all()


def published_ratings(tx: Tx, congress_id: int) -> tuple[Rating, ...]:
    """Give those whose table everyone may read."""
    return tuple(row for row in list_ratings(tx, congress_id) if row.state is RatingState.SETTLED)


def _of_the_office(tx: Tx, congress_id: int, slug: str) -> list[Due]:
    found = [
        Due(
            key=f"rating:{rating.id}",
            words=msg("Take over the result of “{title}”", title=rating.title),
            endpoint="ratings.rating_page",
            values={"slug": slug, "rating_id": rating.id},
            due_on=rating.sitting.ends_on,
        )
        for rating in list_ratings(tx, congress_id)
        if is_settleable(tx, rating)
    ]
    found += [
        Due(
            key=f"rate-again:{row.id}",
            words=msg("Have “{title}” rated again", title=row.item.title),
            endpoint="rectifications.list_page",
            values={"slug": slug},
            due_on=row.due_on,
        )
        for row in list_rectifications(tx, congress_id)
        if row.state is RectificationState.REPORTED
    ]
    return found


def _of_the_unit(row: Rectification, slug: str) -> Due:
    is_new = row.state is RectificationState.DEMANDED
    words = (
        msg("Say how “{title}” will be put right", title=row.item.title)
        if is_new
        else msg("Report that “{title}” is put right", title=row.item.title)
    )
    return Due(
        key=f"rectification:{row.id}:{row.state}",
        words=words,
        endpoint="rectifications.rectification_page",
        values={"slug": slug, "rectification_id": row.id},
        due_on=row.due_on,
    )


def _of_the_member(tx: Tx, actor: Actor, congress_id: int, slug: str) -> list[Due]:
    query = select(Review).where(
        Review.congress_id == congress_id, Review.state == ReviewState.OPEN
    )
    found: list[Due] = []
    for review in tx.scalars(query):
        asked = member(tx, actor, review)
        if asked is not None and not has_handed_in(tx, review, asked):
            found.append(
                Due(
                    key=f"review:{review.id}",
                    words=msg("Hand in your sheet of “{title}”", title=review.title),
                    endpoint="sheet.sheet_page",
                    values={"slug": slug, "review_id": review.id},
                    due_on=review.held_on,
                )
            )
    return found


def _rated(item: RatingItem, slug: str, index: int | None) -> Step:
    rating = item.rating
    grade: Message | str = GRADE_WORDS[item.grade] if item.grade else "—"
    words = (
        msg("Rated again by {sitting}: {grade}", sitting=rating.sitting.name, grade=grade)
        if rating.is_second
        else msg("Rated by {sitting}: {grade}", sitting=rating.sitting.name, grade=grade)
    )
    detail = msg(
        "{title}: satisfied {satisfied}, basically satisfied {basic}, dissatisfied {dissatisfied}"
        " of {ballots} ballots.",
        title=item.title,
        satisfied=item.satisfied,
        basic=item.basic,
        dissatisfied=item.dissatisfied,
        ballots=rating.ballots,
    )
    return Step(
        at=rating.settled_at or rating.created_at,
        words=words,
        detail=detail,
        milestone=index,
        endpoint="grades.rating",
        values={"slug": slug, "rating_id": rating.id},
    )


def _put_right(row: Rectification, index: int | None) -> list[Step]:
    told: list[Step] = []
    if row.planned_at is not None:
        told.append(
            Step(row.planned_at, msg("Measures to put it right"), msg("{text}", text=row.measures))
        )
    if row.reported_at is not None:
        told.append(
            Step(row.reported_at, msg("Reported as put right"), msg("{text}", text=row.report))
        )
    if row.closed_at is not None and row.state is RectificationState.DONE:
        told.append(Step(row.closed_at, msg("Put right: rated well again"), milestone=index))
    return told


def _at(places: list[int], at: int) -> int | None:
    return places[at] if at < len(places) else None
