"""The command `ballots`: the only room here that opens, prints, exits and asks for chance."""

import argparse
import json
import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.progress import Progress as Bar

from ballots.ballot import short_tracker
from ballots.cards import (
    CardSecret,
    TrusteeSeed,
    card_code,
    card_credential,
    card_qr,
    trustee_code,
    trustee_qr,
)
from ballots.encoding import to_b64u
from ballots.errors import BallotError, Malformed
from ballots.log import VerifierKey, parse_verifier_key
from ballots.manifest import Count, check_manifest, parse_manifest
from ballots.outcome import Turnout, decide
from ballots.receipt import check_receipt, parse_receipt
from ballots.record import LARGEST_FILE, MOST_FILES, VKEY, Reader, ZipReader
from ballots.report import finding_line, report_json, report_lines
from ballots.verify import Finding, Progress, Report, check_receipt_in_record, check_record
from ballots.words import Language

SOUND: Final = 0
FINDINGS: Final = 1
MISUSE: Final = 2
MOST_CARDS: Final = 100_000
OUTCOME_HELP: Final = """\
FILE holds {"manifest", "counts", "N", "P", "issued", "ballots"} as JSON:
  manifest  what was voted on, as in the election's object of a record
  counts    votes, one number an option in the order of the manifest; a question
            that allows abstaining has one number more, after its options
  N, P      all deputies, and those present at the close
  issued    good cards at the close
  ballots   ballots accepted"""


class Misuse(Exception):
    """The command was called with something it cannot work with; the text says what."""


class FolderReader:
    """A record as a folder."""

    def __init__(self, folder: Path) -> None:
        """Read below a folder."""
        self._folder = folder

    def paths(self) -> Iterator[str]:
        """Give every file's path. Raises `Malformed("log.size")` for more than a log can have."""
        for number, path in enumerate(self._folder.rglob("*")):
            if number > 2 * MOST_FILES:
                raise Malformed("log.size")
            if not path.is_dir():
                yield path.relative_to(self._folder).as_posix()

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes. Raises `Malformed("log.size")`."""
        file = self._folder / path
        try:
            if not file.is_file():
                return None
            with file.open("rb") as stream:
                data = stream.read(LARGEST_FILE + 1)
        except OSError:
            raise Malformed("log.size", where=path) from None
        if len(data) > LARGEST_FILE:
            raise Malformed("log.size", where=path)
        return data


@contextmanager
def _open_record(path: Path) -> Iterator[Reader]:
    try:
        # A device or a pipe has no end to look for a zip's list of contents at.
        if path.exists() and not path.is_dir() and not path.is_file():
            raise Misuse(f"{path} is neither a folder nor a file")
        stream = None if path.is_dir() else path.open("rb")
    except OSError as error:
        raise Misuse(f"cannot read {path}: {error.strerror}") from None
    if stream is None:
        yield FolderReader(path)
        return
    with stream:
        yield ZipReader(stream)


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Misuse(f"cannot read {path}: {error.strerror}") from None
    if len(data) > LARGEST_FILE:
        raise Misuse(f"{path} is too large")
    return data


def _key(text: str) -> VerifierKey:
    """Take a verifier key as it is written, or a file that holds one."""
    try:
        if "+" not in text:
            text = _read_file(Path(text)).decode().strip()
        return parse_verifier_key(text)
    except (Malformed, UnicodeDecodeError):
        raise Misuse("--vkey is no verifier key: NAME+ID+KEY, or a file that holds it") from None


def _own_key(reader: Reader) -> VerifierKey:
    try:
        return parse_verifier_key((reader.read(VKEY) or b"").decode().strip())
    except (Malformed, UnicodeDecodeError):
        raise Malformed("log.vkey", where=VKEY) from None


def verify(arguments: argparse.Namespace) -> int:
    """Check a record and print a report."""
    language: Language = arguments.language
    given = None if arguments.vkey is None else _key(arguments.vkey)
    report, own_key = Report(), None
    try:
        with _open_record(arguments.record) as reader:
            key = given or _own_key(reader)
            own_key = None if given else str(key)
            report = _check(reader, key, arguments.workers)
    except BallotError as error:
        report.findings.append(Finding(error.rule, where=error.where))
    if arguments.json:
        print(json.dumps(report_json(report), ensure_ascii=False, indent=2))
    else:
        print("\n".join(report_lines(report, language, own_key)))
    return SOUND if report.is_sound else FINDINGS


def _check(reader: Reader, key: VerifierKey, workers: int) -> Report:
    with _bar() as progress:
        if workers == 1:
            return check_record(reader, key, progress=progress)
        with ProcessPoolExecutor(workers) as executor:
            return check_record(reader, key, executor=executor, progress=progress)


@contextmanager
def _bar() -> Iterator[Progress]:
    """Show progress where a person watches."""
    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def receipt(arguments: argparse.Namespace) -> int:
    """Check a receipt, and where a record is given that its ballot stands in it."""
    language: Language = arguments.language
    key = _key(arguments.vkey)
    try:
        parsed = parse_receipt(_read_file(arguments.file).decode())
        tracker = check_receipt(parsed, key)
        if arguments.record is not None:
            with _open_record(arguments.record) as reader:
                check_receipt_in_record(parsed, reader, key)
    except UnicodeDecodeError:
        print(finding_line(Finding("receipt.form"), language))
        return FINDINGS
    except BallotError as error:
        print(finding_line(Finding(error.rule, where=error.where), language))
        return FINDINGS
    code = short_tracker(tracker)
    print(
        f"回执有效：表决票 {code} 是日志第 {parsed.index} 条。"
        if language == "zh"
        else f"The receipt holds: ballot {code} is entry {parsed.index} of the log."
    )
    return SOUND


class _OutcomeInput(msgspec.Struct, forbid_unknown_fields=True):
    """What `ballots outcome` reads: a manifest, the counts and the numbers of §9."""

    manifest: dict[str, object]
    counts: list[Count]
    N: Count
    P: Count
    issued: Count
    ballots: Count


def outcome(arguments: argparse.Namespace) -> int:
    """Work out what the rules make of counts."""
    try:
        given = msgspec.json.decode(_read_file(arguments.file), type=_OutcomeInput, strict=True)
        style = check_manifest(parse_manifest(given.manifest))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Misuse(
            'the file must hold {"manifest", "counts", "N", "P", "issued", "ballots"} as JSON'
        ) from None
    except BallotError as error:
        print(finding_line(Finding(error.rule, where=error.where), arguments.language))
        return FINDINGS
    if len(given.counts) != style.options:
        raise Misuse(f"{style.options} counts are needed, one an option")
    turnout = Turnout(given.N, given.P, given.issued, given.ballots)
    value = msgspec.to_builtins(decide(style, given.counts, turnout, ""))
    del value["type"], value["result"]
    print(json.dumps(value, ensure_ascii=False, indent=2))
    return SOUND


def cards(arguments: argparse.Namespace) -> int:
    """Make secrets of voting cards; only serials and credentials are for the server."""
    for serial in range(1, arguments.number + 1):
        secret = CardSecret(secrets.token_bytes(16))
        credential = to_b64u(card_credential(secret))
        print(f"{serial}\t{credential}\t{card_code(secret)}\t{card_qr(secret)}")
    return SOUND


def sheet(_arguments: argparse.Namespace) -> int:
    """Make the secret of a trustee's sheet."""
    seed = TrusteeSeed(secrets.token_bytes(32))
    print(f"{trustee_code(seed)}\t{trustee_qr(seed)}")
    return SOUND


def _number(text: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:20]) <= most:
        raise argparse.ArgumentTypeError(f"a number from 1 to {most} is needed")
    return int(text)


def _workers(text: str) -> int:
    return _number(text, 256)


def _cards(text: str) -> int:
    return _number(text, MOST_CARDS)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ballots", description="Check a record of votes, a receipt, an outcome; make cards."
    )
    parser.add_argument(
        "--language", choices=("zh", "en"), default=_default_language(), help="of the report"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("verify", help="check a record, a folder or zip")
    command.add_argument("record", type=Path, metavar="RECORD")
    command.add_argument("--vkey", help="the log's key, obtained elsewhere")
    command.add_argument("--json", action="store_true", help="print the report as JSON")
    command.add_argument("--workers", type=_workers, default=os.cpu_count() or 1, metavar="N")
    command.set_defaults(run=verify)
    command = commands.add_parser("receipt", help="check a receipt")
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--vkey", required=True)
    command.add_argument("--record", type=Path, help="look it up there too")
    command.set_defaults(run=receipt)
    command = commands.add_parser(
        "outcome",
        help="work out an outcome from counts",
        epilog=OUTCOME_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("file", type=Path, metavar="FILE", help="JSON, see below")
    command.set_defaults(run=outcome)
    command = commands.add_parser("cards", help="make cards: serial, credential, code, QR text")
    command.add_argument("number", type=_cards, metavar="NUMBER")
    command.set_defaults(run=cards)
    command = commands.add_parser("sheet", help="make a trustee's secret: code, QR text")
    command.set_defaults(run=sheet)
    return parser


def _default_language() -> Language:
    return "zh" if os.environ.get("LANG", "").lower().startswith("zh") else "en"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command: 0 sound, 1 findings, 2 misuse."""
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except Misuse as error:
        print(f"ballots: {error}", file=sys.stderr)
        return MISUSE


def entry() -> None:
    """Run as a program: what a terminal can't show is escaped, and nobody has to listen."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # text of a program
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough; nothing is left to be flushed at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = FINDINGS
    except KeyboardInterrupt:
        status = MISUSE
    sys.exit(status)
