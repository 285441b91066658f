"""Takes the sheets of reviews, named or anonymous, and puts together what they say."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select

from voting.db import Tx
from voting.errors import Conflict, NotNow, NotValid, msg
from voting.events import Event
from voting.models.reviews import Review, ReviewSheet, ReviewState, ReviewTaker
from voting.models.sittings import Deputy
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.sheets import Judged, Sheet, check_marks, judge, read_sheet
from voting.services import journal
from voting.services.people.deputies import find_own
from voting.services.ratings.reviews import ReviewMoved, find_review, members

LEAST_SHEETS: Final = 3
"""Fewer anonymous sheets than this would show who gave what."""


@dataclass(frozen=True, slots=True)
class PaperSheetEntered(Event):
    """An office entered a sheet that came on paper."""

    words = msg("A paper sheet of the review “{title}” was entered.")
    review_id: int
    title: str


@dataclass(frozen=True, slots=True)
class SubjectResult:
    """What all sheets say of one subject."""

    position: int
    name: str
    about: str
    judged: Judged


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """A review as its table shows it; without results where too few sheets are in."""

    review: Review
    sheet: Sheet
    members: int
    sheets: int
    subjects: tuple[SubjectResult, ...]


def hand_in(tx: Tx, actor: Actor, review_id: int, marks: dict[int, list[str]]) -> None:
    """Hand in one's sheet, once. An anonymous one is kept apart from who handed it in."""
    review = find_review(tx, review_id)
    access.check(actor, Action.FILL_REVIEW, review.congress_id)
    deputy = member(tx, actor, review)
    if deputy is None:
        raise NotNow("You are not among those who are asked in this review.")
    if tx.get(ReviewTaker, (review.id, deputy.id)) is not None:
        raise Conflict("Your sheet is in already.").now("It can't be changed any more.")
    _keep(tx, review, marks, deputy_id=deputy.id if review.is_named else None)
    tx.add(ReviewTaker(review_id=review.id, deputy_id=deputy.id))
    tx.flush()


def enter_paper(tx: Tx, actor: Actor, review_id: int, marks: dict[int, list[str]]) -> None:
    """Enter an anonymous sheet that came on paper; never more sheets than members."""
    review = find_review(tx, review_id)
    access.check(actor, Action.MANAGE_RATINGS, review.congress_id)
    if review.is_named:
        raise NotNow("The sheets of this review bear names; each member hands in their own.")
    if count_sheets(tx, review) >= len(members(tx, review)):
        raise NotNow("As many sheets are in as there are members.")
    _keep(tx, review, marks, deputy_id=None, source="paper")
    event = PaperSheetEntered(review.id, review.title)
    journal.record(tx, actor, event, congress_id=review.congress_id)


def results(tx: Tx, review: Review) -> ReviewResult:
    """Put all sheets together, once the review is closed."""
    sheet = read_sheet(review.content)
    rows = tx.scalars(select(ReviewSheet).where(ReviewSheet.review_id == review.id)).all()
    is_shown = review.state is ReviewState.CLOSED and (
        len(rows) >= LEAST_SHEETS or (review.is_named and len(rows) > 0)
    )
    found = tuple(
        SubjectResult(
            subject.position,
            subject.name,
            subject.about,
            judge(
                sheet,
                [row.marks[str(subject.id)] for row in rows],
                decimals=review.decimals,
            ),
        )
        for subject in (review.subjects if is_shown else [])
    )
    return ReviewResult(review, sheet, len(members(tx, review)), len(rows), found)


def publish_review(tx: Tx, actor: Actor, review_id: int, *, office: str, dated: date) -> Review:
    """Show the table of a closed review to everyone."""
    review = find_review(tx, review_id)
    access.check(actor, Action.MANAGE_RATINGS, review.congress_id)
    if review.state is not ReviewState.CLOSED:
        raise NotNow("This review is not closed yet.")
    if not results(tx, review).subjects:
        raise NotNow(
            "Fewer than {least} anonymous sheets are in; their table would show who gave what.",
            least=LEAST_SHEETS,
        )
    review.office, review.published_on = office.strip(), dated
    event = ReviewMoved(review.id, review.title, "published")
    journal.record(tx, actor, event, congress_id=review.congress_id)
    return review


def member(tx: Tx, actor: Actor, review: Review) -> Deputy | None:
    """Give the deputy as whom somebody is asked, if at all."""
    found = find_own(tx, actor, review.congress_id)
    return found if found is not None and found.id in members(tx, review) else None


def has_handed_in(tx: Tx, review: Review, deputy: Deputy) -> bool:
    """Tell whether a member's sheet is in."""
    return tx.get(ReviewTaker, (review.id, deputy.id)) is not None


def count_sheets(tx: Tx, review: Review) -> int:
    """Count the sheets that are in."""
    query = select(func.count()).where(ReviewSheet.review_id == review.id)
    return tx.scalars(query).one()


def _keep(
    tx: Tx,
    review: Review,
    marks: dict[int, list[str]],
    *,
    deputy_id: int | None,
    source: str = "",
) -> None:
    if review.state is not ReviewState.OPEN:
        raise NotNow("This review takes no sheets now.")
    sheet = read_sheet(review.content)
    kept: dict[str, Any] = {}
    for subject in review.subjects:
        given = marks.get(subject.id, [])
        if len(given) != len(sheet.items):
            raise NotValid("“{name}” is not filled in to the end.", name=subject.name)
        kept[str(subject.id)] = check_marks(sheet, given)
    row = ReviewSheet(
        id=secrets.token_hex(16),
        review_id=review.id,
        deputy_id=deputy_id,
        source=source,
        marks=kept,
    )
    tx.add(row)
    tx.flush()
