"""Votes on paper: as everyone sees them, and as the counting table does."""

from __future__ import annotations

from dataclasses import dataclass

from ballots.manifest import Style
from voting.db import Tx
from voting.errors import Message, NotFound, msg
from voting.models.handcounts import HandCount, HandEntry, HandStage
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import handcounts
from voting.services.people import congresses
from voting.services.reports.bars import DeskBar, read_bar
from voting.services.reports.votes import VotePage, read_paper_vote, read_unsigned_vote

_PAPERS: dict[str, Message] = {
    "issued": msg("Papers handed out"),
    "returned": msg("Papers returned"),
    "void": msg("Void papers"),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A figure that a teller enters: its field, and the option it counts."""

    field: str
    title: str
    is_abstain: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the paper with its figures."""

    title: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """A figure in which two tellers differ."""

    what: str | Message
    slot: Slot | None
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class CountingPage:
    """The counting table: what the reader entered, and once both have, where they differ."""

    bar: DeskBar
    hand: HandCount
    vote: VotePage
    questions: tuple[Asked, ...]
    mine: HandEntry | None
    tellers: tuple[str, ...]
    signer: str
    differences: tuple[DifferenceLine, ...] | None
    may_enter: bool
    may_sign: bool

    def entered(self, field: str) -> int | str:
        """Give what the reader entered before."""
        if self.mine is None:
            return ""
        if field in _PAPERS:
            return int(getattr(self.mine, field))
        return int(self.mine.counts[int(field.removeprefix("count-"))])


def read_hand_vote(tx: Tx, slug: str, hand: HandCount) -> VotePage:
    """Give a vote on paper to those in the hall: before the signature without any figure."""
    if hand.stage is HandStage.SIGNED:
        return read_paper_vote(tx, slug, hand.id)
    return read_unsigned_vote(tx, congresses.find_congress(tx, slug), hand)


def read_counting(tx: Tx, actor: Actor, slug: str, hand_count_id: int) -> CountingPage:
    """Give the counting table to a teller, or to whoever signs."""
    hand = _find(tx, slug, hand_count_id)
    bar = read_bar(tx, actor, slug, hand.sitting_id)
    access.check(actor, Action.COUNT_BY_HAND, bar.congress.id)
    style = handcounts.style_of(hand)
    mine = next((entry for entry in hand.entries if entry.teller_id == actor.user_id), None)
    found = handcounts.differences(hand)
    is_counting = hand.stage is HandStage.COUNTING
    return CountingPage(
        bar=bar,
        hand=hand,
        vote=read_hand_vote(tx, slug, hand),
        questions=asked_of(style),
        mine=mine,
        tellers=tuple(entry.teller.name for entry in hand.entries),
        signer=hand.signed_by.name if hand.signed_by else "",
        differences=None if found is None else tuple(_line(style, one) for one in found),
        may_enter=is_counting and (mine is not None or len(hand.entries) < handcounts.TELLERS),
        may_sign=is_counting and found == [] and mine is None and bar.may(Action.SIGN_HAND_COUNT),
    )


def asked_of(style: Style) -> tuple[Asked, ...]:
    """Give the figures that a teller enters, in the order of the paper."""
    found: list[Asked] = []
    place = 0
    for question in style.manifest.questions:
        titles = [option.title for option in question.options]
        slots = [
            Slot(f"count-{i}", title, is_abstain=False) for i, title in enumerate(titles, place)
        ]
        place += len(slots)
        if question.abstain:
            slots.append(Slot(f"count-{place}", "", is_abstain=True))
            place += 1
        found.append(Asked(question.title, tuple(slots)))
    return tuple(found)


def _find(tx: Tx, slug: str, hand_count_id: int) -> HandCount:
    hand = handcounts.find_hand_count(tx, hand_count_id)
    is_ours = hand.sitting.congress.slug == slug
    if not is_ours or hand.stage is HandStage.DROPPED:
        raise NotFound("There is no such count by hand.")
    return hand


def _line(style: Style, one: handcounts.Difference) -> DifferenceLine:
    if one.slot is None:
        return DifferenceLine(_PAPERS[one.figure], None, one.first, one.second)
    field = f"count-{one.slot}"
    asked, slot = next(
        (asked, slot) for asked in asked_of(style) for slot in asked.slots if slot.field == field
    )
    return DifferenceLine(asked.title, slot, one.first, one.second)
