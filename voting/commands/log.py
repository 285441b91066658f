"""`voting log`: shows where a log stands, and lets a locked one go on after a comparison."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from voting import ledger
from voting.app import create_app
from voting.config import Settings
from voting.db import reading, transaction
from voting.errors import Refused
from voting.i18n import t
from voting.services import witnesses

DONE: Final = 0
FAILED: Final = 1


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to `voting`."""
    command = commands.add_parser("log", help="show a log's head, or accept it after a restore")
    command.add_argument("congress", help="the congress's short name")
    command.add_argument(
        "--accept",
        nargs=2,
        metavar=("SIZE", "ROOT"),
        help="go on from this head, which was compared with a witness or a kept checkpoint",
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show the heads; with `--accept` let the log go on. 1 while database and note disagree."""
    app = create_app(Settings.from_environment())
    with app.app_context():
        try:
            if arguments.accept:
                size, root = arguments.accept
                with transaction() as tx:
                    witnesses.accept_head(
                        tx, arguments.congress, size=int(size) if size.isdigit() else -1, root=root
                    )
            return _show(arguments.congress)
        except Refused as refusal:
            print(t(refusal.what), file=sys.stderr)
            return FAILED


def _show(slug: str) -> int:
    with reading() as tx:
        head, noted = ledger.heads(tx, slug)
    print(t("In the database: {size} {root}", size=head.size, root=head.root.hex()))
    if noted is None:
        print(t("Signed last: unknown. The log is locked until its head is accepted."))
        return FAILED
    print(t("Signed last: {size} {root}", size=noted.size, root=noted.root.hex()))
    return DONE if noted.size <= head.size else FAILED
