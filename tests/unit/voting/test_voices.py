"""What residents say is sealed where it names them, and forgotten when its time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.office import Office, opened
from voting.clock import StoppedClock
from voting.db import transaction
from voting.errors import NotValid
from voting.models.stations import Voice
from voting.services import retention
from voting.services.stations import voices
from voting.services.stations.voices import AnswerEntry, VoiceEntry

CONTACT = "13800000000"


@pytest.fixture
def office(app: Flask, clock: StoppedClock) -> Office:
    """A congress in which a resident has said something to a deputy."""
    office = opened()
    with transaction() as tx:
        entry = VoiceEntry("路灯坏了。", deputy_id=office.deputy_ids[0], contact=CONTACT)
        voices.speak(tx, office.congress_id, entry, ())
    return office


def contact(office: Office) -> str:
    """Read how to call back."""
    with transaction() as tx:
        return voices.contact_of(tx, tx.scalars(select(Voice)).one())


def test_neither_telephone_nor_code_lies_open_in_the_table(office: Office) -> None:
    with transaction() as tx:
        rows = [bytes(str(tuple(row)), "utf-8") for row in tx.execute(text("SELECT * FROM voices"))]

    assert contact(office) == CONTACT
    assert not any(CONTACT.encode() in row for row in rows)


def test_a_telephone_is_erased_long_after_the_answer(office: Office, clock: StoppedClock) -> None:
    clock.advance(timedelta(days=400).total_seconds())
    with transaction() as tx:
        retention.tidy(tx)
    assert contact(office) == CONTACT

    with transaction() as tx:
        answered = AnswerEntry("已修复。")
        voices.answer(tx, office.deputy, office.congress_id, 1, entry=answered)
    clock.advance(timedelta(days=181).total_seconds())
    with transaction() as tx:
        retention.tidy(tx)
    assert contact(office) == ""


def test_nobody_is_spoken_to_who_is_not_there(office: Office) -> None:
    for entry in (VoiceEntry("x"), VoiceEntry("x", station_id=9), VoiceEntry("x", deputy_id=999)):
        with transaction() as tx, pytest.raises(NotValid):
            voices.speak(tx, office.congress_id, entry, ())


def test_more_photos_than_asked_for_are_refused(office: Office) -> None:
    entry = VoiceEntry("x", deputy_id=office.deputy_ids[0])
    with transaction() as tx, pytest.raises(NotValid):
        voices.speak(tx, office.congress_id, entry, [b"x"] * 4)
