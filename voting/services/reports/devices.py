"""What a scrutineer's device has to know: its place in the ceremony and the votes to decrypt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from voting.db import Tx
from voting.models.elections import DecryptionShare, Election, ElectionState, KeyCeremony
from voting.models.sittings import Sitting
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import ceremony, tallying
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard

_COUNTED: Final = (ElectionState.TALLIED, ElectionState.DECIDED)


@dataclass(frozen=True, slots=True)
class DevicePage:
    """The page's frame, and `told`, which its script asks for again and again."""

    congress: CongressCard
    sitting: str
    is_rehearsal: bool
    told: dict[str, Any]


def read_device(tx: Tx, actor: Actor, slug: str) -> DevicePage:
    """Give a scrutineer the ceremony, the votes, and which place in them is theirs."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.HOLD_KEY, congress.id)
    standing = tallying.standing(tx, slug).sitting
    if standing is None:
        return DevicePage(congress, "", is_rehearsal=False, told=_told(None, []))
    sitting = tx.get_one(Sitting, standing.id)
    row = ceremony.latest(tx, sitting.id)
    holding = None if row is None else _ceremony(tx, slug, row, actor)
    query = select(Election).where(Election.sitting_id == sitting.id).order_by(Election.id)
    votes = [_vote(tx, election) for election in tx.scalars(query)]
    return DevicePage(congress, sitting.name, sitting.is_rehearsal, _told(holding, votes))


def _told(holding: dict[str, Any] | None, votes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"ceremony": holding, "votes": votes}


def _ceremony(tx: Tx, slug: str, row: KeyCeremony, actor: Actor) -> dict[str, Any]:
    status = ceremony.status(tx, slug, row.object_id)
    mine = next((h.index for h in row.holders if h.user_id == actor.user_id), None)
    return {
        "id": status.object_id,
        "stage": str(status.stage),
        "threshold": status.threshold,
        "names": list(status.names),
        "index": mine,
        "trustees": list(status.trustees),
        "commitments": list(status.commitments),
        "confirmations": list(status.confirmations),
        "keys": status.keys,
    }


def _vote(tx: Tx, election: Election) -> dict[str, Any]:
    query = select(DecryptionShare.index).where(DecryptionShare.election_id == election.id)
    is_counted = election.state in _COUNTED
    return {
        "id": election.object_id,
        "title": election.title,
        "state": str(election.state),
        "tally": election.tally_object,
        "given": sorted(tx.scalars(query)) if is_counted else [],
    }
