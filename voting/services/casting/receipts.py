"""Finds ballots by what people hold, and makes receipts from what the log holds."""

from __future__ import annotations

from dataclasses import dataclass

from ballots.ballot import short_tracker
from voting import ledger
from voting.db import Tx
from voting.errors import NotFound
from voting.ledger import Place


@dataclass(frozen=True, slots=True)
class Receipt:
    """What shows that a ballot stands in the log: text and compact form, tracker and place."""

    tracker: str
    index: int
    text: str
    compact: str


def find_ballot(tx: Tx, slug: str, code: str) -> Place:
    """Find a ballot by the sixteen characters of its tracker that people are shown."""
    place = ledger.find_ballot(tx, code, ledger.find_log(tx, slug).congress_id)
    if place is None:
        raise NotFound("The log holds no ballot with this tracker.").now(
            "Compare the sixteen characters with those that the tablet showed."
        )
    return place


def receipt(tx: Tx, place: Place) -> Receipt:
    """Make the receipt of a ballot from what the log holds, after the commit."""
    proof = ledger.receipt(tx, place)
    return Receipt(short_tracker(place.object_id), place.position, proof.text, proof.compact)
