"""`voting import` shows what is wrong, keeps nothing in a preview, and answers with exit codes."""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.unit.voting.sitting_made import Desk
from voting.commands import imports
from voting.config import Settings
from voting.db import reading, transaction
from voting.models.sittings import Candidate, Deputy

DEMO = Path(str(files("voting.demo")))
BAD = "编号,姓名,代表团\n901,王一,甲团\n902,,甲团\n"


@pytest.fixture
def here(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An installation that the command finds through its environment."""
    monkeypatch.setenv("VOTING_DATA", str(settings.data_dir))
    monkeypatch.setenv("VOTING_DATABASE", settings.database)
    with transaction() as tx:
        Desk.open(tx)
    return app


def run(*words: str) -> int:
    """Run the command as the command line would."""
    parser = argparse.ArgumentParser()
    imports.register(parser.add_subparsers())
    given = parser.parse_args(["import", *words])
    code = given.run(given)
    assert isinstance(code, int)
    return code


def count(table: type[Deputy | Candidate]) -> int:
    """Count rows."""
    with reading() as tx:
        return tx.scalars(select(func.count()).select_from(table)).one()


@pytest.mark.parametrize("name", ["roster.csv", "roster.xlsx"])
def test_a_roster_is_imported(here: Flask, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run("roster", str(DEMO / name), "--congress", "a", "--retire-missing") == 0

    assert "新增 316 人，变更 11 人，移出 1 人" in capsys.readouterr().out
    assert count(Deputy) == 328


def test_a_preview_keeps_nothing(here: Flask) -> None:
    assert run("roster", str(DEMO / "roster.csv"), "--congress", "a", "--preview") == 0

    assert count(Deputy) == 12


def test_bad_rows_are_told_and_stop_the_import_unless_skipped(
    here: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(BAD, encoding="utf-8")

    assert run("roster", str(file), "--congress", "a", "--language", "en") == 1
    assert "Line 3, Name: The name is missing. Enter the name." in capsys.readouterr().out
    assert count(Deputy) == 12

    assert run("roster", str(file), "--congress", "a", "--skip-bad-rows") == 0
    assert count(Deputy) == 13


@pytest.mark.parametrize("name", ["candidates.csv", "candidates.xlsx"])
def test_candidates_are_imported(here: Flask, name: str) -> None:
    words = ["candidates", str(DEMO / name), "--congress", "a", "--sitting", "第一次会议"]

    assert run(*words, "--preview") == 0
    assert count(Candidate) == 0
    assert run(*words) == 0
    assert count(Candidate) == 13


def test_bad_candidates_are_told(here: Flask, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("名称,总投资\n甲,多\n", encoding="utf-8")

    assert run("candidates", str(file), "--congress", "a", "--sitting", "第一次会议") == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["roster", "no-such-file.csv", "--congress", "a"], 2),
        (["roster", str(DEMO / "roster.csv"), "--congress", "zzz"], 2),
        (["candidates", str(DEMO / "candidates.csv"), "--congress", "a", "--sitting", "x"], 2),
        (["roster", str(DEMO / "candidates.csv"), "--congress", "a"], 1),
    ],
)
def test_misuse_is_told_without_a_traceback(
    here: Flask, capsys: pytest.CaptureFixture[str], words: list[str], code: int
) -> None:
    assert run(*words) == code

    assert capsys.readouterr().err
