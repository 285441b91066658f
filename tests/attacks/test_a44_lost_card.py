"""A44: whoever finds a lost card can't vote with it once it is revoked, and the log shows why."""

from __future__ import annotations

import pytest
from flask import Flask

from ballots.objects import Revoke, parse_object
from tests.application import app, settings
from tests.hall import Hall
from voting import ledger
from voting.db import reading
from voting.rules.verdicts import RuleBroken

__all__ = ["app", "settings"]


def test_a_found_card_is_refused_and_the_log_shows_why(app: Flask) -> None:
    hall = Hall.build(app, trustees=1, threshold=1)
    election = hall.open_election()
    hall.revoke(4, reason="遗失")

    with pytest.raises(RuleBroken) as caught:
        hall.cast(election, 4, ["p01"])

    assert caught.value.rule == "ballot.credential"
    assert caught.value.advice
    with reading() as tx:
        log = ledger.find_log(tx, hall.slug)
        last = parse_object(ledger.objects_between(tx, log, log.size - 1, log.size)[0][1]).value
    assert isinstance(last, Revoke)
    assert (last.credentials, last.reason) == ([hall.credential(4)], "遗失")


def test_the_card_that_replaces_a_lost_one_votes_and_the_record_is_sound(app: Flask) -> None:
    hall = Hall.build(app, trustees=1, threshold=1)
    election = hall.open_election()
    hall.revoke(4)
    hall.issue([5])

    for number in (1, 2, 3, 5):
        hall.cast(election, number, ["p01"])
    hall.count(election)

    report = hall.report()
    assert report.findings == []
    assert report.elections[0].counts[0] == ("projects", "p01", 4)
