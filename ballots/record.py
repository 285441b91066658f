"""Protocol §2 and §11. A record: the log as files, read with bounded sizes."""

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final, Protocol

from ballots.encoding import LARGEST_OBJECT
from ballots.errors import Malformed
from ballots.log import (
    TILE_WIDTH,
    Checkpoint,
    entry_bundle,
    entry_bytes,
    hash_tile,
    tile_path,
    tile_paths,
)
from ballots.merkle import leaf_hash, nodes_of
from ballots.objects import Stored

CHECKPOINT: Final = "checkpoint"
VKEY: Final = "log.vkey"
LARGEST_FILE: Final = LARGEST_OBJECT
LARGEST_RECORD: Final = 2 * 1024**3
MOST_FILES: Final = 250_000
LARGEST_DIRECTORY: Final = 128 * MOST_FILES
# What the archive's reader raises for archives that are damaged, encrypted or of a later kind.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class Reader(Protocol):
    """Where a record's files come from."""

    def paths(self) -> Iterator[str]:
        """Give every file's path; one that stands twice is given twice."""

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes, `None` where there is none. Raises `Malformed("log.size")`."""


def object_path(object_id: str) -> str:
    """Give an object's path under the log's prefix."""
    return f"object/{object_id}"


class FilesReader:
    """A record in memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Hold files by path."""
        self._files = files

    def paths(self) -> Iterator[str]:
        """Give every file's path."""
        return iter(self._files)

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes."""
        return self._files.get(path)


class _Sparing:
    """An archive's file, of which no part is read that is larger than a record's directory.

    It is whoever opened the file who closes it: a reader that is forgotten leaves it open.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Take what an archive's reader asks a file for."""
        self._read = file.read
        self.seek, self.seekable, self.tell = file.seek, file.seekable, file.tell

    def read(self, size: int = -1) -> bytes:
        """Read a part. Raises `ValueError` where it is too large."""
        if size > LARGEST_DIRECTORY:
            raise ValueError("too large")
        return self._read(size)


class ZipReader:
    """A record as a zip archive."""

    def __init__(self, file: BinaryIO) -> None:
        """Open an archive. Raises `Malformed("log.size")` where it is none, or too large."""
        try:
            self._archive = zipfile.ZipFile(_Sparing(file))
        except _DAMAGED:
            raise Malformed("log.size") from None
        infos = self._archive.infolist()
        if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > LARGEST_RECORD:
            raise Malformed("log.size")

    def paths(self) -> Iterator[str]:
        """Give every file's path as it is written; empty folders are passed over."""
        for info in self._archive.infolist():
            if info.file_size or not info.filename.endswith("/"):
                yield info.orig_filename

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes, unpacking no more than a file of this protocol can have."""
        try:
            info = self._archive.getinfo(path)
        except KeyError:
            return None
        # Other ways of packing can ask for any amount of memory.
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Malformed("log.size", where=path)
        try:
            with self._archive.open(info) as file:
                data = file.read(LARGEST_FILE + 1)
        except _DAMAGED:
            raise Malformed("log.size", where=path) from None
        if len(data) > LARGEST_FILE:
            raise Malformed("log.size", where=path)
        return data


def record_files(objects: list[Stored], checkpoint: Checkpoint, vkey: str) -> dict[str, bytes]:
    """Lay out a whole log as the files of a record."""
    entries = [entry_bytes(stored.id, stored.type) for stored in objects]
    nodes = nodes_of([leaf_hash(entry) for entry in entries])
    files = {CHECKPOINT: str(checkpoint).encode(), VKEY: f"{vkey}\n".encode()}
    files |= {object_path(stored.id): stored.raw for stored in objects}
    for level, number, width in tile_paths(checkpoint.size):
        start = number * TILE_WIDTH
        if level is None:
            tile = entry_bundle(entries[start : start + width])
        else:
            tile = hash_tile(level, number, width, nodes)
        files[tile_path(level, number, width)] = tile
    return files
