"""Residents answer once a code; nothing but sums is kept, and the official count stays alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from tests.plenary import make_official, make_sitting
from voting import clock as clocks
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.errors import Conflict, NotAllowed, NotNow, NotValid
from voting.exports.codes import send_codes
from voting.models.projects import Project, ProjectState
from voting.models.ratings import ResidentCode, ResidentPhone
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services.ratings import residents
from voting.services.ratings.residents import PollPlan
from voting.texting import PrintGateway


@pytest.fixture
def office(app: Flask, clock: StoppedClock) -> Actor:
    with transaction() as tx:
        congress_id, _ = make_sitting(tx, "binjiang", deputies=3)
        tx.add_all(
            Project(
                congress_id=congress_id,
                year=2025,
                code=f"2025-{place:02}",
                title=title,
                state=ProjectState.DECIDED,
                created_at=clocks.now(),
            )
            for place, title in enumerate(["老旧小区改造", "停车泊位增建"], start=1)
        )
        return make_official(tx, congress_id, Role.COMMITTEE)


@pytest.fixture
def poll(office: Actor, clock: StoppedClock) -> int:
    plan = PollPlan(2025, "群众评价", "", clock.at, clock.at + timedelta(days=7))
    with transaction() as tx:
        return residents.make_poll(tx, office, 1, plan).id


def issue(office: Actor, poll: int, number: int = 1) -> tuple[str, ...]:
    with transaction() as tx:
        return residents.issue_codes(tx, office, poll, number=number, source="西兴联络站")


def answer(poll: int, code: str, *grades: str) -> None:
    with transaction() as tx:
        items = residents.find_poll(tx, poll).items
        marks = {item.id: grade for item, grade in zip(items, grades, strict=False)}
        residents.answer(tx, poll, code, marks)


def test_an_answer_is_added_to_the_sums_and_uses_up_the_code(office: Actor, poll: int) -> None:
    first, second = issue(office, poll, 2)

    answer(poll, first, "satisfied", "unknown")
    answer(poll, second.lower().replace("-", " "), "satisfied", "dissatisfied")
    with pytest.raises(Conflict):
        answer(poll, first, "basic", "basic")

    with reading() as tx:
        card = residents.card_of(tx, residents.find_poll(tx, poll))
        sums = [(i.satisfied, i.basic, i.dissatisfied, i.unknown) for i in card.items]
        assert sums == [(2, 0, 0, 0), (0, 0, 1, 1)]
        assert (card.issued, card.answers) == (2, 2)


def test_a_wrong_code_or_a_missing_answer_changes_nothing(office: Actor, poll: int) -> None:
    (code,) = issue(office, poll)

    with pytest.raises(NotValid) as unknown:
        answer(poll, "2222-2222-2222", "satisfied", "satisfied")
    with pytest.raises(NotValid) as missing:
        answer(poll, code, "satisfied")
    with pytest.raises(NotValid):
        answer(poll, code, "satisfied", "wonderful")

    assert [problem.field for problem in unknown.value.problems] == ["code"]
    assert len(missing.value.problems) == 1
    answer(poll, code, "satisfied", "basic")


def test_a_code_of_one_rating_is_not_known_to_another(office: Actor, poll: int) -> None:
    (code,) = issue(office, poll)
    with transaction() as tx:
        now = clocks.now()
        plan = PollPlan(2025, "另一次群众评价", "", now, now + timedelta(days=1))
        other = residents.make_poll(tx, office, 1, plan).id

    with pytest.raises(NotValid):
        answer(other, code, "satisfied", "satisfied")


def test_no_code_and_no_number_is_kept(office: Actor, poll: int) -> None:
    codes = issue(office, poll, 20)
    with transaction() as tx:
        sent = residents.code_for_phone(tx, poll, "138 0000 1234")

    with reading() as tx:
        kept = tx.query(ResidentCode).all()
        assert all(len(row.code_hash) == 64 for row in kept)
        dump = "".join(str(row) for row in tx.execute(text("SELECT * FROM resident_codes")))
        dump += "".join(str(row) for row in tx.execute(text("SELECT * FROM resident_phones")))
        assert not any(code in dump for code in (*codes, sent))
        assert "13800001234" not in dump


def test_a_number_gets_one_code_unless_it_could_not_be_sent(office: Actor, poll: int) -> None:
    with transaction() as tx:
        code = residents.code_for_phone(tx, poll, "13800001234")
        with pytest.raises(Conflict):
            residents.code_for_phone(tx, poll, "138-0000-1234")
        residents.take_back(tx, poll, "13800001234", code)
        assert tx.query(ResidentPhone).count() == 0
        assert residents.code_for_phone(tx, poll, "13800001234") != code
        with pytest.raises(NotValid):
            residents.code_for_phone(tx, poll, "0571-12345")


def test_answers_are_taken_only_while_the_rating_is_open(
    office: Actor, poll: int, clock: StoppedClock
) -> None:
    (code,) = issue(office, poll)
    clock.at -= timedelta(days=1)
    with pytest.raises(NotNow):
        answer(poll, code, "satisfied", "satisfied")
    clock.at += timedelta(days=9)
    with pytest.raises(NotNow):
        answer(poll, code, "satisfied", "satisfied")
    with pytest.raises(NotNow):
        issue(office, poll)


@pytest.mark.parametrize("number", [0, 501])
def test_codes_are_printed_in_bounded_numbers(office: Actor, poll: int, number: int) -> None:
    with pytest.raises(NotValid):
        issue(office, poll, number)


def test_only_offices_make_ratings_and_codes(office: Actor, poll: int) -> None:
    with transaction() as tx:
        deputy = make_official(tx, 1, Role.DEPUTY)

        with pytest.raises(NotAllowed):
            residents.issue_codes(tx, deputy, poll, number=1, source="站")


def test_a_plan_that_makes_no_sense_is_refused(office: Actor, poll: int) -> None:
    now = clocks.now()
    later = now + timedelta(days=1)
    with transaction() as tx:
        with pytest.raises(NotValid):
            residents.make_poll(tx, office, 1, PollPlan(2025, "倒置", "", later, now))
        with pytest.raises(Conflict):
            residents.make_poll(tx, office, 1, PollPlan(2025, "群众评价", "", now, later))
        with pytest.raises(NotNow):
            residents.make_poll(tx, office, 1, PollPlan(2019, "无项目", "", now, later))


class _Failing:
    """A gateway that fails for one number."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, number: str, text: str) -> None:
        """Note a number, or fail."""
        if number.endswith("9"):
            raise NotNow("The text could not be sent.")
        assert "群众评价" in text
        self.sent.append(number)


def test_what_could_not_be_sent_is_taken_back(office: Actor, poll: int) -> None:
    numbers = ["13800000001", "13800000009", "13800000002"]
    with transaction() as tx:
        codes = residents.codes_for_phones(tx, office, poll, numbers)
        card = residents.card_of(tx, residents.find_poll(tx, poll))
    way = _Failing()

    with pytest.raises(NotNow):
        send_codes(way, card, codes, transaction)

    assert way.sent == ["13800000001"]
    with reading() as tx:
        assert residents.card_of(tx, residents.find_poll(tx, poll)).issued == 1
        assert tx.query(ResidentPhone).count() == 1


def test_texts_are_kept_to_be_printed_where_no_gateway_is_set(office: Actor, poll: int) -> None:
    with transaction() as tx:
        codes = residents.codes_for_phones(tx, office, poll, ["13800000001", " ", "13800000001"])
        card = residents.card_of(tx, residents.find_poll(tx, poll))
    way = PrintGateway()

    send_codes(way, card, codes, transaction)

    assert [whose for whose, _ in way.printed] == ["*0001"]
    assert codes[0][1] in way.printed[0][1]
