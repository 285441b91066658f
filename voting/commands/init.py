"""`voting init`: prepares folder and database, and shows how the first administrators are made."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from voting.app import create_app
from voting.config import Settings
from voting.db import reading, transaction
from voting.errors import Refused
from voting.i18n import LANGUAGES, speaking, t
from voting.migrations import upgrade
from voting.rules.roles import ROLE_NAMES
from voting.services.people import setup
from voting.services.people.setup import Founder

DONE: Final = 0
FAILED: Final = 1
MISUSE: Final = 2


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to `voting`."""
    command = commands.add_parser("init", help="prepare the database and the first administrators")
    command.add_argument("--system", metavar="LOGIN:NAME", help="make the system administrator")
    command.add_argument("--security", metavar="LOGIN:NAME", help="the security administrator")
    command.add_argument("--audit", metavar="LOGIN:NAME", help="the audit administrator")
    command.add_argument("--language", choices=tuple(LANGUAGES), default=next(iter(LANGUAGES)))
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prepare the installation; a second run changes nothing that is there."""
    given = (arguments.system, arguments.security, arguments.audit)
    if any(given) and not all(given and ":" in (given or "") for given in given):
        print("voting init: name all three administrators as LOGIN:NAME", file=sys.stderr)
        return MISUSE
    settings = Settings.from_environment()
    app = create_app(settings)
    upgrade(app)
    with speaking(arguments.language), app.app_context():
        print(t("The database is ready in {folder}.", folder=str(settings.data_dir)))
        return _found(settings, given) if all(given) else _tell(settings)


def how_to_set_up(settings: Settings) -> str | None:
    """Say where the first set-up is done and with which code; nothing once there are three."""
    with reading() as tx:
        if setup.is_set_up(tx):
            return None
    return t(
        "First set-up: open {address} and enter the code {code}",
        address=f"{settings.base_url}/setup",
        code=setup.setup_code(settings),
    )


def _tell(settings: Settings) -> int:
    print(how_to_set_up(settings) or t("There are administrators already; nothing to do."))
    return DONE


def _found(settings: Settings, given: tuple[str, ...]) -> int:
    pairs = [name.split(":", 1) for name in given]
    founders = tuple(
        Founder(role, login, name) for role, (login, name) in zip(setup.FIRST, pairs, strict=True)
    )
    try:
        with transaction() as tx:
            invited = setup.set_up(tx, code=setup.setup_code(settings), founders=founders)
    except Refused as refusal:
        print(t(refusal.what), file=sys.stderr)
        return FAILED
    print(t("One-time codes, shown only now; enrol at {address}", address=_enrol(settings)))
    for role, one in zip(setup.FIRST, invited, strict=True):
        print(f"  {t(ROLE_NAMES[role])}  {one.name}  {one.login}  {one.code}")
    return DONE


def _enrol(settings: Settings) -> str:
    return f"{settings.base_url}/enrol"
