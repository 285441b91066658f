"""The report on a record: what is covered, who checks, and what a receipt has to do with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from ballots import replay, verify
from ballots.ballot import Paper, ValidBallot, check_ballot
from ballots.errors import Invalid
from ballots.log import entry_bundle, entry_bytes, make_checkpoint, parse_checkpoint
from ballots.merkle import EMPTY_ROOT, leaf_hash, nodes_of
from ballots.objects import Session, Stored, store
from ballots.receipt import Receipt, make_receipt
from ballots.record import CHECKPOINT, MOST_FILES, VKEY, FilesReader, object_path
from ballots.verify import (
    ElectionSummary,
    Finding,
    Report,
    check_receipt_in_record,
    check_record,
    replay_record,
)
from tests.congress import Congress, secret
from tests.forge import LOG_KEY, LOG_NAME, LOG_SEED, Leaf, changed, forge, leaf, leaves
from tests.manifests import choice
from tests.votes import PROJECTS, Vote


def check(files: dict[str, bytes]) -> Report:
    """Check files in this process."""
    return check_record(FilesReader(files), LOG_KEY)


SESSIONS = leaves([store(Session("Congress", f"Session {n}", 4)) for n in range(260)])
ENTRIES = [entry_bytes(item.id, item.type) for item in SESSIONS]
BUNDLE, LAST_BUNDLE = "tile/entries/000", "tile/entries/001.p/4"
TILES = ("tile/0/000", "tile/0/001.p/4", "tile/1/000.p/1")
COVERED = Counter(checkpoint=1, tile=5, entry=260, object=260, session=260)


def test_long_log_is_checked_to_its_end() -> None:
    report = check(forge(SESSIONS))

    root = parse_checkpoint(forge(SESSIONS)[CHECKPOINT].decode()).root.hex()
    assert report == Report(LOG_NAME, 260, root, [], COVERED, [])


NOTE = forge(SESSIONS)[CHECKPOINT]
SIGNATURE = Finding("log.signature", where=CHECKPOINT)
OTHER_ROOT = make_checkpoint(LOG_NAME, 260, bytes(32), seed=LOG_SEED)
OTHER_KEY = make_checkpoint(LOG_NAME, 260, parse_checkpoint(NOTE.decode()).root, seed=bytes(32))
OTHER_TYPE = [*ENTRIES[:3], entry_bytes(SESSIONS[3].id, "roll"), *ENTRIES[4:]]
NO_ENTRY = [*ENTRIES[:3], b"nothing", *ENTRIES[4:]]
OF_THIRD = object_path(SESSIONS[3].id)


@pytest.mark.parametrize(
    ("change", "findings", "missed"),
    [
        ({VKEY: b"x"}, [Finding("log.vkey", where=VKEY)], {}),
        ({CHECKPOINT: str(OTHER_KEY).encode()}, [SIGNATURE], {"checkpoint": 1}),
        ({CHECKPOINT: str(OTHER_ROOT).encode()}, [Finding("log.root", where=CHECKPOINT)], {}),
        ({"x": b""}, [Finding("log.file", where="x")], {}),
        ({OF_THIRD: None}, [Finding("log.object", 3)], {"object": 1, "session": 1}),
        ({OF_THIRD: b"{}"}, [Finding("object.id", 3)], {"object": 1, "session": 1}),
        (forge(SESSIONS, OTHER_TYPE), [Finding("log.entry", 3)], {"object": 1, "session": 1}),
        (
            forge(SESSIONS, NO_ENTRY),
            [Finding("log.entry", 3), Finding("log.file", where=OF_THIRD)],
            {"entry": 1, "object": 1, "session": 1},
        ),
        *(({tile: None}, [Finding("log.tile", where=tile)], {"tile": 1}) for tile in TILES),
        *(({tile: b""}, [Finding("log.tile", where=tile)], {"tile": 1}) for tile in TILES),
    ],
)
def test_fault_is_found_where_it_stands_and_all_else_is_checked(
    change: dict[str, bytes | None], findings: list[Finding], missed: dict[str, int]
) -> None:
    files = {path: data for path, data in (forge(SESSIONS) | change).items() if data is not None}

    report = check(files)

    assert report.findings == findings
    assert report.checked == COVERED - Counter(missed)


@pytest.mark.parametrize(
    ("change", "findings"),
    [
        ({CHECKPOINT: None}, [Finding("log.checkpoint", where=CHECKPOINT)]),
        ({CHECKPOINT: b"\xff"}, [Finding("log.checkpoint", where=CHECKPOINT)]),
        ({BUNDLE: None}, [Finding("log.tile", where=BUNDLE)]),
        ({BUNDLE: entry_bundle(ENTRIES[:255])}, [Finding("log.tile", where=BUNDLE)]),
        ({BUNDLE: b"\0"}, [Finding("log.entry", where=BUNDLE)]),
        (
            {BUNDLE: None, LAST_BUNDLE: entry_bundle(ENTRIES[:5])},
            [Finding("log.tile", where=BUNDLE), Finding("log.tile", where=LAST_BUNDLE)],
        ),
    ],
)
def test_log_without_its_list_of_entries_is_not_looked_into(
    change: dict[str, bytes | None], findings: list[Finding]
) -> None:
    files = {path: data for path, data in (forge(SESSIONS) | change).items() if data is not None}

    report = check(files)

    assert report.findings == findings
    assert report.checked["entry"] == 0
    assert report.checked["tile"] == (1 if len(findings) == 1 and CHECKPOINT not in change else 0)


def test_report_tells_what_was_covered(everything: Vote) -> None:
    log = everything.congress.log

    report = check(forge(leaves(log)))

    assert report.is_sound
    assert (report.origin, report.size, len(report.root)) == (LOG_NAME, len(log), 64)
    kinds = {stored.type for stored in log}
    assert {kind: report.checked[kind] for kind in kinds} == {
        kind: sum(stored.type == kind for stored in log) for kind in kinds
    }
    assert report.checked["object"] == report.checked["entry"] == len(log)
    stages = [(election.kind, election.round, election.stage) for election in report.elections]
    assert stages == [
        ("decision", 1, "decided"),
        ("rating", 1, "decided"),
        ("decision", 2, "annulled"),
    ]
    outcome = {
        "type": "outcome",
        "result": next(stored.id for stored in log if stored.type == "result"),
        "valid": True,
        "quorum": 3,
        "required": 2,
        "elected": ["p1"],
        "tied": [],
        "not_elected": ["p2", "p3"],
        "open_seats": 1,
    }
    counts = zip(("p1", "p2", "p3", "abstain"), (2, 1, 0, 1), strict=True)
    assert report.elections[0] == ElectionSummary(
        id=everything.election.id,
        title="Livelihood projects",
        kind="decision",
        round=1,
        stage="decided",
        ballots=3,
        challenges=1,
        counts=tuple((PROJECTS, name, count) for name, count in counts),
        outcome=outcome,
        style=everything.paper.style,
    )
    assert (report.elections[2].counts, report.elections[2].outcome) == ((), None)
    assert report.checked["project"] == 1


def test_election_that_has_not_come_to_its_end_is_no_fault(everything: Vote) -> None:
    log = leaves(everything.congress.log)
    stages = []
    for end in range(12, 25):
        report = check(forge(log[:end]))
        assert report.is_sound
        stages.append(report.elections[0].stage)

    assert list(dict.fromkeys(stages)) == [
        "prepared",
        "open",
        "closed",
        "tallied",
        "counted",
        "decided",
    ]


def test_log_of_nothing_is_sound() -> None:
    report = check(forge([]))

    assert report.is_sound
    assert report.root == EMPTY_ROOT.hex()


def test_state_is_given_with_the_report(everything: Vote) -> None:
    report, state = replay_record(FilesReader(forge(leaves(everything.congress.log))), LOG_KEY)

    assert report.is_sound
    assert state.seen == everything.congress.replay.seen


@pytest.fixture(scope="session")
def crowd() -> list[Leaf]:
    """A log of three ballots in either of two elections at once."""
    congress = Congress(trustees=1, threshold=1, cards=3, deputies=3)
    elections = [congress.elect(choice(2, title=title)) for title in ("One", "Two")]
    for election in elections:
        congress.open(election)
    for number in range(1, 4):
        for election in elections:
            congress.cast(election, number, [(PROJECTS, "p1")])
    return leaves(congress.log)


@pytest.fixture
def in_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two ballots be one task of an executor."""
    monkeypatch.setattr(verify, "CHUNK", 2)


@pytest.mark.usefixtures("in_pairs")
def test_every_ballot_is_checked_once_by_whoever_checks(
    crowd: list[Leaf], monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = []

    def count(paper: Paper, ballot: Stored) -> ValidBallot:
        checks.append(ballot.id)
        return check_ballot(paper, ballot)

    monkeypatch.setattr(replay, "check_ballot", count)
    files = FilesReader(forge(crowd))
    told: list[tuple[int, int]] = []

    alone = check_record(files, LOG_KEY, progress=lambda done, all_: told.append((done, all_)))
    with ThreadPoolExecutor(2) as executor:
        together = check_record(files, LOG_KEY, executor=executor)

    assert alone == together
    assert alone.checked["ballot"] == 6
    assert told == [(2, 2), (4, 4), (5, 5), (6, 6)]
    assert sorted(checks) == sorted([item.id for item in crowd if item.type == "ballot"] * 2)


@pytest.mark.usefixtures("in_pairs")
def test_few_tasks_are_under_way_at_a_time(
    crowd: list[Leaf], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "CHUNKS_UNDER_WAY", 2)
    told: list[tuple[int, int]] = []

    with ThreadPoolExecutor(1) as executor:
        report = check_record(
            FilesReader(forge(crowd)),
            LOG_KEY,
            executor=executor,
            progress=lambda done, all_: told.append((done, all_)),
        )

    assert report.is_sound
    assert told == [(2, 4), (4, 5), (5, 6), (6, 6)]


@pytest.mark.usefixtures("in_pairs")
@pytest.mark.parametrize("number", range(6))
def test_false_ballot_anywhere_is_found_at_its_entry(crowd: list[Leaf], number: int) -> None:
    places = [place for place, item in enumerate(crowd) if item.type == "ballot"]
    place = places[number]
    broken = changed(crowd[place], signature="A" * 86)
    files = FilesReader(forge([*crowd[:place], broken, *crowd[place + 1 :]]))
    with ThreadPoolExecutor(2) as executor:
        together = check_record(files, LOG_KEY, executor=executor)

    assert together.findings == [Finding("object.signature", place)]
    assert check_record(files, LOG_KEY) == together


def test_more_entries_than_a_log_can_have_are_not_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checkpoint = make_checkpoint(LOG_NAME, MOST_FILES + 1, bytes(32), seed=LOG_SEED)

    report = check({CHECKPOINT: str(checkpoint).encode()})

    assert report.findings == [Finding("log.size", where=CHECKPOINT)]
    assert (report.size, report.root) == (MOST_FILES + 1, bytes(32).hex())
    monkeypatch.setattr(verify, "MOST_FILES", 260)
    assert check(forge(SESSIONS)).is_sound


def test_file_that_stands_twice_is_found() -> None:
    class Doubled(FilesReader):
        def paths(self) -> Iterator[str]:
            """Give every file's path, and the checkpoint's again."""
            return iter([*super().paths(), CHECKPOINT])

    report = check_record(Doubled(forge([])), LOG_KEY)

    assert report.findings == [Finding("log.file", where=CHECKPOINT)]


def test_record_without_its_own_key_is_checked_with_the_given_one(everything: Vote) -> None:
    files = forge(leaves(everything.congress.log))
    del files[VKEY]

    assert check(files).is_sound


def test_keys_and_manifests_that_make_no_paper_are_found_by_the_replay(everything: Vote) -> None:
    log = leaves(everything.congress.log)
    place = next(place for place, item in enumerate(log) if item.type == "keys")
    short = log[place].tree | {"joint": ""}
    keys = leaf(short)
    election = leaf(log[place + 3].tree | {"keys": keys.id})
    report = check(forge([*log[:place], keys, *log[place + 1 : place + 3], election]))

    assert [(found.entry, found.rule) for found in report.findings] == [
        (place, "ceremony.keys"),
        (place + 3, "order.reference"),
    ]


class Shifting(FilesReader):
    """A record whose files change between two readings."""

    def __init__(self, files: dict[str, bytes], path: str, second: bytes | None) -> None:
        """Give other bytes from the second reading of a path on."""
        super().__init__(files)
        self._path, self._second, self._reads = path, second, 0

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes."""
        self._reads += path == self._path
        return self._second if path == self._path and self._reads > 1 else super().read(path)


@pytest.mark.parametrize(("second", "rule"), [(None, "log.object"), (b"{}", "object.id")])
def test_object_that_changes_while_it_is_checked_is_found(second: bytes | None, rule: str) -> None:
    reader = Shifting(forge(SESSIONS), OF_THIRD, second)

    report = check_record(reader, LOG_KEY)

    assert report.findings == [Finding(rule, 3)]
    assert report.checked == COVERED - Counter(session=1)


# Receipts and the records that go on from them.


def receipt_from(size: int) -> Receipt:
    """Give the receipt of the fourth entry when the log had a size."""
    checkpoint = parse_checkpoint(forge(SESSIONS[:size])[CHECKPOINT].decode())
    nodes = nodes_of([leaf_hash(entry) for entry in ENTRIES[:size]])
    return make_receipt(3, ENTRIES[3], checkpoint, nodes)


def test_record_goes_on_from_a_receipt() -> None:
    files = FilesReader(forge(SESSIONS))

    for size in (4, 100, 260):
        check_receipt_in_record(receipt_from(size), files, LOG_KEY)


@pytest.mark.parametrize(
    ("change", "rule", "where"),
    [
        ({CHECKPOINT: None}, "log.checkpoint", CHECKPOINT),
        ({CHECKPOINT: str(OTHER_KEY).encode()}, "log.signature", CHECKPOINT),
        ({CHECKPOINT: str(OTHER_ROOT).encode()}, "log.consistency", CHECKPOINT),
        ({VKEY: b"x"}, "log.vkey", VKEY),
        ({LAST_BUNDLE: None}, "log.tile", LAST_BUNDLE),
        (forge(SESSIONS[:99]), "log.inclusion", CHECKPOINT),
        (forge([SESSIONS[1], SESSIONS[0], *SESSIONS[2:]]), "log.consistency", CHECKPOINT),
        ({OF_THIRD: None}, "log.object", OF_THIRD),
        ({OF_THIRD: b""}, "object.id", None),
    ],
)
def test_record_that_does_not_go_on_from_a_receipt_is_refused(
    change: dict[str, bytes | None], rule: str, where: str | None
) -> None:
    files = {path: data for path, data in (forge(SESSIONS) | change).items() if data is not None}

    with pytest.raises(Invalid) as refused:
        check_receipt_in_record(receipt_from(100), FilesReader(files), LOG_KEY)
    assert (refused.value.rule, refused.value.where) == (rule, where)


def test_record_of_another_log_does_not_go_on_from_a_receipt() -> None:
    receipt = receipt_from(100)
    moved = replace(receipt, checkpoint=replace(receipt.checkpoint, root=secret("root")))

    with pytest.raises(Invalid, match=r"^log\.consistency"):
        check_receipt_in_record(moved, FilesReader(forge(SESSIONS)), LOG_KEY)
