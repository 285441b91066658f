"""Takes proposals in: from residents without an account, and from those who have one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, FieldProblem, NotNow, NotValid, msg
from voting.events import Event
from voting.imports.proposals import ProposalRow
from voting.models.people import Congress
from voting.models.proposals import (
    CollectionWindow,
    Proposal,
    ProposalContact,
    ProposalState,
    ProposalStep,
    Source,
)
from voting.models.stations import Station
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.areas import area_of
from voting.services import journal, pictures, search
from voting.services.people import sealing
from voting.services.proposals import windows
from voting.services.proposals.standing import Standing, find_standing
from voting.services.search import Entry

KIND: Final = "proposal"
MOST_PHOTOS: Final = 6
MOST_A_DAY: Final = 5
_CODE_GROUPS: Final = 3
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ProposalEntered(Event):
    words = msg("Proposal No. {number} was entered.")
    number: int


@dataclass(frozen=True, slots=True)
class Sender:
    """Which browser sends, the ticket of its form, and the station whose poster it came by."""

    device: str
    ticket: str
    station: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """What somebody with an account enters, in whose name (`list_standings`), with which ticket."""

    row: ProposalRow
    standing: str
    ticket: str
    photos: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """What the sender keeps: the number of the proposal and the code to follow it by."""

    proposal_id: int
    number: int
    code: str


def submit_proposal(
    tx: Tx, window_id: int, row: ProposalRow, sender: Sender, *, photos: Sequence[bytes] = ()
) -> Sent:
    """Receive a resident's proposal into the queue. Raises NotNow, NotValid, Conflict."""
    congress_id = _congress_of(tx, window_id)
    window = windows.find_window(tx, congress_id, window_id)
    windows.check_open(window)
    _check_ticket(tx, sender.ticket)
    device = sealing.digest(tx.settings, "proposal device", sender.device)
    _check_flood(tx, device)
    proposal = _new(tx, congress_id, row)
    proposal.window_id, proposal.source = window.id, Source.RESIDENT
    proposal.ticket = _ticket_mark(tx, sender.ticket)
    proposal.station_id = _station_of(tx, congress_id, sender.station)
    return _keep(tx, proposal, row, photos=photos, device=device)


def enter_proposal(tx: Tx, actor: Actor, congress_id: int, entered: Entered) -> Sent:
    """Receive a proposal of a deputy, station, unit or office into the queue."""
    access.check(actor, Action.PROPOSE, congress_id)
    _check_ticket(tx, entered.ticket)
    found = find_standing(tx, actor, congress_id, entered.standing)
    proposal = _new(tx, congress_id, entered.row)
    opened = windows.open_windows(tx, congress_id, for_members=True)
    proposal.window_id = opened[0].id if opened else None
    proposal.ticket = _ticket_mark(tx, entered.ticket)
    proposal.entered_by_id = actor.user_id
    _stand(proposal, found)
    sent = _keep(tx, proposal, entered.row, photos=entered.photos)
    journal.record(tx, actor, ProposalEntered(sent.number), congress_id=congress_id)
    return sent


def add_photos(tx: Tx, proposal: Proposal, photos: Sequence[bytes]) -> None:
    """Add photos of the proposer, as long as nobody has looked at the proposal."""
    if proposal.state is not ProposalState.RECEIVED:
        raise NotNow("This proposal has been looked at; photos can't be added any more.")
    owner = owner_of(proposal)
    kept = len(pictures.of(tx, proposal.congress_id, owner))
    if kept + len(photos) > MOST_PHOTOS:
        problem = FieldProblem("photos", msg("At most {n} photos.", n=MOST_PHOTOS))
        raise NotValid("These are too many photos.").at(problem)
    for photo in photos:
        pictures.keep(tx, proposal.congress_id, owner, photo)


def owner_of(proposal: Proposal) -> str:
    """Say under which name the photos of a proposal are kept."""
    return f"{KIND}:{proposal.id}"


def entry_of(proposal: Proposal) -> Entry:
    """Say by which texts a proposal is found."""
    texts = (proposal.place, proposal.reason, proposal.content, proposal.beneficiaries)
    return Entry(proposal.id, " ".join(texts), proposal.title)


def next_number(tx: Tx, congress_id: int) -> int:
    """Give the number after the highest; whoever asks keeps others waiting until the end."""
    tx.get(Congress, congress_id, with_for_update=True)
    query = select(func.max(Proposal.number)).where(Proposal.congress_id == congress_id)
    return (tx.scalar(query) or 0) + 1


def made_from(row: ProposalRow) -> Proposal:
    """Make a proposal of what was written, without a place in any list yet."""
    return Proposal(
        state=ProposalState.RECEIVED,
        title=row.title,
        category=row.category,
        place=row.place,
        area=area_of(row.place),
        latitude=row.point[0] if row.point else None,
        longitude=row.point[1] if row.point else None,
        reason=row.reason,
        content=row.content,
        beneficiaries=row.beneficiaries,
        implementer=row.implementer,
        estimate_yuan=row.estimate_yuan,
        supports=0,
        created_at=clock.now(),
    )


def sealed_contact(tx: Tx, proposal_id: int, row: ProposalRow) -> bytes | None:
    """Seal name and telephone, so that a stolen table tells nobody who proposed."""
    if not row.name and not row.phone:
        return None
    content = json.dumps({"name": row.name, "phone": row.phone}).encode()
    return sealing.seal(tx.settings, f"{KIND}:{proposal_id}", content)


def _new(tx: Tx, congress_id: int, row: ProposalRow) -> Proposal:
    proposal = made_from(row)
    proposal.congress_id = congress_id
    proposal.number = next_number(tx, congress_id)
    return proposal


def _keep(
    tx: Tx, proposal: Proposal, row: ProposalRow, *, photos: Sequence[bytes], device: str = ""
) -> Sent:
    code = sealing.new_code(_CODE_GROUPS)
    proposal.code_hash = sealing.digest(tx.settings, "proposal code", code)
    tx.add(proposal)
    tx.flush()
    now = proposal.created_at
    tx.add(ProposalStep(proposal_id=proposal.id, state=ProposalState.RECEIVED, at=now))
    sealed = sealed_contact(tx, proposal.id, row)
    if sealed is not None or device:
        contact = ProposalContact(proposal_id=proposal.id, sealed=sealed, device=device)
        contact.created_at = now
        tx.add(contact)
    add_photos(tx, proposal, photos)
    entry = entry_of(proposal)
    search.index_all(tx, proposal.congress_id, KIND, [entry])
    return Sent(proposal.id, proposal.number, code)


def _stand(proposal: Proposal, standing: Standing) -> None:
    proposal.source = standing.source
    match standing.source:
        case Source.DEPUTY:
            proposal.deputy_id = standing.key
        case Source.STATION:
            proposal.station_id = standing.key
        case Source.UNIT:
            proposal.unit_id = standing.key
        case Source.OFFICE | Source.RESIDENT:
            pass


def _station_of(tx: Tx, congress_id: int, code: str) -> int | None:
    query = select(Station.id).where(Station.congress_id == congress_id, Station.code == code)
    return tx.scalar(query) if code.isalnum() else None


def _congress_of(tx: Tx, window_id: int) -> int:
    window = tx.get(CollectionWindow, window_id)
    return window.congress_id if window else 0


def _check_ticket(tx: Tx, ticket: str) -> None:
    """Take a form once: who presses twice, or whose answer got lost, has sent it already."""
    mark = _ticket_mark(tx, ticket)
    number = tx.scalar(select(Proposal.number).where(Proposal.ticket == mark))
    if number is not None:
        raise Conflict("This proposal has been received already, as No. {number}.", number=number)


def _ticket_mark(tx: Tx, ticket: str) -> str:
    return sealing.digest(tx.settings, "proposal ticket", ticket)


def _check_flood(tx: Tx, device: str) -> None:
    query = select(func.count()).where(
        ProposalContact.device == device, ProposalContact.created_at > clock.now() - _DAY
    )
    if (tx.scalar(query) or 0) >= MOST_A_DAY:
        raise NotNow("You have sent {n} proposals within a day.", n=MOST_A_DAY).now(
            "Keep your text and send it tomorrow, or support a proposal like yours."
        )
