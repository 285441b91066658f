"""Sets up reviews 评议 of departments, leaders and hearings: their sheets, subjects and stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, FieldProblem, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.models.reviews import (
    Review,
    ReviewKind,
    ReviewState,
    ReviewSubject,
    ReviewTemplate,
)
from voting.models.sittings import Body, CommitteeMember, Deputy
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.sheets import parse_sheet
from voting.services import journal

MOST_SUBJECTS: Final = 60


@dataclass(frozen=True, slots=True)
class ReviewMade(Event):
    """A review was entered."""

    words = msg("The review “{title}” was entered.")
    review_id: int
    title: str


@dataclass(frozen=True, slots=True)
class ReviewMoved(Event):
    """A review was opened, closed or published."""

    words = msg("The review “{title}” is {state} now.")
    voices: ClassVar = {
        "state": {"open": msg("open"), "closed": msg("closed"), "published": msg("published")}
    }
    review_id: int
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class TemplateSaved(Event):
    """A sheet to begin with was saved."""

    words = msg("The sheet “{name}” was saved.")
    name: str


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """What an office enters: `subjects` has a line for each, `name | about`."""

    title: str
    held_on: date
    template_id: int
    body: Body
    subjects: str
    is_named: bool = False
    decimals: int = 2


def save_template(
    tx: Tx, actor: Actor, congress_id: int, *, name: str, text: str, grades: Sequence[str]
) -> ReviewTemplate:
    """Save a sheet under its name; one of the same name is replaced."""
    access.check(actor, Action.MANAGE_RATINGS, congress_id)
    sheet = parse_sheet(text, grades)
    query = select(ReviewTemplate).where(
        ReviewTemplate.congress_id == congress_id, ReviewTemplate.name == name.strip()
    )
    row = tx.scalar(query)
    if row is None:
        row = ReviewTemplate(congress_id=congress_id, name=name.strip(), content={})
        tx.add(row)
    row.kind = ReviewKind.SCORES if sheet.is_scored else ReviewKind.GRADES
    row.content = sheet.plain
    tx.flush()
    journal.record(tx, actor, TemplateSaved(row.name), congress_id=congress_id)
    return row


def list_templates(tx: Tx, congress_id: int) -> Sequence[ReviewTemplate]:
    """Give a congress's sheets by name."""
    query = select(ReviewTemplate).where(ReviewTemplate.congress_id == congress_id)
    return tx.scalars(query.order_by(ReviewTemplate.name)).all()


def find_template(tx: Tx, congress_id: int, template_id: int) -> ReviewTemplate:
    """Find a sheet of a congress."""
    row = tx.get(ReviewTemplate, template_id)
    if row is None or row.congress_id != congress_id:
        raise NotFound("There is no such sheet.")
    return row


def make_review(tx: Tx, actor: Actor, congress_id: int, plan: ReviewPlan) -> Review:
    """Enter a review on a copy of a template."""
    access.check(actor, Action.MANAGE_RATINGS, congress_id)
    template = find_template(tx, congress_id, plan.template_id)
    same = select(Review.id).where(
        Review.congress_id == congress_id, Review.title == plan.title.strip()
    )
    if tx.scalar(same) is not None:
        raise Conflict("A review of this title exists already.").now("Choose another title.")
    review = Review(
        congress_id=congress_id,
        title=plan.title.strip(),
        held_on=plan.held_on,
        kind=template.kind,
        content=dict(template.content),
        body=plan.body,
        is_named=plan.is_named,
        decimals=plan.decimals,
        created_at=clock.now(),
        subjects=_subjects(plan.subjects),
    )
    tx.add(review)
    tx.flush()
    journal.record(tx, actor, ReviewMade(review.id, review.title), congress_id=congress_id)
    return review


def open_review(tx: Tx, actor: Actor, review_id: int) -> Review:
    """Let members hand in their sheets."""
    return _move(tx, actor, review_id, before=ReviewState.DRAFT, after=ReviewState.OPEN)


def close_review(tx: Tx, actor: Actor, review_id: int) -> Review:
    """Take no more sheets."""
    return _move(tx, actor, review_id, before=ReviewState.OPEN, after=ReviewState.CLOSED)


def find_review(tx: Tx, review_id: int) -> Review:
    """Find a review by its number."""
    review = tx.get(Review, review_id)
    if review is None:
        raise NotFound("There is no such review.")
    return review


def list_reviews(tx: Tx, congress_id: int) -> Sequence[Review]:
    """Give a congress's reviews, the latest first."""
    query = select(Review).where(Review.congress_id == congress_id)
    return tx.scalars(query.order_by(Review.held_on.desc(), Review.id.desc())).all()


def members(tx: Tx, review: Review) -> Sequence[int]:
    """Give the deputies who are asked."""
    query = select(Deputy.id).where(Deputy.congress_id == review.congress_id, Deputy.is_active)
    if review.body is Body.COMMITTEE:
        query = query.where(Deputy.id.in_(select(CommitteeMember.deputy_id)))
    return tx.scalars(query).all()


def _move(
    tx: Tx, actor: Actor, review_id: int, *, before: ReviewState, after: ReviewState
) -> Review:
    review = find_review(tx, review_id)
    access.check(actor, Action.MANAGE_RATINGS, review.congress_id)
    if review.state is not before:
        raise NotNow("The review is not at this stage.").now("Look at its page again.")
    review.state = after
    event = ReviewMoved(review.id, review.title, str(after))
    journal.record(tx, actor, event, congress_id=review.congress_id)
    return review


def _subjects(text: str) -> list[ReviewSubject]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not 0 < len(lines) <= MOST_SUBJECTS:
        what = msg("A line for each, {most} at most.", most=MOST_SUBJECTS)
        raise NotValid("Say who or what is reviewed.").at(FieldProblem("subjects", what))
    subjects = []
    for place, line in enumerate(lines, start=1):
        name, _, about = line.partition("|")
        subjects.append(
            ReviewSubject(position=place, name=name.strip()[:200], about=about.strip()[:200])
        )
    return subjects
