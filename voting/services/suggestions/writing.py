"""Deputies write suggestions, ask others to sign, and sign those of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, FieldProblem, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.i18n import this_day
from voting.models.people import Congress
from voting.models.sittings import Deputy
from voting.models.suggestions import Cosigner, Suggestion, SuggestionState
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal, search
from voting.services.people.deputies import deputy_of
from voting.services.suggestions.access import for_signer

KIND = "suggestion"


@dataclass(frozen=True, slots=True)
class SuggestionSent(Event):
    words = msg("{deputy} sent the suggestion {number} of {year}.")
    deputy: str
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class SuggestionSigned(Event):
    words = msg("{deputy} signed the suggestion {number} of {year} too.")
    deputy: str
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class SuggestionChanged(Event):
    words = msg("The suggestion {number} of {year} was changed before it was assigned.")
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class SuggestionEntry:
    """What a deputy writes: one matter, why, and what should be done."""

    title: str
    reason: str
    content: str
    category: str = ""
    cosigners: tuple[int, ...] = ()
    source: str = ""


def suggest(tx: Tx, actor: Actor, congress_id: int, entry: SuggestionEntry) -> Suggestion:
    """Send a suggestion to the office; deputies named as cosigners are asked to sign."""
    access.check(actor, Action.SUGGEST, congress_id)
    deputy = deputy_of(tx, actor, congress_id)
    today = this_day()
    made = Suggestion(
        congress_id=congress_id,
        year=today.year,
        number=next_number(tx, congress_id, today.year),
        deputy_id=deputy.id,
        deputy_name=deputy.name,
        source=entry.source,
        submitted_on=today,
        state=SuggestionState.SUBMITTED,
    )
    _write(made, entry, asked=_known(tx, congress_id, entry.cosigners))
    tx.add(made)
    tx.flush()
    index(tx, made)
    event = SuggestionSent(deputy.name, made.year, made.number)
    journal.record(tx, actor, event, congress_id=congress_id)
    return made


def change(tx: Tx, actor: Actor, suggestion_id: int, entry: SuggestionEntry) -> None:
    """Change one's own suggestion as long as the office has not assigned it.

    What others have signed is not changed behind their backs: they are asked again.
    """
    made, deputy = for_signer(tx, actor, suggestion_id)
    if made.deputy_id != deputy.id:
        raise NotNow("Only who wrote a suggestion changes it.")
    if made.state is not SuggestionState.SUBMITTED or made.tasks:
        raise NotNow("This suggestion is with the office or a unit already.").now(
            "Ask the office if it has to be changed."
        )
    _write(made, entry, asked=_known(tx, made.congress_id, entry.cosigners))
    tx.flush()
    index(tx, made)
    event = SuggestionChanged(made.year, made.number)
    journal.record(tx, actor, event, congress_id=made.congress_id)


def cosign(tx: Tx, actor: Actor, suggestion_id: int) -> None:
    """Sign a suggestion on which one was asked."""
    made = tx.get(Suggestion, suggestion_id)
    if made is None:
        raise NotFound("There is no such suggestion.")
    access.check(actor, Action.SUGGEST, made.congress_id)
    deputy = deputy_of(tx, actor, made.congress_id)
    asked = next((c for c in made.cosigners if c.deputy_id == deputy.id), None)
    if asked is None:
        raise NotFound("You were not asked to sign this suggestion.")
    if made.state not in {SuggestionState.SUBMITTED, SuggestionState.ASSIGNED}:
        raise NotNow("This suggestion is being handled; it can't be signed any more.")
    if asked.signed_at is not None:
        raise Conflict("You have signed this suggestion already.")
    asked.signed_at = clock.now()
    tx.flush()
    event = SuggestionSigned(deputy.name, made.year, made.number)
    journal.record(tx, actor, event, congress_id=made.congress_id)


def next_number(tx: Tx, congress_id: int, year: int) -> int:
    """Give the number after the highest of a year."""
    # Two who send at once must not get one number; the row of the congress is what they queue at.
    tx.execute(select(Congress.id).where(Congress.id == congress_id).with_for_update())
    query = select(func.max(Suggestion.number)).where(
        Suggestion.congress_id == congress_id, Suggestion.year == year
    )
    return (tx.scalar(query) or 0) + 1


def index(tx: Tx, made: Suggestion) -> None:
    """Let a suggestion be found by all that it says."""
    text = f"{made.deputy_name} {made.category} {made.reason} {made.content}"
    search.index(tx, made.congress_id, KIND, made.id, text=text, title=made.title)


def list_fellows(tx: Tx, actor: Actor, congress_id: int) -> tuple[tuple[int, str], ...]:
    """List the other deputies, whom one can ask to sign."""
    own = deputy_of(tx, actor, congress_id)
    query = select(Deputy.id, Deputy.name).where(
        Deputy.congress_id == congress_id, Deputy.is_active, Deputy.id != own.id
    )
    return tuple(tx.execute(query.order_by(Deputy.position)))


def _write(made: Suggestion, entry: SuggestionEntry, *, asked: Sequence[int]) -> None:
    is_other = (made.title, made.reason, made.content) != (
        entry.title,
        entry.reason,
        entry.content,
    )
    made.title, made.category = " ".join(entry.title.split()), entry.category
    made.reason, made.content = entry.reason, entry.content
    wanted = [number for number in asked if number != made.deputy_id]
    kept = {c.deputy_id: c for c in made.cosigners if c.deputy_id in wanted}
    if is_other:
        for cosigner in kept.values():
            cosigner.signed_at = None
    made.cosigners = [kept.get(number) or Cosigner(deputy_id=number) for number in wanted]


def _known(tx: Tx, congress_id: int, chosen: Sequence[int]) -> tuple[int, ...]:
    query = select(Deputy.id).where(
        Deputy.congress_id == congress_id, Deputy.is_active, Deputy.id.in_(chosen)
    )
    found = tuple(tx.scalars(query.order_by(Deputy.position)))
    if len(found) != len(set(chosen)):
        problem = FieldProblem("cosigners", msg("Choose deputies of the roster."))
        raise NotValid("One of those who should sign is not on the roster.").at(problem)
    return found
