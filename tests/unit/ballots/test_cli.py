"""The command: exit statuses, words in both languages, and nothing that ends in a traceback."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
import pytest

from ballots import cli, words
from ballots.ballot import short_tracker
from ballots.cards import card_credential, parse_card_code, parse_trustee_code
from ballots.cli import FolderReader
from ballots.encoding import to_b64u
from ballots.errors import Malformed
from ballots.record import LARGEST_FILE, FilesReader
from ballots.report import report_lines
from ballots.verify import check_record
from tests.congress import Congress
from tests.forge import LOG_KEY, forge, leaves
from tests.manifests import choice, rating
from tests.vector_files import FOLDER, vector
from tests.votes import PROJECTS, Vote, open_vote

LOG: dict[str, Any] = vector("log.json")
VKEY: str = LOG["vkey"]
RECORD = str(FOLDER / "record.zip")
ALONE = ("--workers", "1")
ROOT = Path(__file__).resolve().parents[3]


def packed(files: dict[str, bytes]) -> bytes:
    """Pack files."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return buffer.getvalue()


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Run the command and give its status and what it printed."""
    monkeypatch.setenv("LANG", "en_GB.UTF-8")

    def call(*arguments: str) -> tuple[int, str, str]:
        try:
            status = cli.main(arguments)
        except SystemExit as end:
            status = int(end.code or 0)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


Run = Callable[..., tuple[int, str, str]]


def test_sound_record_ends_with_zero_and_says_so(run: Run) -> None:
    status, out, err = run("verify", RECORD, "--vkey", VKEY, *ALONE)

    assert (status, err) == (0, "")
    assert "Sound: the record is whole, consistent and counted right." in out
    assert "22  ballots" in out
    assert "own" not in out


def test_report_is_there_in_chinese(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    by_environment = run("verify", RECORD, "--vkey", VKEY, *ALONE)
    monkeypatch.delenv("LANG")
    by_option = run("--language", "zh", "verify", RECORD, "--vkey", VKEY, *ALONE)

    assert by_environment == by_option
    assert "检查通过" in by_option[1]
    assert "Sound" not in by_option[1]


def test_record_checked_with_its_own_key_says_so(run: Run) -> None:
    status, out, _ = run("verify", RECORD, *ALONE)

    assert status == 0
    assert f"  {VKEY}" in out.split("\n")
    assert "compare it with one obtained elsewhere" in out


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
    assert '{"manifest", "counts", "N", "P", "issued", "ballots"}' in out


def test_report_for_machines_is_json(run: Run) -> None:
    status, out, _ = run("verify", RECORD, "--vkey", VKEY, "--json", *ALONE)

    report = json.loads(out)
    assert (status, report["sound"], report["findings"]) == (0, True, [])
    assert report["checked"]["ballot"] == 22
    assert [election["stage"] for election in report["elections"]] == ["decided"] * 4


def test_several_workers_come_to_the_same_report(run: Run) -> None:
    arguments = ("verify", RECORD, "--vkey", VKEY, "--json")

    assert run(*arguments, "--workers", "2") == run(*arguments, *ALONE)


def test_key_may_stand_in_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{VKEY}\n")

    assert run("verify", RECORD, "--vkey", str(tmp_path / "key"), *ALONE)[0] == 0


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
        ("verify", RECORD, "--workers", "0"),
        ("verify", RECORD, "--workers", "257"),
        ("verify", RECORD, "--workers", "-1"),
        ("verify", RECORD, "--workers", "1e1"),
        ("verify", RECORD, "--workers", "٣"),
        ("verify", RECORD, "--workers", "9" * 5000),
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


def test_wrong_key_ends_with_one(run: Run) -> None:
    status, out, _ = run("verify", RECORD, "--vkey", str(LOG_KEY), *ALONE)

    assert status == 1
    assert "[log.signature]" in out
    assert "[log.vkey]" in out


def test_record_without_a_key_ends_with_one(run: Run, tmp_path: Path) -> None:
    for number, key in enumerate((None, b"", b"\xff", b"x+y+z")):
        record = tmp_path / f"{number}.zip"
        record.write_bytes(packed({"a": b""} if key is None else {"log.vkey": key}))

        status, out, _ = run("verify", str(record))

        assert status == 1
        assert "log.vkey: not the log's verifier key [log.vkey]" in out


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
def test_every_kind_of_election_has_its_lines(language: words.Language, everything: Vote) -> None:
    files = FilesReader(forge(leaves(everything.congress.log)))

    report = check_record(files, LOG_KEY)

    lines = "\n".join(report_lines(report, language))

    assert words.say("annulled", language) in lines
    assert words.say("abstain", language) in lines


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
@pytest.mark.parametrize("language", ["zh", "en"])
def test_receipt_that_holds(
    run: Run, receipt: Keep, record: tuple[str, ...], language: str
) -> None:
    row = LOG["receipts"][1]

    status, out, _ = run(
        "--language", language, "receipt", receipt(row["text"]), "--vkey", VKEY, *record
    )

    assert status == 0
    assert f" {short_tracker(row['tracker'])} " in out
    assert row["tracker"] not in out
    assert str(row["index"]) in out


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
    status, out, _ = run("receipt", receipt(text), "--vkey", VKEY)

    assert (status, f"[{rule}]" in out) == (1, True)


def test_receipt_of_a_log_that_was_rewritten(run: Run, receipt: Keep, tmp_path: Path) -> None:
    with ZipFile(RECORD) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (tmp_path / "record.zip").write_bytes(
        packed({k: v for k, v in files.items() if "d7d8" not in k})
    )

    status, out, _ = run(
        "receipt",
        receipt(LOG["receipts"][0]["text"]),
        *("--vkey", VKEY, "--record", str(tmp_path / "record.zip")),
    )

    assert (status, "[log.object]" in out) == (1, True)


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
    assert json.loads(out)["elected"] == ["p1"]
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
        (b" " * (LARGEST_FILE + 1), 2),
    ],
)
def test_outcome_of_something_else(run: Run, tmp_path: Path, data: bytes, status: int) -> None:
    (tmp_path / "counts.json").write_bytes(data)

    found, out, err = run("outcome", str(tmp_path / "counts.json"))

    assert found == status
    assert ("[" in out) == (status == 1)
    assert ("ballots: " in err) == (status == 2)


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


def test_sheet_is_made(run: Run) -> None:
    status, out, _ = run("sheet")

    code, qr = out.strip().split("\t")
    assert status == 0
    assert parse_trustee_code(code) == parse_trustee_code(qr)


# Folders.


def test_folder_gives_files_and_passes_over_folders(tmp_path: Path) -> None:
    (tmp_path / "object").mkdir()
    (tmp_path / "object" / "a").write_bytes(b"x")
    (tmp_path / "large").write_bytes(bytes(LARGEST_FILE + 1))

    reader = FolderReader(tmp_path)

    assert sorted(reader.paths()) == ["large", "object/a"]
    assert (reader.read("object/a"), reader.read("object"), reader.read("b")) == (b"x", None, None)
    with pytest.raises(Malformed, match=r"^log\.size at large$"):
        reader.read("large")


def test_file_that_can_not_be_read_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"x")

    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "not yours")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(Malformed, match=r"^log\.size at a$"):
        FolderReader(tmp_path).read("a")


def test_folder_of_more_files_than_a_log_can_have_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "MOST_FILES", 1)
    for number in range(4):
        (tmp_path / str(number)).touch()

    with pytest.raises(Malformed, match=r"^log\.size$"):
        list(FolderReader(tmp_path).paths())


def test_folder_that_is_no_record_ends_with_one(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "checkpoint")

    status, out, _ = run("verify", str(tmp_path), "--vkey", VKEY)

    assert status == 1
    assert "[log.checkpoint]" in out


# Whatever comes.


def test_damaged_record_never_ends_in_a_traceback(run: Run, tmp_path: Path) -> None:
    luck = random.Random(11)  # noqa: S311  # it makes damage, not keys
    vote = open_vote(Congress(trustees=1, threshold=1))
    vote.congress.cast(vote.election, 1, [(PROJECTS, "p1")])
    data = packed(forge(leaves(vote.congress.log)))
    path = tmp_path / "record.zip"
    statuses = []
    for _ in range(60):
        spoilt = bytearray(data)
        for _ in range(luck.choice((1, 3, 20))):
            spoilt[luck.randrange(len(spoilt))] = luck.randrange(256)
        path.write_bytes(spoilt[: luck.choice((len(spoilt), luck.randrange(len(spoilt))))])

        status, _, err = run("verify", str(path), "--vkey", str(LOG_KEY), *ALONE)

        statuses.append(status)
        assert err == ""
    assert set(statuses) <= {0, 1}
    assert statuses.count(1) > 50


@pytest.mark.parametrize("command", ["verify", "receipt", "outcome"])
def test_any_file_is_a_finding_or_misuse(run: Run, tmp_path: Path, command: str) -> None:
    luck = random.Random(command)  # noqa: S311  # it makes noise, not keys
    path = tmp_path / "file"
    sources = [b"", b"\0", json.dumps(given()).encode(), LOG["receipts"][0]["text"].encode()]
    key = () if command == "outcome" else ("--vkey", VKEY)
    for _ in range(80):
        data = bytearray(luck.choice(sources) or luck.randbytes(200))
        data[luck.randrange(len(data))] = luck.randrange(256)
        path.write_bytes(data[: luck.randrange(len(data) + 1)])

        assert run(command, str(path), *key)[0] in (1, 2)
