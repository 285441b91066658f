"""Protocol §11. Checking a record: the log's files, then every object in order, in one report."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import msgspec

from ballots.ballot import Paper, make_paper
from ballots.errors import BallotError, Invalid, Malformed
from ballots.log import (
    Checkpoint,
    VerifierKey,
    check_checkpoint,
    hash_tile,
    parse_checkpoint,
    parse_entry,
    parse_entry_bundle,
    tile_path,
    tile_paths,
)
from ballots.manifest import Style
from ballots.merkle import leaf_hash, nodes_of, root
from ballots.objects import Ballot, Election, Keys, Stored, check_id, parse_object
from ballots.receipt import Receipt
from ballots.record import CHECKPOINT, MOST_FILES, VKEY, Reader, object_path
from ballots.replay import Replay, Verdict, judge_ballot
from ballots.states import ElectionState

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many ballots of how many were checked."""

CHUNK: Final = 16
CHUNKS_UNDER_WAY: Final = 64


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the entry it stands in, if in one, and the rule it breaks."""

    rule: str
    entry: int | None = None
    where: int | str | None = None


@dataclass(frozen=True, slots=True)
class ElectionSummary:
    """What a record says of one election."""

    id: str
    title: str
    kind: str
    round: int
    stage: str
    ballots: int
    challenges: int
    counts: tuple[tuple[str, str, int], ...]
    outcome: dict[str, object] | None
    style: Style


@dataclass(slots=True)
class Report:
    """What was checked, how many, and what was found."""

    origin: str = ""
    size: int = 0
    root: str = ""
    findings: list[Finding] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)
    elections: list[ElectionSummary] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings

    @contextmanager
    def finding(self, entry: int | None = None, where: str | None = None) -> Iterator[None]:
        """Turn a failed check into a finding."""
        try:
            yield
        except BallotError as error:
            place = error.where if error.where is not None else where
            self.findings.append(Finding(error.rule, entry, place))


def check_record(
    reader: Reader,
    key: VerifierKey,
    *,
    executor: Executor | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Report:
    """Check a whole record with the log's key; ballots are checked by the executor, if given."""
    return replay_record(reader, key, executor=executor, progress=progress)[0]


def replay_record(
    reader: Reader,
    key: VerifierKey,
    *,
    executor: Executor | None = None,
    progress: Progress = lambda _done, _total: None,
) -> tuple[Report, Replay]:
    """Check a whole record and give the state it leads to, which a trustee decrypts from."""
    report, replay = Report(), Replay()
    log = _read_log(reader, key, report)
    if log is None:
        return report, replay
    checkpoint, entries = log
    _check_tree(reader, checkpoint, entries, report)
    names = _read_names(entries, report)
    _check_files(reader, checkpoint, names, report)
    objects = _Objects(reader, names, report)
    verdicts = _judge(objects, executor, progress)
    for index, stored in objects.again():
        with report.finding(index):
            replay.take(stored, verdicts.get(index))
            report.checked[stored.type] += 1
    if replay.ways:
        report.checked["project"] = len(replay.ways)
    report.elections = [_summary(state) for state in replay.elections.values()]
    return report, replay


def check_receipt_in_record(receipt: Receipt, reader: Reader, key: VerifierKey) -> None:
    """Check that a record goes on from the log that a receipt was given from, and holds its ballot.

    The receipt itself was checked before. Raises `Invalid` with `log.inclusion` (the record ends
    before the receipt), `log.consistency`, `log.object`, `object.id`, or what is wrong with the
    record's checkpoint and entries.
    """
    report = Report()
    log = _read_log(reader, key, report)
    if log is None or report.findings:
        finding = report.findings[0]
        raise Invalid(finding.rule, where=finding.where)
    checkpoint, entries = log
    signed = receipt.checkpoint
    if checkpoint.size < signed.size:
        raise Invalid("log.inclusion", where=CHECKPOINT)
    nodes = nodes_of([leaf_hash(entry) for entry in entries])
    if (root(len(entries), nodes), root(signed.size, nodes)) != (checkpoint.root, signed.root):
        raise Invalid("log.consistency", where=CHECKPOINT)
    name, _ = parse_entry(receipt.entry)
    raw = reader.read(object_path(name))
    if raw is None:
        raise Invalid("log.object", where=object_path(name))
    check_id(raw, name)


def _read_log(
    reader: Reader, key: VerifierKey, report: Report
) -> tuple[Checkpoint, list[bytes]] | None:
    """Read checkpoint and entries; what can't be read is found."""
    checkpoint = _check_head(reader, key, report)
    if checkpoint is None:
        return None
    entries = _read_entries(reader, checkpoint, report)
    return None if entries is None else (checkpoint, entries)


def _check_head(reader: Reader, key: VerifierKey, report: Report) -> Checkpoint | None:
    with report.finding(where=VKEY):
        vkey = reader.read(VKEY)
        if vkey is not None and vkey != f"{key}\n".encode():
            raise Malformed("log.vkey")
    checkpoint = None
    with report.finding(where=CHECKPOINT):
        checkpoint = _read_checkpoint(reader)
        report.origin, report.size = checkpoint.origin, checkpoint.size
        report.root = checkpoint.root.hex()
        check_checkpoint(checkpoint, key)
        report.checked["checkpoint"] += 1
    return checkpoint


def _read_checkpoint(reader: Reader) -> Checkpoint:
    try:
        return parse_checkpoint((reader.read(CHECKPOINT) or b"").decode())
    except UnicodeDecodeError:
        raise Malformed("log.checkpoint") from None


def _read_entries(reader: Reader, checkpoint: Checkpoint, report: Report) -> list[bytes] | None:
    if checkpoint.size > MOST_FILES:
        report.findings.append(Finding("log.size", where=CHECKPOINT))
        return None
    entries: list[bytes] = []
    for level, number, width in tile_paths(checkpoint.size):
        if level is not None:
            break
        path = tile_path(level, number, width)
        with report.finding(where=path):
            bundle = reader.read(path)
            found = None if bundle is None else parse_entry_bundle(bundle)
            if found is None or len(found) != width:
                raise Invalid("log.tile")
            entries += found
            report.checked["tile"] += 1
    return entries if len(entries) == checkpoint.size else None


def _check_tree(
    reader: Reader, checkpoint: Checkpoint, entries: Sequence[bytes], report: Report
) -> None:
    nodes = nodes_of([leaf_hash(entry) for entry in entries])
    with report.finding(where=CHECKPOINT):
        if root(len(entries), nodes) != checkpoint.root:
            raise Invalid("log.root")
    for level, number, width in tile_paths(len(entries)):
        if level is None:
            continue
        path = tile_path(level, number, width)
        with report.finding(where=path):
            if reader.read(path) != hash_tile(level, number, width, nodes):
                raise Invalid("log.tile")
            report.checked["tile"] += 1


def _read_names(entries: Sequence[bytes], report: Report) -> list[tuple[int, str, str]]:
    names: list[tuple[int, str, str]] = []
    for index, entry in enumerate(entries):
        with report.finding(index):
            names.append((index, *parse_entry(entry)))
            report.checked["entry"] += 1
    return names


def _check_files(
    reader: Reader,
    checkpoint: Checkpoint,
    names: Sequence[tuple[int, str, str]],
    report: Report,
) -> None:
    expected = {CHECKPOINT, VKEY, *(object_path(name) for _, name, _ in names)}
    expected |= {tile_path(*tile) for tile in tile_paths(checkpoint.size)}
    for path in reader.paths():
        with report.finding(where=path):
            # A path that stands twice is no longer expected the second time.
            if path not in expected:
                raise Invalid("log.file")
            expected.remove(path)


class _Objects:
    """The objects that the entries name, read twice so that none need stay in memory."""

    def __init__(
        self, reader: Reader, names: Sequence[tuple[int, str, str]], report: Report
    ) -> None:
        self._reader = reader
        self._names = names
        self._report = report
        self._sound: list[tuple[int, str, str]] = []

    def first(self) -> Iterator[tuple[int, Stored]]:
        """Read and check every object by itself; what fails is found and left out."""
        for place in self._names:
            with self._report.finding(place[0]):
                stored = self._read(*place[1:])
                self._report.checked["object"] += 1
                self._sound.append(place)
                yield place[0], stored

    def again(self) -> Iterator[tuple[int, Stored]]:
        """Read the objects that were found sound, and see that they still are."""
        for place in self._sound:
            with self._report.finding(place[0]):
                yield place[0], self._read(*place[1:])

    def _read(self, name: str, kind: str) -> Stored:
        raw = self._reader.read(object_path(name))
        if raw is None:
            raise Invalid("log.object")
        check_id(raw, name)
        stored = parse_object(raw)
        if stored.type != kind:
            raise Malformed("log.entry")
        return stored


def _judge(objects: _Objects, executor: Executor | None, progress: Progress) -> dict[int, Verdict]:
    verdicts: dict[int, Verdict] = {}
    under_way: deque[tuple[Sequence[int], Future[list[Verdict]]]] = deque()
    total = 0

    def gather() -> None:
        indexes, future = under_way.popleft()
        verdicts.update(zip(indexes, future.result(), strict=True))
        progress(len(verdicts), total)

    for paper, chunk in _chunks(objects):
        total += len(chunk)
        indexes, raws = [index for index, _ in chunk], [raw for _, raw in chunk]
        if executor is None:
            verdicts.update(zip(indexes, judge_ballots(paper, raws), strict=True))
            progress(len(verdicts), total)
            continue
        under_way.append((indexes, executor.submit(judge_ballots, paper, raws)))
        if len(under_way) >= CHUNKS_UNDER_WAY:
            gather()
    while under_way:
        gather()
    return verdicts


def judge_ballots(paper: Paper, raws: Sequence[bytes]) -> list[Verdict]:
    """Check ballots apart from their place in the log; one task of an executor."""
    return [judge_ballot(paper, parse_object(raw)) for raw in raws]


def _chunks(objects: _Objects) -> Iterator[tuple[Paper, list[tuple[int, bytes]]]]:
    """Give the ballots in runs of one election whose paper stands before them."""
    keys: dict[str, Keys] = {}
    papers: dict[str, Paper] = {}
    waiting: dict[str, list[tuple[int, bytes]]] = {}
    for index, stored in objects.first():
        match stored.value:
            case Keys():
                keys[stored.id] = stored.value
            case Election(keys=name) if name in keys:
                _lay_out(papers, stored, keys[name])
            case Ballot(election=name) if name in papers:
                chunk = waiting.setdefault(name, [])
                chunk.append((index, stored.raw))
                if len(chunk) == CHUNK:
                    yield papers[name], waiting.pop(name)
    for name, chunk in waiting.items():
        yield papers[name], chunk


def _lay_out(papers: dict[str, Paper], election: Stored, keys: Keys) -> None:
    try:
        papers[election.id] = make_paper(election, keys)
    except BallotError:
        # The replay finds the same fault, with its entry.
        return


def _summary(state: ElectionState) -> ElectionSummary:
    manifest = state.value.manifest
    counts = state.result.counts if state.result else []
    slots = state.paper.style.option_slots
    return ElectionSummary(
        id=state.paper.election,
        title=manifest.title,
        kind=manifest.kind,
        round=manifest.round,
        stage=_stage(state),
        ballots=len(state.ballots),
        challenges=len(state.challenged),
        counts=tuple(
            (question, option, count)
            for (question, option), count in zip(slots, counts, strict=False)
        ),
        outcome=None if state.outcome is None else msgspec.to_builtins(state.outcome),
        style=state.paper.style,
    )


def _stage(state: ElectionState) -> str:
    stages = (
        ("annulled", state.is_annulled),
        ("decided", state.outcome),
        ("counted", state.result),
        ("tallied", state.count),
        ("closed", state.closing),
        ("open", state.opening),
    )
    return next((stage for stage, reached in stages if reached), "prepared")
