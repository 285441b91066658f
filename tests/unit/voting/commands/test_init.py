"""`voting init` and the parts of `voting serve` that can be looked at without serving."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from voting import cli
from voting.app import create_app
from voting.commands.init import how_to_set_up
from voting.commands.serve import gunicorn_options
from voting.config import Settings
from voting.db import db, reading, transaction
from voting.models.people import User
from voting.rules.access import NOBODY
from voting.rules.roles import Role
from voting.services.people import accounts, enrolment

THREE = ["--system", "wang:王建国", "--security", "li:李秀英", "--audit", "zhao:赵敏"]


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty folder that the command is pointed at."""
    monkeypatch.setenv("VOTING_DATA", str(tmp_path))
    monkeypatch.setenv("VOTING_PASSWORD_COST", "16")
    monkeypatch.setenv("VOTING_BASE_URL", "http://localhost")
    return Settings.from_environment()


def test_init_tells_where_and_with_which_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init", "--language", "en"]) == 0

    said = capsys.readouterr().out
    assert re.search(r"http://localhost/setup .* (?:[0-9A-F]{4}-){3}[0-9A-F]{4}$", said.strip())


def test_init_makes_three_administrators_whose_codes_work(
    capsys: pytest.CaptureFixture[str], installation: Settings
) -> None:
    assert cli.main(["init", "--language", "en", *THREE]) == 0

    code = capsys.readouterr().out.splitlines()[-3].split()[-1]
    with create_app(installation).app_context():
        with transaction() as tx:
            step = enrolment.begin_enrolment(
                tx, login="wang", code=code, password="Correct-horse-7"
            )
        assert step
        db.engine.dispose()


def test_init_twice_makes_nobody_twice(
    capsys: pytest.CaptureFixture[str], installation: Settings
) -> None:
    cli.main(["init", *THREE])

    assert cli.main(["init", *THREE]) == 1
    assert cli.main(["init", "--language", "en"]) == 0
    assert "nothing to do" in capsys.readouterr().out
    with create_app(installation).app_context(), reading() as tx:
        assert tx.query(User).count() == 3


@pytest.mark.parametrize("given", [THREE[:2], [*THREE[:5], "no-colon"]])
def test_init_wants_all_three_or_none(given: list[str]) -> None:
    assert cli.main(["init", *given]) == 2


def test_the_setup_code_is_told_until_there_is_an_administrator(installation: Settings) -> None:
    cli.main(["init"])
    with create_app(installation).app_context():
        before = how_to_set_up(installation)
        with transaction() as tx:
            one = accounts.add_invited(tx, NOBODY, login="wang", name="王")
            accounts.add_grant(tx, NOBODY, one.user_id, Role.SYSTEM_ADMIN, congress_id=None)
        after = how_to_set_up(installation)
        db.engine.dispose()

    assert before is not None
    assert after is None


def test_the_secret_is_made_once_and_is_the_owners_alone(
    installation: Settings, tmp_path: Path
) -> None:
    key = tmp_path / "app.key"

    assert key.stat().st_mode & 0o777 == 0o600
    assert Settings.from_environment().secret == installation.secret == key.read_bytes()


def test_the_server_keeps_connections_and_serves_https_when_it_has_a_certificate(
    installation: Settings, tmp_path: Path
) -> None:
    plain = gunicorn_options(installation)
    secured = gunicorn_options(
        replace(installation, certificate=tmp_path / "c", private_key=tmp_path / "k")
    )

    assert (plain["worker_class"], plain["keepalive"]) == ("gthread", 75)
    assert plain["accesslog"] is None
    assert plain["control_socket_disable"]
    assert "certfile" not in plain
    assert secured["certfile"] == str(tmp_path / "c")


def test_a_command_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([])

    assert ended.value.code == 2
