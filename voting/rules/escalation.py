"""To whom an overdue problem goes: the office first, then a leader, then the standing committee."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from voting.errors import Message, msg


class Level(StrEnum):
    """Who has to see to an overdue problem."""

    NONE = "none"
    OFFICE = "office"
    LEADER = "leader"
    STANDING_COMMITTEE = "standing_committee"


LEVEL_NAMES: Final[dict[Level, Message]] = {
    Level.NONE: msg("Within its time"),
    Level.OFFICE: msg("Urged by the office"),
    Level.LEADER: msg("Taken up by a leader"),
    Level.STANDING_COMMITTEE: msg("Brought before the standing committee"),
}


@dataclass(frozen=True, slots=True)
class Ladder:
    """After how many days overdue a problem goes one step up."""

    leader_days: int = 7
    committee_days: int = 30


def level_of(due: date | None, today: date, ladder: Ladder) -> Level:
    """Tell who sees to a problem that was due on a day and is not closed."""
    if due is None or due >= today:
        return Level.NONE
    days = (today - due).days
    if days > ladder.committee_days:
        return Level.STANDING_COMMITTEE
    return Level.LEADER if days > ladder.leader_days else Level.OFFICE
