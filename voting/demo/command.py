"""`voting demo`: runs the demonstration, and serves its result for as long as it is wanted."""

from __future__ import annotations

import argparse
import csv
import io
import secrets
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Final

from rich.console import Console

from ballots.errors import BallotError
from voting.app import create_app
from voting.config import Settings
from voting.demo.office import SLUG, Office
from voting.demo.run import Demonstration, DemonstrationFailed, Plan
from voting.demo.server import NoServer, free_port, serving
from voting.demo.wire import Refusal
from voting.errors import Refused
from voting.i18n import LANGUAGES, speaking, t
from voting.migrations import upgrade

ROSTER: Final = "roster.csv"
CANDIDATES: Final = "candidates.csv"
CARDS: Final = "cards.pdf"
RECORD: Final = "demo-record.zip"
NUMBER: Final = "编号"
"""The column of the shipped roster that tells deputies apart."""

MOST_DEPUTIES: Final = 3000
HOST: Final = "127.0.0.1"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to `voting`."""
    command = commands.add_parser("demo", help="hold a whole vote with simulated tablets")
    command.add_argument("--no-serve", action="store_true", help="end after the check")
    command.add_argument("--record", type=Path, metavar="FILE", help="where the record goes")
    command.add_argument("--deputies", type=int, metavar="N", help="how many (default: 327)")
    command.add_argument("--candidates", type=Path, metavar="FILE", help="csv or xlsx")
    command.add_argument("--seats", type=int, default=10, metavar="S", help="how many to choose")
    command.add_argument("--seed", default="2026", metavar="TEXT", help="the mood of the hall")
    command.add_argument("--language", choices=tuple(LANGUAGES), default=next(iter(LANGUAGES)))
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Hold the vote; 0 where the record was found sound, 1 where something failed, 2 misuse."""
    console = Console()
    with speaking(arguments.language), _ending_in_order(), _folder() as folder:
        try:
            plan = _plan(arguments, folder / CARDS)
        except OSError as error:
            console.print(f"voting demo: {error.filename}: {error.strerror}", highlight=False)
            return 2
        except ValueError as error:
            console.print(f"voting demo: {error}", highlight=False)
            return 2
        return _hold(plan, folder, console, serve=not arguments.no_serve)


def _hold(plan: Plan, folder: Path, console: Console, *, serve: bool) -> int:
    settings = replace(
        Settings.from_environment({"VOTING_DATA": str(folder)}), host=HOST, port=free_port(HOST)
    )
    settings = replace(settings, base_url=f"http://localhost:{settings.port}")
    try:
        app = create_app(settings)
        upgrade(app)
        office = Office(app)
        with serving(settings) as address:
            elections = Demonstration(plan, office, address, console).run()
            if serve:
                page = f"{settings.base_url}/c/{SLUG}/votes/{elections[-1].object_id}"
                said = t("The result is at {address} until you press Ctrl-C.", address=page)
                _serve(console, said)
    except Refused as refused:
        console.print(t(refused.what), *([t(refused.advice)] if refused.advice else []))
        for problem in refused.problems:
            console.print(f"  {t(problem.message)}")
        return 1
    except (DemonstrationFailed, NoServer, Refusal, BallotError) as error:
        console.print(t("The demonstration failed: {why}", why=str(error)), highlight=False)
        return 1
    return 0


def _serve(console: Console, said: str) -> None:
    """Say where the result is, and wait until somebody ends it, which is no fault."""
    try:
        console.print(said, highlight=False, soft_wrap=True)
        threading.Event().wait()
    except KeyboardInterrupt:
        return


def _plan(arguments: argparse.Namespace, cards: Path) -> Plan:
    data = files(__package__ or "voting.demo")
    roster = data.joinpath(ROSTER).read_bytes()
    rows = list(csv.reader(io.StringIO(roster.decode("utf-8-sig"))))
    deputies = len(rows) - 1 if arguments.deputies is None else arguments.deputies
    if not 3 <= deputies <= MOST_DEPUTIES:  # noqa: PLR2004  # the scrutineers are three
        raise ValueError(f"--deputies: 3 to {MOST_DEPUTIES}")
    if arguments.seats < 1:
        raise ValueError("--seats: 1 or more")
    candidates = arguments.candidates
    record = arguments.record or Path(RECORD)
    _check_writable(record)
    return Plan(
        roster=_stretch(rows, deputies),
        deputies=deputies,
        candidates=(
            candidates.read_bytes() if candidates else data.joinpath(CANDIDATES).read_bytes()
        ),
        seats=arguments.seats,
        seed=arguments.seed,
        cards=cards,
        record=record,
    )


def _check_writable(path: Path) -> None:
    """Find out before the vote whether its record can be written. Raises `OSError`."""
    is_new = not path.exists()
    path.open("ab").close()
    if is_new:
        path.unlink()


def _stretch(rows: list[list[str]], deputies: int) -> bytes:
    """Cut the made-up roster to a number of deputies, or go through its names again."""
    header, *people = rows
    number = header.index(NUMBER)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(header)
    for place in range(deputies):
        row = list(people[place % len(people)])
        if place >= len(people):
            row[number] = str(place + 1)
        writer.writerow(row)
    return written.getvalue().encode()


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Let a stop by the system do what Ctrl-C does: no server, no key and no card is left."""

    def interrupt(*_: object) -> None:
        for name in before:
            signal.signal(name, signal.SIG_IGN)
        raise KeyboardInterrupt

    stops = (signal.SIGTERM, signal.SIGHUP)
    before = {name: signal.signal(name, interrupt) for name in stops}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"minsheng-{secrets.token_hex(4)}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
