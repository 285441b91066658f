"""Settings come from the environment, once, and name what they are about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from voting import clock
from voting.config import Settings
from voting.events import Event, told


def test_what_is_not_set_takes_its_default(tmp_path: Path) -> None:
    settings = Settings.from_environment({"VOTING_DATA": str(tmp_path)})

    assert settings.database == f"sqlite:///{tmp_path / 'voting.db'}"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert (settings.hostname, settings.is_https) == ("localhost", False)
    assert settings.keys_dir == tmp_path / "keys"
    assert settings.uploads_dir == tmp_path / "uploads"
    assert not settings.testing


def test_what_is_set_is_taken(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "VOTING_DATA": str(tmp_path),
            "VOTING_SECRET": "given",
            "VOTING_BASE_URL": "https://vote.example/",
            "VOTING_CERTIFICATE": "cert.pem",
            "VOTING_PROXIES": "1",
        }
    )

    assert settings.secret == b"given"
    assert (settings.base_url, settings.hostname) == ("https://vote.example", "vote.example")
    assert settings.is_https
    assert settings.certificate == Path("cert.pem").absolute()
    assert settings.proxies == 1
    assert not (tmp_path / "app.key").exists()


def test_folder_for_data_is_made_whoever_keeps_the_secret(tmp_path: Path) -> None:
    for number, secret in enumerate(({}, {"VOTING_SECRET": "given"})):
        folder = tmp_path / "new" / str(number)
        assert Settings.from_environment({"VOTING_DATA": str(folder), **secret}).data_dir == folder
        assert folder.is_dir()


def test_operators_are_told_every_default(tmp_path: Path) -> None:
    page = Path("docs/operating.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(VOTING_[A-Z_]+)` \| `([^`]+)` \|", page, re.MULTILINE))
    settings = Settings.from_environment({"VOTING_DATA": str(tmp_path)})
    found = {
        name: getattr(settings, name.removeprefix("VOTING_").lower())
        for name in told
        if name not in {"VOTING_DATA", "VOTING_TESTING"}
    }

    assert told.pop("VOTING_DATA") == "instance"
    assert told.pop("VOTING_TESTING") == "0"
    assert found
    assert {name: str(value) for name, value in found.items()} == told


def test_the_clock_goes_and_stops_only_at_a_time_with_a_zone() -> None:
    first, second = clock.now(), clock.now()

    assert first <= second
    assert first.tzinfo is not None
    with pytest.raises(ValueError, match="zone"), clock.stopped(first.replace(tzinfo=None)):
        pass


def test_an_event_that_is_no_longer_known_is_named_as_it_was_kept() -> None:
    assert str(told("BellCast", {"n": 1})) == "BellCast"
    assert "BellCast" not in Event.kinds
