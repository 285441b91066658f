"""A hall before the vote opens for real: an installation, sealed ballots, servers to be started."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import httpx
from flask import Flask

from ballots.ballot import Paper, make_ballot
from ballots.cards import CardSecret
from tests.congress import ballot_seed
from tests.hall import Hall, sheet
from tools.machine import find_postgresql
from voting.app import create_app
from voting.config import Settings
from voting.db import db
from voting.migrations import upgrade

PROJECTS = 13
SEATS = 10
PATIENCE = 120.0


@dataclass
class Server:
    """One `voting serve`, which can be killed and started again."""

    settings: Settings
    process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.settings.port

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = self.settings
        told = {
            "VOTING_DATA": settings.data_dir,
            "VOTING_DATABASE": settings.database,
            "VOTING_SECRET": settings.secret.decode(),
            "VOTING_BASE_URL": settings.base_url,
            "VOTING_PORT": settings.port,
            "VOTING_WORKERS": settings.workers,
        }
        env = {**os.environ, **{name: str(value) for name, value in told.items()}}
        with (settings.data_dir / f"server-{settings.port}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "voting", "serve"],
                env=env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait()

    def wait(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                address = f"http://127.0.0.1:{self.port}/healthz"
                if httpx.get(address, timeout=5, trust_env=False).is_success:
                    return
            except httpx.TransportError:
                pause(0.1)
        raise TimeoutError("the server did not come up")

    def cpu_seconds(self) -> float:
        """Tell how much of a processor it and its workers have used so far."""
        if self.process is None:
            return 0.0
        main = self.process.pid
        return sum(_cpu_seconds(process) for process in (main, *children(main)))

    def kill(self) -> None:
        """Kill it with all its workers, as a power cut does."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def kill_workers(self) -> None:
        """Kill its workers alone; it starts others."""
        if self.process is not None:
            for child in children(self.process.pid):
                os.kill(child, signal.SIGKILL)


@dataclass
class Stage:
    """An open vote, its sealed ballots, and what serves it."""

    hall: Hall
    election: int
    raws: list[bytes]
    servers: list[Server] = field(default_factory=list)

    @property
    def ports(self) -> list[int]:
        """Where the servers listen."""
        return [server.port for server in self.servers]


def pause(seconds: float) -> None:
    """Let real time pass for real processes."""
    threading.Event().wait(seconds)


def children(parent: int) -> list[int]:
    """Name the processes that a process has started."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


@contextmanager
def staged(
    folder: Path, database: str, *, tablets: int, workers: int, servers: int = 1
) -> Iterator[Stage]:
    """Prepare a vote of so many tablets, and start its servers."""
    address = database or f"sqlite:///{folder / 'voting.db'}"
    settings = Settings(folder, address, b"0" * 64, "http://localhost", workers=workers)
    app = create_app(settings)
    upgrade(app)
    with app.app_context():
        stage = prepare(app, tablets)
        db.engine.dispose()
        stage.servers = [Server(replace(settings, port=free_port())) for _ in range(servers)]
        try:
            for server in stage.servers:
                server.start()
            yield stage
        finally:
            for server in stage.servers:
                server.kill()
            db.engine.dispose()


def prepare(app: Flask, tablets: int) -> Stage:
    """Build the hall, open the vote, and seal all ballots."""
    hall = Hall.build(app, trustees=1, threshold=1, deputies=tablets)
    election = hall.open_election(sheet(PROJECTS, seats=SEATS))
    seal = partial(_seal, hall.paper(election), election)
    with ProcessPoolExecutor() as pool:
        cards = list(enumerate(hall.cards[:tablets], start=1))
        raws = list(pool.map(seal, cards, chunksize=25))
    return Stage(hall, election, raws)


def _seal(paper: Paper, election: int, one: tuple[int, CardSecret]) -> bytes:
    number, secret = one
    first = number % (PROJECTS - SEATS + 1)
    chosen = [("projects", f"p{first + i + 1:02}") for i in range(SEATS)]
    return make_ballot(paper, secret, chosen, ballot_seed(election, number, "")).raw


def free_port() -> int:
    """Find a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class PostgreSQL:
    """A PostgreSQL of one's own, durable as in use, which can be killed and started again."""

    folder: Path
    programs: Path
    owner: str | None

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[PostgreSQL]:
        """Make one in a temporary folder, and end it afterwards."""
        programs = find_postgresql()
        if programs is None:
            sys.exit("PostgreSQL is missing: make setup-machine")
        owner = "postgres" if os.geteuid() == 0 else None
        folder = Path(tempfile.mkdtemp(prefix="minsheng-pg-"))
        if owner:
            shutil.chown(folder, owner)
        made = cls(folder, programs, owner)
        made.run("initdb", "-D", "data", "--auth=trust", "--encoding=UTF8", "--username=tests")
        made.start()
        try:
            yield made
        finally:
            made.run("pg_ctl", "stop", "-w", "-D", "data", "-m", "immediate", check=False)
            shutil.rmtree(folder)

    @property
    def address(self) -> str:
        """The address of its database."""
        return f"postgresql+psycopg://tests@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it; after a kill it recovers first."""
        options = f"-k {self.folder} -c listen_addresses= -c max_connections=300"
        self.run("pg_ctl", "start", "-w", "-D", "data", "-l", "log", "-o", options)

    def kill(self) -> None:
        """Kill the server and all that it has started."""
        lines = (self.folder / "data" / "postmaster.pid").read_text().splitlines()
        main = int(lines[0])
        killed = (main, *children(main))
        for process in killed:
            os.kill(process, signal.SIGKILL)
        while any(_is_alive(process) for process in killed):
            pause(0.05)
        # Where nobody buries the dead, their numbers look as if they were in use.
        for lock in (self.folder / "data" / "postmaster.pid", self.folder / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)

    def kill_one(self) -> None:
        """Kill one of its processes; it restarts all the others by itself."""
        main = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        named = {child: Path(f"/proc/{child}/cmdline").read_bytes() for child in children(main)}
        backends = [child for child, name in named.items() if re.search(rb"tests postgres", name)]
        if backends:
            os.kill(backends[0], signal.SIGKILL)

    def run(self, program: str, *arguments: str, check: bool = True) -> None:
        """Run one of its programs as its owner; output would hold a pipe open."""
        subprocess.run(
            [str(self.programs / program), *arguments],
            check=check,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            user=self.owner,
        )


def _cpu_seconds(process: int) -> float:
    used = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def _is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, ValueError):
        return False
    return state != "Z"


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value below which a share of all values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
