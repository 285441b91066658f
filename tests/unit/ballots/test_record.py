"""Readers of records, and what hostile archives do to them."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED

import pytest

from ballots.encoding import parse_b64
from ballots.errors import Malformed
from ballots.log import make_checkpoint
from ballots.record import (
    LARGEST_DIRECTORY,
    LARGEST_FILE,
    LARGEST_RECORD,
    MOST_FILES,
    FilesReader,
    ZipReader,
    record_files,
)
from tests.forge import LOG_KEY, LOG_NAME, LOG_SEED, forge, leaves, packed
from tests.votes import Vote

FILES = {"checkpoint": b"note", "object/a": b"x" * 300}


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED])
def test_archive_gives_the_files_that_were_packed(method: int) -> None:
    reader = ZipReader(BytesIO(packed(FILES, method)))

    assert list(reader.paths()) == list(FILES)
    assert {path: reader.read(path) for path in FILES} == FILES
    assert reader.read("object/b") is None


def test_file_is_left_open_to_whoever_opened_it() -> None:
    file = BytesIO(packed(FILES))

    first = ZipReader(file).read("checkpoint")

    assert ZipReader(file).read("checkpoint") == first == b"note"


def test_files_in_memory_are_given_as_they_are() -> None:
    reader = FilesReader(FILES)

    assert list(reader.paths()) == list(FILES)
    assert (reader.read("checkpoint"), reader.read("x")) == (b"note", None)


def test_record_is_laid_out_as_the_page_says(everything: Vote) -> None:
    log = everything.congress.log
    note = forge(leaves(log))["checkpoint"]
    root = note.decode().split("\n")[2]
    checkpoint = make_checkpoint(LOG_NAME, len(log), parse_b64(root), seed=LOG_SEED)

    assert record_files(log, checkpoint, str(LOG_KEY)) == forge(leaves(log))


@pytest.mark.parametrize("method", [ZIP_BZIP2, ZIP_LZMA])
def test_other_ways_of_packing_are_refused(method: int) -> None:
    reader = ZipReader(BytesIO(packed(FILES, method)))

    with pytest.raises(Malformed) as refused:
        reader.read("checkpoint")
    assert (refused.value.rule, refused.value.where) == ("log.size", "checkpoint")


def test_file_that_grows_beyond_its_bounds_is_refused() -> None:
    bomb = packed({"checkpoint": bytes(8 * LARGEST_FILE), "log.vkey": bytes(LARGEST_FILE)})

    reader = ZipReader(BytesIO(bomb))

    assert len(bomb) < LARGEST_FILE // 10
    assert reader.read("log.vkey") == bytes(LARGEST_FILE)
    with pytest.raises(Malformed, match=r"^log\.size at checkpoint$"):
        reader.read("checkpoint")


def entry_of(name: bytes = b"x", size: int = 0, *, offset: int = 0, extra: bytes = b"") -> bytes:
    """Write one entry of an archive's directory."""
    return (
        struct.pack(
            "<4s6H3I5H2I",
            *(b"PK\x01\x02", 20, 20, 0, 0, 0, 0),
            *(0, 0, size),
            *(len(name), len(extra), 0, 0, 0),
            *(0, offset),
        )
        + name
        + extra
    )


def directory_of(*entries: bytes) -> bytes:
    """Write an archive that is nothing but a directory."""
    directory = b"".join(entries)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0, 0, len(directory), 0, 0)
    return directory + end


def test_archive_of_more_than_a_record_can_hold_is_refused() -> None:
    huge = directory_of(*[entry_of(size=2**32 - 1)] * (LARGEST_RECORD // 2**32 + 1))

    with pytest.raises(Malformed, match=r"^log\.size$"):
        ZipReader(BytesIO(huge))


def test_archive_of_as_much_as_a_record_can_hold_is_opened() -> None:
    half = LARGEST_RECORD // 2
    full = [entry_of(size=half), entry_of(b"y", half)]

    assert list(ZipReader(BytesIO(directory_of(*full))).paths()) == ["x", "y"]
    with pytest.raises(Malformed, match=r"^log\.size$"):
        ZipReader(BytesIO(directory_of(*full, entry_of(b"z", 1))))


def test_directory_beyond_its_bounds_is_refused_before_it_is_read() -> None:
    long = directory_of(entry_of(name=b"x" * 60000) * (LARGEST_DIRECTORY // 60000 + 1))

    with pytest.raises(Malformed, match=r"^log\.size$"):
        ZipReader(BytesIO(long))


def test_more_files_than_a_log_can_have_are_refused() -> None:
    with pytest.raises(Malformed, match=r"^log\.size$"):
        ZipReader(BytesIO(directory_of(entry_of() * (MOST_FILES + 1))))


def test_member_far_outside_the_archive_is_refused() -> None:
    far = struct.pack("<HHQ", 1, 8, 2**63)
    reader = ZipReader(BytesIO(directory_of(entry_of(offset=2**32 - 1, extra=far))))

    with pytest.raises(Malformed, match=r"^log\.size at x$"):
        reader.read("x")


def test_folders_are_passed_over_unless_something_is_hidden_in_them() -> None:
    names = {"folder/": b"", "hiding/": b"data", "": b"", "object/a\0b": b""}
    entries = [entry_of(name.encode(), len(data)) for name, data in names.items()]

    reader = ZipReader(BytesIO(directory_of(*entries)))

    assert list(reader.paths()) == ["hiding/", "", "object/a\0b"]


def damaged(data: bytes) -> Iterator[bytes]:
    """Damage an archive in every manner."""
    luck = random.Random(7)  # noqa: S311  # it makes damage, not keys
    for _ in range(300):
        spoilt = bytearray(data)
        for _ in range(luck.choice((1, 2, 8))):
            spoilt[luck.randrange(len(spoilt))] = luck.choice((0, 255, luck.randrange(256)))
        yield bytes(spoilt)
    for _ in range(60):
        yield data[: luck.randrange(len(data))]
        yield data[luck.randrange(len(data)) :]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
def test_damaged_archive_gives_files_or_one_rule(method: int) -> None:
    rules = []
    for data in damaged(packed(FILES, method)):
        try:
            reader = ZipReader(BytesIO(data))
            for path in reader.paths():
                reader.read(path)
        except Malformed as error:
            rules.append(error.rule)
    assert set(rules) == {"log.size"}
    assert len(rules) > 100
