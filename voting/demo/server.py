"""Starts the server of the demonstration by `voting serve`, and waits until it answers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx

from voting.config import Settings

PATIENCE: Final = 60.0


class NoServer(Exception):
    """The server did not come up; its last words are the text."""


def free_port(host: str) -> int:
    """Find a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Run the server of these settings for as long as the block; gives its address."""
    address = f"http://{settings.host}:{settings.port}"
    log = settings.data_dir / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "voting", "serve"],
            cwd=settings.data_dir,
            env={**os.environ, **_environment(settings)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(address, process)
            yield address
        except NoServer:
            raise NoServer(log.read_text(errors="replace")[-2000:]) from None
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "VOTING_DATA": str(settings.data_dir),
        "VOTING_DATABASE": settings.database,
        "VOTING_SECRET": settings.secret.decode(),
        "VOTING_BASE_URL": settings.base_url,
        "VOTING_HOST": settings.host,
        "VOTING_PORT": str(settings.port),
    }


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{address}/healthz", timeout=5, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise NoServer
