"""Kills servers and databases under load, round after round: `make faults`.

    python -m tests.faults.rounds --rounds 200 --database sqlite postgresql
    python -m tests.faults.rounds --rounds 200 --database postgresql --servers 2 --proxy

In each round some tablets send while something is killed with SIGKILL: the workers of a server, a
whole server, one process of PostgreSQL or all of it, nginx before the servers. What was killed is
started again, and the tablets send until they have receipts. At the end the record is checked, and
every receipt is looked up.
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
from functools import partial
from pathlib import Path

from tests.load.postgres import PostgreSQL
from tests.load.processes import pause
from tests.load.proxy import Nginx
from tests.load.run import check
from tests.load.stage import Server, Stage, staged
from tests.load.tablets import Tally, send_all

A_ROUND = 4
WINDOW = 1.0


def main() -> int:
    """Run the rounds on each database."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--servers", type=int, default=1, help="servers on one database")
    parser.add_argument("--proxy", action="store_true", help="put nginx with TLS before them")
    arguments = parser.parse_args()
    sound = [
        run(database, arguments.rounds, servers=arguments.servers, proxy=arguments.proxy)
        for database in arguments.database
    ]
    return 0 if all(sound) else 1


def run(database: str, rounds: int, *, servers: int = 1, proxy: bool = False) -> bool:
    """Hold a vote through so many rounds, and tell whether nothing was lost or double."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="minsheng-faults-")))
        postgres = None
        if database == "postgresql":
            postgres = stack.enter_context(PostgreSQL.running())
        address = postgres.address if postgres else ""
        tablets = rounds * A_ROUND
        stage = stack.enter_context(
            staged(folder, address, tablets=tablets, workers=2, servers=servers, proxy=proxy)
        )
        tally = hold_all(stage, postgres, rounds)
        return check(stage, tally)


def hold_all(stage: Stage, postgres: PostgreSQL | None, rounds: int) -> Tally:
    """Hold so many rounds, say what was killed, and give what the tablets have."""
    tally, killed = Tally(), Counter[str]()
    chance = random.Random(rounds)  # noqa: S311 - which is killed is no secret
    for number in range(rounds):
        name, kill = chance.choice(ways(stage, postgres))
        killed[name] += 1
        hold(stage, tally, number, kill)
    print(f"{rounds} rounds, {len(stage.servers)} server(s): killed {dict(killed)}")
    print(f"  errors on the way, each tried again: {dict(tally.errors)}")
    return tally


def ways(stage: Stage, postgres: PostgreSQL | None) -> list[tuple[str, Callable[[], None]]]:
    """Give what can be killed, the frequent things first."""
    found: list[tuple[str, Callable[[], None]]] = []
    for server in stage.servers:
        found += [("workers", server.kill_workers)] * 4
        found.append(("server", partial(again, server)))
    if postgres is not None:
        found += [("a database process", postgres.kill_one)] * 3
        found.append(("database", partial(again, postgres)))
    if stage.nginx is not None:
        found += [("nginx", partial(again, stage.nginx))] * 2
        found.append(("nginx reads its file again", stage.nginx.reload))
    return found


def again(killed: Server | PostgreSQL | Nginx) -> None:
    """Kill, and start again."""
    killed.kill()
    killed.start()


def hold(stage: Stage, tally: Tally, number: int, kill: Callable[[], None]) -> None:
    """Let some tablets send, kill in the middle of it, and keep their receipts."""
    first = number * A_ROUND
    raws = stage.raws[first : first + A_ROUND]
    with ThreadPoolExecutor(2) as pool:
        killer = pool.submit(_later, kill)
        # In a thread of its own: a test may run beside the loop of a browser.
        sending = send_all(raws, stage.entrances, window=WINDOW, seed=number, watchers=1)
        found = pool.submit(asyncio.run, sending).result()
        killer.result()
    stage.wait()
    tally.receipts |= {first + place: answer for place, answer in found.receipts.items()}
    tally.refused += found.refused
    tally.errors += found.errors


def _later(kill: Callable[[], None]) -> None:
    pause(WINDOW / 2)
    kill()


if __name__ == "__main__":
    sys.exit(main())
