"""Lets the writers of one SQLite file write one after the other, over threads and processes."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

# After so long SQLite decides by itself, as it does where nobody takes turns.
PATIENCE: Final = 30.0
_PAUSE: Final = 0.001


class Turns:
    """The queue before one database; `path` names a file beside it, `None` one process alone.

    SQLite has no queue: a writer that finds it busy sleeps longer and longer, up to a tenth of a
    second, so that under load one process writes and the others starve.
    """

    def __init__(self, path: Path | None) -> None:
        """Take the file that processes lock; it is made when it is needed, and stays empty."""
        self._path = path
        self._threads = threading.Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold the turn until the block ends, or go on without it after `PATIENCE` seconds.

        Raises `OSError` where the file can't be made or locked; the turn is free again then.
        """
        until = time.monotonic() + PATIENCE
        if not self._threads.acquire(timeout=PATIENCE):
            yield
            return
        try:
            with self._among_processes(until):
                yield
        finally:
            self._threads.release()

    @contextmanager
    def _among_processes(self, until: float) -> Iterator[None]:
        """Lock the file; closing it, or the end of the process, lets the next one in."""
        if self._path is None:
            yield
            return
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while not _is_locked(file) and time.monotonic() < until:
                time.sleep(_PAUSE)
            yield
        finally:
            os.close(file)


def _is_locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
