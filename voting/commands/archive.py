"""`voting archive`: writes a year of a congress as one zip with data, forms, record and hashes."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from voting.app import create_app
from voting.config import Settings
from voting.db import reading, transaction
from voting.errors import Refused
from voting.exports.archive import write_archive
from voting.i18n import t
from voting.services.archives import closing
from voting.services.archives.gathering import clerk
from voting.services.people import congresses

DONE: Final = 0
FAILED: Final = 1


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to `voting`."""
    command = commands.add_parser("archive", help="write a year of a congress as one zip")
    command.add_argument("congress", help="the congress's short name")
    command.add_argument("year", type=int, help="the year of the projects")
    command.add_argument(
        "--close", action="store_true", help="end the year: its projects' last milestone"
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the archive and say where it lies; 1 where the year can't be archived or closed."""
    settings = Settings.from_environment()
    app = create_app(settings)
    with app.app_context():
        try:
            return _write(settings, arguments.congress, arguments.year, closes=arguments.close)
        except Refused as refusal:
            print(t(refusal.what), file=sys.stderr)
            return FAILED


def _write(settings: Settings, slug: str, year: int, *, closes: bool) -> int:
    with reading() as tx:
        card = congresses.find_congress(tx, slug)
        if closes:
            closing.check_closable(tx, card.id, year)
    written = write_archive(settings.archives_dir, slug, year, reading)
    with transaction() as tx:
        closing.keep(tx, clerk(card), card.id, year, written=written, closes=closes)
    print(settings.archives_dir / written.name)
    print(t("SHA-256 of its manifest: {digest}", digest=written.digest))
    return DONE
