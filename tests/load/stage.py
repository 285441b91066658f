"""A hall before the vote opens for real: an installation, sealed ballots, servers to be started."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from flask import Flask

from ballots.ballot import Paper, make_ballot
from ballots.cards import CardSecret
from tests.congress import ballot_seed
from tests.hall import Hall, sheet
from tests.load.processes import children, cpu_seconds, free_port, wait_until_it_answers
from tests.load.proxy import Nginx
from tests.load.tablets import Entrance
from voting.app import create_app
from voting.config import Settings
from voting.db import db
from voting.migrations import upgrade

PROJECTS = 13
SEATS = 10


@dataclass
class Server:
    """One `voting serve`, which can be killed and started again."""

    settings: Settings
    process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.settings.port

    @property
    def log(self) -> Path:
        """What it said."""
        return self.settings.data_dir / "server.log"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it."""
        settings = self.settings
        told = {
            "VOTING_DATA": settings.data_dir,
            "VOTING_DATABASE": settings.database,
            "VOTING_SECRET": settings.secret.decode(),
            "VOTING_BASE_URL": settings.base_url,
            "VOTING_PORT": settings.port,
            "VOTING_WORKERS": settings.workers,
            "VOTING_PROXIES": settings.proxies,
        }
        env = {**os.environ, **{name: str(value) for name, value in told.items()}}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "voting", "serve"],
                env=env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Wait until it answers."""
        wait_until_it_answers(f"http://127.0.0.1:{self.port}")

    def cpu_seconds(self) -> float:
        """Tell how much of a processor it and its workers have used so far."""
        if self.process is None:
            return 0.0
        main = self.process.pid
        return sum(cpu_seconds(process) for process in (main, *children(main)))

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
    nginx: Nginx | None = None

    @property
    def entrances(self) -> list[Entrance]:
        """Where tablets come in: through nginx, or else at each server."""
        if self.nginx is not None:
            return [self.nginx.entrance]
        return [Entrance(server.port) for server in self.servers]

    def wait(self) -> None:
        """Wait until all that serves it answers."""
        for server in self.servers:
            server.wait()
        if self.nginx is not None:
            self.nginx.wait()


@contextmanager
def staged(
    folder: Path,
    database: str,
    *,
    tablets: int,
    workers: int,
    servers: int = 1,
    proxy: bool = False,
) -> Iterator[Stage]:
    """Prepare a vote of so many tablets, and start its servers, behind nginx or not."""
    address = database or f"sqlite:///{folder / 'voting.db'}"
    with ExitStack() as stack:
        nginx = stack.enter_context(Nginx.prepared()) if proxy else None
        base_url = nginx.address if nginx else "http://localhost"
        settings = Settings(
            folder, address, b"0" * 64, base_url, workers=workers, proxies=1 if nginx else 0
        )
        app = create_app(settings)
        upgrade(app)
        stack.enter_context(app.app_context())
        stage = prepare(app, tablets)
        db.engine.dispose()
        stack.callback(db.engine.dispose)
        for number in range(1, servers + 1):
            server = Server(replace(settings, data_dir=_machine(folder, number), port=free_port()))
            stage.servers.append(server)
            stack.callback(server.kill)
            server.launch()
        stage.wait()
        if nginx is not None:
            nginx.lead_to([server.port for server in stage.servers])
            stage.nginx = nginx
        yield stage


def _machine(folder: Path, number: int) -> Path:
    """Make the data folder of a machine of its own, which has nothing but the same keys."""
    machine = folder / f"machine-{number}"
    machine.mkdir()
    shutil.copytree(folder / "keys", machine / "keys")
    return machine


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
