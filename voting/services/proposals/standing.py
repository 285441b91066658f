"""In whose name somebody with an account proposes: as a deputy, for a station, unit or office."""

from __future__ import annotations

from dataclasses import dataclass

from voting.db import Tx
from voting.errors import FieldProblem, NotValid, msg
from voting.models.proposals import Source
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import units
from voting.services.people.deputies import find_own
from voting.services.stations import stations_of


@dataclass(frozen=True, slots=True)
class Standing:
    """A name in which somebody proposes; the office needs no key."""

    source: Source
    name: str = ""
    key: int | None = None

    @property
    def value(self) -> str:
        """How a form names it."""
        return f"{self.source.value}:{self.key or 0}"


def list_standings(tx: Tx, actor: Actor, congress_id: int) -> tuple[Standing, ...]:
    """List the names in which somebody may propose."""
    found = []
    deputy = find_own(tx, actor, congress_id)
    if deputy is not None:
        found.append(Standing(Source.DEPUTY, deputy.name, deputy.id))
    found += [
        Standing(Source.STATION, card.name, card.id) for card in stations_of(tx, actor, congress_id)
    ]
    found += [
        Standing(Source.UNIT, card.name, card.id) for card in units.units_of(tx, actor, congress_id)
    ]
    if access.is_allowed(actor, Action.MANAGE_COLLECTION, congress_id):
        found += [Standing(Source.OFFICE), Standing(Source.RESIDENT)]
    return tuple(found)


def find_standing(tx: Tx, actor: Actor, congress_id: int, value: str) -> Standing:
    """Give the name that a form asks for. Raises NotValid for one that isn't the actor's."""
    for standing in list_standings(tx, actor, congress_id):
        if standing.value == value:
            return standing
    problem = FieldProblem("standing", msg("Choose one of the list."))
    raise NotValid("It is not said in whose name you propose.").at(problem)
