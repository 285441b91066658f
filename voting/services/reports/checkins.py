"""What the check-in desks show: figures, cards that wait, who was searched for, the sheet."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from voting.db import Tx
from voting.models.sittings import Deputy
from voting.rules.access import Actor
from voting.services import roster
from voting.services.reports.bars import DeskBar, read_bar
from voting.services.sittings import attendance, cards
from voting.services.sittings.attendance import AttendanceReport, Figures, Line
from voting.services.sittings.cards import CardCounts


@dataclass(frozen=True, slots=True)
class CheckInPage:
    """The check-in desk: figures, cards that wait for a batch, and who was searched for."""

    bar: DeskBar
    figures: Figures
    cards: CardCounts
    wanted: str
    found: Sequence[Line]
    smallest_batch: int

    @property
    def mark(self) -> str:
        """Name the figures; another mark, another picture."""
        seen = repr((self.bar.sitting.stage, self.figures, self.cards))
        return hashlib.sha256(seen.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class AttendancePage:
    """The attendance sheet."""

    bar: DeskBar
    report: AttendanceReport


@dataclass(frozen=True, slots=True)
class BadgesPage:
    """A badge for each deputy of the roster, to be scanned at the door."""

    bar: DeskBar
    deputies: Sequence[Deputy]


def read_checkin(tx: Tx, actor: Actor, slug: str, sitting_id: int, *, wanted: str) -> CheckInPage:
    """Give the check-in desk."""
    return CheckInPage(
        bar=read_bar(tx, actor, slug, sitting_id),
        figures=attendance.count_attendance(tx, sitting_id),
        cards=cards.count_cards(tx, sitting_id),
        wanted=wanted,
        found=attendance.find_deputies(tx, actor, sitting_id, wanted),
        smallest_batch=cards.SMALLEST_BATCH,
    )


def read_attendance(tx: Tx, actor: Actor, slug: str, sitting_id: int) -> AttendancePage:
    """Give the attendance sheet."""
    bar = read_bar(tx, actor, slug, sitting_id)
    return AttendancePage(bar, attendance.report_attendance(tx, actor, sitting_id))


def read_badges(tx: Tx, actor: Actor, slug: str, sitting_id: int) -> BadgesPage:
    """Give the deputies in the order of the roster."""
    bar = read_bar(tx, actor, slug, sitting_id)
    return BadgesPage(bar, roster.list_deputies(tx, bar.congress.id))
