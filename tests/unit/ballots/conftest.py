"""A congress in memory for tests of single rooms."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.congress import Congress
from tests.votes import Vote, decide_everything, open_vote


@pytest.fixture(scope="session")
def assembly() -> Congress:
    """A congress that has met and decided nothing yet; not to be changed."""
    return Congress()


@pytest.fixture
def vote(assembly: Congress) -> Vote:
    """An open election."""
    return open_vote(deepcopy(assembly))


@pytest.fixture(scope="session")
def everything(assembly: Congress) -> Vote:
    """A congress with all that a log can hold; not to be changed."""
    return decide_everything(deepcopy(assembly))
