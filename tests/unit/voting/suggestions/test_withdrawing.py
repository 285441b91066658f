"""Suggestions are withdrawn: by their deputy until they are assigned, then with consent."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.office import Office, opened
from tests.unit.voting.suggestions.test_handling import accept, assign, get, reply, send
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.errors import NotAllowed, NotNow, NotValid
from voting.models.journal import JournalEntry
from voting.models.suggestions import SuggestionState
from voting.services import records
from voting.services.suggestions import handling, withdrawing, writing
from voting.services.suggestions import reading as listing
from voting.services.suggestions.dues import dues
from voting.services.suggestions.rates import read_rates
from voting.services.suggestions.reading import Choice


@pytest.fixture
def office(app: Flask, clock: StoppedClock) -> Office:
    """A congress on 1 February 2026."""
    return opened()


def test_a_deputy_withdraws_what_nobody_has_yet(office: Office, clock: StoppedClock) -> None:
    number = send(office, 1)
    with transaction() as tx, pytest.raises(NotAllowed):
        withdrawing.take_back(tx, office.deputies[2].actor, number, reason="x")
    with transaction() as tx:
        writing.cosign(tx, office.deputies[1].actor, number)
        with pytest.raises(NotNow, match="wrote"):
            withdrawing.take_back(tx, office.deputies[1].actor, number, reason="x")
        with pytest.raises(NotValid):
            withdrawing.take_back(tx, office.deputy, number, reason=" ")
        with pytest.raises(NotNow, match="alone"):
            withdrawing.agree(tx, office.desk, number, reason="x")
        withdrawing.take_back(tx, office.deputy, number, reason="已通过其他渠道解决")

    with reading() as tx:
        made = get(tx, number)
        kept = (made.state, made.closed_note)
        waiting = listing.list_for_office(tx, office.desk, office.congress_id, Choice())
        mine = records.read_own(tx, office.deputy, office.congress_id)
        last = tx.query(JournalEntry).order_by(JournalEntry.position.desc()).first()
        assert not dues(tx, office.desk, office.congress_id, clock.at.date())
    assert kept == (SuggestionState.WITHDRAWN, "已通过其他渠道解决")
    assert (waiting, mine.suggestions) == ((), ())
    assert last is not None
    assert last.details["reason"] == "已通过其他渠道解决"


def test_what_a_unit_has_is_withdrawn_with_the_office(office: Office) -> None:
    number = send(office)
    task = assign(office, number)
    with transaction() as tx, pytest.raises(NotNow, match="with"):
        withdrawing.take_back(tx, office.deputy, number, reason="x")
    with transaction() as tx:
        withdrawing.agree(tx, office.desk, number, reason="代表来函撤回")

    with transaction() as tx, pytest.raises(NotNow, match="withdrawn"):
        handling.return_back(tx, office.unit.actor, task, reason="不属本单位")
    with reading() as tx:
        assert get(tx, number).state is SuggestionState.WITHDRAWN
        assert read_rates(tx, office.desk, office.congress_id, 2026).whole.assigned == 0


def test_what_was_replied_to_stays(office: Office) -> None:
    number = send(office)
    task = assign(office, number)
    accept(office, task)
    reply(office, task)

    with transaction() as tx, pytest.raises(NotNow):
        withdrawing.agree(tx, office.desk, number, reason="x")
