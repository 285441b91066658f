"""Takes in whole lists of proposals from offices, after it was seen what is wrong in them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Select, select

from voting import clock
from voting.db import Tx
from voting.errors import Message, NotValid, msg
from voting.events import Event
from voting.imports.problems import Problem
from voting.imports.proposals import COLUMNS, ProposalRow, ProposalSheet, read_proposals
from voting.imports.sheets import read_table
from voting.models.proposals import Proposal, ProposalContact, ProposalState, ProposalStep, Source
from voting.models.sittings import Deputy
from voting.models.stations import Station
from voting.models.units import Unit
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal, search
from voting.services.proposals.writing import (
    KIND,
    entry_of,
    made_from,
    next_number,
    sealed_contact,
)


@dataclass(frozen=True, slots=True)
class ProposalsImported(Event):
    words = msg("{count} proposals were imported, No. {first} to No. {last}.")
    count: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Intake:
    """How a list is taken in: without its bad rows, and public at once or into the queue."""

    skip_bad_rows: bool = False
    is_looked_at: bool = False


@dataclass(frozen=True, slots=True)
class _Names:
    """The numbers of deputies, stations and units by name; of two with one name there is none."""

    deputies: dict[str, int]
    stations: dict[str, int]
    units: dict[str, int]


def preview_proposals(tx: Tx, actor: Actor, congress_id: int, data: bytes) -> ProposalSheet:
    """Read a file and tell what is wrong in it; nothing is kept. Raises NotValid."""
    access.check(actor, Action.MANAGE_COLLECTION, congress_id)
    sheet = read_proposals(read_table(data))
    names = _names(tx, congress_id)
    strangers = [problem for row in sheet.rows for problem in _strangers(row, names)]
    bad = {*sheet.bad_lines, *(problem.line for problem in strangers)}
    return replace(
        sheet,
        rows=tuple(row for row in sheet.rows if row.line not in bad),
        bad_lines=tuple(sorted(bad)),
        problems=tuple(sorted([*sheet.problems, *strangers], key=lambda found: found.line)),
    )


def import_proposals(tx: Tx, actor: Actor, congress_id: int, data: bytes, *, intake: Intake) -> int:
    """Take a list in, whole or, by choice, without its bad rows; gives how many came in."""
    sheet = preview_proposals(tx, actor, congress_id, data)
    if sheet.problems and not intake.skip_bad_rows:
        raise NotValid(
            "{bad} rows are not right, so nothing was imported.", bad=len(sheet.bad_lines)
        ).now("Correct them in the file, or choose to skip them.")
    if not sheet.rows:
        raise NotValid("No row of the file is right.").now("Correct the file and send it again.")
    state = ProposalState.ACCEPTED if intake.is_looked_at else ProposalState.RECEIVED
    first = next_number(tx, congress_id)
    names = _names(tx, congress_id)
    made = []
    for number, row in enumerate(sheet.rows, start=first):
        proposal = made_from(row)
        proposal.congress_id, proposal.number, proposal.state = congress_id, number, state
        proposal.entered_by_id = actor.user_id
        _stand(proposal, row, names)
        made.append(proposal)
    tx.add_all(made)
    tx.flush()
    _add_parts(tx, actor, made, sheet.rows)
    search.index_all(tx, congress_id, KIND, [entry_of(proposal) for proposal in made])
    event = ProposalsImported(len(made), first, made[-1].number)
    journal.record(tx, actor, event, congress_id=congress_id)
    return len(made)


def _add_parts(tx: Tx, actor: Actor, made: list[Proposal], rows: tuple[ProposalRow, ...]) -> None:
    now = clock.now()
    for proposal, row in zip(made, rows, strict=True):
        tx.add(
            ProposalStep(proposal_id=proposal.id, state=proposal.state, at=now, by_id=actor.user_id)
        )
        sealed = sealed_contact(tx, proposal.id, row)
        if sealed is not None:
            tx.add(ProposalContact(proposal_id=proposal.id, sealed=sealed, created_at=now))
    tx.flush()


def _stand(proposal: Proposal, row: ProposalRow, names: _Names) -> None:
    proposal.source = Source.RESIDENT
    if row.deputy:
        proposal.source, proposal.deputy_id = Source.DEPUTY, names.deputies[row.deputy]
    elif row.station:
        proposal.source, proposal.station_id = Source.STATION, names.stations[row.station]
    elif row.unit:
        proposal.source, proposal.unit_id = Source.UNIT, names.units[row.unit]


def _names(tx: Tx, congress_id: int) -> _Names:
    deputies = select(Deputy.name, Deputy.id).where(Deputy.congress_id == congress_id)
    stations = select(Station.name, Station.id).where(Station.congress_id == congress_id)
    units = select(Unit.name, Unit.id).where(Unit.congress_id == congress_id)
    found: dict[str, int] = {}
    twice: set[str] = set()
    for name, key in tx.execute(deputies.where(Deputy.is_active)):
        twice |= {name} & found.keys()
        found[name] = key
    alone = {name: key for name, key in found.items() if name not in twice}
    return _Names(alone, _pairs(tx, stations), _pairs(tx, units))


def _pairs(tx: Tx, query: Select[str, int]) -> dict[str, int]:
    return dict(tx.execute(query).all())


def _strangers(row: ProposalRow, names: _Names) -> list[Problem]:
    asked = (
        ("deputy", row.deputy, names.deputies),
        ("station", row.station, names.stations),
        ("unit", row.unit, names.units),
    )
    labels: dict[str, Message] = {column.key: column.label for column in COLUMNS}
    return [
        Problem(
            row.line,
            labels[key],
            msg("“{name}” is not on the list here, or not the only one.", name=name),
            msg("Write the name as the list has it, or leave the cell empty."),
        )
        for key, name, known in asked
        if name and name not in known
    ]
