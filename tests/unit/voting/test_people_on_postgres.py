"""People over PostgreSQL: the same front door, and writers who come at once."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from tests.application import PASSWORD, Member, enrol
from voting import clock
from voting.db import transaction
from voting.models.people import RoleGrant
from voting.rules.access import NOBODY
from voting.rules.roles import Role
from voting.services import journal
from voting.services.people import accounts, sessions, signin

WRITERS = 6


@pytest.fixture
def app(postgres_app: Flask) -> Flask:
    """An app over PostgreSQL."""
    return postgres_app


@pytest.fixture
def auditor(app: Flask, clock: clock.StoppedClock) -> Member:
    """The audit administrator, enrolled a while ago."""
    with transaction() as tx:
        made = enrol(tx, "shenji", (None, Role.AUDIT_ADMIN))
    clock.advance(60)
    return made


def test_two_proofs_give_a_sign_in(auditor: Member) -> None:
    with transaction() as tx:
        proof = signin.compare_password(tx, login="shenji", password=PASSWORD)
        step = signin.begin_sign_in(tx, proof)
    with transaction() as tx:
        token = signin.sign_in_with_totp(tx, step, auditor.digits(), device="")
        visit = sessions.find_visit(tx, token)

    assert visit is not None
    assert visit.actor == auditor.actor


def test_the_three_administrators_are_kept_apart_here_too(auditor: Member) -> None:
    second = RoleGrant(
        user_id=auditor.actor.user_id, role=Role.SYSTEM_ADMIN, granted_at=clock.now()
    )

    with pytest.raises(IntegrityError), transaction() as tx:
        tx.add(second)


def test_acts_at_one_instant_make_one_chain(app: Flask, auditor: Member) -> None:
    barrier = threading.Barrier(WRITERS)

    def invite(number: int) -> None:
        with app.app_context():
            barrier.wait()
            with transaction() as tx:
                accounts.add_invited(tx, NOBODY, login=f"p{number}", name="人")

    threads = [threading.Thread(target=invite, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with transaction() as tx:
        report = journal.check_chain(tx, auditor.actor)
        kinds = [line.kind for line in journal.read(tx, auditor.actor)]
    assert report.broken_at is None
    assert kinds.count("PersonInvited") == WRITERS + 1
