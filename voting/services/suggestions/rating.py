"""Deputies rate replies: the manner of handling 办理态度 and the result 办理结果 apart."""

from __future__ import annotations

from dataclasses import dataclass

from voting.db import Tx
from voting.errors import Conflict, FieldProblem, NotNow, NotValid, msg
from voting.events import Event
from voting.i18n import this_day
from voting.models.suggestions import (
    Reply,
    ReplyRating,
    Satisfaction,
    Suggestion,
    SuggestionState,
)
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.suggestions import PROMISES
from voting.services import journal
from voting.services.suggestions.access import for_signer, signers_of


@dataclass(frozen=True, slots=True)
class ReplyRated(Event):
    words = msg("{deputy} rated the reply to the suggestion {number} of {year}.")
    deputy: str
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class RatingEntry:
    """What a deputy holds of a reply; who is not satisfied says why."""

    attitude: Satisfaction
    result: Satisfaction
    note: str = ""


def rate(tx: Tx, actor: Actor, suggestion_id: int, entry: RatingEntry) -> None:
    """Rate the latest reply, once; who is not satisfied gets a new reply within a month."""
    made, deputy = for_signer(tx, actor, suggestion_id)
    access.check(actor, Action.RATE_ANSWER, made.congress_id)
    if made.state not in {SuggestionState.ANSWERED, SuggestionState.AGAIN} or not made.replies:
        raise NotNow("There is no reply to rate now.")
    last = made.replies[-1]
    if any(rating.deputy_id == deputy.id for rating in last.ratings):
        raise Conflict("You have rated this reply already.")
    if Satisfaction.DISSATISFIED in {entry.attitude, entry.result} and not entry.note.strip():
        problem = FieldProblem("note", msg("Please fill this in."))
        raise NotValid("Say what is missing, so that the new reply can answer it.").at(problem)
    last.ratings.append(
        ReplyRating(
            deputy_id=deputy.id,
            attitude=entry.attitude,
            result=entry.result,
            note=entry.note,
            rated_on=this_day(),
        )
    )
    _settle(made, last)
    tx.flush()
    event = ReplyRated(deputy.name, made.year, made.number)
    journal.record(tx, actor, event, congress_id=made.congress_id)


def is_dissatisfied(rating: ReplyRating) -> bool:
    """Tell whether a rating asks for a new reply."""
    return Satisfaction.DISSATISFIED in {rating.attitude, rating.result}


def owes_rating(made: Suggestion, deputy_id: int) -> bool:
    """Tell whether a signer is asked to rate the latest reply.

    Who was satisfied with an earlier one is not asked again, unless it was a promise.
    """
    if made.state not in {SuggestionState.ANSWERED, SuggestionState.AGAIN} or not made.replies:
        return False
    *earlier, last = made.replies
    if deputy_id not in signers_of(made) or _of(last, deputy_id) is not None:
        return False
    if earlier and earlier[-1].result_class in PROMISES:
        return True
    ratings = [found for reply in earlier if (found := _of(reply, deputy_id)) is not None]
    return not ratings or is_dissatisfied(ratings[-1])


def _of(reply: Reply, deputy_id: int) -> ReplyRating | None:
    return next((rating for rating in reply.ratings if rating.deputy_id == deputy_id), None)


def _settle(made: Suggestion, last: Reply) -> None:
    if any(is_dissatisfied(rating) for rating in last.ratings):
        made.state = SuggestionState.AGAIN
    elif not any(owes_rating(made, deputy_id) for deputy_id in signers_of(made)):
        made.state = SuggestionState.CLOSED
        made.closed_on = this_day()
