"""Keeps the cards of a sitting: their roll, what was drawn, batches for the log, lost cards.

Only serials and credentials reach the server. In a sealed sitting a drawn card waits for the next
batch, and when a batch is issued all rows are written anew in the order of their keys, so that
neither the log nor the database tells who came with whom.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, func, insert, select, update

from voting.db import Tx
from voting.errors import Conflict, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.imports.rolls import RollLine
from voting.models.sittings import Attendance, Card, CardState, Sitting, Stage
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.verdicts import RuleBroken
from voting.services import journal, rolls
from voting.services.sittings.plenary import find_sitting

SMALLEST_BATCH: Final = 10
"""A batch of fewer cards would tell whose they are to somebody who watched the door."""


@dataclass(frozen=True, slots=True)
class CardsSpoilt(Event):
    """Cards that never became good were taken out."""

    words = msg("{cards} cards that had not been issued were taken out: {reason}")
    sitting_id: int
    cards: int
    reason: str


@dataclass(frozen=True, slots=True)
class CardCounts:
    """How many cards are where."""

    printed: int
    drawn: int
    issued: int
    revoked: int

    @property
    def total(self) -> int:
        """All cards of the roll."""
        return self.printed + self.drawn + self.issued + self.revoked


def publish_roll(tx: Tx, actor: Actor, sitting_id: int, lines: Sequence[RollLine]) -> str:
    """Keep all printed cards of a sitting and put their roll into the log; gives the roll's id."""
    sitting = find_sitting(tx, sitting_id)
    access.check(actor, Action.MAKE_CARDS, sitting.congress_id)
    if sitting.roll_object is not None:
        raise Conflict("The roll of this sitting has been published already.")
    _check_lines(tx, sitting, lines)
    roll = rolls.publish_roll(tx, actor, sitting.id, [line.credential for line in lines])
    tx.execute(
        insert(Card),
        [
            {
                "sitting_id": sitting.id,
                "is_named": sitting.is_named,
                "serial": line.serial.upper(),
                "credential": line.credential,
            }
            for line in sorted(lines, key=lambda line: line.serial.upper())
        ],
    )
    return roll


def count_cards(tx: Tx, sitting_id: int) -> CardCounts:
    """Count a sitting's cards by state."""
    query = (
        select(Card.state, func.count()).where(Card.sitting_id == sitting_id).group_by(Card.state)
    )
    found = Counter[CardState]()
    for state, count in tx.execute(query):
        found[state] = count
    return CardCounts(
        printed=found[CardState.PRINTED],
        drawn=found[CardState.DRAWN],
        issued=found[CardState.ISSUED],
        revoked=found[CardState.REVOKED],
    )


def find_card(tx: Tx, sitting_id: int, serial: str) -> Card:
    """Find a card by what is printed on it."""
    card = tx.get(Card, (sitting_id, serial.strip().upper()), with_for_update=True)
    if card is None:
        raise NotFound(
            "No card of this sitting has the serial {serial}.", serial=serial.strip()
        ).now("Scan the serial again, or type it as it is printed.")
    return card


def draw(tx: Tx, actor: Actor, sitting: Sitting, *, serial: str, holder_id: int | None) -> None:
    """Hand out a card; only a named sitting keeps to whom."""
    access.check(actor, Action.ISSUE_CARD, sitting.congress_id)
    card = find_card(tx, sitting.id, serial)
    if card.state is not CardState.PRINTED:
        raise Conflict(
            "Card {serial} has been handed out or revoked already.", serial=card.serial
        ).now("Put it aside and let another card be drawn.")
    card.state = CardState.DRAWN
    if sitting.is_named:
        card.holder_id = holder_id
    tx.flush()


def issue_batch(tx: Tx, actor: Actor, sitting_id: int, *, even_if_few: bool = False) -> int:
    """Make all drawn cards good for voting, as one batch in sorted order; gives their number."""
    sitting = find_sitting(tx, sitting_id)
    access.check(actor, Action.ISSUE_CARD, sitting.congress_id)
    drawn = [card for card in _lock(tx, sitting) if card.state is CardState.DRAWN]
    if not drawn:
        return 0
    if not sitting.is_named and len(drawn) < SMALLEST_BATCH and not even_if_few:
        raise NotNow(
            "Only {cards} cards were drawn since the last batch; so few would tell whose they are.",
            cards=len(drawn),
        ).now(
            "Wait until {least} are drawn, or issue them if nobody else comes.",
            least=SMALLEST_BATCH,
        )
    rolls.issue(tx, actor, sitting.id, [card.credential for card in drawn])
    for card in drawn:
        card.state = CardState.ISSUED
    tx.flush()
    _write_anew(tx, sitting)
    return len(drawn)


def revoke_card(tx: Tx, actor: Actor, sitting_id: int, *, serial: str, reason: str) -> None:
    """Take a lost or returned card out of use; an issued one by an entry in the log."""
    sitting = find_sitting(tx, sitting_id)
    access.check(actor, Action.REVOKE_CARD, sitting.congress_id)
    card = find_card(tx, sitting.id, serial)
    if not reason.strip():
        raise NotValid("A reason is needed; it stands in the public log.")
    if card.state is CardState.REVOKED:
        raise Conflict("Card {serial} has been revoked already.", serial=card.serial)
    if card.state is CardState.ISSUED:
        _revoke_in_log(tx, actor, card, reason.strip())
    else:
        event = CardsSpoilt(sitting.id, 1, reason.strip())
        journal.record(tx, actor, event, congress_id=sitting.congress_id)
    card.state = CardState.REVOKED
    tx.flush()


def replace_card(
    tx: Tx, actor: Actor, sitting_id: int, *, serial: str, other: str, reason: str
) -> None:
    """Revoke a card and hand out another to whoever held it."""
    sitting = find_sitting(tx, sitting_id)
    # Both are locked in the order in which a batch locks all, so that neither waits for the other.
    for name in sorted((serial, other)):
        find_card(tx, sitting.id, name)
    lost = find_card(tx, sitting.id, serial)
    if lost.state not in {CardState.DRAWN, CardState.ISSUED}:
        raise NotNow("Card {serial} is in nobody's hands.", serial=lost.serial)
    holder_id = lost.holder_id
    revoke_card(tx, actor, sitting.id, serial=serial, reason=reason)
    draw(tx, actor, sitting, serial=other, holder_id=holder_id)


def check_is_meeting(sitting: Sitting) -> None:
    """Refuse what can only be done while a sitting meets."""
    if sitting.stage is not Stage.MEETING:
        raise NotNow("This sitting is not meeting.").now("Begin the sitting first.")


def _revoke_in_log(tx: Tx, actor: Actor, card: Card, reason: str) -> None:
    try:
        rolls.revoke(tx, actor, card.sitting_id, credentials=[card.credential], reason=reason)
    except RuleBroken as error:
        if error.rule != "revoke.voted":
            raise
        raise NotNow("Card {serial} has voted in the vote that is open.", serial=card.serial).now(
            "It can be revoked when this vote is closed."
        ) from error


def _check_lines(tx: Tx, sitting: Sitting, lines: Sequence[RollLine]) -> None:
    least = sitting.deputies
    if len(lines) < least:
        raise NotValid(
            "There are {cards} cards for {deputies} deputies.", cards=len(lines), deputies=least
        ).now("Make at least one card for each deputy, and some more to replace lost ones.")
    if len({line.serial.upper() for line in lines}) < len(lines):
        raise NotValid("A serial stands in the roll twice.").now("Make the cards anew.")
    known = select(Card.serial).where(Card.credential.in_([line.credential for line in lines]))
    if tx.scalar(known.limit(1)) is not None:
        raise Conflict("Cards of this roll belong to another sitting.").now("Make new cards.")


def _lock(tx: Tx, sitting: Sitting) -> Sequence[Card]:
    """Lock what check-in and revocation lock, in their order: attendance, cards, then the log."""
    present = select(Attendance.deputy_id).where(Attendance.sitting_id == sitting.id)
    tx.execute(present.order_by(Attendance.deputy_id).with_for_update())
    cards = select(Card).where(Card.sitting_id == sitting.id).order_by(Card.serial)
    return tx.scalars(cards.with_for_update()).all()


def _write_anew(tx: Tx, sitting: Sitting) -> None:
    """Write all rows of the sitting once more, one by one in the order of their keys.

    PostgreSQL keeps with each row which transaction wrote it last, and lays rows down in the order
    in which they were changed; both would tell which deputy came with which card.
    """
    for key, value in ((Attendance.deputy_id, Attendance.status), (Card.serial, Card.state)):
        columns = key.class_.__table__.columns
        here = columns["sitting_id"] == sitting.id
        keys = tx.scalars(select(key).where(here).order_by(key)).all()
        again = update(key.class_.__table__).values({value.key: columns[value.key]})
        again = again.where(here, columns[key.key] == bindparam("this"))
        tx.connection().execute(again, [{"this": this} for this in keys])
