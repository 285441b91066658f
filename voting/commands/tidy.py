"""`voting tidy`: erases what is over by the settings, and says how much it was."""

from __future__ import annotations

import argparse
from typing import Final

from voting.app import create_app
from voting.config import Settings
from voting.db import db, transaction
from voting.i18n import LANGUAGES, speaking, t
from voting.services import retention

DONE: Final = 0


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to `voting`."""
    command = commands.add_parser("tidy", help="erase what is over by the settings")
    command.add_argument("--language", choices=tuple(LANGUAGES), default=next(iter(LANGUAGES)))
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Erase, and say what."""
    app = create_app(Settings.from_environment())
    with speaking(arguments.language), app.app_context():
        with transaction() as tx:
            done = retention.tidy(tx)
        db.engine.dispose()
        print(t(done.words, **done.details))
    return DONE
