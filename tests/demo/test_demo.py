"""Tests the demonstration as somebody on a fresh machine runs it, and the clients it is made of."""

from __future__ import annotations

import io
import re
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
from voting.demo.preferences import choose


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "voting", "demo", "--no-serve", "--language", "en", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A record of a small demonstration, and what was said on the way."""
    path = tmp_path_factory.mktemp("demo") / "record.zip"
    done = demo("--record", str(path), "--deputies", "12")
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
    ],
)
def test_misuse_is_told_and_nothing_is_begun(arguments: list[str], said: str) -> None:
    done = demo(*arguments)

    assert done.returncode == 2
    assert said in done.stdout


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
