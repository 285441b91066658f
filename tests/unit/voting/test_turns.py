"""Tests that writers of one file go one after the other, whichever thread or process they are."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from voting import turns
from voting.turns import Turns

HOLDER = """
import sys
from pathlib import Path
from voting.turns import Turns
with Turns(Path(sys.argv[1])).one():
    print("mine", flush=True)
    sys.stdin.read()
    Path(sys.argv[1] + ".over").touch()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "voting.db-turn"


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process, in the middle of its turn."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "mine\n"
        yield process
        process.kill()


def is_free(path: Path) -> bool:
    file = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


def test_threads_write_one_after_the_other(path: Path) -> None:
    queue, inside, most = Turns(path), [], []

    def write(number: int) -> None:
        with queue.one():
            inside.append(number)
            most.append(len(inside))
            assert not is_free(path)
            inside.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(200)))

    assert most == [1] * 200


def test_a_turn_ends_with_its_block_whatever_happens_in_it(path: Path) -> None:
    queue = Turns(path)

    with pytest.raises(ZeroDivisionError), queue.one():
        raise ZeroDivisionError

    assert is_free(path)
    with queue.one():
        assert not is_free(path)


def test_another_process_is_waited_for(path: Path, holder: subprocess.Popen[str]) -> None:
    over = Path(f"{path}.over")

    def write() -> bool:
        with Turns(path).one():
            return over.exists()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(write)
        assert holder.stdin is not None
        holder.stdin.close()
        assert waiting.result(timeout=20)


def test_a_killed_process_keeps_nobody_waiting(path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()

    with Turns(path).one():
        assert not is_free(path)


def test_patience_has_an_end(
    path: Path, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)

    with Turns(path).one():
        assert holder.poll() is None
    assert not is_free(path)


def test_a_database_in_memory_has_no_file() -> None:
    with Turns(None).one():
        pass
    with Turns(None).one():
        pass


def test_what_cannot_be_locked_leaves_the_turn_to_others(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    queue, inside = Turns(path.with_name("missing") / path.name), []

    for _ in range(2):
        with pytest.raises(FileNotFoundError), queue.one():
            inside.append(1)
    assert inside == []
