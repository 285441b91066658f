"""`voting doctor`: looks the whole installation over, and says what is wrong and what to do.

Exit codes: 0 nothing is wrong, or only advice; 1 something is; 2 the database can't be reached.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Final, TypeAlias

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from voting.app import create_app
from voting.commands.checks import ALONE, INSIDE, Finding, check_schema
from voting.config import Settings
from voting.db import db
from voting.errors import Message, msg
from voting.i18n import LANGUAGES, speaking, t

DONE: Final = 0
FINDINGS: Final = 1
UNREACHABLE: Final = 2

Checked: TypeAlias = tuple[Message, tuple[Finding, ...]]


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to `voting`."""
    command = commands.add_parser("doctor", help="look the whole installation over")
    command.add_argument("--json", action="store_true", help="for machines")
    command.add_argument("--language", choices=tuple(LANGUAGES), default=next(iter(LANGUAGES)))
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look at everything, tell it, and give the exit code."""
    settings = Settings.from_environment()
    app = create_app(settings)
    with speaking(arguments.language), app.app_context():
        try:
            checked = list(look(app, settings))
        except SQLAlchemyError as error:
            print(t("The database can't be reached: {kind}", kind=type(error).__name__))
            print(t("Start it, and compare VOTING_DATABASE with its address."), file=sys.stderr)
            return UNREACHABLE
        finally:
            db.engine.dispose()
        _tell_machine(checked) if arguments.json else _tell(checked)
    return FINDINGS if any(f.is_fault for _, found in checked for f in found) else DONE


def look(app: Flask, settings: Settings) -> Iterator[Checked]:
    """Make all checks; those inside the database only where its schema is the right one."""
    for name, check in ALONE:
        yield name, tuple(check(settings))
    behind = tuple(check_schema(app))
    yield msg("Schema"), behind
    if not behind:
        for name, check in INSIDE:
            yield name, tuple(check(settings))


def _tell(checked: list[Checked]) -> None:
    for name, found in checked:
        word = msg("advice") if found else msg("in order")
        if any(finding.is_fault for finding in found):
            word = msg("WRONG")
        print(f"{t(name)}: {t(word)}")
        for finding in found:
            print(f"  {t(finding.what)}\n    {t(finding.now)}")


def _tell_machine(checked: list[Checked]) -> None:
    lines = [
        {
            "check": name.id,
            "findings": [
                {"what": str(f.what), "now": str(f.now), "fault": f.is_fault} for f in found
            ],
        }
        for name, found in checked
    ]
    print(json.dumps(lines, ensure_ascii=False, indent=2))
