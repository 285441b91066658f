"""Elections of a congress in memory: one that is open, and a log that holds every type."""

from __future__ import annotations

from typing import NamedTuple

from ballots.ballot import Paper
from ballots.objects import Ballot, Stored
from tests.cheats import ballot_of
from tests.congress import Congress
from tests.manifests import choice, rating

PROJECTS = "projects"


class Vote(NamedTuple):
    """A congress and its election."""

    congress: Congress
    election: Stored

    @property
    def paper(self) -> Paper:
        """Give the election's paper."""
        return self.congress.paper(self.election)

    def ballot(self, number: int = 1, *projects: str) -> Ballot:
        """Make a card's ballot without casting it."""
        selections = [(PROJECTS, name) for name in projects or ("p1",)]
        return ballot_of(self.congress.ballot(self.election, number, selections))


def open_vote(congress: Congress, title: str = "A matter") -> Vote:
    """Put up to two of three projects, or an abstention, to the vote: one slot of slack."""
    election = congress.elect(choice(3, 2, title=title))
    congress.open(election)
    return Vote(congress, election)


def decide_everything(congress: Congress) -> Vote:
    """Let a congress do all that a log can hold; give its first election."""
    rules = {"seats": 2, "threshold": "valid", "tie": "runoff", "shortfall": "vacant"}
    decision = congress.elect(choice(3, 2, rules=rules))
    congress.open(decision)
    congress.cast(decision, 1, [(PROJECTS, "p1"), (PROJECTS, "p2")])
    congress.challenge(decision, 2, [(PROJECTS, "p3")])
    congress.cast(decision, 2, [(PROJECTS, "p1")])
    congress.revoke(4)
    congress.cast(decision, 3, [(PROJECTS, "abstain")])
    decided = congress.finish(decision)
    congress.milestone("p1", "adopted")
    congress.milestone("p1", "decided", decided.id)
    grades = congress.elect(rating(1))
    congress.open(grades)
    congress.cast(grades, 1, [("p1", "basic")])
    rated = congress.finish(grades)
    congress.milestone("p1", "rated", rated.id)
    run_off = congress.elect(choice(2, 1, round=2, previous=decision.id))
    congress.open(run_off)
    congress.cast(run_off, 2, [(PROJECTS, "p2")])
    congress.annul(run_off)
    return Vote(congress, decision)
