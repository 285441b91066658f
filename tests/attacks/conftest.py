"""A congress with an open election and one with a decided one, fresh for every test."""

from __future__ import annotations

from copy import deepcopy

import pytest

from ballots.ballot import Paper
from tests.congress import Congress
from tests.forge import Leaf, leaves
from tests.manifests import one_by_one
from tests.votes import Vote, decide_everything, open_vote


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
    """An open election."""
    return open_vote(congress)


@pytest.fixture
def other_vote(vote: Vote) -> Vote:
    """A second open election of the same congress."""
    return open_vote(vote.congress, "Another matter")


@pytest.fixture(scope="session")
def everything(assembly: Congress) -> Vote:
    """A congress with all that a log can hold; not to be changed."""
    return decide_everything(deepcopy(assembly))


@pytest.fixture(scope="session")
def log(everything: Vote) -> list[Leaf]:
    """A log that holds an object of every type."""
    return leaves(everything.congress.log)


@pytest.fixture
def finished(everything: Vote) -> Vote:
    """A decided election in a congress with all that a log can hold."""
    return deepcopy(everything)


@pytest.fixture(scope="session")
def one_by_one_paper(assembly: Congress) -> Paper:
    """A paper with a limit over several questions: two blocks of slots."""
    congress = deepcopy(assembly)
    return congress.paper(congress.elect(one_by_one(11, 3)))
