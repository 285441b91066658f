"""The shared record as somebody without the log's key would change it, file by file.

The command that people run must see each change: exit status 1, never 0 and never a traceback.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

import pytest

from ballots import cli
from ballots.errors import BallotError
from ballots.log import entry_bundle, parse_entry_bundle
from ballots.objects import parse_object
from ballots.record import FilesReader, ZipReader
from ballots.replay import Replay
from ballots.verify import Finding, check_record
from tests.attacks.changes import other_point, other_scalar, place_of, replaced
from tests.congress import credential
from tests.forge import Leaf, Remembering, changed, first_finding, packed
from tests.vector_files import FOLDER, log_key, vector

RECORD = FOLDER / "record.zip"
VKEY: str = vector("log.json")["vkey"]
ENTRIES = "tile/entries/000.p/70"
HASHES = "tile/0/000.p/70"
Files = dict[str, bytes]


@pytest.fixture(scope="session")
def files() -> Files:
    """The files of the shared record."""
    with ZipFile(RECORD) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="session")
def executor() -> Remembering:
    """Checks each ballot once in all these tests."""
    return Remembering()


@pytest.fixture
def findings(executor: Remembering) -> Callable[[Files], list[Finding]]:
    """Check files against the log's own key."""
    return lambda files: check_record(FilesReader(files), log_key(), executor=executor).findings


Findings = Callable[[Files], list[Finding]]


def flipped(data: bytes, at: int) -> bytes:
    """Change one bit."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_every_byte_range_of_every_object_is_bound_to_its_id(
    files: Files, findings: Findings
) -> None:
    """All objects are changed at once, each somewhere else: each is found."""
    objects = [name for name in files if name.startswith("object/")]
    spoilt = dict(files)
    for number, name in enumerate(objects):
        spoilt[name] = flipped(files[name], (97 * number) % len(files[name]))

    found = findings(spoilt)

    assert sorted(item.entry for item in found if item.entry is not None) == list(range(70))
    assert {item.rule for item in found} == {"object.id"}


def test_missing_objects_are_found(files: Files, findings: Findings) -> None:
    for name in [name for name in files if name.startswith("object/")][::14]:
        rest = {path: data for path, data in files.items() if path != name}

        assert next(item.rule for item in findings(rest)) == "log.object"


def test_each_entry_swapped_with_its_neighbour_is_found(files: Files, findings: Findings) -> None:
    entries = parse_entry_bundle(files[ENTRIES])
    for place in range(1, len(entries) - 1, 9):
        moved = list(entries)
        moved[place], moved[place + 1] = moved[place + 1], moved[place]

        found = findings(files | {ENTRIES: entry_bundle(moved)})

        assert Finding("log.root", where="checkpoint") in found
        assert Finding("log.tile", where=HASHES) in found


@pytest.mark.parametrize("at", [0, 1, 33, 1000, 2239])
def test_changed_hash_tile_is_found(files: Files, findings: Findings, at: int) -> None:
    found = findings(files | {HASHES: flipped(files[HASHES], at)})

    assert found == [Finding("log.tile", where=HASHES)]


@pytest.mark.parametrize("path", [HASHES, ENTRIES, "checkpoint"])
def test_missing_or_cut_tiles_and_checkpoint_are_found(
    files: Files, findings: Findings, path: str
) -> None:
    without = {name: data for name, data in files.items() if name != path}
    rule = "log.checkpoint" if path == "checkpoint" else "log.tile"

    assert findings(without)[0] == Finding(rule, where=path)
    assert findings(files | {path: b""})[0].rule == rule
    assert findings(files | {path: files[path][:-1]})[0].where == path
    assert findings(files | {path: files[path] + b"x"})[0].where == path


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda entries: entries[:-1], "log.tile"),
        (lambda entries: [*entries, entries[-1]], "log.tile"),
        (lambda entries: [b"{}", *entries[1:]], "log.root"),
        (lambda entries: [entries[0] + b" ", *entries[1:]], "log.root"),
        (lambda entries: [entries[1], *entries[1:]], "log.root"),
    ],
    ids=["one less", "one more", "no entry", "not canonical", "one twice"],
)
def test_changed_bundle_of_entries_is_found(
    files: Files,
    findings: Findings,
    change: Callable[[list[bytes]], list[bytes]],
    rule: str,
) -> None:
    bundle = entry_bundle(change(parse_entry_bundle(files[ENTRIES])))

    assert findings(files | {ENTRIES: bundle})[0].rule == rule


@pytest.mark.parametrize("number", range(5))
def test_every_line_of_the_checkpoint_is_bound(
    files: Files, findings: Findings, number: int
) -> None:
    lines = files["checkpoint"].decode().split("\n")
    lines[number] = {0: "vote.example/other", 1: "69", 2: lines[2][::-1][1:] + "=", 3: " "}.get(
        number, lines[number].replace("Q", "R", 1).replace("1", "2", 1)
    )

    found = findings(files | {"checkpoint": "\n".join(lines).encode()})

    assert found[0].where == "checkpoint"
    assert found[0].rule in ("log.signature", "log.checkpoint")


def test_checkpoint_that_is_no_text_is_found(files: Files, findings: Findings) -> None:
    assert findings(files | {"checkpoint": b"\xff"}) == [
        Finding("log.checkpoint", where="checkpoint")
    ]


def test_other_vkey_in_the_record_is_found(files: Files, findings: Findings) -> None:
    witness = vector("log.json")["witness_vkey"]
    for text in (f"{witness}\n", VKEY, f"{VKEY}\n\n", ""):
        found = findings(files | {"log.vkey": text.encode()})
        assert found == [Finding("log.vkey", where="log.vkey")]


@pytest.mark.parametrize(
    "path",
    [
        "readme.txt",
        "object/x",
        f"object/{'0' * 64}",
        f"object/{'A' * 64}",
        "tile/0/000.p/69",
        "tile/0/000",
        "tile/1/000",
        "tile/entries/000.p/1",
        "checkpoint.old",
        "./checkpoint",
        "../checkpoint",
    ],
)
def test_file_that_the_log_does_not_name_is_found(
    files: Files, findings: Findings, path: str
) -> None:
    assert findings(files | {path: files["checkpoint"]}) == [Finding("log.file", where=path)]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("path", ["checkpoint", HASHES])
def test_member_that_stands_twice_is_found(files: Files, executor: Remembering, path: str) -> None:
    buffer = BytesIO(packed(files))
    with ZipFile(buffer, "a") as archive:
        archive.writestr(path, files[path])

    found = check_record(ZipReader(buffer), log_key(), executor=executor).findings

    assert found == [Finding("log.file", where=path)]


def run(record: Path, *options: str) -> int:
    """Run the command as people do."""
    return cli.main(["verify", str(record), "--workers", "1", "--vkey", VKEY, *options])


def test_command_takes_the_record_and_a_folder_of_it(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)

    assert run(RECORD) == 0
    assert run(tmp_path, "--json") == 0
    printed = capsys.readouterr().out
    assert '"sound": true' in printed


SPOILT: dict[str, Callable[[Files], bytes]] = {
    "an object": lambda files: packed(
        files | {name: data + b" " for name, data in files.items() if "/d702" in name}
    ),
    "an extra file": lambda files: packed(files | {"notes.txt": b""}),
    "a missing tile": lambda files: packed({k: v for k, v in files.items() if k != HASHES}),
    "an empty archive": lambda _files: packed({}),
    "no archive": lambda _files: b"PK\x03\x04 and nothing more",
    "nothing": lambda _files: b"",
    "half an archive": lambda files: packed(files)[: len(packed(files)) // 2],
    "an archive without its end": lambda files: packed(files)[:-1],
    "another way of packing": lambda files: packed(files, ZIP_LZMA),
    "yet another way": lambda files: packed(files, ZIP_BZIP2),
}


@pytest.mark.parametrize("name", SPOILT)
def test_command_ends_with_one_for_a_spoilt_record(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    record = tmp_path / "record.zip"
    record.write_bytes(SPOILT[name](files))

    assert run(record) == 1
    printed = capsys.readouterr()
    assert "[log." in printed.out or "[object." in printed.out
    assert printed.err == ""


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED])
def test_damaged_content_of_an_archive_is_found(
    files: Files, executor: Remembering, method: int
) -> None:
    data = bytearray(packed(files, method))
    with ZipFile(BytesIO(data)) as archive:
        damaged = [info for info in archive.infolist() if "object/" in info.filename][::6]
    for info in damaged:
        content = info.header_offset + 30 + len(info.filename)
        data[content + info.compress_size // 2] ^= 0xFF

    found = check_record(ZipReader(BytesIO(data)), log_key(), executor=executor).findings

    assert len(damaged) > 10
    names = {info.filename for info in damaged}
    assert {item.where for item in found if item.rule == "log.size"} == names


# Another good value for members that are texts; the others follow from their form.
OTHER_TEXTS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("ciphertext", "commitment", "coefficients", "dh", "joint"), other_point),
    "shares": other_point,
    "proof": other_scalar,
    **dict.fromkeys(("sign", "credential"), lambda _text: credential(9)),
    "seed": lambda _text: "A" * 43,
    "signature": lambda _text: "A" * 86,
    **dict.fromkeys(("name", "congress", "reason", "time"), lambda _text: "2026-02-01T23:59:59Z"),
}


def other(name: str, value: Any) -> Any:
    """Give something else of the same form."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case list():
            return [*value[1:], value[0], value[0]] if value else ["x"]
        case dict():
            return value | {"title": ""} if "title" in value else {}
        case _:
            return OTHER_TEXTS[name](value) if name in OTHER_TEXTS else "0" * 64


# What `other` of each member comes to; nothing, where the object is good in itself: then what
# refers to it fails, or what it says is the log's own word (see FREE).
EXPECTED: dict[str, str | None] = {
    "session": None,
    "ceremony": None,
    "ceremony.width": "ceremony.shape",
    "trustee": "object.signature",
    "trustee-commitment": "object.signature",
    "trustee-commitment.shares": "ceremony.length",
    "trustee-confirmation": "object.signature",
    "keys": "ceremony.keys",
    "roll.credentials": "roll.credentials",
    "issue.credentials": "issue.credential",
    "revoke.credentials": "revoke.credential",
    "revoke.reason": None,
    "election.manifest": None,
    "open": None,
    "ballot": "object.signature",
    "ballot.credential": "ballot.credential",
    "challenge.selections": "selections",
    "challenge.seed": "challenge.ballot",
    "challenge.ballot": "object.schema",
    "close": None,
    "close.issued": "close.issued",
    "close.ballots": "close.ballots",
    "tally.ballots": "tally.ballots",
    "tally.ciphertext": "tally.ciphertext",
    "decryption": "object.signature",
    "result.trustees": "result.trustees",
    "result.counts": "result.counts",
    "outcome": "outcome.value",
}
REFERENCES = {"session", "ceremony", "keys", "roll", "election", "tally", "result"}


def expected(kind: str, name: str, number_of_trustee: int) -> str | None:
    """Give the rule that another value of a member breaks."""
    if name in REFERENCES and kind != name:
        return "order.reference"
    if name == "index" and kind == "trustee-commitment":
        # Its empty share then stands in another place.
        return "ceremony.index" if number_of_trustee == 3 else "ceremony.length"
    if name == "index" and kind == "decryption" and number_of_trustee == 3:
        return "decryption.index"
    if name == "index" and kind == "trustee" and number_of_trustee == 3:
        return "ceremony.index"
    if name == "index" and kind == "trustee-confirmation" and number_of_trustee == 3:
        return "ceremony.index"
    return EXPECTED.get(f"{kind}.{name}", EXPECTED.get(kind))


def test_every_member_of_every_object_changed_breaks_its_rule(files: Files) -> None:
    """The log's own server could sign such a log: the replay has to see it."""
    replay, wrong = Replay(), []
    for item in shared_log(files):
        for name, value in item.tree.items():
            if name == "type":
                continue
            broken = changed(item, **{name: other(name, value)})
            found = rule_of(deepcopy(replay), broken)
            rule = expected(item.type, name, item.tree.get("index", 0))
            if found != rule:
                wrong.append((item.type, name, found, rule))
        replay.take(parse_object(item.raw))

    assert wrong == []


def rule_of(replay: Replay, item: Leaf) -> str | None:
    """Give the rule by which an object is refused at this place."""
    try:
        replay.take(parse_object(item.raw))
    except BallotError as error:
        return error.rule
    return None


def shared_log(files: Files) -> list[Leaf]:
    """The shared record's objects."""
    entries = [json.loads(entry) for entry in parse_entry_bundle(files[ENTRIES])]
    return [Leaf(entry["type"], files[f"object/{entry['object']}"]) for entry in entries]


def test_good_object_that_differs_is_found_by_what_refers_to_it(files: Files) -> None:
    log = shared_log(files)
    for kind, name in (("session", "name"), ("ceremony", "threshold"), ("election", "manifest")):
        place = place_of(log, kind)
        broken = changed(log[place], **{name: other(name, log[place].tree[name])})

        assert first_finding(replaced(log, place, broken)) == (place + 1, "order.reference")
