"""A congress with an open election and one with a decided one, fresh for every test."""

from __future__ import annotations

from copy import deepcopy
from typing import NamedTuple

import pytest

from ballots.ballot import Paper
from ballots.objects import Ballot, Stored
from tests.cheats import ballot_of
from tests.congress import Congress
from tests.manifests import choice, one_by_one, rating

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
        names = projects or ("p1",)
        selections = [(PROJECTS, name) for name in names]
        return ballot_of(self.congress.ballot(self.election, number, selections))


@pytest.fixture(scope="session")
def assembly() -> Congress:
    """A congress that has met and decided nothing yet; not to be changed."""
    return Congress()


@pytest.fixture
def congress(assembly: Congress) -> Congress:
    """A congress that has met and decided nothing yet."""
    return deepcopy(assembly)


@pytest.fixture
def vote(congress: Congress) -> Vote:
    """An open election: up to two of three projects, or abstain; one slot of slack."""
    election = congress.elect(choice(3, 2))
    congress.open(election)
    return Vote(congress, election)


@pytest.fixture
def other_vote(vote: Vote) -> Vote:
    """A second open election of the same congress."""
    election = vote.congress.elect(choice(3, 2, title="Another matter"))
    vote.congress.open(election)
    return Vote(vote.congress, election)


@pytest.fixture(scope="session")
def finished_assembly(assembly: Congress) -> Congress:
    """A congress with all that a log can hold; not to be changed."""
    congress = deepcopy(assembly)
    decision = congress.elect(choice(3, 2))
    congress.open(decision)
    congress.cast(decision, 1, [("projects", "p1"), ("projects", "p2")])
    congress.challenge(decision, 2, [("projects", "p3")])
    congress.cast(decision, 2, [("projects", "p1")])
    congress.revoke(4)
    congress.cast(decision, 3, [("projects", "abstain")])
    congress.finish(decision)
    grades = congress.elect(rating(1))
    congress.open(grades)
    congress.cast(grades, 1, [("p1", "basic")])
    congress.finish(grades)
    run_off = congress.elect(choice(2, 1, round=2, previous=decision.id))
    congress.open(run_off)
    congress.cast(run_off, 2, [("projects", "p2")])
    congress.annul(run_off)
    return congress


@pytest.fixture
def finished(finished_assembly: Congress) -> Vote:
    """A decided election in a congress with all that a log can hold."""
    congress = deepcopy(finished_assembly)
    return Vote(congress, next(item for item in congress.log if item.type == "election"))


@pytest.fixture(scope="session")
def one_by_one_paper(assembly: Congress) -> Paper:
    """A paper with limits over several questions: two blocks of slots."""
    congress = deepcopy(assembly)
    return congress.paper(congress.elect(one_by_one(11, 3)))
