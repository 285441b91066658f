"""Takes what two tellers counted, each without knowing the other's figures, and compares it."""

from __future__ import annotations

from dataclasses import dataclass

from ballots.manifest import ABSTAIN, Style
from voting import clock
from voting.db import Tx
from voting.errors import Conflict, FieldProblem, NotAllowed, NotNow, NotValid, msg
from voting.events import Event
from voting.models.handcounts import HandCount, HandEntry, HandStage
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal
from voting.services.handcounts.beginning import find_hand_count, style_of

TELLERS = 2


@dataclass(frozen=True, slots=True)
class HandCountEntered(Event):
    """A teller has entered what they counted."""

    words = msg("Teller {place} of two entered the count of the vote “{title}”.")
    hand_count_id: int
    place: int
    title: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a teller counted: papers handed out, returned, void among them, and every option."""

    issued: int
    returned: int
    void: int
    counts: tuple[int, ...]

    @property
    def valid(self) -> int:
        """Papers that count."""
        return self.returned - self.void


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that two tellers counted differently; an option's has its slot."""

    figure: str
    slot: int | None
    first: int
    second: int


def enter(tx: Tx, actor: Actor, hand_count_id: int, sheet: Sheet) -> None:
    """Keep a teller's figures; until the signature each of the two may correct their own."""
    hand = find_hand_count(tx, hand_count_id)
    access.check(actor, Action.COUNT_BY_HAND, hand.sitting.congress_id)
    if hand.stage is not HandStage.COUNTING:
        raise NotNow("This count is signed, or was given up before.")
    if actor.user_id is None:
        raise NotAllowed("Counts are entered by a person with an account.")
    problems = _problems(style_of(hand), sheet)
    if problems:
        raise NotValid("These figures can't be right.").at(*problems)
    entry = _entry_of(hand, actor.user_id)
    entry.issued, entry.returned, entry.void = sheet.issued, sheet.returned, sheet.void
    entry.counts, entry.entered_at = list(sheet.counts), clock.now()
    tx.add(entry)
    tx.flush()
    event = HandCountEntered(hand.id, entry.place, hand.title)
    journal.record(tx, actor, event, congress_id=hand.sitting.congress_id)


def differences(hand: HandCount) -> list[Difference] | None:
    """Compare the two tellers' figures, or tell that they are not both there."""
    if len(hand.entries) < TELLERS:
        return None
    first, second = hand.entries
    figures = ("issued", "returned", "void")
    found = [
        Difference(name, None, getattr(first, name), getattr(second, name)) for name in figures
    ]
    found += [
        Difference("counts", slot, one, other)
        for slot, (one, other) in enumerate(zip(first.counts, second.counts, strict=True))
    ]
    return [difference for difference in found if difference.first != difference.second]


def _entry_of(hand: HandCount, user_id: int) -> HandEntry:
    mine = next((entry for entry in hand.entries if entry.teller_id == user_id), None)
    if mine is not None:
        return mine
    if len(hand.entries) >= TELLERS:
        raise Conflict("Two tellers have entered this count already.").now(
            "Only they can correct their figures."
        )
    taken = {entry.place for entry in hand.entries}
    place = next(place for place in range(1, TELLERS + 1) if place not in taken)
    entry = HandEntry(place=place, teller_id=user_id)
    hand.entries.append(entry)
    return entry


def _problems(style: Style, sheet: Sheet) -> list[FieldProblem]:
    found: list[FieldProblem] = []
    if sheet.void > sheet.returned:
        what = msg("More papers are void than were returned.")
        return [FieldProblem("void", what)]
    if len(sheet.counts) != style.options:
        return [FieldProblem("counts", msg("Every option has a count."))]
    for slot, count in enumerate(sheet.counts):
        if count > sheet.valid:
            what = msg("More than the {valid} valid papers.", valid=sheet.valid)
            found.append(FieldProblem(field_of(slot), what))
    return found or _sums(style, sheet)


def field_of(slot: int) -> str:
    """Name the field of an option."""
    return f"count-{slot}"


def _sums(style: Style, sheet: Sheet) -> list[FieldProblem]:
    """Find questions with more marks than their papers could hold."""
    found: list[FieldProblem] = []
    for question in style.manifest.questions:
        marks = abstained = last = 0
        for slot, (asked, option) in enumerate(style.option_slots):
            if asked != question.id:
                continue
            last = slot
            if option == ABSTAIN:
                abstained = sheet.counts[slot]
            else:
                marks += sheet.counts[slot]
        if marks > question.max * (sheet.valid - abstained):
            what = msg(
                "{valid} valid papers, of which {abstained} abstain, can't hold {marks} marks.",
                valid=sheet.valid,
                abstained=abstained,
                marks=marks,
            )
            found.append(FieldProblem(field_of(last), what))
    return found + _limits(style, sheet)


def _limits(style: Style, sheet: Sheet) -> list[FieldProblem]:
    found: list[FieldProblem] = []
    for limit in style.manifest.limits:
        slots = [style.option_slots.index(name) for name in limit.options]
        marks, most = sum(sheet.counts[slot] for slot in slots), limit.max * sheet.valid
        if marks > most:
            what = msg("{marks} marks; {most} are the most possible.", marks=marks, most=most)
            found.append(FieldProblem(field_of(slots[-1]), what))
    return found
