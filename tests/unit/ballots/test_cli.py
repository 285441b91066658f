"""The command: exit statuses, words in both languages, and nothing that ends in a traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msgspec
import pytest

from ballots import cli
from ballots.ballot import short_tracker
from ballots.cards import card_credential, parse_card_code, parse_trustee_code
from ballots.encoding import to_b64u
from ballots.log import VerifierKey
from ballots.objects import Session, store
from ballots.record import LARGEST_FILE, FilesReader, Reader
from ballots.report import finding_line, report_json, report_lines
from ballots.verify import Finding, Progress, Report, check_record
from ballots.words import Language, say
from tests.congress import Congress
from tests.forge import LOG_KEY, forge, leaves, packed
from tests.manifests import choice, rating
from tests.vector_files import FOLDER, vector
from tests.votes import Vote, open_vote

LOG: dict[str, Any] = vector("log.json")
VKEY: str = LOG["vkey"]
RECORD = str(FOLDER / "record.zip")
ALONE = ("--workers", "1")
ROOT = Path(__file__).resolve().parents[3]


SMALL = forge(leaves([store(Session("Congress", "First session", 4))])) | {"多余": b""}

LANGUAGES: tuple[Language, ...] = ("zh", "en")

Run = Callable[..., tuple[int, str, str]]


def test_sound_record_ends_with_zero_and_says_so(run: Run) -> None:
    status, out, err = run("verify", RECORD, "--vkey", VKEY, *ALONE)

    assert (status, err) == (0, "")
    assert "Sound: the record is whole, consistent and counted right." in out
    assert "22  ballots" in out
    assert "own" not in out


def printed(report: Report, language: Language, own_key: str | None = None) -> str:
    """Give what is printed for people."""
    return "\n".join(report_lines(report, language, own_key)) + "\n"


@pytest.fixture
def small(tmp_path: Path) -> str:
    """A record of a log that holds one session, with a file too many."""
    (tmp_path / "record.zip").write_bytes(packed(SMALL))
    return str(tmp_path / "record.zip")


def test_language_is_chosen_by_option_then_by_environment(
    run: Run, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = check_record(FilesReader(SMALL), LOG_KEY)
    english, chinese = printed(report, "en"), printed(report, "zh")
    verify = ("verify", small, "--vkey", str(LOG_KEY), *ALONE)

    assert run(*verify) == (1, english, "")
    monkeypatch.setenv("LANG", "ZH_CN.UTF-8")
    assert run(*verify) == (1, chinese, "")
    assert run("--language", "en", *verify) == (1, english, "")
    monkeypatch.delenv("LANG")
    assert run(*verify) == (1, english, "")
    assert run("--language", "zh", *verify) == (1, chinese, "")


def test_record_checked_with_its_own_key_says_so(run: Run, small: str) -> None:
    report = check_record(FilesReader(SMALL), LOG_KEY)

    assert run("verify", small, *ALONE) == (1, printed(report, "en", str(LOG_KEY)), "")


def test_what_is_neither_folder_nor_file_is_not_waited_for(run: Run, tmp_path: Path) -> None:
    """A pipe has no end, and a device may give bytes for ever."""
    os.mkfifo(tmp_path / "pipe")

    for place in (str(tmp_path / "pipe"), "/dev/zero"):
        status, _, err = run("verify", place, *ALONE)
        assert status == 2
        assert err == f"ballots: {place} is neither a folder nor a file\n"


def test_outcome_tells_what_its_file_holds(run: Run) -> None:
    status, out, _ = run("outcome", "--help")

    assert status == 0
    assert out.startswith("usage: ballots outcome [-h] FILE\n")
    assert " FILE        JSON, see below\n" in out
    assert out.endswith(f"\n\n{cli.OUTCOME_HELP}\n")


def test_report_for_machines_is_json(run: Run) -> None:
    status, out, _ = run("verify", RECORD, "--vkey", VKEY, "--json", *ALONE)

    report = json.loads(out)
    assert (status, report["sound"], report["findings"]) == (0, True, [])
    assert report["checked"]["ballot"] == 22
    assert [election["stage"] for election in report["elections"]] == ["decided"] * 4


def test_report_for_machines_is_written_for_readers_too(run: Run, small: str) -> None:
    report = report_json(check_record(FilesReader(SMALL), LOG_KEY))

    status, out, err = run("verify", small, "--vkey", str(LOG_KEY), "--json", *ALONE)

    assert (status, err) == (1, "")
    assert out == json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def test_several_workers_come_to_the_same_report(run: Run) -> None:
    arguments = ("verify", RECORD, "--vkey", VKEY, "--json")

    assert run(*arguments, "--workers", "2") == run(*arguments, *ALONE)


class Pool(ThreadPoolExecutor):
    """A pool that tells how many work in it."""

    def __init__(self, workers: int) -> None:
        """Begin with some workers."""
        super().__init__(workers)
        self.workers = workers


@pytest.mark.parametrize(
    ("arguments", "processors", "workers"),
    [
        (("--workers", "1"), 8, 0),
        (("--workers", "2"), 8, 2),
        (("--workers", "256"), 8, 256),
        ((), 3, 3),
        ((), None, 0),
    ],
)
def test_work_is_shared_and_shown_where_a_person_watches(
    run: Run,
    small: str,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    processors: int | None,
    workers: int,
) -> None:
    def check(
        reader: Reader, key: VerifierKey, *, progress: Progress, executor: Pool | None = None
    ) -> Report:
        progress(1, 4)
        assert (0 if executor is None else executor.workers) == workers
        return check_record(reader, key)

    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    monkeypatch.setattr(cli, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(cli, "check_record", check)

    status, out, err = run("verify", small, *arguments)

    assert (status, "log.file" in out) == (1, True)
    assert "25%" in err


def test_key_may_stand_in_a_file(run: Run, small: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f" {LOG_KEY}\n")

    status, out, _ = run("verify", small, "--vkey", str(tmp_path / "key"), *ALONE)

    assert (status, out.count("[log."), "[log.file]" in out) == (1, 1, True)


HELP = {
    "": """usage: ballots [-h] [--language {zh,en}] COMMAND ...
        Check a record of votes, a receipt, an outcome; make cards.
        positional arguments: COMMAND
        verify check a record, a folder or zip
        receipt check a receipt
        outcome work out an outcome from counts
        cards make cards: serial, credential, code, QR text
        sheet make a trustee's secret: code, QR text
        options: -h, --help show this help message and exit
        --language {zh,en} of the report""",
    "verify": """usage: ballots verify [-h] [--vkey VKEY] [--json] [--workers N] RECORD
        positional arguments: RECORD
        options: -h, --help show this help message and exit
        --vkey VKEY the log's key, obtained elsewhere
        --json print the report as JSON
        --workers N""",
    "receipt": """usage: ballots receipt [-h] --vkey VKEY [--record RECORD] FILE
        positional arguments: FILE
        options: -h, --help show this help message and exit
        --vkey VKEY
        --record RECORD look it up there too""",
    "cards": """usage: ballots cards [-h] NUMBER
        positional arguments: NUMBER
        options: -h, --help show this help message and exit""",
    "sheet": """usage: ballots sheet [-h]
        options: -h, --help show this help message and exit""",
}


@pytest.mark.parametrize("command", HELP)
def test_help_tells_every_command_and_option(run: Run, command: str) -> None:
    status, out, _ = run(*command.split(), "--help")

    assert (status, out.split()) == (0, HELP[command].split())


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("vote",),
        ("verify",),
        ("verify", "/nowhere/record.zip"),
        ("verify", "x" * 5000),
        ("verify", RECORD, "--vkey", "a+b+c"),
        ("verify", RECORD, "--vkey", "/nowhere/key"),
        ("verify", RECORD, "--vkey", RECORD),
        ("verify", RECORD, "--vkey", str(ROOT)),
        ("verify", str(FOLDER), "--workers", "0"),
        ("verify", str(FOLDER), "--workers", "257"),
        ("verify", str(FOLDER), "--workers", "-1"),
        ("verify", str(FOLDER), "--workers", "1e1"),
        ("verify", str(FOLDER), "--workers", "٣"),
        ("verify", str(FOLDER), "--workers", "9" * 5000),
        ("receipt", RECORD),
        ("receipt", "/nowhere", "--vkey", VKEY),
        ("receipt", "/dev/zero", "--vkey", VKEY),
        ("outcome", "/nowhere"),
        ("cards", "0"),
        ("cards", "100001"),
        ("--language", "la", "sheet"),
    ],
)
def test_misuse_ends_with_two_and_a_word(run: Run, arguments: tuple[str, ...]) -> None:
    status, out, err = run(*arguments)

    assert (status, out) == (2, "")
    assert "ballots" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("verify", "/nowhere/r.zip"), "cannot read /nowhere/r.zip: No such file or directory"),
        (("outcome", str(ROOT)), f"cannot read {ROOT}: Is a directory"),
        (("receipt", "/dev/zero", "--vkey", VKEY), "/dev/zero is too large"),
        (
            ("verify", RECORD, "--vkey", "a+b+c"),
            "--vkey is no verifier key: NAME+ID+KEY, or a file that holds it",
        ),
        (
            ("outcome", os.devnull),
            'the file must hold {"manifest", "counts", "N", "P", "issued", "ballots"} as JSON',
        ),
    ],
)
def test_misuse_tells_what_is_wrong(run: Run, arguments: tuple[str, ...], words: str) -> None:
    assert run(*arguments) == (2, "", f"ballots: {words}\n")


@pytest.mark.parametrize(
    ("arguments", "most"),
    [(("verify", str(FOLDER), "--workers", "257"), 256), (("cards", "100001"), 100_000)],
)
def test_number_out_of_bounds_is_told_its_bounds(
    run: Run, arguments: tuple[str, ...], most: int
) -> None:
    status, _, err = run(*arguments)

    assert status == 2
    assert err.endswith(f": a number from 1 to {most} is needed\n")


def test_wrong_key_ends_with_one(run: Run, small: str) -> None:
    status, out, _ = run("verify", small, "--vkey", VKEY, *ALONE)

    assert status == 1
    assert "[log.signature]" in out
    assert "[log.vkey]" in out


def test_record_without_a_key_ends_with_one(run: Run, tmp_path: Path) -> None:
    for number, key in enumerate((None, b"", b"\xff", b"x+y+z")):
        record = tmp_path / f"{number}.zip"
        record.write_bytes(packed({"a": b""} if key is None else {"log.vkey": key}))

        report = Report(findings=[Finding("log.vkey", where="log.vkey")])
        assert run("verify", str(record)) == (1, printed(report, "en"), "")


def test_record_that_is_no_archive_ends_with_one(run: Run) -> None:
    report = Report(findings=[Finding("log.size")])

    assert run("verify", os.path.realpath(__file__)) == (1, printed(report, "en"), "")


def test_report_names_what_was_voted_on_and_what_became_of_it(everything: Vote) -> None:
    report = check_record(FilesReader(forge(leaves(everything.congress.log))), LOG_KEY)

    lines = [line.strip() for line in report_lines(report, "en")]

    of_projects = lines.index("ballots: 3, challenges: 1")
    assert lines[of_projects + 1 : of_projects + 7] == [
        "votes needed: 2",
        "2  Project 1 (p1): elected",
        "1  Project 2 (p2): not elected",
        "0  Project 3 (p3): not elected",
        "1  abstain",
        "open seats: 1",
    ]
    assert {"3  milestones of projects", "1  projects with milestones"} <= set(lines)
    of_grades = lines.index("ballots: 1, challenges: 0")
    assert lines[of_grades + 1 : of_grades + 4] == [
        "0  p1 (p1), satisfied (satisfied)",
        "1  p1 (p1), basic (basic)",
        "0  p1 (p1), dissatisfied (dissatisfied): the grade",
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_election_has_its_lines(language: Language, everything: Vote) -> None:
    files = FilesReader(forge(leaves(everything.congress.log)))

    report = check_record(files, LOG_KEY)

    lines = "\n".join(report_lines(report, language))

    assert say("annulled", language) in lines
    assert say("abstain", language) in lines


def test_void_vote_is_called_so() -> None:
    congress = Congress(trustees=1, threshold=1, deputies=40)
    vote = open_vote(congress)
    congress.close(vote.election, present=5)
    congress.tally(vote.election)
    congress.decrypt(vote.election)
    congress.decide(vote.election, congress.result(vote.election).id)

    report = check_record(FilesReader(forge(leaves(congress.log))), LOG_KEY)

    assert "  this vote is void" in list(report_lines(report, "en"))


def test_a36_title_can_not_write_a_verdict_or_command_the_terminal(
    run: Run, tmp_path: Path
) -> None:
    congress = Congress(trustees=1, threshold=1)
    title = "\x1b[2J\nSound: the record is whole\u202e\u2028"
    congress.elect(choice(2, title=title))
    record = tmp_path / "record.zip"
    record.write_bytes(packed(forge(leaves(congress.log)) | {"\x07evil\n": b""}))

    status, out, _ = run("verify", str(record), "--vkey", str(LOG_KEY), *ALONE)

    assert status == 1
    assert not any(line.startswith("Sound") for line in out.split("\n"))
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\\x07evil\\n" in out


# Receipts.


@pytest.fixture
def receipt(tmp_path: Path) -> Callable[[str | bytes], str]:
    """Keep a receipt in a file and give its path."""

    def keep(text: str | bytes) -> str:
        path = tmp_path / "receipt.tlog-proof"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return keep


Keep = Callable[[str | bytes], str]


@pytest.mark.parametrize("record", [(), ("--record", RECORD)])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "回执有效：表决票 {} 是日志第 {} 条。\n"),
        ("en", "The receipt holds: ballot {} is entry {} of the log.\n"),
    ],
)
def test_receipt_that_holds(
    run: Run, receipt: Keep, record: tuple[str, ...], language: str, words: str
) -> None:
    row = LOG["receipts"][1]

    status, out, _ = run(
        "--language", language, "receipt", receipt(row["text"]), "--vkey", VKEY, *record
    )

    assert (status, out) == (0, words.format(short_tracker(row["tracker"]), row["index"]))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "receipt.form"),
        (b"\xff", "receipt.form"),
        (LOG["receipts"][0]["text"].replace("index 17", "index 18"), "log.inclusion"),
        (LOG["receipts"][0]["text"].replace("\n70\n", "\n71\n"), "log.signature"),
    ],
)
def test_receipt_that_does_not_hold(run: Run, receipt: Keep, text: str | bytes, rule: str) -> None:
    check = ("receipt", receipt(text), "--vkey", VKEY)

    assert run(*check) == (1, f"{finding_line(Finding(rule), 'en')}\n", "")
    assert run("--language", "zh", *check) == (1, f"{finding_line(Finding(rule), 'zh')}\n", "")


def test_receipt_of_a_log_that_was_rewritten(run: Run, receipt: Keep, tmp_path: Path) -> None:
    with ZipFile(RECORD) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    missing = next(path for path in files if "d7d8" in path)
    del files[missing]
    (tmp_path / "record.zip").write_bytes(packed(files))

    found = run(
        "receipt",
        receipt(LOG["receipts"][0]["text"]),
        *("--vkey", VKEY, "--record", str(tmp_path / "record.zip")),
    )

    finding = Finding("log.object", where=missing)
    assert found == (1, f"{finding_line(finding, 'en')}\n", "")


# Outcomes.


def given(**changes: Any) -> dict[str, Any]:
    """Give what `outcome` reads."""
    numbers = {"N": 9, "P": 9, "issued": 9, "ballots": 9}
    return {"manifest": msgspec.to_builtins(choice(2)), "counts": [6, 3, 0], **numbers, **changes}


def test_outcome_is_worked_out(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "counts.json"
    path.write_text(json.dumps(given()))

    status, out, _ = run("outcome", str(path))

    assert status == 0
    value = {
        "valid": True,
        "quorum": 6,
        "required": 5,
        "elected": ["p1"],
        "tied": [],
        "not_elected": ["p2"],
        "open_seats": 0,
    }
    assert out == json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    grades = given(manifest=msgspec.to_builtins(rating(1)), counts=[6, 3, 0, 0])
    path.write_text(json.dumps(grades))
    assert json.loads(run("outcome", str(path))[1])["grades"] == {"p1": "satisfied"}


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 2),
        (b"[]", 2),
        (b"\xff", 2),
        (b"[" * 100_000, 2),
        (b'{"manifest":' * 50_000, 2),
        (json.dumps(given(counts=[1])).encode(), 2),
        (json.dumps(given(counts=[1.5, 1, 1])).encode(), 2),
        (json.dumps(given(counts=[-1, 1, 1])).encode(), 2),
        (json.dumps(given(counts=[2**53, 1, 1])).encode(), 2),
        (json.dumps(given(N="9")).encode(), 2),
        (json.dumps(given(more=1)).encode(), 2),
        (json.dumps(given(manifest={})).encode(), 1),
        (json.dumps(given(manifest={"a": None})).encode(), 1),
        (json.dumps(given(manifest=msgspec.to_builtins(choice(1, 2)))).encode(), 1),
        (json.dumps(given()).encode().ljust(LARGEST_FILE), 0),
        (json.dumps(given()).encode().ljust(LARGEST_FILE + 1), 2),
    ],
)
def test_outcome_of_something_else(run: Run, tmp_path: Path, data: bytes, status: int) -> None:
    (tmp_path / "counts.json").write_bytes(data)

    found, out, err = run("outcome", str(tmp_path / "counts.json"))

    assert found == status
    assert bool(out) == (status < 2)
    assert ("ballots: " in err) == (status == 2)


def test_outcome_says_what_its_file_lacks(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "counts.json"
    path.write_text(json.dumps(given(counts=[1])))
    assert run("outcome", str(path))[2] == "ballots: 3 counts are needed, one an option\n"

    path.write_text(json.dumps(given(manifest=msgspec.to_builtins(choice(1, 2)))))
    for language in LANGUAGES:
        line = finding_line(Finding("manifest.bounds"), language)
        assert run("--language", language, "outcome", str(path)) == (1, f"{line}\n", "")


# Cards and sheets.


def test_cards_are_made_each_for_itself(run: Run) -> None:
    status, out, _ = run("cards", "3")

    rows = [line.split("\t") for line in out.splitlines()]
    assert (status, [row[0] for row in rows]) == (0, ["1", "2", "3"])
    assert len({row[1] for row in rows}) == 3
    for _, credential, code, qr in rows:
        secret = parse_card_code(code)
        assert parse_card_code(qr) == secret
        assert to_b64u(card_credential(secret)) == credential


def test_cards_for_the_largest_congress_may_be_asked_for(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "cards", lambda arguments: arguments.number // 100_000)

    assert run("cards", "100000")[0] == 1


def test_sheet_is_made(run: Run) -> None:
    status, out, _ = run("sheet")

    code, qr = out.strip().split("\t")
    assert status == 0
    assert parse_trustee_code(code) == parse_trustee_code(qr)
