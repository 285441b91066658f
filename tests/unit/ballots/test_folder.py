"""A record as a folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ballots import cli
from ballots.cli import FolderReader
from ballots.errors import Malformed
from ballots.record import LARGEST_FILE
from tests.forge import LOG_KEY

Run = Callable[..., tuple[int, str, str]]


def test_folder_gives_files_and_passes_over_folders(tmp_path: Path) -> None:
    (tmp_path / "object").mkdir()
    (tmp_path / "object" / "a").write_bytes(b"x")
    (tmp_path / "full").write_bytes(bytes(LARGEST_FILE))
    (tmp_path / "large").write_bytes(bytes(LARGEST_FILE + 1))

    reader = FolderReader(tmp_path)

    assert sorted(reader.paths()) == ["full", "large", "object/a"]
    assert reader.read("full") == bytes(LARGEST_FILE)
    assert (reader.read("object/a"), reader.read("object"), reader.read("b")) == (b"x", None, None)
    with pytest.raises(Malformed, match=r"^log\.size at large$"):
        reader.read("large")


def test_file_that_can_not_be_read_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"x")

    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "not yours")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(Malformed, match=r"^log\.size at a$"):
        FolderReader(tmp_path).read("a")


def test_folder_of_more_files_than_a_log_can_have_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "MOST_FILES", 1)
    for number in range(3):
        (tmp_path / str(number)).touch()
    assert len(list(FolderReader(tmp_path).paths())) == 3

    (tmp_path / "3").touch()
    with pytest.raises(Malformed, match=r"^log\.size$"):
        list(FolderReader(tmp_path).paths())


def test_folder_that_is_no_record_ends_with_one(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "checkpoint")

    status, out, _ = run("verify", str(tmp_path), "--vkey", str(LOG_KEY))

    assert status == 1
    assert "[log.checkpoint]" in out
