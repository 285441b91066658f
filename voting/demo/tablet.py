"""A simulated tablet: it knows a card's code and an address, and does all that a real one does."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Final

from ballots.ballot import Paper, Seed, check_challenge, make_ballot, make_challenge, make_paper
from ballots.cards import CardSecret, parse_card_code
from ballots.manifest import Selection
from ballots.objects import Challenge, Election, Keys, Stored
from ballots.receipt import check_receipt, parse_receipt
from voting.demo.preferences import choose
from voting.demo.wire import Refusal, Wire

THREADS: Final = 24


@dataclass(frozen=True, slots=True)
class Errand:
    """What one deputy does: a card's code, a mind in a hall, and what befalls the tablet."""

    code: str
    hall: str
    deputy: str
    challenges: bool = False
    sends_twice: bool = False
    loses_answer: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: a receipt checked on the tablet, or the rule that refused the ballot."""

    receipt: str = ""
    refused: str = ""
    challenged: bool = False


def run(errand: Errand, address: str, election: str) -> Outcome:
    """Vote as one deputy does. Raises `BallotError` where the server's word does not hold."""
    wire = Wire(address)
    try:
        paper = _paper(wire, election)
        secret = parse_card_code(errand.code)
        choices = choose(paper, errand.hall, errand.deputy)
        if errand.challenges:
            _challenge(wire, paper, secret, choices)
        ballot = make_ballot(paper, secret, choices, _seed())
        return _cast(wire, ballot, errand)
    except Refusal as refusal:
        return Outcome(refused=refusal.rule)
    finally:
        wire.close()


def _seed() -> Seed:
    return Seed(secrets.token_bytes(32))


def _paper(wire: Wire, election: str) -> Paper:
    wire.checkpoint()
    keys = wire.value(Keys, wire.value(Election, election).keys)
    return make_paper(wire.object(election), keys)


def _challenge(wire: Wire, paper: Paper, secret: CardSecret, choices: Sequence[Selection]) -> None:
    """Open a sealed ballot to the public, and see that the log keeps what was opened."""
    seed = _seed()
    ballot = make_ballot(paper, secret, choices, seed)
    challenge = make_challenge(paper, ballot, choices, seed)
    answer = wire.send("challenges", challenge.raw)
    check_challenge(paper, wire.value(Challenge, answer["id"]))


def _cast(wire: Wire, ballot: Stored, errand: Errand) -> Outcome:
    """Send a ballot until a receipt comes, and check the receipt."""
    if errand.loses_answer:
        wire.post_and_hang_up("ballots", ballot.raw)
    for _ in range(2 if errand.sends_twice else 1):
        answer = wire.send("ballots", ballot.raw)
        tracker = check_receipt(parse_receipt(answer["receipt"]), wire.key)
        if tracker != ballot.id:
            raise Refusal(200, "receipt.entry", "the receipt is about another ballot")
    return Outcome(receipt=answer["receipt"], challenged=errand.challenges)


def main() -> None:
    """Run the errands that come in as JSON lines, all in parallel; a line of outcome each."""
    address, election = sys.argv[1:3]
    errands = [Errand(**json.loads(line)) for line in sys.stdin]
    with ThreadPoolExecutor(THREADS) as pool:
        for outcome in pool.map(lambda errand: run(errand, address, election), errands):
            print(json.dumps(asdict(outcome)), flush=True)


if __name__ == "__main__":
    main()
