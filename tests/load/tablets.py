"""Tablets as separate clients: each has its own connection and sends until a receipt comes."""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

SLUG = "binjiang"
HOST = "localhost"
TIMEOUT = 60.0
LEAVE = 2.0
MOST_TRIES = 60


@dataclass
class Tally:
    """What came of it, as the clients saw it."""

    receipts: dict[int, dict[str, Any]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    again: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    watched: int = 0
    watch_seconds: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where tablets come in: a port of this machine, and whom to trust where it speaks TLS."""

    port: int
    trust: ssl.SSLContext | None = None


class Door:
    """A kept connection to one server, as a browser keeps it."""

    def __init__(self, entrance: Entrance) -> None:
        """Take the entrance; the connection is opened when it is needed."""
        self._entrance = entrance
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, head: str, body: bytes = b"", extra: str = "") -> Answer:
        """Send a request and read its answer. Raises `OSError` or `EOFError` where none comes."""
        async with asyncio.timeout(TIMEOUT):
            if self._streams is None:
                self._streams = await self._open()
            reader, writer = self._streams
            length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            lines = f"{head} HTTP/1.1\r\nHost: {HOST}\r\n{extra}{length if body else ''}\r\n"
            writer.write(lines.encode() + body)
            await writer.drain()
            return await self._answer(reader)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        port, trust = self._entrance.port, self._entrance.trust
        name = None if trust is None else HOST
        return await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname=name)

    async def _answer(self, reader: asyncio.StreamReader) -> Answer:
        raw = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.split(": ", 1) for line in raw[1:] if ": " in line)
        headers = {name.lower(): value for name, value in pairs}
        status = int(raw[0].split()[1])
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            await self.close()
        return Answer(status, headers, body)

    async def close(self) -> None:
        """Hang up; whoever was killed takes no leave."""
        if self._streams is not None:
            writer, self._streams = self._streams[1], None
            writer.close()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(LEAVE):
                    await writer.wait_closed()


async def send_all(
    raws: Sequence[bytes], ways: Sequence[Entrance], *, window: float, seed: int, watchers: int = 8
) -> Tally:
    """Send all ballots within a window of seconds, while screens and watch pages look on."""
    tally, chance = Tally(), random.Random(seed)  # noqa: S311 - when a tablet sends is no secret
    over = asyncio.Event()
    watching = [asyncio.create_task(watch(tally, ways, over, n)) for n in range(watchers)]
    sending = [
        cast(tally, number, raw, ways, chance.uniform(0, window)) for number, raw in enumerate(raws)
    ]
    await asyncio.gather(*sending)
    over.set()
    await asyncio.gather(*watching)
    return tally


async def cast(
    tally: Tally, number: int, raw: bytes, ways: Sequence[Entrance], delay: float
) -> None:
    """Be one tablet: wait for its deputy, then send until a receipt or a refusal comes."""
    await asyncio.sleep(delay)
    began = time.perf_counter()
    for attempt in range(MOST_TRIES):
        door = Door(ways[(number + attempt) % len(ways)])
        try:
            answer = await door.ask(f"POST /api/c/{SLUG}/ballots", raw)
        except (OSError, EOFError, TimeoutError, ValueError, IndexError) as error:
            tally.errors[type(error).__name__] += 1
        else:
            if answer.status in (200, 201):
                tally.receipts[number] = json.loads(answer.body)
                tally.seconds.append(time.perf_counter() - began)
                tally.again += answer.status == 200
                return
            if answer.status < 500 and answer.status != 429:
                tally.refused[json.loads(answer.body)["rule"]] += 1
                return
            tally.errors[str(answer.status)] += 1
        finally:
            await door.close()
        await asyncio.sleep(min(5.0, 0.25 * 2**attempt))
    tally.errors["gave up"] += 1


async def watch(tally: Tally, ways: Sequence[Entrance], over: asyncio.Event, number: int) -> None:
    """Be a hall's screen or a scrutineer's watch page: ask for the state and for the log's head."""
    door, mark = Door(ways[number % len(ways)]), ""
    paths = (f"/api/c/{SLUG}/state", f"/log/{SLUG}/checkpoint")
    while not over.is_set():
        for path in paths:
            began = time.perf_counter()
            extra = f"If-None-Match: {mark}\r\n" if mark and path == paths[0] else ""
            try:
                answer = await door.ask(f"GET {path}", extra=extra)
                mark = answer.headers.get("etag", "") if path == paths[0] else mark
                tally.watched += answer.status in (200, 304)
                tally.watch_seconds.append(time.perf_counter() - began)
            except (OSError, EOFError, TimeoutError, ValueError, IndexError):
                await door.close()
        try:
            await asyncio.wait_for(over.wait(), 2.0)
        except TimeoutError:
            continue
    await door.close()
