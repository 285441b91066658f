"""Forgets what is over by the settings: ended sign-ins, codes that were not used, old counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete

from voting import clock
from voting.db import Tx
from voting.errors import msg
from voting.events import Event
from voting.models.limits import LimitCount
from voting.models.people import Invitation, LoginSession, SignInStep
from voting.rules.access import NOBODY
from voting.services import journal, proposals
from voting.services.people import congresses
from voting.services.stations import voices


@dataclass(frozen=True, slots=True)
class Tidied(Event):
    words = msg("What was over was erased: {sign_ins} sign-ins, {codes} one-time codes.")
    sign_ins: int
    codes: int


def tidy(tx: Tx) -> Tidied:
    """Erase what is over, and note in the journal how much it was; nothing of a vote is touched."""
    now = clock.now()
    kept_from = now - timedelta(days=tx.settings.sign_in_days)
    _erase(tx, SignInStep, now)
    _erase(tx, LimitCount, now)
    for congress in congresses.list_congresses(tx):
        proposals.forget_senders(tx, congress.id)
        voices.forget_contacts(tx, congress.id)
    done = Tidied(_erase(tx, LoginSession, kept_from), _erase(tx, Invitation, kept_from))
    if done.sign_ins or done.codes:
        journal.record(tx, NOBODY, done)
    return done


def _erase(
    tx: Tx,
    table: type[LoginSession | Invitation | SignInStep | LimitCount],
    before: datetime,
) -> int:
    """Erase the rows whose time ended before a moment."""
    erased = delete(table).where(table.expires_at < before)
    return len(tx.execute(erased.returning(table.expires_at)).all())
