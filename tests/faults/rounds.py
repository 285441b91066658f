"""Kills servers and databases under load, round after round: `make faults`.

    python -m tests.faults.rounds --rounds 200 --database sqlite postgresql

In each round some tablets send while something is killed with SIGKILL: the workers, the whole
server, one process of PostgreSQL or all of it. What was killed is started again, and the tablets
send until they have receipts. At the end the record is checked, and every receipt is looked up.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tests.load.run import check
from tests.load.stage import PostgreSQL, Stage, pause, staged
from tests.load.tablets import Tally, send_all

A_ROUND = 4
WINDOW = 1.0


def main() -> int:
    """Run the rounds on each database."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    arguments = parser.parse_args()
    sound = [run(database, arguments.rounds) for database in arguments.database]
    return 0 if all(sound) else 1


def run(database: str, rounds: int, *, servers: int = 1) -> bool:
    """Hold a vote through so many rounds, and tell whether nothing was lost or double."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="minsheng-faults-")))
        postgres = None
        if database == "postgresql":
            postgres = stack.enter_context(PostgreSQL.running())
        address = postgres.address if postgres else ""
        stage = stack.enter_context(
            staged(folder, address, tablets=rounds * A_ROUND, workers=2, servers=servers)
        )
        tally, killed = Tally(), Counter[str]()
        chance = random.Random(rounds)  # noqa: S311 - which is killed is no secret
        for number in range(rounds):
            name, kill = chance.choice(ways(stage, postgres))
            killed[name] += 1
            hold(stage, tally, number, kill)
        print(f"{rounds} rounds, {database}: killed {dict(killed)}")
        print(f"  errors on the way, each tried again: {dict(tally.errors)}")
        return check(stage, tally)


def ways(stage: Stage, postgres: PostgreSQL | None) -> list[tuple[str, Callable[[], None]]]:
    """Give what can be killed, the frequent things first."""
    server = stage.servers[0]

    def whole() -> None:
        server.kill()
        server.start()

    found: list[tuple[str, Callable[[], None]]] = [("workers", server.kill_workers)] * 4
    found.append(("server", whole))
    if postgres is not None:

        def database() -> None:
            postgres.kill()
            postgres.start()

        found += [("a database process", postgres.kill_one)] * 3
        found.append(("database", database))
    return found


def hold(stage: Stage, tally: Tally, number: int, kill: Callable[[], None]) -> None:
    """Let some tablets send, kill in the middle of it, and keep their receipts."""
    first = number * A_ROUND
    raws = stage.raws[first : first + A_ROUND]
    with ThreadPoolExecutor(2) as pool:
        killer = pool.submit(_later, kill)
        # In a thread of its own: a test may run beside the loop of a browser.
        sending = send_all(raws, stage.ports, window=WINDOW, seed=number, watchers=1)
        found = pool.submit(asyncio.run, sending).result()
        killer.result()
    stage.servers[0].wait()
    tally.receipts |= {first + place: answer for place, answer in found.receipts.items()}
    tally.refused += found.refused
    tally.errors += found.errors


def _later(kill: Callable[[], None]) -> None:
    pause(WINDOW / 2)
    kill()


if __name__ == "__main__":
    sys.exit(main())
