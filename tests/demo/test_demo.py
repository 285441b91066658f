"""Tests the demonstration as somebody on a fresh machine runs it, and the clients it is made of."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ballots.ballot import Paper
from ballots.cli import main as ballots
from ballots.manifest import Manifest, check_manifest, fill_slots
from ballots.objects import ObjectId
from tests.manifests import choice, one_by_one, rating
from voting.cli import main as voting
from voting.demo.preferences import choose

PYTHON = (sys.executable, "-P", "-m", "voting", "demo", "--language", "en")


def demo(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PYTHON, "--no-serve", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A record of a small demonstration, and what was said on the way.

    It is given in a folder with modules of the same names, which must not be run.
    """
    folder = tmp_path_factory.mktemp("demo")
    for name in ("ballots", "voting", "json", "gunicorn"):
        (folder / f"{name}.py").write_text("raise SystemExit('not me')")
    path = folder / "record.zip"
    done = demo("--record", str(path), "--deputies", "12", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return path, done.stdout


def test_demonstration_decides_and_its_record_is_sound(record: tuple[Path, str]) -> None:
    path, said = record

    assert ballots(["verify", str(path), "--workers", "1"]) == 0
    assert re.search(r"12 tablets cast in [\d.]+ s and hold a receipt that they checked", said)
    assert "5 tested their tablet first." in said
    assert "Somebody found the lost card and tried to vote with it: refused." in said


def test_record_with_one_byte_changed_is_refused(record: tuple[Path, str], tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.zip"
    with zipfile.ZipFile(record[0]) as archive, zipfile.ZipFile(spoilt, "w") as written:
        for name in archive.namelist():
            data = archive.read(name)
            is_ballot = name.startswith("object/") and b'"type":"ballot"' in data
            if is_ballot:
                data = data.replace(b'"proof":"', b'"proof":"A', 1)
            written.writestr(name, data)

    assert ballots(["verify", str(spoilt), "--workers", "1"]) == 1


def test_same_seed_gives_the_same_counts(record: tuple[Path, str], tmp_path: Path) -> None:
    again = demo("--record", str(tmp_path / "again.zip"), "--deputies", "12")

    assert [line for line in again.stdout.splitlines() if "│" in line] == [
        line for line in record[1].splitlines() if "│" in line
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--deputies", "2"], "--deputies"),
        (["--seats", "0"], "--seats"),
        (["--candidates", "no-such-file.csv"], "no-such-file.csv"),
        (["--record", "no-such-folder/record.zip"], "no-such-folder/record.zip: No such file"),
        (["--record", "."], ".: Is a directory"),
    ],
)
def test_misuse_is_told_and_nothing_is_begun(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert voting(["demo", "--language", "en", "--no-serve", *arguments]) == 2
    printed = capsys.readouterr().out
    assert said in printed
    assert "The congress" not in printed


@pytest.mark.parametrize(
    ("moment", "status"),
    [("1  The congress", 130), ("The result is at", 0)],
    ids=["while it is under way", "while it serves"],
)
def test_stopped_demonstration_leaves_no_server_no_key_and_no_card(
    tmp_path: Path, moment: str, status: int
) -> None:
    run = subprocess.Popen(
        [*PYTHON, "--deputies", "3", "--seats", "1", "--record", str(tmp_path / "record.zip")],
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with run:
        assert run.stdout is not None
        next(line for line in run.stdout if moment in line)
        (folder,) = tmp_path.glob("minsheng-*")
        assert list(folder.glob("keys/*"))
        server = children_of(run.pid)
        run.send_signal(signal.SIGTERM)
        assert run.wait(60) == status

    assert not folder.exists()
    assert server
    assert not any(Path(f"/proc/{pid}").exists() for pid in server)


def children_of(pid: int) -> list[str]:
    """Name the processes that a process has started."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()


def test_candidates_that_cannot_be_taken_are_told_by_line(tmp_path: Path) -> None:
    table = io.StringIO("项目名称,年度计划投资(万元)\n道路,许多\n")
    path = tmp_path / "bad.csv"
    path.write_text(table.getvalue(), encoding="utf-8")

    done = demo("--deputies", "5", "--candidates", str(path), "--seats", "1")

    assert done.returncode == 1
    assert "rows are not right" in done.stdout


@pytest.mark.parametrize("manifest", [choice(13, 10), one_by_one(15, 10), rating(9)])
def test_made_up_deputies_fill_in_every_kind_of_paper(manifest: Manifest) -> None:
    style = check_manifest(manifest)
    paper = Paper(ObjectId("0" * 64), style, ())

    for deputy in range(300):
        chosen = choose(paper, "hall", str(deputy))
        fill_slots(style, chosen)
        assert chosen == choose(paper, "hall", str(deputy))
