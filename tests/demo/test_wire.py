"""What a simulated tablet does when the server is busy, silent or says no."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import httpx
import pytest

from tests.forge import LOG_KEY
from voting.demo import wire
from voting.demo.wire import Refusal, Wire

BUSY = httpx.Response(500, json={"rule": "fault", "message": "busy"})
NO = httpx.Response(422, json={"rule": "ballot.bits", "message": "no"})
YES = httpx.Response(201, json={"index": 7})
Server = Callable[..., Wire]


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, which take no time here."""
    made: list[float] = []
    monkeypatch.setattr("voting.demo.wire.time.sleep", made.append)
    return made


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Server:
    """Make a wire to a server that gives certain answers, one after another."""

    def make(*answers: httpx.Response | None) -> Wire:
        left = list(answers)

        def handle(request: httpx.Request) -> httpx.Response:
            answer = left.pop(0)
            if answer is None:
                raise httpx.ReadTimeout("", request=request)
            return answer

        client = partial(httpx.Client, transport=httpx.MockTransport(handle))
        monkeypatch.setattr("voting.demo.wire.httpx.Client", client)
        return Wire("http://hall.example/vote/binjiang", LOG_KEY)

    return make


def test_ballot_is_sent_until_a_busy_server_takes_it(
    answering: Server, pauses: list[float]
) -> None:
    assert answering(BUSY, None, BUSY, YES).send("ballots", b"{}") == {"index": 7}
    assert pauses == [0.1, 0.2, 0.4]


def test_no_is_an_answer(answering: Server, pauses: list[float]) -> None:
    with pytest.raises(Refusal, match=r"ballot\.bits"):
        answering(NO).send("ballots", b"{}")
    assert pauses == []


@pytest.mark.parametrize("answer", [BUSY, None])
def test_server_that_never_answers_is_told(
    answering: Server, pauses: list[float], answer: httpx.Response | None
) -> None:
    with pytest.raises((Refusal, httpx.ReadTimeout)):
        answering(*[answer] * wire.TRIES).send("ballots", b"{}")
    assert len(pauses) == wire.TRIES - 1
