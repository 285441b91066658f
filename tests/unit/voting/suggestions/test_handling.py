"""A suggestion's way: written, signed, assigned, returned, met about, replied to, rated, again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from tests.office import Office, opened
from voting.clock import StoppedClock
from voting.db import Tx, reading, transaction
from voting.errors import Conflict, NotAllowed, NotNow, NotValid
from voting.models.suggestions import Satisfaction, Suggestion, SuggestionState
from voting.rules.access import Actor
from voting.services.suggestions import assigning, handling, rating, writing
from voting.services.suggestions import reading as listing
from voting.services.suggestions.assigning import Assignment
from voting.services.suggestions.dues import dues
from voting.services.suggestions.handling import MeetingEntry, ReplyEntry
from voting.services.suggestions.rating import RatingEntry
from voting.services.suggestions.reading import Choice, Turn
from voting.services.suggestions.writing import SuggestionEntry

ENTRY = SuggestionEntry("关于在小学门口增设人行横道的建议", "学生过街不安全。", "增设人行横道。")
GOOD = RatingEntry(Satisfaction.SATISFIED, Satisfaction.SATISFIED)
BAD = RatingEntry(Satisfaction.SATISFIED, Satisfaction.DISSATISFIED, "横道仍未施划。")


@pytest.fixture
def office(app: Flask, clock: StoppedClock) -> Office:
    """A congress on 1 February 2026."""
    return opened()


def send(office: Office, *cosigners: int) -> int:
    """Send a suggestion of the first deputy."""
    asked = tuple(office.deputy_ids[place] for place in cosigners)
    entry = SuggestionEntry(ENTRY.title, ENTRY.reason, ENTRY.content, cosigners=asked)
    with transaction() as tx:
        return writing.suggest(tx, office.deputy, office.congress_id, entry).id


def assign(
    office: Office, number: int, *, others: tuple[int, ...] = (), broad: bool = False
) -> int:
    """Assign it to the first unit, and give its task."""
    with transaction() as tx:
        plan = Assignment(office.unit_id, others, is_broad=broad)
        assigning.assign(tx, office.desk, number, plan)
        lead = listing.lead_of(get(tx, number))
        assert lead is not None
        return lead.id


def accept(office: Office, task: int) -> None:
    """Take it."""
    with transaction() as tx:
        handling.accept(tx, office.unit.actor, task)


def reply(office: Office, task: int, letter: str = "A", until: date | None = None) -> None:
    """Reply in writing."""
    with transaction() as tx:
        handling.reply(tx, office.unit.actor, task, ReplyEntry(letter, "答复如下。", until))


def rate(office: Office, number: int, entry: RatingEntry, place: int = 0) -> None:
    """Rate the last reply as one of the deputies."""
    with transaction() as tx:
        rating.rate(tx, office.deputies[place].actor, number, entry)


def get(tx: Tx, number: int) -> Suggestion:
    """Give the row."""
    found = tx.get(Suggestion, number)
    assert found is not None
    return found


def standing(office: Office, number: int) -> tuple[SuggestionState, Turn, date | None]:
    """Tell where it is, whose turn it is and until when."""
    with reading() as tx:
        line = listing.read(tx, office.desk, number).line
        return line.state, line.turn, line.due_on


def owed(office: Office, actor: Actor) -> list[str]:
    """Give the keys of what somebody owes."""
    with reading() as tx:
        return [due.key for due in dues(tx, actor, office.congress_id, date(2026, 2, 1))]


def test_the_whole_way_to_satisfied(office: Office, clock: StoppedClock) -> None:
    number = send(office)
    assert standing(office, number) == (
        SuggestionState.SUBMITTED,
        Turn.OFFICE,
        date(2026, 3, 1),
    )
    task = assign(office, number)
    assert standing(office, number) == (SuggestionState.ASSIGNED, Turn.UNIT, date(2026, 2, 11))
    accept(office, task)
    assert standing(office, number) == (SuggestionState.HANDLING, Turn.UNIT, date(2026, 5, 1))
    with transaction() as tx:
        handling.plan(tx, office.unit.actor, task, text="三月勘察，四月施划。")
        handling.meet(tx, office.unit.actor, task, MeetingEntry(date(2026, 2, 1), "联络站"))
    reply(office, task)
    assert standing(office, number) == (SuggestionState.ANSWERED, Turn.DEPUTY, None)
    rate(office, number, GOOD)
    assert standing(office, number) == (SuggestionState.CLOSED, Turn.NOBODY, None)


def test_what_is_broad_has_six_months(office: Office) -> None:
    number = send(office)
    accept(office, assign(office, number, broad=True))

    assert standing(office, number)[2] == date(2026, 8, 1)


def test_a_unit_returns_within_ten_days_and_not_later(office: Office, clock: StoppedClock) -> None:
    number = send(office)
    task = assign(office, number)
    clock.advance(timedelta(days=10).total_seconds())

    with transaction() as tx:
        handling.return_back(tx, office.unit.actor, task, reason="属民政部门职责。")

    assert standing(office, number) == (SuggestionState.SUBMITTED, Turn.OFFICE, date(2026, 3, 11))
    again = assign(office, number)
    clock.advance(timedelta(days=11).total_seconds())
    with transaction() as tx, pytest.raises(NotNow):
        handling.return_back(tx, office.unit.actor, again, reason="属民政部门职责。")


def test_who_is_not_satisfied_gets_a_new_reply_within_a_month(
    office: Office, clock: StoppedClock
) -> None:
    number = send(office)
    task = assign(office, number)
    accept(office, task)
    reply(office, task)
    clock.advance(timedelta(days=30).total_seconds())
    rate(office, number, BAD)

    assert standing(office, number) == (SuggestionState.AGAIN, Turn.UNIT, date(2026, 4, 3))
    assert owed(office, office.unit.actor) == [f"suggestion:{number}:again-1"]
    reply(office, task)
    rate(office, number, GOOD)
    assert standing(office, number)[0] is SuggestionState.CLOSED


def test_dissatisfaction_needs_words(office: Office) -> None:
    number = send(office)
    task = assign(office, number)
    accept(office, task)
    reply(office, task)

    with pytest.raises(NotValid):
        rate(office, number, RatingEntry(Satisfaction.DISSATISFIED, Satisfaction.SATISFIED))


def test_class_b_is_answered_again_when_it_is_done(office: Office) -> None:
    number = send(office)
    task = assign(office, number)
    accept(office, task)
    with pytest.raises(NotValid):
        reply(office, task, "B")
    reply(office, task, "B", date(2026, 11, 30))
    rate(office, number, GOOD)

    assert standing(office, number) == (SuggestionState.CLOSED, Turn.UNIT, date(2026, 11, 30))
    assert owed(office, office.unit.actor) == [f"suggestion:{number}:closed-1"]
    reply(office, task, "A")
    assert owed(office, office.deputy) == [f"suggestion:{number}:rate-2"]
    rate(office, number, GOOD)
    assert standing(office, number) == (SuggestionState.CLOSED, Turn.NOBODY, None)
    with pytest.raises(NotNow):
        reply(office, task, "A")


def test_each_cosigner_is_answered_and_rates(office: Office) -> None:
    number = send(office, 1, 2)
    assert owed(office, office.deputies[1].actor) == [f"suggestion:{number}:sign"]
    with transaction() as tx:
        writing.cosign(tx, office.deputies[1].actor, number)
    task = assign(office, number)
    accept(office, task)
    reply(office, task)

    rate(office, number, GOOD)
    assert standing(office, number)[0] is SuggestionState.ANSWERED
    with pytest.raises(NotAllowed):
        rate(office, number, GOOD, place=2)
    rate(office, number, BAD, place=1)
    assert standing(office, number)[0] is SuggestionState.AGAIN
    with pytest.raises(Conflict):
        rate(office, number, GOOD, place=1)
    reply(office, task)
    assert owed(office, office.deputy) == []
    assert owed(office, office.deputies[1].actor) == [f"suggestion:{number}:rate-2"]
    rate(office, number, GOOD, place=1)
    assert standing(office, number)[0] is SuggestionState.CLOSED


def test_cosigners_are_asked_again_when_the_text_changes(office: Office) -> None:
    number = send(office, 1)
    with transaction() as tx:
        writing.cosign(tx, office.deputies[1].actor, number)
    asked = (office.deputy_ids[1],)
    other = SuggestionEntry(ENTRY.title, ENTRY.reason, "改为天桥。", cosigners=asked)

    with transaction() as tx:
        writing.change(tx, office.deputy, number, other)

    assert owed(office, office.deputies[1].actor) == [f"suggestion:{number}:sign"]


def test_nothing_is_changed_once_it_is_assigned(office: Office) -> None:
    number = send(office)
    assign(office, number)

    with transaction() as tx, pytest.raises(NotNow):
        writing.change(tx, office.deputy, number, ENTRY)


def test_a_cooperating_unit_gives_its_opinion(office: Office) -> None:
    number = send(office)
    accept(office, assign(office, number, others=(office.other_unit_id,)))
    with reading() as tx:
        mine = next(t for t in get(tx, number).tasks if t.unit_id == office.other_unit_id)
        found = dues(tx, office.other_unit.actor, office.congress_id, date(2026, 2, 1))

    assert [due.due_on for due in found] == [date(2026, 4, 1)]
    with transaction() as tx:
        handling.give_opinion(tx, office.other_unit.actor, mine.id, text="同意。")
    assert owed(office, office.other_unit.actor) == []
    with transaction() as tx, pytest.raises(NotNow):
        handling.reply(tx, office.other_unit.actor, mine.id, ReplyEntry("A", "答复。"))


def test_a_declined_suggestion_tells_why(office: Office) -> None:
    number = send(office)

    with transaction() as tx, pytest.raises(NotValid):
        assigning.decline(tx, office.desk, number, reason="nonsense", note="…")
    with transaction() as tx:
        assigning.decline(tx, office.desk, number, reason="several", note="请一事一议。")

    assert standing(office, number) == (SuggestionState.DECLINED, Turn.NOBODY, None)
    assert owed(office, office.desk) == []


def test_only_those_concerned_see_a_suggestion(office: Office) -> None:
    number = send(office)
    with reading() as tx:
        for stranger in (office.unit.actor, office.deputies[1].actor):
            with pytest.raises(NotAllowed):
                listing.read(tx, stranger, number)
    assign(office, number)
    with reading() as tx:
        assert listing.read(tx, office.unit.actor, number).line.number == 1
        with pytest.raises(NotAllowed):
            listing.read(tx, office.other_unit.actor, number)
        assert (
            listing.list_for_unit(tx, office.other_unit.actor, office.congress_id, Choice()) == ()
        )


def test_another_unit_does_not_answer(office: Office) -> None:
    task = assign(office, send(office))

    with transaction() as tx, pytest.raises(NotAllowed):
        handling.accept(tx, office.other_unit.actor, task)


def test_overdue_ones_come_first(office: Office, clock: StoppedClock) -> None:
    late = send(office)
    clock.advance(timedelta(days=40).total_seconds())
    fresh = send(office)
    with reading() as tx:
        lines = listing.list_for_office(tx, office.desk, office.congress_id, Choice())

    assert [(line.id, line.is_overdue) for line in lines] == [(late, True), (fresh, False)]


def test_the_office_is_told_what_is_overdue_at_a_unit(office: Office, clock: StoppedClock) -> None:
    number = send(office)
    accept(office, assign(office, number))
    clock.advance(timedelta(days=100).total_seconds())

    with reading() as tx:
        today = clock.at.date()
        found = dues(tx, office.desk, office.congress_id, today)

    assert [due.key for due in found] == [f"suggestion:{number}:late-handling-0"]
    assert found[0].is_overdue(today)
    assert found[0].words.params["unit"] == "区教育局"


def test_suggestions_are_found_by_their_words(office: Office) -> None:
    number = send(office)
    with reading() as tx:
        for query, found in (("人行横道", [number]), ("横道", [number]), ("地铁", [])):
            lines = listing.list_for_office(
                tx, office.desk, office.congress_id, Choice(query=query)
            )
            assert [line.id for line in lines] == found


def test_what_is_answered_is_published_by_the_office(office: Office) -> None:
    number = send(office)
    task = assign(office, number)
    with transaction() as tx, pytest.raises(NotNow):
        assigning.publish(tx, office.desk, number)
    accept(office, task)
    reply(office, task)
    with transaction() as tx:
        assigning.publish(tx, office.desk, number)
    with reading() as tx:
        assert listing.find_public(tx, office.congress_id, 2026, 1).id == number
    with transaction() as tx:
        assigning.withdraw(tx, office.desk, number)
    with reading() as tx:
        assert listing.list_public(tx, office.congress_id) == ()


def test_assigning_anew_takes_it_from_the_unit_that_had_it(office: Office) -> None:
    number = send(office)
    accept(office, assign(office, number))

    with transaction() as tx:
        assigning.assign(tx, office.desk, number, Assignment(office.other_unit_id))

    assert standing(office, number)[0] is SuggestionState.ASSIGNED
    with reading() as tx, pytest.raises(NotAllowed):
        listing.read(tx, office.unit.actor, number)
