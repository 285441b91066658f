"""The sitting that a page of the desk is about, and what its reader may do there."""

from __future__ import annotations

from dataclasses import dataclass

from voting.db import Tx
from voting.errors import NotFound
from voting.models.sittings import BallotKind, Sitting
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard
from voting.services.sittings import plenary


@dataclass(frozen=True, slots=True)
class DeskBar:
    """The sitting that a page of the desk is about, and the acts that are open to its reader."""

    congress: CongressCard
    sitting: Sitting
    acts: frozenset[Action]

    def may(self, act: str) -> bool:
        """Tell whether to offer an act."""
        return act in self.acts

    @property
    def here(self) -> dict[str, str | int]:
        """What the addresses of this sitting's pages share."""
        return {"slug": self.congress.slug, "sitting_id": self.sitting.id}


def read_bar(tx: Tx, actor: Actor, slug: str, sitting_id: int) -> DeskBar:
    """Find a sitting of a congress for those who run it."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.READ_SITTING, congress.id)
    sitting = plenary.find_sitting(tx, sitting_id)
    if sitting.congress_id != congress.id:
        raise NotFound("There is no such sitting.")
    return DeskBar(congress, sitting, acts_of(actor, congress.id))


def acts_of(actor: Actor, congress_id: int) -> frozenset[Action]:
    """Give all acts that are open to somebody in a congress."""
    return frozenset(act for act in Action if access.is_allowed(actor, act, congress_id))


def kind_of(name: str) -> BallotKind:
    """Take a kind of vote from an address."""
    if name not in set(BallotKind):
        raise NotFound("There is no such kind of vote.")
    return BallotKind(name)
