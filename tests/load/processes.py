"""Real processes of a test: their children, what they use, and waiting for them."""

from __future__ import annotations

import os
import secrets
import socket
import ssl
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx

PATIENCE = 120.0


def pause(seconds: float) -> None:
    """Let real time pass for real processes."""
    threading.Event().wait(seconds)


def children(parent: int) -> list[int]:
    """Name the processes that a process has started."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def free_port() -> int:
    """Find a port on which nobody listens, below those that connections take for themselves.

    A client that tries again while its server is down could else be given the server's own port.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_until_it_answers(address: str, trust: ssl.SSLContext | None = None) -> None:
    """Wait until a server or a proxy before it says that it is well."""
    deadline = time.monotonic() + PATIENCE
    with httpx.Client(timeout=5, trust_env=False, verify=trust or False) as client:
        while time.monotonic() < deadline:
            try:
                if client.get(f"{address}/healthz").is_success:
                    return
            except httpx.TransportError:
                pause(0.1)
    raise TimeoutError(f"nobody answers at {address}")


def cpu_seconds(process: int) -> float:
    """Tell how much of a processor a process has used so far."""
    used = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def is_alive(process: int) -> bool:
    """Tell whether a process runs still."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, ValueError):
        return False
    return state != "Z"
