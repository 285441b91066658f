"""The log: appended under one lock, signed in the same transaction, never forked or repaired."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, text

from ballots.errors import Invalid, Malformed
from ballots.log import check_checkpoint, cosign, parse_checkpoint, parse_verifier_key
from ballots.log import make_verifier_key as make_key
from ballots.merkle import check_consistency, consistency_path, nodes_of, root
from ballots.objects import Roll, Session, Stored, store
from ballots.receipt import check_receipt, parse_receipt
from tests.hall import Hall
from voting import cli as command_line
from voting import ledger
from voting.config import Settings
from voting.db import Tx, db, reading, transaction
from voting.errors import Conflict, NotFound, NotValid
from voting.ledger import Log, LogLocked, keys, writer
from voting.models.people import Congress

WITNESS_SEED = bytes(range(32))
WITNESS = make_key("witness.example", WITNESS_SEED, is_witness=True)


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A congress with an empty log."""
    return Hall.gather(app)


def thing(number: int) -> Stored:
    return store(Session("congress", f"session {number}", 1))


def append(hall: Hall, *numbers: int) -> int:
    with transaction() as tx:
        return ledger.append(tx, hall.congress_id, *(thing(number) for number in numbers))


def log_of(hall: Hall) -> Log:
    with reading() as tx:
        return ledger.find_log(tx, hall.slug)


def leaves(hall: Hall) -> list[bytes]:
    log = log_of(hall)
    found: list[bytes] = []
    with reading() as tx:
        for start in range(0, log.size, 256):
            width = min(256, log.size - start)
            tile = ledger.tile(tx, log, 0, number=start // 256, width=width)
            found += [tile[i : i + 32] for i in range(0, len(tile), 32)]
    return found


def test_an_empty_log_has_a_signed_checkpoint(hall: Hall) -> None:
    checkpoint = parse_checkpoint(log_of(hall).checkpoint)

    check_checkpoint(checkpoint, hall.key())
    assert checkpoint.size == 0


@pytest.mark.parametrize("number", [1, 2, 3, 7, 255, 256, 257, 600])
def test_the_signed_root_is_that_of_all_entries(hall: Hall, number: int) -> None:
    with transaction() as tx:
        for start in range(0, number, 50):
            some = [thing(i) for i in range(start, min(start + 50, number))]
            ledger.append(tx, hall.congress_id, *some)

    checkpoint = parse_checkpoint(log_of(hall).checkpoint)
    check_checkpoint(checkpoint, hall.key())
    assert checkpoint.size == number
    assert checkpoint.root == root(number, nodes_of(leaves(hall)))
    assert hall.report().findings == []


def test_every_checkpoint_goes_on_from_the_one_before(hall: Hall) -> None:
    seen: list[tuple[int, bytes]] = []
    for number in range(12):
        append(hall, number)
        checkpoint = parse_checkpoint(log_of(hall).checkpoint)
        seen.append((checkpoint.size, checkpoint.root))

    nodes = nodes_of(leaves(hall))
    for earlier in seen:
        path = consistency_path(earlier[0], 12, nodes)
        check_consistency(earlier, seen[-1], path)


def test_an_object_stands_in_a_log_once(hall: Hall) -> None:
    append(hall, 1)

    with pytest.raises(Invalid, match=r"order\.repeated"):
        append(hall, 1)
    with pytest.raises(Invalid, match=r"order\.repeated"):
        append(hall, 2, 2)


def test_two_congresses_may_hold_the_same_object(hall: Hall, app: Flask) -> None:
    other = Hall.gather(app, slug="other")
    append(hall, 1)

    append(other, 1)

    assert log_of(other).size == log_of(hall).size == 1


def test_an_undone_transaction_leaves_no_trace(hall: Hall) -> None:
    append(hall, 1)
    before = log_of(hall)

    with pytest.raises(Invalid), transaction() as tx:
        [ledger.append(tx, hall.congress_id, thing(number)) for number in (2, 3, 1)]

    assert log_of(hall) == before
    append(hall, 2)
    assert hall.report().findings == []


def test_the_work_of_an_append_does_not_grow_with_the_log(
    hall: Hall, statements: list[str]
) -> None:
    append(hall, 0)
    statements.clear()
    append(hall, 1)
    small = len(statements)
    append(hall, *range(2, 300))
    statements.clear()

    append(hall, 300)

    assert len(statements) == small


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """All statements that the database is asked, as they come."""
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


# A40: a log never forks, whoever writes and from whatever copy


def test_a_restored_database_signs_nothing_more(hall: Hall, settings: Settings) -> None:
    append(hall, 1)
    copy = restore_point(settings)
    append(hall, 2)
    restore(settings, copy)

    with pytest.raises(LogLocked):
        append(hall, 3)

    assert log_of(hall).size == 1


def test_a_restored_database_that_went_on_elsewhere_signs_nothing_more(
    hall: Hall, settings: Settings
) -> None:
    append(hall, 1)
    copy = restore_point(settings)
    append(hall, 2)
    head = head_file(settings).read_bytes()
    restore(settings, copy)
    head_file(settings).write_bytes(b"1 " + log_root(hall).encode() + b"\n")
    append(hall, 3)
    head_file(settings).write_bytes(head)

    with pytest.raises(LogLocked):
        append(hall, 4)


def test_a_head_noted_late_does_not_stop_the_log(hall: Hall, settings: Settings) -> None:
    append(hall, 1)
    head = head_file(settings).read_bytes()
    append(hall, 2, 3)
    head_file(settings).write_bytes(head)

    append(hall, 4)

    assert head_file(settings).read_bytes().startswith(b"4 ")


def test_a_head_is_never_noted_backwards(hall: Hall, settings: Settings) -> None:
    append(hall, 1, 2, 3)
    later = head_file(settings).read_bytes()
    with reading() as tx:
        key = keys.load_key(tx.settings, hall.slug, f"localhost/{hall.slug}")

    keys.remember(key, ledger.Head(1, bytes(32)))

    assert head_file(settings).read_bytes() == later


def test_a_lost_memory_of_the_head_is_told_and_not_repaired(hall: Hall, settings: Settings) -> None:
    append(hall, 1)
    head_file(settings).unlink()

    with pytest.raises(LogLocked):
        append(hall, 2)

    assert not head_file(settings).exists()


def test_a_head_that_can_not_be_noted_is_told_and_undoes_nothing(
    hall: Hall, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    append(hall, 1)
    key = keys.load_key(settings, hall.slug, f"localhost/{hall.slug}")
    head_file(settings).write_bytes(b"")

    keys.remember(key, ledger.Head(2, bytes(32)))

    assert "could not be noted" in caplog.text
    assert head_file(settings).read_bytes() == b""


def test_an_operator_lets_a_locked_log_go_on_after_comparing_it(
    hall: Hall, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(hall, 1)
    head_file(settings).write_bytes(b"garbage")
    monkeypatch.setattr(Settings, "from_environment", lambda: settings)

    assert command_line.main(["log", "binjiang"]) == 1
    assert command_line.main(["log", "binjiang", "--accept", "1", "00" * 32]) == 1
    assert command_line.main(["log", "binjiang", "--accept", "1", "xy"]) == 1
    assert command_line.main(["log", "nowhere"]) == 1
    with pytest.raises(LogLocked):
        append(hall, 2)

    assert command_line.main(["log", "binjiang", "--accept", "1", log_root(hall)]) == 0
    append(hall, 2)
    assert command_line.main(["log", "binjiang"]) == 0
    assert hall.report().findings == []


def test_a_restored_database_is_shown_as_older(
    hall: Hall, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(hall, 1)
    copy = restore_point(settings)
    append(hall, 2)
    restore(settings, copy)
    monkeypatch.setattr(Settings, "from_environment", lambda: settings)

    assert command_line.main(["log", "binjiang"]) == 1


def test_a_head_that_moved_under_the_lock_is_not_overwritten(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(hall, 1)
    real = writer._check_new

    def meanwhile(tx: Tx, congress_id: int, objects: tuple[Stored, ...]) -> None:
        real(tx, congress_id, objects)
        tx.execute(text("update log_heads set root = 'other'"))

    monkeypatch.setattr(writer, "_check_new", meanwhile)

    with pytest.raises(Conflict):
        append(hall, 2)

    assert log_of(hall).size == 1


def test_a_place_is_taken_by_one_entry_even_without_the_lock(hall: Hall) -> None:
    append(hall, 1)

    with pytest.raises(Exception, match="UNIQUE"), transaction() as tx:
        tx.execute(
            text(
                "insert into log_entries (congress_id, position, object_id, kind, raw)"
                " values (:congress, 0, 'x', 'session', '')"
            ),
            {"congress": hall.congress_id},
        )


def test_another_key_than_the_log_was_begun_with_signs_nothing(
    hall: Hall, settings: Settings
) -> None:
    append(hall, 1)
    key_file(settings).write_text("00" * 32 + "\n", encoding="ascii")

    with pytest.raises(LogLocked):
        append(hall, 2)


# The key


def test_the_key_is_readable_by_its_owner_alone(hall: Hall, settings: Settings) -> None:
    assert key_file(settings).stat().st_mode & 0o777 == 0o600


def test_a_key_that_others_can_read_is_refused(hall: Hall, settings: Settings) -> None:
    key_file(settings).chmod(0o644)

    with pytest.raises(LogLocked):
        append(hall, 1)


@pytest.mark.parametrize("content", ["", "xyz", "00" * 31, None])
def test_a_missing_or_damaged_key_is_refused(
    hall: Hall, settings: Settings, content: str | None
) -> None:
    if content is None:
        key_file(settings).unlink()
    else:
        key_file(settings).write_text(content, encoding="ascii")

    with pytest.raises(LogLocked):
        append(hall, 1)


def test_a_key_is_never_replaced(hall: Hall, settings: Settings) -> None:
    before = key_file(settings).read_bytes()

    with pytest.raises(FileExistsError):
        ledger.create_key(settings, hall.slug, "localhost/other")

    assert key_file(settings).read_bytes() == before


@pytest.mark.parametrize("slug", ["", "..", "a/b", "A", "-a"])
def test_a_key_file_has_a_plain_name(settings: Settings, slug: str) -> None:
    with pytest.raises(ValueError, match="slug"):
        ledger.create_key(settings, slug, "localhost/a")


def test_the_key_is_nowhere_in_the_database(hall: Hall, settings: Settings) -> None:
    append(hall, 1)
    seed = key_file(settings).read_text(encoding="ascii").strip()

    with transaction() as tx:
        dump = "\n".join(tx.connection().connection.iterdump())

    assert seed not in dump.lower()
    assert bytes.fromhex(seed) not in (settings.data_dir / "voting.db").read_bytes()


def test_a_log_begins_once(hall: Hall) -> None:
    with pytest.raises(Conflict), transaction() as tx:
        ledger.start(tx, tx.get_one(Congress, hall.congress_id))


# Reading


def test_a_log_that_is_not_there_is_not_found(hall: Hall) -> None:
    with reading() as tx:
        with pytest.raises(NotFound):
            ledger.find_log(tx, "nowhere")
        with pytest.raises(NotFound):
            ledger.raw_object(tx, hall.congress_id, "0" * 64)


def test_a_congress_without_a_log_takes_nothing(hall: Hall) -> None:
    with pytest.raises(LogLocked), transaction() as tx:
        ledger.append(tx, hall.congress_id + 1, thing(1))


def test_an_object_of_another_type_is_a_fault_of_the_program(hall: Hall) -> None:
    append(hall, 1)

    with reading() as tx, pytest.raises(TypeError):
        ledger.load(tx, hall.congress_id, thing(1).id, Roll)


# Witnesses


@pytest.fixture
def witnessed(hall: Hall) -> Hall:
    """A log of three entries with a witness named."""
    with transaction() as tx:
        ledger.add_witness(tx, hall.congress_id, str(WITNESS))
    append(hall, 1, 2, 3)
    return hall


def line_for(hall: Hall, *, time: int = 1_770_000_000) -> str:
    checkpoint = parse_checkpoint(log_of(hall).checkpoint)
    return str(cosign(checkpoint, WITNESS.name, WITNESS_SEED, time=time))


def give(hall: Hall, line: str, size: int | None = None) -> int:
    with transaction() as tx:
        return ledger.cosign(tx, hall.congress_id, line, size)


def served(hall: Hall) -> str:
    log = log_of(hall)
    with reading() as tx:
        return ledger.cosigned(tx, log.congress_id, log.size, log.checkpoint)


def test_a_cosignature_is_served_with_its_checkpoint(witnessed: Hall) -> None:
    assert give(witnessed, line_for(witnessed)) == 3

    assert len(parse_checkpoint(served(witnessed)).signatures) == 2


def test_a_cosignature_that_comes_late_is_kept_under_its_size(witnessed: Hall) -> None:
    line = line_for(witnessed)
    append(witnessed, 4)

    with pytest.raises(Invalid, match=r"log\.signature"):
        give(witnessed, line)

    assert give(witnessed, line, 3) == 3
    assert len(parse_checkpoint(served(witnessed)).signatures) == 1


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", Malformed),
        ("nonsense", Malformed),
        ("— witness.example AAAA\n", Malformed),
        ("— witness.example AAAAAAAA\n— witness.example AAAAAAAA\n", NotValid),
    ],
)
def test_what_is_no_cosignature_is_refused(
    witnessed: Hall, line: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        give(witnessed, line)


def test_a_stranger_cannot_cosign(witnessed: Hall) -> None:
    checkpoint = parse_checkpoint(log_of(witnessed).checkpoint)
    line = str(cosign(checkpoint, "stranger.example", bytes(32), time=1))

    with pytest.raises(Invalid, match=r"log\.signature"):
        give(witnessed, line)


def test_a_witness_cosigns_a_size_once(witnessed: Hall) -> None:
    give(witnessed, line_for(witnessed))

    with pytest.raises(Conflict):
        give(witnessed, line_for(witnessed, time=1_770_000_001))


@pytest.mark.parametrize("size", [-1, 4])
def test_a_size_that_the_log_has_not_is_not_found(witnessed: Hall, size: int) -> None:
    with pytest.raises(NotFound):
        give(witnessed, line_for(witnessed), size)


def test_naming_a_witness_twice_names_it_once(witnessed: Hall) -> None:
    with transaction() as tx:
        ledger.add_witness(tx, witnessed.congress_id, str(WITNESS))

    assert give(witnessed, line_for(witnessed)) == 3


def test_the_key_of_a_log_is_no_witness(hall: Hall) -> None:
    with pytest.raises(NotValid), transaction() as tx:
        ledger.add_witness(tx, hall.congress_id, log_of(hall).vkey)


def test_a_receipt_prefers_a_cosigned_checkpoint(app: Flask) -> None:
    hall = Hall.build(app, trustees=1, threshold=1)
    with transaction() as tx:
        ledger.add_witness(tx, hall.congress_id, str(WITNESS))
    election = hall.open_election()
    place = hall.cast(election, 1, ["p01"])
    give(hall, line_for(hall))
    cosigned_size = log_of(hall).size
    later = hall.cast(election, 2, ["p01"])

    receipt, plain = (parse_receipt(hall.receipt(found).text) for found in (place, later))

    assert (receipt.checkpoint.size, len(receipt.checkpoint.signatures)) == (cosigned_size, 2)
    assert len(plain.checkpoint.signatures) == 1
    assert check_receipt(receipt, hall.key()) == place.object_id
    assert parse_verifier_key(str(WITNESS)) == WITNESS


def head_file(settings: Settings) -> Path:
    return settings.keys_dir / "binjiang.log.head"


def key_file(settings: Settings) -> Path:
    return settings.keys_dir / "binjiang.log.key"


def log_root(hall: Hall) -> str:
    return parse_checkpoint(log_of(hall).checkpoint).root.hex()


def restore_point(settings: Settings) -> Path:
    """Copy the database as a backup does."""
    copy = settings.data_dir / "backup.db"
    db.engine.dispose()
    for end in ("", "-wal", "-shm"):
        source = settings.data_dir / f"voting.db{end}"
        if source.exists():
            shutil.copy(source, f"{copy}{end}")
    return copy


def restore(settings: Settings, copy: Path) -> None:
    """Put the copy in the place of the database."""
    db.engine.dispose()
    for end in ("", "-wal", "-shm"):
        target = settings.data_dir / f"voting.db{end}"
        target.unlink(missing_ok=True)
        source = Path(f"{copy}{end}")
        if source.exists():
            shutil.copy(source, target)
