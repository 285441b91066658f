"""Tells a tablet what the log says of a card: whether it is good, and which ballot it has cast.

All of it stands in the public log. It is answered for one card at a time, so that a deputy can go
on at another tablet when one has failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec
from sqlalchemy import select

from ballots.errors import Invalid, Malformed
from ballots.objects import object_id
from voting import ledger
from voting.db import Tx
from voting.models.elections import AcceptedBallot, Election, RollCard, RollCardState
from voting.services.verdicts import judged


class Standing(StrEnum):
    """What a card is good for: not of this roll, not issued yet, good, no longer good."""

    UNLISTED = "unlisted"
    LISTED = "listed"
    ISSUED = "issued"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class CardWord:
    """A card in an election; `ballot` is the id of the one it has cast."""

    standing: Standing
    ballot: str | None


class _Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    election: str
    credential: str


_OF_ROLL = {
    RollCardState.LISTED: Standing.LISTED,
    RollCardState.ISSUED: Standing.ISSUED,
    RollCardState.REVOKED: Standing.REVOKED,
}


@judged
def look_up(tx: Tx, slug: str, raw: bytes) -> CardWord:
    """Answer for the card and election that a tablet names. Raises `RuleBroken`."""
    asked = _parse(raw)
    log = ledger.find_log(tx, slug)
    election = tx.scalar(
        select(Election).where(
            Election.congress_id == log.congress_id, Election.object_id == asked.election
        )
    )
    if election is None:
        raise Invalid("order.reference")
    card = tx.get(RollCard, (election.roll_object, asked.credential))
    standing = Standing.UNLISTED if card is None else _OF_ROLL[card.state]
    return CardWord(standing, _ballot_of(tx, election, asked.credential))


def _parse(raw: bytes) -> _Question:
    try:
        return msgspec.json.decode(raw, type=_Question)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed("object.schema") from None


def _ballot_of(tx: Tx, election: Election, credential: str) -> str | None:
    accepted = tx.get(AcceptedBallot, (election.id, credential))
    if accepted is None:
        return None
    [raw] = ledger.raw_at(tx, election.congress_id, [accepted.position])
    return object_id(raw)
