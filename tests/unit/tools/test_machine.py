"""Programs are found where machines have them, and a release that lacks something is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import machine
from tools.release import faults


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with one empty folder on its path."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "browsers"))
    monkeypatch.delenv("CHROME", raising=False)
    monkeypatch.setattr(machine, "POSTGRESQL_FOLDERS", (str(tmp_path / "postgresql"),))
    monkeypatch.setattr(machine, "SERVERS_FOLDERS", (str(tmp_path / "sbin"),))
    return tmp_path


def program(path: Path) -> Path:
    """Write a program that does nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_a_bare_machine_has_none_of_them(bare: Path) -> None:
    assert machine.find_chromium() is None
    assert machine.find_postgresql() is None
    assert machine.find_nginx() is None


def test_chromium_is_found_by_name_by_variable_and_where_playwright_keeps_it(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloaded = program(bare / "browsers/chromium-1/chrome-linux64/chrome")
    assert machine.find_chromium() == downloaded

    installed = program(bare / "google-chrome")
    assert machine.find_chromium() == installed

    monkeypatch.setenv("CHROME", "/opt/browser")
    assert machine.find_chromium() == Path("/opt/browser")


def test_the_newest_postgresql_is_found(bare: Path) -> None:
    for version in ("13", "15"):
        program(bare / f"postgresql/{version}/bin/initdb")

    assert machine.find_postgresql() == bare / "postgresql/15/bin"


def test_nginx_is_found_off_the_path(bare: Path) -> None:
    installed = program(bare / "sbin/nginx")

    assert machine.find_nginx() == installed


def test_a_missing_program_fails_in_ci_alone(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    python = program(bare / "python")

    monkeypatch.setenv("CI", "true")
    in_ci = machine.install_missing(python)
    monkeypatch.delenv("CI")
    on_a_laptop = machine.install_missing(python)

    assert (in_ci, on_a_laptop) == (1, 0)
    told = capsys.readouterr().out
    assert "PostgreSQL IS MISSING" in told
    assert "nginx IS MISSING" in told


def test_a_release_without_its_parts_is_told() -> None:
    found = faults(["voting/app.py", "web/node_modules/a.js"], ("voting/app.py", "templates/"))

    assert found == ["missing: templates/", "unwanted: web/node_modules/a.js"]
