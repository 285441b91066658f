"""Has a whole hall cast within half a minute, and says how long each tablet waited: `make load`.

    python -m tests.load.run --tablets 400 3000 --database sqlite postgresql --servers 1 --workers 2

Ballots are sealed beforehand; every tablet is a connection of its own, and every fiftieth ballot
comes from a second tablet too. Screens and watch pages look on. At the end the record is checked,
and that each receipt has its ballot in it once. Ends with 1 where anything was lost or refused.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from ballots.receipt import check_receipt, parse_receipt
from tests.load.postgres import PostgreSQL
from tests.load.stage import Stage, staged
from tests.load.tablets import Tally, send_all

EVERY = 50


def main() -> int:
    """Run all that is asked for, one after the other."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--tablets", type=int, nargs="+", default=[400, 3000])
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--servers", type=int, default=1, help="servers on one database")
    parser.add_argument("--proxy", action="store_true", help="put nginx with TLS before them")
    parser.add_argument("--workers", type=int, default=2, help="worker processes of each")
    parser.add_argument("--window", type=float, default=30.0, help="seconds in which all send")
    arguments = parser.parse_args()
    sound = True
    for database in arguments.database:
        for tablets in arguments.tablets:
            sound &= run(database, tablets, arguments)
    return 0 if sound else 1


def run(database: str, tablets: int, arguments: argparse.Namespace) -> bool:
    """Hold one vote, print what came of it, and tell whether nothing was lost or double."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="minsheng-load-")))
        address = ""
        if database == "postgresql":
            address = stack.enter_context(PostgreSQL.running()).address
        stage = stack.enter_context(
            staged(
                folder,
                address,
                tablets=tablets,
                workers=arguments.workers,
                servers=arguments.servers,
                proxy=arguments.proxy,
            )
        )
        twice = stage.raws[::EVERY]
        began = time.perf_counter()
        used = sum(server.cpu_seconds() for server in stage.servers)
        tally = asyncio.run(
            send_all([*stage.raws, *twice], stage.entrances, window=arguments.window, seed=2026)
        )
        spent = time.perf_counter() - began
        servers = f"{arguments.servers} server(s) of {arguments.workers} worker(s)"
        print(f"{tablets} tablets, {database}, {servers}{', nginx' if arguments.proxy else ''}")
        tell(tally, spent)
        used = sum(server.cpu_seconds() for server in stage.servers) - used
        print(
            f"  servers used {used:.1f} s of a processor, {1000 * used / tablets:.1f} ms a ballot"
        )
        return check(stage, tally)


def tell(tally: Tally, spent: float) -> None:
    """Print the figures."""
    print(f"  accepted {len(tally.receipts)}, of which again {tally.again}", end="")
    print(f"; refused {sum(tally.refused.values())} {dict(tally.refused) or ''}")
    print(f"  all done after {spent:.1f} s, {len(tally.receipts) / spent:.0f} a second")
    for name, values in (("ballot", tally.seconds), ("watching", tally.watch_seconds)):
        shares = " ".join(f"p{s}={percentile(values, s / 100):.2f}" for s in (50, 95, 99))
        print(f"  {name}: {shares} max={max(values, default=0):.2f} s")
    print(f"  errors on the way, each tried again: {dict(tally.errors) or 'none'}")


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value below which a share of all values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def check(stage: Stage, tally: Tally) -> bool:
    """Count, check the record, and look for every receipt in it."""
    hall = stage.hall
    hall.count(stage.election)
    report = hall.report()
    key = hall.key()
    trackers = {
        check_receipt(parse_receipt(answer["receipt"]), key) for answer in tally.receipts.values()
    }
    stored = report.elections[0].ballots
    sound = report.is_sound and len(trackers) == stored == len(stage.raws) and not tally.refused
    print(f"  record: {len(report.findings)} findings, {stored} ballots, ", end="")
    print(f"{len(trackers)} receipts that hold: {'sound' if sound else 'NOT AS IT MUST BE'}")
    return sound


if __name__ == "__main__":
    sys.exit(main())
