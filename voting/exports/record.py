"""Writes the record of a log as one zip: the same log, the same bytes, read in small pieces."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Final, TypeAlias

from voting import ledger
from voting.db import Tx
from voting.ledger import Log

Reading: TypeAlias = Callable[[], AbstractContextManager[Tx]]
# Every file of every record bears this time, so that a record's bytes say when nothing happened.
_TIME: Final = (2026, 1, 1, 0, 0, 0)
_RIGHTS: Final = 0o644 << 16
_BATCH: Final = 64


def record_files(log: Log, reading: Reading) -> Iterator[tuple[str, bytes]]:
    """Give the files of a record of the log as it stood when it was looked up.

    The log only grows, so short looks into the database one after the other see one state.
    """
    yield "checkpoint", log.checkpoint.encode()
    yield "log.vkey", f"{log.vkey}\n".encode()
    for path, (level, number, width) in ledger.record_tiles(log):
        with reading() as tx:
            tile = ledger.tile(tx, log, level, number=number, width=width)
        yield path, tile
    for start in range(0, log.size, _BATCH):
        with reading() as tx:
            objects = ledger.objects_between(tx, log, start, min(start + _BATCH, log.size))
        for object_id, raw in objects:
            yield f"object/{object_id}", raw


def record_zip(log: Log, reading: Reading) -> Iterator[bytes]:
    """Give a record as a zip, piece by piece."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in record_files(log, reading):
            info = zipfile.ZipInfo(path, _TIME)
            info.external_attr, info.create_system = _RIGHTS, 3
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
            yield pipe.take()
    yield pipe.take()


class _Pipe(io.RawIOBase):
    """A file that is only written to, and emptied from the other end."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        before = len(self._written)
        self._written += memoryview(data)  # type: ignore[arg-type]  # any buffer, as files take it
        return len(self._written) - before

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken
