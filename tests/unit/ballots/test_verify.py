"""The report on a record: what is covered, who checks, and what a receipt has to do with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from ballots import verify
from ballots.errors import Invalid
from ballots.log import entry_bytes, make_checkpoint, parse_checkpoint
from ballots.merkle import EMPTY_ROOT, leaf_hash, nodes_of
from ballots.receipt import Receipt, make_receipt
from ballots.record import CHECKPOINT, MOST_FILES, VKEY, FilesReader, object_path
from ballots.verify import (
    CHUNK,
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
    assert report.elections[0].counts == (
        (PROJECTS, "p1", 2),
        (PROJECTS, "p2", 1),
        (PROJECTS, "p3", 0),
        (PROJECTS, "abstain", 1),
    )
    assert (report.elections[0].ballots, report.elections[0].challenges) == (3, 1)


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
    report, replay = replay_record(FilesReader(forge(leaves(everything.congress.log))), LOG_KEY)

    assert report.is_sound
    assert replay.seen == everything.congress.replay.seen


@pytest.fixture(scope="module")
def crowd() -> list[Leaf]:
    """A log of more ballots than one task of an executor holds, in two elections at once."""
    congress = Congress(trustees=1, threshold=1, cards=CHUNK + 2, deputies=CHUNK + 2)
    elections = [congress.elect(choice(2, title=title)) for title in ("One", "Two")]
    for election in elections:
        congress.open(election)
    for number in range(1, CHUNK + 3):
        for election in elections:
            congress.cast(election, number, [(PROJECTS, "p1")])
    return leaves(congress.log)


def test_every_ballot_is_checked_by_whoever_checks(crowd: list[Leaf]) -> None:
    files = FilesReader(forge(crowd))
    told: list[tuple[int, int]] = []
    ballots = 2 * (CHUNK + 2)

    alone = check_record(files, LOG_KEY, progress=lambda done, all_: told.append((done, all_)))
    with ThreadPoolExecutor(2) as executor:
        together = check_record(files, LOG_KEY, executor=executor)

    assert alone == together
    assert alone.checked["ballot"] == ballots
    assert told[-1] == (ballots, ballots)
    assert [done for done, _ in told] == [CHUNK, 2 * CHUNK, 2 * CHUNK + 2, ballots]


def test_few_tasks_are_under_way_at_a_time(
    crowd: list[Leaf], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "CHUNKS_UNDER_WAY", 2)
    told: list[int] = []

    with ThreadPoolExecutor(1) as executor:
        report = check_record(
            FilesReader(forge(crowd)),
            LOG_KEY,
            executor=executor,
            progress=lambda done, _all: told.append(done),
        )

    assert report.is_sound
    assert told == sorted(told)
    assert told[-1] == 2 * (CHUNK + 2)


@pytest.mark.parametrize("number", range(0, 2 * (CHUNK + 2), 5))
def test_false_ballot_anywhere_is_found_at_its_entry(crowd: list[Leaf], number: int) -> None:
    places = [place for place, item in enumerate(crowd) if item.type == "ballot"]
    place = places[number]
    broken = changed(crowd[place], signature="A" * 86)
    log = [*crowd[:place], broken, *crowd[place + 1 :]]
    with ThreadPoolExecutor(2) as executor:
        report = check_record(FilesReader(forge(log)), LOG_KEY, executor=executor)

    assert [(found.entry, found.rule) for found in report.findings] == [(place, "object.signature")]


def test_more_entries_than_a_log_can_have_are_not_looked_for() -> None:
    checkpoint = make_checkpoint(LOG_NAME, MOST_FILES + 1, bytes(32), seed=LOG_SEED)

    report = check({CHECKPOINT: str(checkpoint).encode()})

    assert report.findings == [Finding("log.size", where=CHECKPOINT)]


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
def test_object_that_changes_while_it_is_checked_is_found(
    everything: Vote, second: bytes | None, rule: str
) -> None:
    log = leaves(everything.congress.log)
    reader = Shifting(forge(log), object_path(log[0].id), second)

    report = check_record(reader, LOG_KEY)

    assert (report.findings[0].entry, report.findings[0].rule) == (0, rule)


# Receipts and the records that go on from them.


def receipt_from(log: list[Leaf], size: int) -> Receipt:
    """Give the receipt of the first ballot when the log had a size."""
    files = forge(log[:size])
    place = next(place for place, item in enumerate(log) if item.type == "ballot")
    entries = [entry_bytes(item.id, item.type) for item in log[:size]]
    checkpoint = parse_checkpoint(files[CHECKPOINT].decode())
    nodes = nodes_of([leaf_hash(entry) for entry in entries])
    return make_receipt(place, entries[place], checkpoint, nodes)


def test_record_goes_on_from_a_receipt(crowd: list[Leaf]) -> None:
    files = forge(crowd)

    for size in (20, len(crowd)):
        check_receipt_in_record(receipt_from(crowd, size), FilesReader(files), LOG_KEY)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda files, _log: files.pop(CHECKPOINT), "log.checkpoint"),
        (lambda files, _log: files.update({VKEY: b"x"}), "log.vkey"),
        (lambda files, _log: files.pop(next(p for p in files if "entries" in p)), "log.tile"),
        (lambda files, log: files.update(forge(log[:15])), "log.inclusion"),
        (lambda files, log: files.update(forge([log[1], log[0], *log[2:]])), "log.consistency"),
        (lambda files, log: files.pop(object_path(first_ballot(log).id)), "log.object"),
        (lambda files, log: files.update({object_path(first_ballot(log).id): b""}), "object.id"),
    ],
)
def test_record_that_does_not_go_on_from_a_receipt_is_refused(
    crowd: list[Leaf], change: object, rule: str
) -> None:
    files = forge(crowd)
    assert callable(change)
    change(files, crowd)

    with pytest.raises(Invalid) as refused:
        check_receipt_in_record(receipt_from(crowd, 20), FilesReader(files), LOG_KEY)
    assert refused.value.rule == rule


def first_ballot(log: list[Leaf]) -> Leaf:
    """Give the first ballot of a log."""
    return next(item for item in log if item.type == "ballot")


def test_record_of_another_log_does_not_go_on_from_a_receipt(crowd: list[Leaf]) -> None:
    receipt = receipt_from(crowd, 20)
    moved = replace(receipt, checkpoint=replace(receipt.checkpoint, root=secret("root")))

    with pytest.raises(Invalid, match=r"^log\.consistency"):
        check_receipt_in_record(moved, FilesReader(forge(crowd)), LOG_KEY)
