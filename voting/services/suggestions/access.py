"""Finds a suggestion for somebody who may see it, or act on it, and nobody else."""

from __future__ import annotations

from voting.db import Tx
from voting.errors import NotAllowed, NotFound, NotNow
from voting.models.sittings import Deputy
from voting.models.suggestions import Suggestion, SuggestionState, UnitTask
from voting.rules import access
from voting.rules.access import Action, Actor, is_allowed
from voting.rules.suggestions import Terms
from voting.services import units
from voting.services.people import congresses
from voting.services.people.deputies import deputy_of, find_own


def for_office(tx: Tx, actor: Actor, suggestion_id: int) -> Suggestion:
    """Give a suggestion to the office that assigns it."""
    found = _get(tx, suggestion_id)
    access.check(actor, Action.ASSIGN_SUGGESTION, found.congress_id)
    return found


def for_reader(tx: Tx, actor: Actor, suggestion_id: int) -> Suggestion:
    """Give a suggestion to the office, its deputies and its units."""
    found = _get(tx, suggestion_id)
    if is_allowed(actor, Action.ASSIGN_SUGGESTION, found.congress_id):
        return found
    deputy = find_own(tx, actor, found.congress_id)
    if deputy is not None and deputy.id in asked_of(found):
        return found
    mine = {card.id for card in units.units_of(tx, actor, found.congress_id)}
    if any(task.unit_id in mine for task in found.tasks):
        return found
    raise NotAllowed("This suggestion is not yours to read.").now(
        "Published ones are on the public pages."
    )


def for_signer(tx: Tx, actor: Actor, suggestion_id: int) -> tuple[Suggestion, Deputy]:
    """Give a suggestion to a deputy who wrote or signed it."""
    found = _get(tx, suggestion_id)
    access.check(actor, Action.SUGGEST, found.congress_id)
    deputy = deputy_of(tx, actor, found.congress_id)
    if deputy.id not in signers_of(found):
        raise NotAllowed("You have not signed this suggestion.")
    return found, deputy


def for_unit(tx: Tx, actor: Actor, task_id: int) -> UnitTask:
    """Give what a unit has to do to somebody who acts for it."""
    task = tx.get(UnitTask, task_id)
    if task is None:
        raise NotFound("There is no such suggestion.")
    units.check_member(tx, actor, task.unit_id)
    access.check(actor, Action.ANSWER_SUGGESTION, task.suggestion.congress_id)
    if task.suggestion.state is SuggestionState.WITHDRAWN:
        raise NotNow("This suggestion was withdrawn; there is nothing to do about it any more.")
    if task.returned_on is not None:
        raise NotNow("Your unit has returned this suggestion.").now(
            "The office assigns it to another unit."
        )
    return task


def signers_of(suggestion: Suggestion) -> tuple[int, ...]:
    """Give the deputies who are answered and rate: who wrote it, then who signed it too."""
    first = () if suggestion.deputy_id is None else (suggestion.deputy_id,)
    return (*first, *(c.deputy_id for c in suggestion.cosigners if c.signed_at is not None))


def asked_of(suggestion: Suggestion) -> tuple[int, ...]:
    """Give the signers and those who are asked to sign."""
    first = () if suggestion.deputy_id is None else (suggestion.deputy_id,)
    return (*first, *(cosigner.deputy_id for cosigner in suggestion.cosigners))


def check_state(suggestion: Suggestion, *states: SuggestionState) -> None:
    """Refuse an act whose moment has not come or is over."""
    if suggestion.state not in states:
        raise NotNow("This suggestion has moved on meanwhile.").now("Look at it again.")


def terms_of(tx: Tx, congress_id: int) -> Terms:
    """Give how long each step may take."""
    return Terms.of(congresses.preferences_of(tx, congress_id))


def _get(tx: Tx, suggestion_id: int) -> Suggestion:
    found = tx.get(Suggestion, suggestion_id)
    if found is None:
        raise NotFound("There is no such suggestion.")
    return found
