"""A congress in memory for tests of single rooms, and the command."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import pytest

from ballots import cli
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


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Run the command and give its status and what it printed."""
    monkeypatch.setenv("LANG", "en_GB.UTF-8")

    def call(*arguments: str) -> tuple[int, str, str]:
        try:
            status = cli.main(arguments)
        except SystemExit as end:
            status = int(end.code or 0)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call
