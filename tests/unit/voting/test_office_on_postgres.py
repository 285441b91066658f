"""Suggestions, stations and rooms over PostgreSQL, with deputies who send at once."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.office import Office, opened
from tests.unit.voting.suggestions.test_rates import HANGZHOU, a_list
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.models.suggestions import Suggestion
from voting.services import records, rooms, stations
from voting.services.reports.dues import read_dues
from voting.services.rooms import RoomEntry, Spoken
from voting.services.stations import StationEntry, voices
from voting.services.stations.voices import VoiceEntry
from voting.services.suggestions import importing, writing
from voting.services.suggestions import reading as suggestions
from voting.services.suggestions.rates import read_rates
from voting.services.suggestions.reading import Choice
from voting.services.suggestions.writing import SuggestionEntry

WRITERS = 6


@pytest.fixture
def app(postgres_app: Flask) -> Flask:
    """An app over PostgreSQL."""
    return postgres_app


@pytest.fixture
def office(app: Flask, clock: StoppedClock) -> Office:
    """A congress with its people."""
    return opened()


def send(app: Flask, office: Office, place: int) -> None:
    """Send a suggestion in a thread of its own."""
    with app.app_context(), transaction() as tx:
        entry = SuggestionEntry(f"关于路灯的建议{place}", "理由", "内容")
        writing.suggest(tx, office.deputies[place % 3].actor, office.congress_id, entry)


def test_those_who_send_at_once_get_numbers_of_their_own(office: Office, app: Flask) -> None:
    threads = [threading.Thread(target=send, args=(app, office, n)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with reading() as tx:
        numbers = sorted(tx.scalars(select(Suggestion.number)))
    assert numbers == list(range(1, WRITERS + 1))


def test_lists_are_imported_found_and_counted(office: Office) -> None:
    with transaction() as tx:
        data = a_list(2025, HANGZHOU[2025])
        importing.import_suggestions(tx, office.desk, office.congress_id, data=data)

    with reading() as tx:
        table = read_rates(tx, office.desk, office.congress_id, 2025)
        choice = Choice(state="all", query="建议37")
        found = suggestions.list_for_office(tx, office.desk, office.congress_id, choice)
    assert dict(table.whole.classes) == HANGZHOU[2025]
    assert {line.number for line in found} == {37, *range(370, 373)}


def test_what_waits_is_due(office: Office) -> None:
    with transaction() as tx:
        place = StationEntry("长河联络站", "长河路1号")
        station = stations.save_station(tx, office.desk, office.congress_id, place)
        stations.set_deputies(tx, office.desk, station.id, office.deputy_ids)
        voices.speak(tx, office.congress_id, VoiceEntry("路灯坏了。", station.id), ())
        room = rooms.open_room(tx, office.deputy, office.congress_id, RoomEntry("装信号灯吗"))
        rooms.write(tx, office.congress_id, room.code, Spoken("要装。", "device"))

    with reading() as tx:
        sections = read_dues(tx, office.deputy)
        record = records.read_own(tx, office.deputy, office.congress_id)
        lines = records.list_records(tx, office.desk, office.congress_id)
    assert {line.key for line in sections[0].lines} == {"voice:1", "room:1"}
    assert (record.rooms, len(lines)) == (1, 3)
    assert sections[0].today == date(2026, 2, 1)
