"""Keeps the list of scrutineers that the sitting confirms, with its chief."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from voting.db import Tx
from voting.errors import Message, NotNow, NotValid, msg
from voting.events import Event
from voting.models.sittings import (
    Candidate,
    CandidateList,
    Deputy,
    Scrutineer,
    Sitting,
    Stage,
)
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal
from voting.services.sittings.plenary import find_sitting


@dataclass(frozen=True, slots=True)
class ScrutineersNamed(Event):
    """The list was entered or changed."""

    words = msg("{number} scrutineers were named; the chief scrutineer is {chief}.")
    sitting_id: int
    number: int
    chief: str


def name_scrutineers(
    tx: Tx, actor: Actor, sitting_id: int, deputies: Sequence[int], *, chief: int
) -> list[Message]:
    """Enter the whole list, the chief among it; gives what speaks against somebody on it."""
    sitting = find_sitting(tx, sitting_id)
    access.check(actor, Action.NAME_SCRUTINEERS, sitting.congress_id)
    if sitting.stage is Stage.ENDED:
        raise NotNow("This sitting has ended.")
    if chief not in deputies:
        raise NotValid("The chief scrutineer is one of the scrutineers.")
    people = [_deputy(tx, sitting, deputy_id) for deputy_id in dict.fromkeys(deputies)]
    tx.execute(delete(Scrutineer).where(Scrutineer.sitting_id == sitting.id))
    tx.add_all(
        Scrutineer(
            sitting_id=sitting.id, deputy_id=person.id, position=place, is_chief=person.id == chief
        )
        for place, person in enumerate(people, start=1)
    )
    tx.flush()
    name = next(person.name for person in people if person.id == chief)
    event = ScrutineersNamed(sitting.id, len(people), name)
    journal.record(tx, actor, event, congress_id=sitting.congress_id)
    return warn_of_scrutineers(tx, sitting.id)


def list_scrutineers(tx: Tx, sitting_id: int) -> Sequence[Scrutineer]:
    """Give the list, the chief first."""
    names = joinedload(Scrutineer.deputy).joinedload(Deputy.delegation)
    query = select(Scrutineer).where(Scrutineer.sitting_id == sitting_id).options(names)
    return tx.scalars(query.order_by(Scrutineer.is_chief.desc(), Scrutineer.position)).all()


def warn_of_scrutineers(tx: Tx, sitting_id: int) -> list[Message]:
    """Tell which scrutineers seem to belong to a unit that is to carry out a candidate."""
    query = (
        select(Candidate.unit, Candidate.co_units)
        .join(CandidateList, CandidateList.id == Candidate.list_id)
        .where(CandidateList.sitting_id == sitting_id)
    )
    units = {name for unit, others in tx.execute(query) for name in (unit, *others) if name}
    return [
        msg(
            "{name} works at {unit}, which carries out a candidate project; usually such deputies"
            " are not scrutineers.",
            name=row.deputy.name,
            unit=unit,
        )
        for row in list_scrutineers(tx, sitting_id)
        for unit in sorted(units)
        if unit in row.deputy.unit
    ]


def _deputy(tx: Tx, sitting: Sitting, deputy_id: int) -> Deputy:
    deputy = tx.get(Deputy, deputy_id)
    if deputy is None or deputy.congress_id != sitting.congress_id or not deputy.is_active:
        raise NotValid("Scrutineers are deputies of this congress.")
    return deputy
