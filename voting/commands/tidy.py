"""`voting tidy`: erases what is over by the settings, and what free space remembers."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import Final

from voting.app import create_app
from voting.config import Settings
from voting.db import db, transaction
from voting.i18n import LANGUAGES, speaking, t
from voting.services import retention

DONE: Final = 0
# Rows that lie in another order than before would tell who came with whom.
_TRACES: Final = ("attendance", "cards")


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
        _pack()
        db.engine.dispose()
        print(t(done.words, **done.details))
    return DONE


def _pack() -> None:
    """Write the database anew, so that free space tells nothing of what stood there before."""
    if db.engine.dialect.name == "sqlite":
        with closing(db.engine.raw_connection()) as raw:
            raw.cursor().execute("VACUUM")
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in _TRACES:
            connection.exec_driver_sql(f"VACUUM FULL {table}")
