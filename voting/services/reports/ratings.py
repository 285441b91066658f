"""What pages of ratings show: lists, one rating with what comes next, what is to be put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from voting import clock
from voting.db import Tx
from voting.errors import Message, NotFound
from voting.i18n import local, this_day
from voting.models.projects import Project
from voting.models.ratings import (
    Rating,
    RatingState,
    Rectification,
    RectificationState,
)
from voting.models.reviews import Review, ReviewTemplate
from voting.models.sittings import BallotKind, Deputy, Sitting
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.ratings import Counts, note_of
from voting.rules.sheets import Sheet, read_sheet
from voting.services import candidates, elections, handcounts
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard
from voting.services.ratings import (
    preparing,
    reading,
    rectifying,
    residents,
    reviews,
    settling,
    taking,
)
from voting.services.ratings.residents import PollCard
from voting.services.ratings.taking import ReviewResult
from voting.services.sittings import rulebook


class Next(StrEnum):
    """What a rating waits for."""

    LIST = "list"
    RULES = "rules"
    VOTE = "vote"
    DECLARE = "declare"
    SETTLE = "settle"
    REHEARSAL = "rehearsal"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class RatingLine:
    """A published item with its rates."""

    position: int
    code: str
    title: str
    unit: str
    counts: Counts
    abstain: int | None
    grade: str | None
    rectification: Rectification | None


@dataclass(frozen=True, slots=True)
class RatingsPage:
    """All ratings of a congress, and what can be rated next."""

    congress: CongressCard
    ratings: Sequence[Rating]
    year: int
    projects: Sequence[Project]
    sittings: tuple[Sitting, ...]
    open_rectifications: int
    today: date


@dataclass(frozen=True, slots=True)
class RatingPage:
    """One rating; its lines have counts once the result is taken over."""

    congress: CongressCard
    rating: Rating
    lines: tuple[RatingLine, ...]
    next: Next
    today: date

    @property
    def has_abstain(self) -> bool:
        """Whether abstaining was possible."""
        return any(line.abstain is not None for line in self.lines)

    @property
    def threshold_note(self) -> Message:
        """How grades came about."""
        return note_of(self.rating.base, strict=self.rating.strict)

    @property
    def is_settled(self) -> bool:
        """Whether the result is taken over."""
        return self.rating.state is RatingState.SETTLED


@dataclass(frozen=True, slots=True)
class RectificationsPage:
    """What is to be put right, of a whole congress or of one's own units."""

    congress: CongressCard
    rows: tuple[Rectification, ...]
    sittings: tuple[Sitting, ...]
    may_manage: bool
    today: date

    @property
    def reported(self) -> tuple[Rectification, ...]:
        """What can be rated again."""
        return tuple(row for row in self.rows if row.state is RectificationState.REPORTED)


@dataclass(frozen=True, slots=True)
class RectificationPage:
    """One thing to put right."""

    congress: CongressCard
    row: Rectification
    may_manage: bool
    today: date


@dataclass(frozen=True, slots=True)
class PublicRatings:
    """What everyone may read of ratings: tables, residents' answers, reviews."""

    congress: CongressCard
    ratings: tuple[Rating, ...]
    polls: tuple[PollCard, ...]
    reviews: tuple[Review, ...]


@dataclass(frozen=True, slots=True)
class PollsPage:
    """Residents' ratings at the desk."""

    congress: CongressCard
    polls: tuple[PollCard, ...]
    year: int
    can_send: bool


@dataclass(frozen=True, slots=True)
class ReviewsPage:
    """Reviews at the desk, and the sheets to begin with."""

    congress: CongressCard
    reviews: Sequence[Review]
    templates: Sequence[ReviewTemplate]
    today: date


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One review, its sheet, and its results once it is closed."""

    congress: CongressCard
    review: Review
    sheet: Sheet
    result: ReviewResult
    me: Deputy | None = None
    is_in: bool = False
    today: date | None = None


def read_ratings(tx: Tx, actor: Actor, slug: str, year: int | None) -> RatingsPage:
    """Give the ratings of a congress, and the projects of a year, last year's by default."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.MANAGE_RATINGS, congress.id)
    today = this_day()
    wanted = year or today.year - 1
    rows = rectifying.list_rectifications(tx, congress.id)
    return RatingsPage(
        congress,
        reading.list_ratings(tx, congress.id),
        wanted,
        preparing.rateable(tx, congress.id, wanted),
        preparing.open_sittings(tx, congress.id),
        sum(row.state in rectifying.OPEN for row in rows),
        today,
    )


def read_rating(tx: Tx, actor: Actor, slug: str, rating_id: int) -> RatingPage:
    """Give one rating to those who manage it."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.MANAGE_RATINGS, congress.id)
    return _rating(tx, congress, rating_id)


def read_public_rating(tx: Tx, slug: str, rating_id: int) -> RatingPage:
    """Give a rating whose table is published."""
    page = _rating(tx, congresses.find_congress(tx, slug), rating_id)
    if not page.is_settled:
        raise NotFound("There is no published rating at this address.")
    return page


def read_public_ratings(tx: Tx, slug: str) -> PublicRatings:
    """Give all that is published."""
    congress = congresses.find_congress(tx, slug)
    now = clock.now()
    return PublicRatings(
        congress,
        reading.published_ratings(tx, congress.id),
        tuple(poll for poll in residents.list_polls(tx, congress.id) if poll.opens_at <= now),
        tuple(row for row in reviews.list_reviews(tx, congress.id) if row.published_on),
    )


def read_rectifications(tx: Tx, actor: Actor, slug: str) -> RectificationsPage:
    """Give offices all that is to be put right, units what is theirs."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.RECTIFY, congress.id)
    manages = access.is_allowed(actor, Action.MANAGE_RATINGS, congress.id)
    rows = (
        tuple(rectifying.list_rectifications(tx, congress.id))
        if manages
        else rectifying.own_rectifications(tx, actor, congress.id)
    )
    today = this_day()
    sittings = preparing.open_sittings(tx, congress.id) if manages else ()
    return RectificationsPage(congress, rows, sittings, manages, today)


def read_rectification(tx: Tx, actor: Actor, slug: str, rectification_id: int) -> RectificationPage:
    """Give one thing to put right to an office, or to its unit."""
    page = read_rectifications(tx, actor, slug)
    row = next((row for row in page.rows if row.id == rectification_id), None)
    if row is None:
        raise NotFound("There is nothing of this number to be put right.")
    return RectificationPage(page.congress, row, page.may_manage, page.today)


def read_polls(tx: Tx, actor: Actor, slug: str) -> PollsPage:
    """Give residents' ratings to those who manage them."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.MANAGE_RATINGS, congress.id)
    year = local(clock.now()).year - 1
    can_send = bool(tx.settings.sms_url)
    return PollsPage(congress, residents.list_polls(tx, congress.id), year, can_send)


def read_poll(tx: Tx, slug: str, poll_id: int) -> tuple[CongressCard, PollCard]:
    """Give a residents' rating of a congress."""
    congress = congresses.find_congress(tx, slug)
    poll = residents.find_poll(tx, poll_id)
    if poll.congress_id != congress.id:
        raise NotFound("There is no such residents' rating.")
    return congress, residents.card_of(tx, poll)


def read_reviews(tx: Tx, actor: Actor, slug: str) -> ReviewsPage:
    """Give the reviews of a congress to those who manage them."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.MANAGE_RATINGS, congress.id)
    rows = reviews.list_reviews(tx, congress.id)
    sheets = reviews.list_templates(tx, congress.id)
    return ReviewsPage(congress, rows, sheets, this_day())


def read_review(tx: Tx, actor: Actor, slug: str, review_id: int) -> ReviewPage:
    """Give one review to those who manage it."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.MANAGE_RATINGS, congress.id)
    return _review(tx, actor, congress, review_id)


def read_sheet_page(tx: Tx, actor: Actor, slug: str, review_id: int) -> ReviewPage:
    """Give a review to a member who fills in its sheet."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.FILL_REVIEW, congress.id)
    return _review(tx, actor, congress, review_id)


def read_public_review(tx: Tx, actor: Actor, slug: str, review_id: int) -> ReviewPage:
    """Give a review whose table is published."""
    page = _review(tx, actor, congresses.find_congress(tx, slug), review_id)
    if page.review.published_on is None:
        raise NotFound("There is no published review at this address.")
    return page


def _review(tx: Tx, actor: Actor, congress: CongressCard, review_id: int) -> ReviewPage:
    review = reviews.find_review(tx, review_id)
    if review.congress_id != congress.id:
        raise NotFound("There is no such review.")
    me = taking.member(tx, actor, review)
    return ReviewPage(
        congress,
        review,
        read_sheet(review.content),
        taking.results(tx, review),
        me,
        is_in=me is not None and taking.has_handed_in(tx, review, me),
        today=this_day(),
    )


def _rating(tx: Tx, congress: CongressCard, rating_id: int) -> RatingPage:
    rating = preparing.find_rating(tx, rating_id)
    if rating.congress_id != congress.id:
        raise NotFound("There is no such rating.")
    lines = tuple(
        RatingLine(
            item.position,
            item.code,
            item.title,
            item.unit.name if item.unit else "",
            Counts(item.satisfied, item.basic, item.dissatisfied, rating.ballots),
            item.abstain,
            item.grade,
            item.rectification,
        )
        for item in rating.items
    )
    return RatingPage(congress, rating, lines, _next(tx, rating), this_day())


def _next(tx: Tx, rating: Rating) -> Next:
    if rating.state is RatingState.SETTLED:
        return Next.NOTHING
    if rating.sitting.is_rehearsal:
        return Next.REHEARSAL
    if candidates.locked_list(tx, rating.sitting_id, BallotKind.RATING) is None:
        return Next.LIST
    if rulebook.adopted_rules(tx, rating.sitting_id, BallotKind.RATING) is None:
        return Next.RULES
    if settling.is_settleable(tx, rating):
        return Next.SETTLE
    is_offered = elections.may_prepare(tx, rating.sitting_id, BallotKind.RATING)
    has_declared = handcounts.declared_rating(tx, rating.sitting_id) is not None
    return Next.VOTE if is_offered or has_declared else Next.DECLARE
