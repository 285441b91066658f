"""The program itself: hostile input with little memory, odd terminals, readers that leave."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import zlib
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from ballots import cli
from ballots.log import make_checkpoint
from ballots.record import LARGEST_FILE
from tests.forge import LOG_KEY, LOG_NAME, LOG_SEED, forge, packed
from tests.vector_files import FOLDER, vector

ALONE = ("--workers", "1")
RECORD = str(FOLDER / "record.zip")
ROOT = Path(__file__).resolve().parents[3]
VKEY: str = vector("log.json")["vkey"]


LITTLE = 1024**3


def program(
    *arguments: str, memory: int | None = LITTLE, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run the program with a bound on its memory."""

    def bound() -> None:
        if memory is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    command = [sys.executable, "-m", "ballots", *arguments]
    return subprocess.run(  # nothing else runs in this process
        command, cwd=ROOT, capture_output=True, check=False, timeout=60, preexec_fn=bound, **options
    )


def bomb() -> bytes:
    """Pack much nothing under the names of a record."""
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    nothing = squeezed.compress(bytes(256 * 1024**2)) + squeezed.flush()
    assert len(nothing) < LARGEST_FILE
    return packed({"checkpoint": bytes(64 * 1024**2), "log.vkey": nothing})


def entries_without_end() -> bytes:
    """Sign a log of as many entries as there may be, with almost none of them there."""
    checkpoint = make_checkpoint(LOG_NAME, 250_000, bytes(32), seed=LOG_SEED)
    files = {"checkpoint": str(checkpoint).encode(), "log.vkey": f"{LOG_KEY}\n".encode()}
    files["tile/entries/000"] = b"\xff\xff" + bytes(65535)
    return packed(files)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a bomb": bomb,
    "entries without end": entries_without_end,
    "deep JSON as an object": lambda: packed(
        forge([]) | {"object/" + "0" * 64: b"[" * LARGEST_FILE}
    ),
    "a directory without end": lambda: (
        b"PK\x01\x02" * 2**23 + b"PK\x05\x06" + bytes(8) + (2**25).to_bytes(4, "little") + bytes(6)
    ),
    "nothing": lambda: b"",
    "zeros": lambda: bytes(2**24),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_record_is_a_finding_and_costs_little(tmp_path: Path, name: str) -> None:
    record = tmp_path / "record.zip"
    record.write_bytes(HOSTILE[name]())

    ended = program("verify", str(record), "--vkey", str(LOG_KEY), *ALONE)

    assert ended.returncode == 1, ended.stderr
    assert b"Traceback" not in ended.stderr
    assert b"[log." in ended.stdout


def test_file_name_that_is_no_text_is_printed_all_the_same(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\x1b")).touch()
    for options in ([], ["--json"]):
        ended = program("verify", str(tmp_path), "--vkey", VKEY, *options)

        assert (ended.returncode, ended.stderr) == (1, b"")
        ended.stdout.decode()


def test_report_is_printed_where_the_terminal_knows_no_chinese() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}

    ended = program("--language", "zh", "verify", RECORD, env=environment)

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"\\u68c0\\u67e5" in ended.stdout


def test_reader_that_leaves_early_ends_the_program_quietly() -> None:
    command = f"{sys.executable} -m ballots cards 20000 | head -1"

    ended = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], cwd=ROOT, capture_output=True, check=False
    )

    assert (ended.returncode, ended.stderr) == (1, b"")
    assert len(ended.stdout.splitlines()) == 1


def test_interrupt_ends_the_program_quietly(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "counts")
    command = [sys.executable, "-m", "ballots", "outcome", str(tmp_path / "counts")]
    started = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    # The program opens the other end once it runs; then it waits for what never comes.
    with started, (tmp_path / "counts").open("wb"):
        started.send_signal(signal.SIGINT)
        _, err = started.communicate(timeout=30)

    assert (started.returncode, err) == (2, b"")


# The same without a process of its own.


def ended(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    """Run as the program does and give the status it ends with."""
    monkeypatch.setattr(sys, "argv", ["ballots", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.entry()
    return end.value.code


def test_program_ends_with_the_status_of_its_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, "sheet") == 0
    assert ended(monkeypatch, "outcome", "/nowhere") == 2
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == len(printed.err.splitlines()) == 1
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, TextIOWrapper)
        assert stream.errors == "backslashreplace"


def test_output_that_nobody_reads_goes_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    end, beginning = os.pipe()
    os.close(end)
    with os.fdopen(beginning, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)

        assert ended(monkeypatch, "sheet") == 1
        assert os.path.samestat(os.fstat(stream.fileno()), Path(os.devnull).stat())


def test_interrupt_is_misuse(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", interrupt)

    assert ended(monkeypatch) == 2
