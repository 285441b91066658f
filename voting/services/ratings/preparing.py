"""Puts a year's projects on the rating list of a sitting, with one press and without retyping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.models.projects import Project, ProjectState, SubItem
from voting.models.ratings import Rating, RatingItem, RatingState, Rectification, RectificationState
from voting.models.sittings import BallotKind, Candidate, Sitting, Stage
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.vote import RatingSettings
from voting.services import candidates, elections, journal
from voting.services.candidates import Adoption
from voting.services.sittings import plenary, rulebook

RATED: Final = (ProjectState.DECIDED, ProjectState.ACCEPTED)
"""Where a project must be to be rated: decided, and carried out or accepted since."""


class What(StrEnum):
    """What stands on the paper: whole projects, or their parts where they have any."""

    PROJECTS = "projects"
    SUB_ITEMS = "sub_items"


@dataclass(frozen=True, slots=True)
class RatingPrepared(Event):
    """A rating list came from projects."""

    words = msg("The rating “{title}” was set up with {number} items.")
    rating_id: int
    title: str
    number: int


@dataclass(frozen=True, slots=True)
class RatingDropped(Event):
    """A rating that was set up is not held."""

    words = msg("The rating “{title}” was given up before it was held.")
    rating_id: int
    title: str


@dataclass(frozen=True, slots=True)
class RatingPlan:
    """What is rated, where, and by which rules; no projects named are all of the year.

    With `adopted_on` the list is adopted and locked at once.
    """

    year: int
    sitting_id: int
    what: What = What.PROJECTS
    project_ids: tuple[int, ...] = ()
    settings: RatingSettings = field(default_factory=RatingSettings)
    adopted_on: date | None = None
    resolution: str = ""


@dataclass(frozen=True, slots=True)
class _Item:
    """What becomes a line of the paper."""

    project: Project
    code: str
    title: str
    part: SubItem | None = None
    follows: RatingItem | None = None

    @property
    def unit_id(self) -> int | None:
        """Who carries it out."""
        return self.part.unit_id if self.part and self.part.unit_id else self.project.unit_id


def set_up(tx: Tx, actor: Actor, congress_id: int, plan: RatingPlan) -> Rating:
    """Put decided projects of a year, or their parts, on a sitting's rating list."""
    access.check(actor, Action.MANAGE_RATINGS, congress_id)
    items = [
        item
        for project in _chosen(rateable(tx, congress_id, plan.year), plan.project_ids)
        for item in _items_of(project, plan.what)
    ]
    if not items:
        raise NotNow("No decided project of {year} is there to be rated.", year=plan.year).now(
            "Projects come here once a sitting has decided on them."
        )
    return _put(tx, actor, congress_id, plan, items=items, is_second=False)


def set_up_again(
    tx: Tx, actor: Actor, congress_id: int, plan: RatingPlan, *, rectifications: Sequence[int]
) -> Rating:
    """Put what was to be put right on a sitting's list, to be rated once more."""
    access.check(actor, Action.MANAGE_RATINGS, congress_id)
    query = (
        select(RatingItem)
        .join(Rectification, Rectification.item_id == RatingItem.id)
        .join(Rating, Rating.id == RatingItem.rating_id)
        .where(Rating.congress_id == congress_id, Rectification.id.in_(rectifications))
        .where(Rectification.state == RectificationState.REPORTED)
        .order_by(Rating.id, RatingItem.position)
    )
    before = tx.scalars(query).all()
    if not before or len(before) != len(set(rectifications)):
        raise NotNow("Only what a unit has reported as put right is rated again.").now(
            "Choose from the list; ask the unit for its report where it is missing."
        )
    items = [
        _Item(
            item.project,
            item.code,
            item.title,
            tx.get(SubItem, item.sub_item_id) if item.sub_item_id else None,
            item,
        )
        for item in before
    ]
    return _put(tx, actor, congress_id, plan, items=items, is_second=True)


def drop(tx: Tx, actor: Actor, rating_id: int) -> None:
    """Give up a rating whose list is not locked yet."""
    rating = find_rating(tx, rating_id)
    access.check(actor, Action.MANAGE_RATINGS, rating.congress_id)
    if rating.state is not RatingState.PREPARED:
        raise NotNow("The result of this rating is taken over; it stays.")
    if candidates.locked_list(tx, rating.sitting_id, BallotKind.RATING) is not None:
        raise NotNow("The list of this rating is adopted and locked.").now(
            "Hold the rating, or change the list as a new version at the sitting's desk."
        )
    rating.state = RatingState.DROPPED
    draft = candidates.draft_list(tx, actor, rating.sitting_id, BallotKind.RATING)
    draft.candidates.clear()
    tx.flush()
    event = RatingDropped(rating.id, rating.title)
    journal.record(tx, actor, event, congress_id=rating.congress_id)


def find_rating(tx: Tx, rating_id: int) -> Rating:
    """Find a rating that was not given up."""
    rating = tx.get(Rating, rating_id)
    if rating is None or rating.state is RatingState.DROPPED:
        raise NotFound("There is no such rating.")
    return rating


def rateable(tx: Tx, congress_id: int, year: int) -> Sequence[Project]:
    """Give the projects of a year that can be rated, by code."""
    query = (
        select(Project)
        .where(Project.congress_id == congress_id, Project.year == year)
        .where(Project.state.in_(RATED))
        .order_by(Project.code)
        .options(joinedload(Project.unit))
    )
    return tx.scalars(query).all()


def open_sittings(tx: Tx, congress_id: int) -> tuple[Sitting, ...]:
    """Give the sittings that can still take a rating, the next one first."""
    taken = select(Rating.sitting_id).where(Rating.state != RatingState.DROPPED)
    query = (
        select(Sitting)
        .where(Sitting.congress_id == congress_id, Sitting.stage != Stage.ENDED)
        .where(Sitting.id.not_in(taken))
        .order_by(Sitting.starts_on, Sitting.id)
    )
    return tuple(tx.scalars(query))


def _put(
    tx: Tx,
    actor: Actor,
    congress_id: int,
    plan: RatingPlan,
    *,
    items: Sequence[_Item],
    is_second: bool,
) -> Rating:
    sitting = plenary.find_sitting(tx, plan.sitting_id)
    if sitting.congress_id != congress_id:
        raise NotFound("There is no such sitting.")
    taken = select(Rating.id).where(
        Rating.sitting_id == sitting.id, Rating.state != RatingState.DROPPED
    )
    if tx.scalar(taken) is not None:
        raise Conflict("This sitting has a rating already.").now("Choose another sitting.")
    _fill_list(tx, actor, sitting, items)
    if rulebook.latest_rules(tx, sitting.id, BallotKind.RATING) is None:
        rulebook.draft_rules(tx, actor, sitting.id, kind=BallotKind.RATING, settings=plan.settings)
    rating = Rating(
        congress_id=congress_id,
        year=plan.year,
        title=elections.suggested_title("rating", plan.year + 1),
        sitting_id=sitting.id,
        is_second=is_second,
        created_at=clock.now(),
        items=[_row(place, item) for place, item in enumerate(items, start=1)],
    )
    tx.add(rating)
    tx.flush()
    event = RatingPrepared(rating.id, rating.title, len(items))
    journal.record(tx, actor, event, congress_id=congress_id)
    if plan.adopted_on is not None:
        draft = candidates.draft_list(tx, actor, sitting.id, BallotKind.RATING)
        adoption = Adoption(plan.adopted_on, plan.resolution)
        candidates.lock_candidates(tx, actor, draft.id, adoption)
    return rating


def _fill_list(tx: Tx, actor: Actor, sitting: Sitting, items: Sequence[_Item]) -> None:
    """Let the items take the place of the draft of the sitting's rating list."""
    draft = candidates.draft_list(tx, actor, sitting.id, BallotKind.RATING)
    draft.candidates.clear()
    tx.flush()
    for place, item in enumerate(items, start=1):
        project, part = item.project, item.part
        unit = part.unit if part and part.unit else project.unit
        draft.candidates.append(
            Candidate(
                position=place,
                code=item.code,
                title=item.title,
                project_id=project.id,
                category=project.category,
                content=project.content,
                place=project.place,
                total_yuan=project.total_yuan if part is None else None,
                unit=unit.name if unit else "",
                co_units=list(project.co_units) if part is None else [],
                leader=project.leader,
                due_on=project.due_on,
                goal=part.goal if part else project.goal,
            )
        )
    tx.flush()


def _row(place: int, item: _Item) -> RatingItem:
    return RatingItem(
        position=place,
        code=item.code,
        title=item.title,
        project_id=item.project.id,
        sub_item_id=item.part.id if item.part else None,
        unit_id=item.unit_id,
        follows_id=item.follows.id if item.follows else None,
    )


def _chosen(found: Sequence[Project], wanted: tuple[int, ...]) -> list[Project]:
    if not wanted:
        return list(found)
    chosen = [project for project in found if project.id in wanted]
    if len(chosen) != len(set(wanted)):
        raise NotValid("A project that was chosen can't be rated.").now("Look at the list again.")
    return chosen


def _items_of(project: Project, what: What) -> list[_Item]:
    if what is What.PROJECTS or not project.sub_items:
        return [_Item(project, project.code, project.title)]
    return [
        _Item(project, f"{project.code}-{part.position}", part.title, part)
        for part in project.sub_items
    ]
