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
MOST_FILES: Final = 1_000_000


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


class ZipReader:
    """A record as a zip archive."""

    def __init__(self, file: BinaryIO) -> None:
        """Open an archive. Raises `Malformed("log.size")` where it is none, or too large."""
        try:
            self._archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise Malformed("log.size") from None
        infos = self._archive.infolist()
        if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > LARGEST_RECORD:
            raise Malformed("log.size")

    def paths(self) -> Iterator[str]:
        """Give every file's path; folders are passed over."""
        return (info.filename for info in self._archive.infolist() if not info.is_dir())

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes, unpacking no more than a file of this protocol can have."""
        try:
            with self._archive.open(path) as file:
                data = file.read(LARGEST_FILE + 1)
        except KeyError:
            return None
        except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, ValueError, zlib.error):
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
