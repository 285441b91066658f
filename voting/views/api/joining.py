"""Puts ballots that arrive at the same moment into the log in one transaction.

A hall that casts within half a minute asks for a hundred commits a second of one log, which are
made one after the other. Whoever waits is taken along: each ballot gets what it would have got
alone, and one that breaks the transaction breaks its own alone.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final, cast

from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from voting.db import transaction
from voting.services import casting
from voting.services.casting import Cast, CheckedBallot

MOST: Final = 64
"""So many ballots under one checkpoint: more would make the first one wait for the last."""


@dataclass(eq=False, slots=True)
class Waiting:
    """A ballot on its way, and what came of it: a place, a refusal, or a failure of all."""

    checked: CheckedBallot
    outcome: Cast | Exception | None = None


class Joiner:
    """The ballots of one process that wait for the log."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._waiting: list[Waiting] = []
        self._list = threading.Lock()
        self._turn = threading.Lock()

    def accept(self, checked: CheckedBallot) -> Cast:
        """Put a ballot into the log, alone or with others. Raises as `casting.accept`."""
        mine = Waiting(checked)
        with self._list:
            self._waiting.append(mine)
        with self._turn:
            if mine.outcome is None:
                put(self._take(mine))
        if isinstance(mine.outcome, Cast):
            return mine.outcome
        raise mine.outcome or RuntimeError("a ballot was left behind")

    def _take(self, mine: Waiting) -> list[Waiting]:
        """Take a ballot and those that wait for the same log off the list."""
        congress_id = mine.checked.congress_id
        with self._list:
            others = [
                one
                for one in self._waiting
                if one is not mine and one.checked.congress_id == congress_id
            ]
            batch = [mine, *others[: MOST - 1]]
            self._waiting = [one for one in self._waiting if one not in batch]
        return batch


def put(batch: list[Waiting]) -> None:
    """Put ballots into their log and note what came of each."""
    try:
        with transaction() as tx:
            outcomes = casting.accept_together(tx, [one.checked for one in batch])
    except OperationalError as error:
        # The database is away, for all of them.
        for one in batch:
            one.outcome = error
    except Exception as error:  # noqa: BLE001 - it is raised where its ballot came from
        if len(batch) == 1:
            batch[0].outcome = error
            return
        for one in batch:
            put([one])
    else:
        for one, outcome in zip(batch, outcomes, strict=True):
            one.outcome = outcome


def init_joining(app: Flask) -> None:
    """Give an application its list of waiting ballots."""
    app.extensions["joiner"] = Joiner()


def accept(checked: CheckedBallot) -> Cast:
    """Put a checked ballot into the log. Raises as `casting.accept`."""
    return cast("Joiner", current_app.extensions["joiner"]).accept(checked)
