"""`voting tidy` erases what is over, keeps what is not, and notes it in the journal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.application import enrol
from voting import cli
from voting.clock import StoppedClock
from voting.config import Settings
from voting.db import reading, transaction
from voting.models.journal import JournalEntry
from voting.models.people import Invitation, LoginSession, SignInStep
from voting.rules.access import NOBODY
from voting.services import retention
from voting.services.people import accounts

COUNTED = (LoginSession, Invitation, SignInStep)


def rows() -> tuple[int, ...]:
    """Count sign-ins, invitations and steps."""
    with reading() as tx:
        return tuple(tx.scalars(select(func.count()).select_from(t)).one() for t in COUNTED)


def test_only_what_is_over_is_erased(
    app: Flask, settings: Settings, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as tx:
        enrol(tx, "wang")
        accounts.add_invited(tx, NOBODY, login="li", name="李")
    fresh = rows()
    clock.advance(timedelta(days=settings.sign_in_days - 1).total_seconds())
    with transaction() as tx:
        assert retention.tidy(tx) == retention.Tidied(0, 0)
    kept = rows()
    clock.advance(timedelta(days=60).total_seconds())
    monkeypatch.setenv("VOTING_DATA", str(settings.data_dir))

    assert cli.main(["tidy"]) == 0

    assert (fresh[:2], kept[:2], rows()) == ((1, 2), (1, 2), (0, 0, 0))
    with reading() as tx:
        latest = tx.scalars(select(JournalEntry.kind).order_by(JournalEntry.position.desc()))
        assert latest.first() == "Tidied"
