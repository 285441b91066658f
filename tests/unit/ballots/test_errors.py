"""Errors say a rule and a place and nothing else, and cross to other processes whole."""

from __future__ import annotations

import pickle

import pytest

from ballots.errors import BallotError, Invalid, Malformed


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (Invalid("ballot.slot", where=3), "ballot.slot at 3"),
        (Malformed("log.size", where="checkpoint"), "log.size at checkpoint"),
        (Malformed("group.point"), "group.point"),
    ],
)
def test_error_crosses_to_another_process(error: BallotError, text: str) -> None:
    # The bytes are this test's own.
    crossed = pickle.loads(pickle.dumps(error))  # noqa: S301

    assert type(crossed) is type(error)
    assert (crossed.rule, crossed.where, str(crossed)) == (error.rule, error.where, text)
