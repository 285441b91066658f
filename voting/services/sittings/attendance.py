"""Checks deputies in and out, and counts who is there against the quorum.

A deputy's status is all that is kept: no time, no order, no desk, and no line in the journal. In a
sealed sitting the card that is handed out at check-in is told to the cards' room without a name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from voting.db import Tx
from voting.errors import Conflict, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.models.sittings import (
    Attendance,
    Card,
    CardState,
    Delegation,
    Deputy,
    Presence,
    Sitting,
)
from voting.rules import access, vote
from voting.rules.access import Action, Actor
from voting.services.sittings import cards
from voting.services.sittings.plenary import find_sitting

IN_THE_HALL: Final = frozenset({Presence.PRESENT, Presence.LATE})
_MOST_FOUND: Final = 20
_RETURNED: Final = "returned"


@dataclass(frozen=True, slots=True)
class AttendanceChanged(Event):
    """Somebody came or went; for screens, never for the journal."""

    words = msg("{present} deputies are present.")
    sitting_id: int
    present: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The line on the screen: 应到, 实到 and the others. `deputies` is N, `listed` the roster."""

    deputies: int
    listed: int
    present: int
    late: int
    leave: int
    left: int
    absent: int
    expected: int

    @property
    def quorum(self) -> int:
        """How many must be there."""
        return vote.quorum(self.deputies)

    @property
    def lacking(self) -> int:
        """How many more must come until the quorum is reached."""
        return max(0, self.quorum - self.present)

    @property
    def has_quorum(self) -> bool:
        """Whether enough are there."""
        return not self.lacking


@dataclass(frozen=True, slots=True)
class Line:
    """A deputy at the check-in desk."""

    deputy_id: int
    number: str
    name: str
    delegation: str
    seat: str
    status: Presence


@dataclass(frozen=True, slots=True)
class DelegationLine:
    """A delegation on the attendance sheet, with the names of those who are not there."""

    name: str
    listed: int
    present: int
    away: tuple[Line, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class AttendanceReport:
    """All that the attendance sheet says."""

    figures: Figures
    delegations: tuple[DelegationLine, ...]


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What a desk enters: who, how, and the card that was drawn or given back."""

    deputy_id: int
    status: Presence
    serial: str = ""


def check_in(tx: Tx, actor: Actor, sitting_id: int, entry: CheckIn) -> Figures:
    """Set a deputy's status; who comes in gets a card, who goes out gives it back."""
    sitting = find_sitting(tx, sitting_id)
    access.check(actor, Action.CHECK_IN, sitting.congress_id)
    cards.check_is_meeting(sitting)
    row = tx.get(Attendance, (sitting.id, entry.deputy_id), with_for_update=True)
    if row is None:
        raise NotFound("This deputy is not on the roster of this sitting.")
    if row.status is entry.status:
        raise Conflict("{name} has this status already.", name=row.deputy.name).now(
            "Perhaps another desk was faster; nothing has to be done."
        )
    was_in, is_in = row.status in IN_THE_HALL, entry.status in IN_THE_HALL
    if is_in and not was_in:
        _hand_out(tx, actor, sitting, entry)
    elif was_in and not is_in:
        _take_back(tx, actor, sitting, entry)
    row.status = entry.status
    tx.flush()
    figures = count_attendance(tx, sitting_id)
    tx.tell(AttendanceChanged(sitting.id, figures.present))
    return figures


def count_attendance(tx: Tx, sitting_id: int) -> Figures:
    """Count a sitting's deputies by status."""
    sitting = find_sitting(tx, sitting_id)
    statuses = tx.scalars(select(Attendance.status).where(Attendance.sitting_id == sitting.id))
    return _figures(sitting.deputies, Counter(statuses))


def report_attendance(tx: Tx, actor: Actor, sitting_id: int) -> AttendanceReport:
    """Give the attendance sheet: figures, and by delegation who is not there."""
    sitting = find_sitting(tx, sitting_id)
    access.check(actor, Action.READ_SITTING, sitting.congress_id)
    lines: dict[str, list[Line]] = {}
    for line in _lines(tx, sitting.id):
        lines.setdefault(line.delegation, []).append(line)
    return AttendanceReport(
        figures=count_attendance(tx, sitting.id),
        delegations=tuple(
            DelegationLine(
                name=name,
                listed=len(members),
                present=sum(line.status in IN_THE_HALL for line in members),
                away=tuple(line for line in members if line.status not in IN_THE_HALL),
            )
            for name, members in lines.items()
        ),
    )


def find_deputies(tx: Tx, actor: Actor, sitting_id: int, text: str) -> Sequence[Line]:
    """Find deputies by number, seat or a part of the name, for the check-in desk."""
    sitting = find_sitting(tx, sitting_id)
    access.check(actor, Action.CHECK_IN, sitting.congress_id)
    wanted = text.strip()
    if not wanted:
        return []
    return _lines(tx, sitting.id, wanted)[:_MOST_FOUND]


def _hand_out(tx: Tx, actor: Actor, sitting: Sitting, entry: CheckIn) -> None:
    if not entry.serial.strip():
        raise NotValid("Every deputy who checks in gets a card.").now(
            "Let a card be drawn, and scan its serial."
        )
    holder_id = entry.deputy_id if sitting.is_named else None
    cards.draw(tx, actor, sitting, serial=entry.serial, holder_id=holder_id)


def _take_back(tx: Tx, actor: Actor, sitting: Sitting, entry: CheckIn) -> None:
    """Revoke the card of one who goes, else more cards would be good than deputies are present."""
    serial = entry.serial.strip()
    if sitting.is_named:
        serial = _serial_of(tx, sitting, entry.deputy_id)
    if not serial:
        raise NotNow("Whoever leaves gives the card back.").now(
            "Scan its serial. Without the card or its stub the deputy counts as present."
        )
    cards.revoke_card(tx, actor, sitting.id, serial=serial, reason=_RETURNED)


def _serial_of(tx: Tx, sitting: Sitting, deputy_id: int) -> str:
    held = select(Card.serial).where(
        Card.sitting_id == sitting.id,
        Card.holder_id == deputy_id,
        Card.state != CardState.REVOKED,
    )
    return tx.scalar(held) or ""


def _lines(tx: Tx, sitting_id: int, wanted: str = "") -> list[Line]:
    query = (
        select(Attendance)
        .join(Deputy, Deputy.id == Attendance.deputy_id)
        .join(Delegation, Delegation.id == Deputy.delegation_id)
        .where(Attendance.sitting_id == sitting_id)
        .order_by(Delegation.position, Deputy.position, Deputy.id)
        .options(joinedload(Attendance.deputy).joinedload(Deputy.delegation))
    )
    if wanted:
        query = query.where(
            or_(
                Deputy.number == wanted,
                Deputy.seat == wanted,
                Deputy.name.contains(wanted, autoescape=True),
            )
        )
    return [
        Line(
            deputy_id=row.deputy_id,
            number=row.deputy.number,
            name=row.deputy.name,
            delegation=row.deputy.delegation.name,
            seat=row.deputy.seat,
            status=row.status,
        )
        for row in tx.scalars(query)
    ]


def _figures(deputies: int, found: Counter[Presence]) -> Figures:
    return Figures(
        deputies=deputies,
        listed=found.total(),
        present=found[Presence.PRESENT] + found[Presence.LATE],
        late=found[Presence.LATE],
        leave=found[Presence.LEAVE],
        left=found[Presence.LEFT],
        absent=found[Presence.ABSENT],
        expected=found[Presence.EXPECTED],
    )
