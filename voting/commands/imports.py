"""`voting import`: takes in a roster or candidates from a file, and shows what is wrong in it.

Exit codes: 0 done, or nothing wrong in a preview; 1 rows that are not right; 2 misuse.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import select

from voting.app import create_app
from voting.config import Settings
from voting.db import Tx, reading, transaction
from voting.errors import NotFound, NotValid, Refused
from voting.i18n import LANGUAGES, speaking, t
from voting.imports.limits import LARGEST_FILE
from voting.imports.problems import Problem
from voting.models.people import Congress
from voting.models.sittings import BallotKind, Sitting
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services import candidates, roster
from voting.services.roster import ImportChoice

DONE: Final = 0
FINDINGS: Final = 1
MISUSE: Final = 2


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to `voting`."""
    command = commands.add_parser("import", help="take in a roster or candidates, csv or xlsx")
    kinds = command.add_subparsers(metavar="WHAT", required=True)
    people = kinds.add_parser("roster", help="the deputies of a congress")
    people.add_argument("--retire-missing", action="store_true", help="take out all others")
    people.set_defaults(run=import_roster)
    projects = kinds.add_parser("candidates", help="the candidate projects of a sitting")
    projects.add_argument("--sitting", required=True, metavar="NAME")
    projects.add_argument("--kind", choices=[kind.value for kind in BallotKind], default="decision")
    projects.set_defaults(run=import_candidates)
    for kind in (people, projects):
        kind.add_argument("file", type=Path, metavar="FILE")
        kind.add_argument("--congress", required=True, metavar="SLUG")
        kind.add_argument("--preview", action="store_true", help="only tell what would happen")
        kind.add_argument("--skip-bad-rows", action="store_true", help="take the others in")
        kind.add_argument("--language", choices=tuple(LANGUAGES), default=next(iter(LANGUAGES)))


def import_roster(arguments: argparse.Namespace) -> int:
    """Import deputies."""
    return _with_application(arguments, _roster)


def import_candidates(arguments: argparse.Namespace) -> int:
    """Import candidate projects."""
    return _with_application(arguments, _candidates)


def _with_application(
    arguments: argparse.Namespace, act: Callable[[argparse.Namespace, bytes], int]
) -> int:
    with speaking(arguments.language):
        try:
            with arguments.file.open("rb") as file:
                data = file.read(LARGEST_FILE + 1)
        except OSError as error:
            print(f"voting import: {arguments.file}: {error.strerror}", file=sys.stderr)
            return MISUSE
        with create_app(Settings.from_environment()).app_context():
            try:
                return act(arguments, data)
            except Refused as refused:
                _complain(refused)
                return FINDINGS if isinstance(refused, NotValid) else MISUSE


def _roster(arguments: argparse.Namespace, data: bytes) -> int:
    with reading() as tx:
        congress_id = _congress(tx, arguments.congress)
        preview = roster.preview_roster(tx, _operator(congress_id), congress_id, data)
    print(
        t(
            "{added} new, {changed} changed, {unchanged} unchanged, {bad} not right;"
            " {missing} deputies of the roster are not in the file.",
            added=preview.added,
            changed=preview.changed,
            unchanged=preview.unchanged,
            bad=len(preview.sheet.bad_lines),
            missing=len(preview.missing),
        )
    )
    if not _report(preview.sheet.problems, preview.sheet.warnings, arguments):
        return FINDINGS
    if arguments.preview:
        return DONE
    choice = ImportChoice(arguments.skip_bad_rows, arguments.retire_missing)
    with transaction() as tx:
        done = roster.import_roster(
            tx, _operator(congress_id), congress_id, data=data, choice=choice
        )
    print(t(done.words, **done.details))
    return DONE


def _candidates(arguments: argparse.Namespace, data: bytes) -> int:
    kind = BallotKind(arguments.kind)
    with reading() as tx:
        congress_id = _congress(tx, arguments.congress)
        sitting_id = _sitting(tx, congress_id, arguments.sitting)
        actor = _operator(congress_id)
        sheet = candidates.preview_candidates(tx, actor, sitting_id, kind=kind, data=data)
    print(
        t(
            "{good} candidates are right, {bad} are not.",
            good=len(sheet.rows),
            bad=len(sheet.bad_lines),
        )
    )
    if not _report(sheet.problems, sheet.warnings, arguments):
        return FINDINGS
    if arguments.preview:
        return DONE
    with transaction() as tx:
        listed = candidates.import_candidates(
            tx,
            _operator(congress_id),
            sitting_id,
            kind=kind,
            data=data,
            skip_bad_rows=arguments.skip_bad_rows,
        )
        print(t("A list of {number} candidates was imported.", number=len(listed.candidates)))
    return DONE


def _report(
    problems: Sequence[Problem], warnings: Sequence[Problem], arguments: argparse.Namespace
) -> bool:
    """Print what is wrong and what is odd; tells whether the import may go on."""
    for problem in (*problems, *warnings):
        print(
            t(
                "Line {line}, {field}: {what} {now}",
                line=problem.line,
                field=problem.field,
                what=problem.what,
                now=problem.now,
            )
        )
    if problems and not arguments.skip_bad_rows:
        print(t("Nothing was imported. Correct the file, or say --skip-bad-rows."))
        return False
    return True


def _complain(refused: Refused) -> None:
    print(t(refused.what), *([t(refused.advice)] if refused.advice else []), file=sys.stderr)


def _congress(tx: Tx, slug: str) -> int:
    found = tx.scalar(select(Congress.id).where(Congress.slug == slug))
    if found is None:
        raise NotFound("There is no congress called {slug}.", slug=slug)
    return found


def _sitting(tx: Tx, congress_id: int, name: str) -> int:
    found = tx.scalar(
        select(Sitting.id).where(Sitting.congress_id == congress_id, Sitting.name == name)
    )
    if found is None:
        raise NotFound("This congress has no sitting called {name}.", name=name)
    return found


def _operator(congress_id: int) -> Actor:
    """Act for whoever may run commands on the server; the journal says so."""
    return Actor(None, "command line", frozenset({(congress_id, Role.SECRETARIAT)}))
