"""Tiles, bundles, keys, notes and checkpoints in the forms of C2SP, and in no others."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import product

import pytest

from ballots.encoding import sha256, to_b64
from ballots.errors import Invalid, Malformed
from ballots.keys import sign
from ballots.log import (
    LARGEST_NOTE,
    TILE_WIDTH,
    Checkpoint,
    SignatureLine,
    check_checkpoint,
    check_cosignature,
    cosign,
    entry_bundle,
    entry_bytes,
    hash_tile,
    make_checkpoint,
    make_verifier_key,
    parse_checkpoint,
    parse_entry,
    parse_entry_bundle,
    parse_verifier_key,
    tile_path,
    tile_paths,
)
from ballots.merkle import leaf_hash, nodes_of, root

SEED = sha256(b"log")
NAME = "vote.example/log"
KEY = make_verifier_key(NAME, SEED)
CHECKPOINT = make_checkpoint(NAME, 3, sha256(b"root"), seed=SEED)


@pytest.mark.parametrize(
    ("level", "number", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 999, 1, "tile/0/999.p/1"),
        (1, 1000, 256, "tile/1/x001/000"),
        (None, 1234067, 255, "tile/entries/x001/x234/067.p/255"),
    ],
)
def test_path_of_a_tile(level: int | None, number: int, width: int, path: str) -> None:
    assert tile_path(level, number, width) == path


def test_tiles_of_logs_of_every_kind_of_size() -> None:
    assert list(tile_paths(0)) == []
    assert list(tile_paths(1)) == [(None, 0, 1), (0, 0, 1)]
    assert list(tile_paths(256)) == [(None, 0, 256), (0, 0, 256), (1, 0, 1)]
    assert list(tile_paths(513))[-3:] == [(0, 1, 256), (0, 2, 1), (1, 0, 2)]


def test_tiles_hold_the_hashes_of_their_level() -> None:
    leaves = [leaf_hash(bytes([i % 256, i // 256])) for i in range(600)]
    nodes = nodes_of(leaves)

    assert hash_tile(0, 1, TILE_WIDTH, nodes) == b"".join(leaves[256:512])
    halves = [root(256, nodes_of(leaves[start : start + 256])) for start in (0, 256)]
    assert hash_tile(1, 0, 2, nodes) == b"".join(halves)


def test_bundle_of_entries_is_written_in_one_way() -> None:
    read = []
    for data in map(bytes, product((0, 1, 2), repeat=6)):
        with suppress(Malformed):
            read.append((data, parse_entry_bundle(data)))

    assert [entry_bundle(entries) for _, entries in read] == [data for data, _ in read]
    assert len(read) > 10


def test_bundle_of_entries_is_read_as_it_is_written() -> None:
    entries = [b"", b"a", b"bc" * 1000, b""]

    assert parse_entry_bundle(entry_bundle(entries)) == entries
    assert parse_entry_bundle(b"") == []
    for cut in (b"\0", b"\0\2a", entry_bundle(entries)[:-1], entry_bundle(entries) + b"\0"):
        with pytest.raises(Malformed, match=r"^log\.entry$"):
            parse_entry_bundle(cut)


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        entry_bytes("0" * 63, "open"),
        entry_bytes("A" * 64, "open"),
        entry_bytes("0" * 64, ""),
        entry_bytes("0" * 64, "Open"),
        entry_bytes("0" * 64, "o" * 33),
        entry_bytes("0" * 65, "open"),
        entry_bytes("0" * 64, "open") + b"\n",
        b" " + entry_bytes("0" * 64, "open"),
        b'{"type":"open","object":"' + b"0" * 64 + b'"}',
    ],
)
def test_other_entry_is_refused(entry: bytes) -> None:
    with pytest.raises(Malformed, match=r"^log\.entry$"):
        parse_entry(entry)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "x" * 201, "\u0000"])
def test_name_that_a_note_can_not_carry_makes_no_key(name: str) -> None:
    with pytest.raises(ValueError, match=r"^a name of 1 to 200 visible characters without"):
        make_verifier_key(name, SEED)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a+b",
        str(KEY)[:-1],
        str(KEY) + "\n",
        " " + str(KEY),
        str(KEY).replace(NAME, NAME + "x"),
        str(KEY).replace(NAME, ""),
        str(KEY).replace(KEY.key_id.hex(), KEY.key_id.hex().upper()),
        str(KEY).replace(KEY.key_id.hex(), "00000000"),
        str(KEY).replace(KEY.key_id.hex(), "é" * 8),
        f"{NAME}+{KEY.key_id.hex()}+{to_b64(bytes(33))}",
        f"{NAME}+{KEY.key_id.hex()}+{to_b64(bytes([2]) + KEY.key)}",
        f"{NAME}+{KEY.key_id.hex()}+{to_b64(KEY.key)}",
    ],
)
def test_other_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match=r"^log\.vkey$"):
        parse_verifier_key(text)


def test_verifier_keys_are_read_as_they_are_written() -> None:
    witness = make_verifier_key("w.example", SEED, is_witness=True)

    assert parse_verifier_key(str(KEY)) == KEY
    assert parse_verifier_key(str(witness)) == witness
    assert KEY.key_id != replace(KEY, is_witness=True).key_id


NOTE = str(CHECKPOINT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        NOTE[:-1],
        NOTE[:-1] + "x",
        NOTE.replace("\n3\n", " 3\n"),
        NOTE.replace("\n3\n", "\r\n3\n"),
        NOTE.replace(to_b64(CHECKPOINT.root), to_b64(bytes(31))),
        NOTE.replace(to_b64(CHECKPOINT.root), to_b64(bytes(33))),
        NOTE.replace("— ", "—\t"),
        NOTE + "— w+example AAAAAAAA\n",
        NOTE + "x w.example AAAAAAAA\n",
        NOTE + "\n",
        NOTE.replace("\n\n", "\n"),
        NOTE.replace(f"{NAME}\n3", f"{NAME}\n03"),
        NOTE.replace(f"{NAME}\n3", f"{NAME}\n-3"),
        NOTE.replace(f"{NAME}\n3", f"{NAME}\n3.0"),
        NOTE.replace(f"{NAME}\n3", f"{NAME}\n٣"),
        NOTE.replace(f"{NAME}\n3", f"{NAME}\n{10**17}"),
        NOTE.replace(f"{NAME}\n3", "\n3"),
        NOTE.replace("\n3\n", "\n3\nmore\n"),
        NOTE.replace("\n3\n", "\n"),
        NOTE.replace("—", "-"),
        NOTE.replace("— ", "—  "),
        NOTE.replace("\n\n", "\n\n\n"),
        NOTE + "— w.example AAAA\n",
        NOTE + "— w example AAAAAAAA\n",
        NOTE + "— w.example AAAAAAB=\n",
        NOTE + "x" * LARGEST_NOTE + "\n",
    ],
)
def test_other_note_is_no_checkpoint(text: str) -> None:
    with pytest.raises(Malformed, match=r"^log\.checkpoint$"):
        parse_checkpoint(text)


def test_checkpoint_of_another_log_or_another_key_is_refused() -> None:
    check_checkpoint(parse_checkpoint(NOTE), KEY)
    other = make_verifier_key(NAME, sha256(b"other"))
    witness = replace(KEY, is_witness=True)
    forged = SignatureLine(NAME, KEY.key_id, bytes(64))
    elsewhere = replace(CHECKPOINT, origin="vote.example/other")
    of_another = SignatureLine(NAME, KEY.key_id, sign(SEED, elsewhere.body))
    as_witness = SignatureLine(NAME, witness.key_id, sign(SEED, CHECKPOINT.body))
    for checkpoint, key in (
        (CHECKPOINT, other),
        (CHECKPOINT, replace(KEY, name="vote.example/other")),
        (CHECKPOINT, witness),
        (replace(CHECKPOINT, signatures=(as_witness,)), witness),
        (replace(elsewhere, signatures=(of_another,)), KEY),
        (replace(CHECKPOINT, size=4), KEY),
        (replace(CHECKPOINT, root=bytes(32)), KEY),
        (replace(CHECKPOINT, signatures=()), KEY),
        (replace(CHECKPOINT, signatures=(forged,)), KEY),
        (replace(CHECKPOINT, signatures=(replace(forged, data=b"x"),)), KEY),
    ):
        with pytest.raises(Invalid, match=r"^log\.signature$"):
            check_checkpoint(checkpoint, key)


def test_longest_note_and_shortest_signature_are_taken() -> None:
    origin = "x" * (1 + (LARGEST_NOTE - len(NOTE) - len("—  \n") - 1) % 4)
    line = f"— {origin} "
    line += "A" * (LARGEST_NOTE - len(NOTE) - len(line) - 1) + "\n"
    short = NOTE + f"— x.example {to_b64(b'abcde')}\n"

    with pytest.raises(Malformed, match=r"^log\.checkpoint$"):
        parse_checkpoint(NOTE + line.replace("AAAA", "AAAAAAAA", 1))
    assert len(NOTE + line) == LARGEST_NOTE
    assert parse_checkpoint(NOTE + line).signatures[1].name == origin
    assert parse_checkpoint(short).signatures[1] == SignatureLine("x.example", b"abcd", b"e")


def test_unknown_signatures_are_passed_over() -> None:
    more = replace(
        CHECKPOINT,
        signatures=(
            SignatureLine("x.example", b"abcd", b"whatever"),
            SignatureLine(NAME, b"abcd", b"an older key"),
            *CHECKPOINT.signatures,
        ),
    )

    check_checkpoint(parse_checkpoint(str(more)), KEY)


def test_cosignature_says_when_and_of_what() -> None:
    witness = make_verifier_key("w.example", SEED, is_witness=True)
    line = cosign(CHECKPOINT, "w.example", SEED, time=1_770_000_000)
    later = replace(line, data=(1_770_000_001).to_bytes(8, "big") + line.data[8:])

    def cosigned(checkpoint: Checkpoint, *lines: SignatureLine) -> Checkpoint:
        return replace(checkpoint, signatures=lines)

    assert check_cosignature(cosigned(CHECKPOINT, line), witness) == 1_770_000_000
    log_key = make_verifier_key("w.example", SEED)
    for checkpoint, key in (
        (cosigned(CHECKPOINT, later), witness),
        (cosigned(replace(CHECKPOINT, size=4), line), witness),
        (cosigned(CHECKPOINT, replace(line, data=line.data[:-1])), witness),
        (cosigned(CHECKPOINT, replace(line, key_id=log_key.key_id)), log_key),
        (cosigned(CHECKPOINT), witness),
    ):
        with pytest.raises(Invalid, match=r"^log\.signature$"):
            check_cosignature(checkpoint, key)
