"""Keeps the papers of the latest elections: what a ballot of them is checked against."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from ballots.ballot import Paper, make_paper
from ballots.objects import Election as ElectionObject
from ballots.objects import Keys
from voting import ledger
from voting.db import Tx
from voting.models.elections import Election

_PAPERS: Final = 16


class _Papers:
    """The papers of the latest elections; an election's id fixes its paper for ever."""

    def __init__(self) -> None:
        self._papers: OrderedDict[str, Paper] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tx: Tx, election: Election) -> Paper:
        with self._lock:
            if election.object_id in self._papers:
                self._papers.move_to_end(election.object_id)
                return self._papers[election.object_id]
        made = _make_paper(tx, election)
        with self._lock:
            self._papers[election.object_id] = made
            while len(self._papers) > _PAPERS:
                self._papers.popitem(last=False)
        return made


def _make_paper(tx: Tx, election: Election) -> Paper:
    stored, _ = ledger.load(tx, election.congress_id, election.object_id, ElectionObject)
    _, keys = ledger.load(tx, election.congress_id, election.keys_object, Keys)
    return make_paper(stored, keys)


_papers: Final = _Papers()


def paper_of(tx: Tx, election: Election) -> Paper:
    """Give the paper of an election, made once for each process."""
    return _papers.get(tx, election)
