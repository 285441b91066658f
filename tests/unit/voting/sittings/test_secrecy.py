"""What a copy of the database tells of a sealed sitting: who came, which cards are good, no tie."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from tests.unit.voting.sitting_made import Desk, serial
from voting.db import Tx, reading, transaction
from voting.models.journal import JournalEntry
from voting.models.sittings import Presence, Sitting
from voting.rules.access import Actor
from voting.services.sittings import attendance, cards
from voting.services.sittings.attendance import CheckIn


def hold_check_in() -> tuple[int, int]:
    """Check twelve deputies in, a transaction each, as desks do; gives sitting and congress."""
    with transaction() as tx:
        desk = Desk.open(tx)
        desk.begin()
        deputies = [deputy.id for deputy in desk.deputies()]
        sitting_id, congress_id, actor = desk.sitting.id, desk.congress_id, desk.actor
    for place, deputy_id in enumerate(deputies):
        _enter(actor, sitting_id, CheckIn(deputy_id, Presence.PRESENT, serial(12 - place)))
    with transaction() as tx:
        cards.issue_batch(tx, actor, sitting_id)
    return sitting_id, congress_id


def _enter(actor: Actor, sitting_id: int, entry: CheckIn) -> None:
    with transaction() as tx:
        attendance.check_in(tx, actor, sitting_id, entry)


def writers(tx: Tx, table: str) -> set[str]:
    """Give the transactions that PostgreSQL remembers as the last writers of a table's rows."""
    return set(tx.scalars(text(f"SELECT DISTINCT xmin::text FROM {table}")))  # noqa: S608  # a table's name


def test_postgresql_does_not_remember_who_came_with_which_card(postgres_app: Flask) -> None:
    hold_check_in()

    with reading() as tx:
        assert len(writers(tx, "attendance")) == 1
        assert writers(tx, "attendance") == writers(tx, "cards")


def test_rows_lie_in_the_order_of_their_keys(app: Flask) -> None:
    hold_check_in()

    with reading() as tx:
        came = list(tx.scalars(text("SELECT deputy_id FROM attendance")))
        drawn = list(tx.scalars(text("SELECT serial FROM cards")))

    assert came == sorted(came)
    assert drawn == sorted(drawn)


def test_the_journal_names_no_deputy_and_no_card_of_a_check_in(app: Flask) -> None:
    sitting_id, congress_id = hold_check_in()

    with reading() as tx:
        assert tx.get_one(Sitting, sitting_id).congress_id == congress_id
        kinds = [entry.kind for entry in tx.query(JournalEntry).order_by(JournalEntry.position)]
        details = " ".join(str(entry.details) for entry in tx.query(JournalEntry))

    assert kinds[-2:] == ["SittingBegun", "CardsIssued"]
    assert not any(serial(number) in details for number in range(1, 16))
