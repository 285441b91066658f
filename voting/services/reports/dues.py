"""Gathers what somebody owes from every stage of the loop, overdue things first.

A stage has a function `dues(tx, actor, congress_id, today)`; it is named in `STAGES` here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from voting.db import Tx
from voting.i18n import this_day
from voting.rules.access import Actor
from voting.rules.due import Due
from voting.services import rooms, supervision
from voting.services.people import congresses
from voting.services.proposals import dues as proposal_dues
from voting.services.ratings import reading
from voting.services.screening import steps
from voting.services.stations.voices import dues as voice_dues
from voting.services.suggestions.dues import dues as suggestion_dues

Stage: TypeAlias = Callable[[Tx, Actor, int, date], tuple[Due, ...]]

STAGES: Final[tuple[Stage, ...]] = (
    proposal_dues,
    steps.dues,
    suggestion_dues,
    voice_dues,
    rooms.dues,
    supervision.dues,
    reading.dues,
)
"""Every stage that asks something of people."""


@dataclass(frozen=True, slots=True)
class DueSection:
    """What somebody owes in one congress."""

    slug: str
    name: str
    lines: tuple[Due, ...]
    today: date

    @property
    def overdue(self) -> int:
        """How many of the lines are overdue."""
        return len([line for line in self.lines if line.is_overdue(self.today)])


def list_dues(tx: Tx, actor: Actor) -> tuple[Due, ...]:
    """List what somebody owes in all congresses; each key begins with its congress's."""
    return tuple(
        Due(f"{section.slug}:{line.key}", line.words, line.endpoint, line.values, line.due_on)
        for section in read_dues(tx, actor)
        for line in section.lines
    )


def read_dues(tx: Tx, actor: Actor) -> tuple[DueSection, ...]:
    """Give what somebody owes, congress by congress: by day, what has none last."""
    today = this_day()
    sections = []
    for card in congresses.list_congresses(tx):
        if not actor.roles_in(card.id):
            continue
        lines = [line for stage in STAGES for line in stage(tx, actor, card.id, today)]
        lines.sort(key=lambda line: (line.due_on is None, line.due_on or today, line.key))
        if lines:
            sections.append(DueSection(card.slug, card.name, tuple(lines), today))
    return tuple(sections)
