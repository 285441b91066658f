"""Looks for secrets in a browser: in what its scripts hold, and in a process's whole memory."""

from __future__ import annotations

import json
import os
import signal
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Browser, CDPSession, Page

PATIENCE = 60_000
PAUSE = 20
# The two highest bits of a page's entry in /proc: it is in memory, or swapped out.
PRESENT = 62


@dataclass(frozen=True)
class Heap:
    """What is alive in a page or in a worker when its garbage has been collected."""

    snapshot: Mapping[str, Any]

    def has(self, text: str) -> bool:
        """Tell whether any string holds a text."""
        return any(text in string for string in self.snapshot["strings"])

    def lists(self, *names: str) -> set[str]:
        """Give the names under which any object holds a list with something in it."""
        meta, strings = self.snapshot["snapshot"]["meta"], self.snapshot["strings"]
        nodes, edges = self.snapshot["nodes"], self.snapshot["edges"]
        kinds, width = meta["edge_types"][0], len(meta["node_fields"])
        held, entry = kinds.index("property"), kinds.index("element")
        starts = [0, *accumulate(nodes[meta["node_fields"].index("edge_count") :: width])]
        labels = {label for label, string in enumerate(strings) if string in names}
        found = set()
        for kind, label, target in zip(edges[::3], edges[1::3], edges[2::3], strict=True):
            if kind == held and label in labels:
                first, end = starts[target // width], starts[target // width + 1]
                if entry in edges[3 * first : 3 * end : 3]:
                    found.add(strings[label])
        return found


class Line(Protocol):
    """What takes a command of the browser's own debugger."""

    def send(self, method: str, params: dict[str, Any] | None = None) -> object:
        """Send a command and wait until it is done."""


class WorkerLine:
    """The line to one worker, which goes through its page's."""

    def __init__(self, page: Page, session: CDPSession, name: str) -> None:
        self.page = page
        self.session = session
        self.name = name
        self.chunks: list[str] = []
        self.done: set[int] = set()
        self.last = 0
        session.on("Target.receivedMessageFromTarget", self._take)

    def _take(self, event: dict[str, Any]) -> None:
        if event["sessionId"] == self.name:
            message = json.loads(event["message"])
            if "id" in message:
                self.done.add(message["id"])
            elif message["method"] == "HeapProfiler.addHeapSnapshotChunk":
                self.chunks.append(message["params"]["chunk"])

    def send(self, method: str, params: dict[str, Any] | None = None) -> None:
        """Send a command and wait until it is done."""
        self.last += 1
        message = json.dumps({"id": self.last, "method": method, "params": params or {}})
        self.session.send(
            "Target.sendMessageToTarget", {"sessionId": self.name, "message": message}
        )
        for _ in range(PATIENCE // PAUSE):
            if self.last in self.done:
                return
            self.page.wait_for_timeout(PAUSE)
        raise TimeoutError(method)


def _heap(line: Line, chunks: list[str]) -> Heap:
    line.send("HeapProfiler.enable")
    line.send("HeapProfiler.collectGarbage")
    line.send("HeapProfiler.takeHeapSnapshot")
    return Heap(json.loads("".join(chunks)))


def heaps_of(page: Page) -> list[Heap]:
    """Collect the garbage of a page and of all its workers, and give what is alive there."""
    session = page.context.new_cdp_session(page)
    chunks: list[str] = []
    names: list[str] = []
    session.on("HeapProfiler.addHeapSnapshotChunk", lambda event: chunks.append(event["chunk"]))
    session.on("Target.attachedToTarget", lambda event: names.append(event["sessionId"]))
    session.send(
        "Target.setAutoAttach",
        {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False},
    )
    heaps = [_heap(session, chunks)]
    for name in names:
        line = WorkerLine(page, session, name)
        heaps.append(_heap(line, line.chunks))
    session.detach()
    return heaps


def pages_processes(browser: Browser) -> list[int]:
    """Give the processes in which the browser runs pages and their workers."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return [process["id"] for process in processes if process["type"] == "renderer"]


def found_in_memory(process: int, needles: Mapping[str, bytes]) -> set[str]:
    """Tell which runs of bytes stand anywhere in a process's memory, freed memory included."""
    found: set[str] = set()
    os.kill(process, signal.SIGSTOP)
    try:
        for content in _memory(process):
            found |= {name for name, needle in needles.items() if needle in content}
    finally:
        os.kill(process, signal.SIGCONT)
    return found


def _memory(process: int) -> Iterator[bytes]:
    """Read what a process may write to, as far as it has ever been touched."""
    size = os.sysconf("SC_PAGE_SIZE")
    folder = Path(f"/proc/{process}")
    with (folder / "pagemap").open("rb", 0) as flags, (folder / "mem").open("rb", 0) as memory:
        for line in (folder / "maps").read_text().splitlines():
            place, rights, *_ = line.split()
            if not rights.startswith("rw"):
                continue
            start, end = (int(address, 16) for address in place.split("-"))
            flags.seek(start // size * 8)
            memory.seek(start)
            pages = array("Q", flags.read((end - start) // size * 8))
            for is_there, run in groupby(page >> PRESENT > 0 for page in pages):
                length = size * sum(1 for _ in run)
                if is_there:
                    yield memory.read(length)
                else:
                    memory.seek(length, os.SEEK_CUR)
