"""What the log says of a sitting's cards (protocol 4): roll, batches issued, cards revoked.

Who holds a card is none of its business: it knows credentials, always in sorted order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update

from ballots.errors import Invalid
from ballots.objects import Issue, Revoke, Roll, Session, parse_object, store
from voting import ledger
from voting.db import Tx
from voting.errors import Conflict, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.models.elections import (
    AcceptedBallot,
    Election,
    ElectionState,
    RollCard,
    RollCardState,
)
from voting.models.sittings import Sitting
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal
from voting.services.verdicts import judged


@dataclass(frozen=True, slots=True)
class RollPublished(Event):
    """The list of all printed cards stands in the log."""

    words = msg("The roll of {cards} printed cards was published.")
    sitting_id: int
    cards: int


@dataclass(frozen=True, slots=True)
class CardsIssued(Event):
    """A batch of cards is good from here."""

    words = msg("{cards} cards were issued.")
    sitting_id: int
    cards: int


@dataclass(frozen=True, slots=True)
class CardsRevoked(Event):
    """Cards are no longer good."""

    words = msg("{cards} cards were revoked: {reason}")
    sitting_id: int
    cards: int
    reason: str


def session_of(tx: Tx, sitting: Sitting) -> str:
    """Give the sitting's session object, published when first asked for."""
    if sitting.session_object is None:
        _publish_session(tx, sitting, sitting.name)
    return str(sitting.session_object)


def renew_session(tx: Tx, sitting: Sitting, number: int) -> str:
    """Publish another session object, with the roll and the good cards again under it.

    A ceremony is bound to its session and can't stand in a log twice, so one that begins anew
    with the same numbers needs a session that differs.
    """
    roll = sitting.roll_object
    listed = _cards(tx, roll) if roll else []
    good = _cards(tx, roll, RollCardState.ISSUED) if roll else []
    _publish_session(tx, sitting, f"{sitting.name} ({number})")
    if listed:
        _publish_roll(tx, sitting, listed)
    if good:
        _issue(tx, sitting, good)
    return str(sitting.session_object)


@judged
def publish_roll(tx: Tx, actor: Actor, sitting_id: int, credentials: Sequence[str]) -> str:
    """Publish the credentials of all printed cards; gives the roll's id. Raises `BallotError`."""
    sitting = find_sitting(tx, sitting_id)
    access.check(actor, Action.MAKE_CARDS, sitting.congress_id)
    ledger.lock(tx, sitting.congress_id)
    if sitting.roll_object is not None:
        raise Conflict("The roll of this sitting has been published already.")
    if not credentials or len(set(credentials)) < len(credentials):
        raise Invalid("roll.credentials")
    session_of(tx, sitting)
    roll = _publish_roll(tx, sitting, sorted(credentials))
    event = RollPublished(sitting.id, len(credentials))
    journal.record(tx, actor, event, congress_id=sitting.congress_id)
    return roll


@judged
def issue(tx: Tx, actor: Actor, sitting_id: int, credentials: Sequence[str]) -> None:
    """Make a batch of cards good for voting. Raises `Invalid("issue.credential")`."""
    sitting = find_sitting(tx, sitting_id)
    access.check(actor, Action.ISSUE_CARD, sitting.congress_id)
    ledger.lock(tx, sitting.congress_id)
    if not _are(RollCardState.LISTED, tx, sitting, credentials):
        raise Invalid("issue.credential")
    _issue(tx, sitting, sorted(credentials))
    event = CardsIssued(sitting.id, len(credentials))
    journal.record(tx, actor, event, congress_id=sitting.congress_id)


@judged
def revoke(
    tx: Tx, actor: Actor, sitting_id: int, *, credentials: Sequence[str], reason: str
) -> None:
    """Take cards out of use, such as a lost one.

    Raises `Invalid` with `revoke.credential`, and `revoke.voted` while an election is open in which
    one of them has voted.
    """
    sitting = find_sitting(tx, sitting_id)
    access.check(actor, Action.REVOKE_CARD, sitting.congress_id)
    if not reason.strip():
        raise NotValid("A reason is needed; it stands in the public log.")
    ledger.lock(tx, sitting.congress_id)
    if not _are(RollCardState.ISSUED, tx, sitting, credentials):
        raise Invalid("revoke.credential")
    if _has_voted(tx, sitting, credentials):
        raise Invalid("revoke.voted")
    roll, names = _roll(sitting), sorted(credentials)
    ledger.append(
        tx, sitting.congress_id, store(Revoke(roll=roll, credentials=names, reason=reason))
    )
    _set_state(tx, roll, names, RollCardState.REVOKED)
    event = CardsRevoked(sitting.id, len(names), reason)
    journal.record(tx, actor, event, congress_id=sitting.congress_id)


def count_good(tx: Tx, roll_object: str) -> int:
    """Count the cards that are issued and not revoked."""
    query = select(func.count()).where(
        RollCard.roll_object == roll_object, RollCard.state == RollCardState.ISSUED
    )
    return tx.scalars(query).one()


def find_sitting(tx: Tx, sitting_id: int) -> Sitting:
    """Find a sitting by its number."""
    sitting = tx.get(Sitting, sitting_id, populate_existing=True)
    if sitting is None:
        raise NotFound("There is no such sitting.")
    return sitting


def _publish_session(tx: Tx, sitting: Sitting, name: str) -> None:
    congress = sitting.congress.name
    if sitting.is_rehearsal:
        # The log is for ever: whoever reads it later must not take a rehearsal for a vote.
        name = f"{name}（演练）"
    stored = store(Session(congress=congress, name=name, deputies=sitting.deputies))
    ledger.append(tx, sitting.congress_id, stored)
    sitting.session_object = stored.id
    sitting.roll_object = None
    tx.flush()


def _publish_roll(tx: Tx, sitting: Sitting, credentials: list[str]) -> str:
    # Parsed again, so that every credential is known to be a key before it is in the log.
    stored = parse_object(
        store(Roll(session=str(sitting.session_object), credentials=credentials)).raw
    )
    ledger.append(tx, sitting.congress_id, stored)
    tx.execute(
        insert(RollCard),
        [
            {"roll_object": stored.id, "credential": name, "state": RollCardState.LISTED}
            for name in credentials
        ],
    )
    sitting.roll_object = stored.id
    tx.flush()
    return stored.id


def _issue(tx: Tx, sitting: Sitting, credentials: list[str]) -> None:
    roll = _roll(sitting)
    ledger.append(tx, sitting.congress_id, store(Issue(roll=roll, credentials=credentials)))
    _set_state(tx, roll, credentials, RollCardState.ISSUED)


def _roll(sitting: Sitting) -> str:
    if sitting.roll_object is None:
        raise NotNow("The roll of this sitting is not published yet.")
    return sitting.roll_object


def _cards(tx: Tx, roll_object: str, state: RollCardState | None = None) -> list[str]:
    query = select(RollCard.credential).where(RollCard.roll_object == roll_object)
    if state is not None:
        query = query.where(RollCard.state == state)
    return sorted(tx.scalars(query))


def _are(state: RollCardState, tx: Tx, sitting: Sitting, credentials: Sequence[str]) -> bool:
    """Tell whether cards, at least one and none twice, are all in a state."""
    found = set(_cards(tx, _roll(sitting), state))
    names = set(credentials)
    return bool(names) and len(names) == len(credentials) and names <= found


def _has_voted(tx: Tx, sitting: Sitting, credentials: Sequence[str]) -> bool:
    query = (
        select(AcceptedBallot.credential)
        .join(Election, Election.id == AcceptedBallot.election_id)
        .where(
            Election.sitting_id == sitting.id,
            Election.roll_object == sitting.roll_object,
            Election.state == ElectionState.OPEN,
            AcceptedBallot.credential.in_(credentials),
        )
    )
    return tx.scalar(query.limit(1)) is not None


def _set_state(tx: Tx, roll: str, credentials: list[str], state: RollCardState) -> None:
    tx.execute(
        update(RollCard)
        .where(RollCard.roll_object == roll, RollCard.credential.in_(credentials))
        .values(state=state)
        .execution_options(synchronize_session=False)
    )
