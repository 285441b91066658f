"""A PostgreSQL of a test's own, which can be killed in the middle of its work."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.load.processes import children, is_alive, pause
from tools.machine import find_postgresql


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
        while any(is_alive(process) for process in killed):
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
