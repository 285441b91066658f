"""Invariants of sittings, cards and lists that the database itself keeps."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from voting import clock
from voting.db import Tx
from voting.models.people import Congress
from voting.models.sittings import (
    Attendance,
    BallotKind,
    Card,
    CardState,
    Delegation,
    Deputy,
    Scrutineer,
    Sitting,
    SittingRules,
)


def a_sitting(tx: Tx, **fields: Any) -> Sitting:
    """Add a congress with a sitting."""
    congress = Congress(slug="a", name="甲", origin="h/a", created_at=clock.now())
    tx.add(congress)
    tx.flush()
    values: dict[str, Any] = {
        "congress_id": congress.id,
        "name": "第一次会议",
        "starts_on": date(2026, 2, 1),
        "ends_on": date(2026, 2, 3),
        "deputies": 45,
        "created_at": clock.now(),
    }
    sitting = Sitting(**{**values, **fields})
    tx.add(sitting)
    tx.flush()
    return sitting


def a_deputy(tx: Tx, sitting: Sitting, number: str = "1") -> Deputy:
    """Add a deputy with a delegation of their own."""
    delegation = Delegation(congress_id=sitting.congress_id, name=f"团{number}", position=1)
    tx.add(delegation)
    tx.flush()
    deputy = Deputy(
        congress_id=sitting.congress_id,
        number=number,
        name="王一",
        delegation_id=delegation.id,
        position=1,
    )
    tx.add(deputy)
    tx.flush()
    return deputy


def test_a_card_of_a_sealed_sitting_cannot_have_a_holder(tx: Tx) -> None:
    sitting = a_sitting(tx)
    deputy = a_deputy(tx, sitting)

    with pytest.raises(IntegrityError), tx.begin_nested():
        tx.add(Card(sitting_id=sitting.id, serial="1", credential="k", holder_id=deputy.id))


def test_a_card_cannot_call_itself_named_in_a_sealed_sitting(tx: Tx) -> None:
    sitting = a_sitting(tx)

    with pytest.raises(IntegrityError), tx.begin_nested():
        tx.add(Card(sitting_id=sitting.id, serial="1", credential="k", is_named=True))


def test_a_card_of_a_named_sitting_has_a_holder(tx: Tx) -> None:
    sitting = a_sitting(tx, is_named=True)
    deputy = a_deputy(tx, sitting)

    tx.add(
        Card(
            sitting_id=sitting.id,
            serial="1",
            credential="k",
            is_named=True,
            holder_id=deputy.id,
            state=CardState.ISSUED,
        )
    )
    tx.flush()

    assert tx.get_one(Card, (sitting.id, "1")).holder is deputy


def test_attendance_holds_a_status_and_nothing_else() -> None:
    columns = {column.key for column in inspect(Attendance).columns}

    assert columns == {"sitting_id", "deputy_id", "status"}


def test_attendance_and_cards_have_no_hidden_order_in_sqlite(tx: Tx) -> None:
    for table in ("attendance", "cards"):
        made = tx.connection().exec_driver_sql(
            "select sql from sqlite_master where name = ?", (table,)
        )

        assert str(made.scalar()).rstrip().endswith("WITHOUT ROWID")


def test_a_sitting_has_one_chief_scrutineer(tx: Tx) -> None:
    sitting = a_sitting(tx)
    first, second = a_deputy(tx, sitting, "1"), a_deputy(tx, sitting, "2")
    tx.add(Scrutineer(sitting_id=sitting.id, deputy_id=first.id, position=1, is_chief=True))
    tx.flush()

    with pytest.raises(IntegrityError), tx.begin_nested():
        tx.add(Scrutineer(sitting_id=sitting.id, deputy_id=second.id, position=2, is_chief=True))


def test_rules_cannot_have_a_hash_without_who_and_when(tx: Tx) -> None:
    sitting = a_sitting(tx)

    with pytest.raises(IntegrityError), tx.begin_nested():
        tx.add(
            SittingRules(
                sitting_id=sitting.id, kind=BallotKind.DECISION, settings={}, digest="0" * 64
            )
        )
