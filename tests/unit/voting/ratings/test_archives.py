"""A year's archive is opened again: its hashes, its record, what is in it and what is not."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from ballots.record import FilesReader
from ballots.verify import check_record
from tests.hall import Hall
from tests.rated import cast, committee_of, decide, declare, marks_of, open_rating, set_up
from voting import cli
from voting import clock as clocks
from voting.clock import StoppedClock
from voting.config import Settings
from voting.db import reading, transaction
from voting.errors import NotAllowed, NotNow
from voting.exports.archive import write_archive
from voting.models.inspections import Finding, FindingKind, FindingState
from voting.models.milestones import Stage
from voting.models.projects import Project
from voting.models.proposals import Proposal, ProposalContact, Source
from voting.rules.access import NOBODY, Actor
from voting.rules.categories import Category
from voting.services import milestones, proposals
from voting.services.archives import closing
from voting.services.archives.gathering import gather, without_telephones
from voting.services.proposals import Wording
from voting.services.ratings import settling
from voting.services.ratings.settling import Settlement

SETTLEMENT = Settlement("区人大常委会", date(2026, 2, 2), date(2026, 6, 30))


@pytest.fixture
def hall(app: Flask, clock: StoppedClock) -> Hall:
    made = Hall.build(app)
    decide(made, ["老旧小区改造", "停车泊位增建"])
    return made


@pytest.fixture
def office(hall: Hall) -> Actor:
    return committee_of(hall)


def rate(hall: Hall, office: Actor, counts: list[tuple[int, int, int]]) -> None:
    rating_id = set_up(hall, office)
    election = open_rating(hall)
    cast(hall, election, ["2025-01", "2025-02"], marks_of(counts, 4))
    declare(hall, election)
    with transaction() as tx:
        settling.settle(tx, office, rating_id, SETTLEMENT)


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def write(hall: Hall, folder: Path) -> dict[str, bytes]:
    written = write_archive(folder, hall.slug, 2025, reading)
    found = files_of(folder / written.name)
    top = f"{hall.slug}-2025/"
    assert all(name.startswith(top) for name in found)
    short = {name.removeprefix(top): data for name, data in found.items()}
    assert hashlib.sha256(short["manifest.json"]).hexdigest() == written.digest
    return short


def test_an_archive_holds_what_its_manifest_says_and_its_record_verifies(
    hall: Hall, office: Actor, tmp_path: Path
) -> None:
    rate(hall, office, [(3, 1, 0), (2, 2, 0)])

    files = write(hall, tmp_path)

    manifest: dict[str, Any] = json.loads(files["manifest.json"])
    listed = {entry["path"]: entry for entry in manifest["files"]}
    assert set(files) - set(listed) == {"manifest.json", "SHA256SUMS"}
    for path, entry in listed.items():
        assert hashlib.sha256(files[path]).hexdigest() == entry["sha256"], path
        assert len(files[path]) == entry["size"]
    sums = dict(line.split("  ")[::-1] for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {path: entry["sha256"] for path, entry in listed.items()}
    record = {
        path.removeprefix("record/"): data
        for path, data in files.items()
        if path.startswith("record/")
    }
    report = check_record(FilesReader(record), hall.key())
    assert report.findings == []
    rows = list(csv.DictReader(io.StringIO(files["data/ratings.csv"].decode("utf-8-sig"))))
    assert [(row["code"], row["satisfied"], row["grade"]) for row in rows] == [
        ("2025-01", "3", "satisfied"),
        ("2025-02", "2", "satisfied"),
    ]
    assert json.loads(files["data/projects.json"])[0]["unit"] == "区住建局"
    printed = [path for path in files if path.startswith("forms/")]
    assert any(path.startswith("forms/rating-") for path in printed)
    assert any(path.endswith("-count.pdf") for path in printed)
    assert all(files[path].startswith(b"%PDF") for path in printed)
    digest = json.loads(files["journal/digest.json"])
    assert digest["acts"][-1]["digest"] == digest["digest"]


def test_no_contact_and_no_telephone_gets_into_an_archive(
    hall: Hall, office: Actor, tmp_path: Path
) -> None:
    with transaction() as tx:
        project = tx.query(Project).filter_by(code="2025-01").one()
        project.reason = "请联系张三13800001234或0571-87654321"
        proposal = a_proposal(hall, project.id)
        tx.add(proposal)
        tx.flush()
        tx.add(
            ProposalContact(
                proposal_id=proposal.id,
                sealed=b"wang@example.org",
                device="d" * 16,
                created_at=clocks.now(),
            )
        )

    files = write(hall, tmp_path)

    plain = b"".join(data for path, data in files.items() if path.startswith(("data/", "README")))
    for secret in ("13800001234", "87654321", "139 1111 2222", "wang@example.org", "d" * 16):
        assert secret.encode() not in plain, secret
    assert "请联系张三＊＊＊或＊＊＊".encode() in plain


def test_what_was_sent_stays_in_the_archive_when_its_words_were_corrected(
    hall: Hall, office: Actor, tmp_path: Path
) -> None:
    with transaction() as tx:
        project = tx.query(Project).filter_by(code="2025-01").one()
        proposal = a_proposal(hall, project.id)
        proposal.category = Category.OTHER
        tx.add(proposal)
        tx.flush()
        better = Wording("增设停车泊位", Category.TRANSPORT, "内容", "")
        proposals.correct(tx, office, hall.congress_id, 1, wording=better)

    files = write(hall, tmp_path)

    found = {
        name: json.loads(files[f"data/{name}.json"])[0]["title"]
        for name in ("proposals", "proposals-as-sent")
    }
    assert found == {"proposals": "增设停车泊位", "proposals-as-sent": "增设泊位"}


def a_proposal(hall: Hall, project_id: int) -> Proposal:
    return Proposal(
        congress_id=hall.congress_id,
        number=1,
        title="增设泊位",
        category="交通",
        source=Source.RESIDENT,
        content="电话 139 1111 2222",
        project_id=project_id,
        created_at=clocks.now(),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("13800001234", "＊＊＊"),
        ("+86 138-0000-1234。", "＊＊＊。"),
        ("(0571)8765", "(0571)8765"),
        ("0571 87654321", "＊＊＊"),
        ("a13800001234b", "a13800001234b"),
        ("投资12345678901元", "投资12345678901元"),
    ],
)
def test_telephones_are_taken_out_of_texts(text: str, said: str) -> None:
    assert without_telephones(text) == said


def test_closing_a_year_is_the_last_milestone_of_its_projects(
    hall: Hall, office: Actor, tmp_path: Path
) -> None:
    with transaction() as tx, pytest.raises(NotNow, match="rated"):
        closing.check_closable(tx, hall.congress_id, 2025)
    rate(hall, office, [(3, 1, 0), (2, 2, 0)])
    written = write_archive(tmp_path, hall.slug, 2025, reading)

    with transaction() as tx:
        closing.keep(tx, office, hall.congress_id, 2025, written=written, closes=True)

    with reading() as tx:
        lines = milestones.of_project(tx, hall.congress_id, "2025-01")
        assert lines[-1].stage is Stage.ARCHIVED
        assert lines[-1].content == {"year": 2025, "manifest": written.digest}
    assert hall.report().findings == []


def test_a_year_with_something_to_put_right_is_archived_but_not_closed(
    hall: Hall, office: Actor, tmp_path: Path
) -> None:
    rate(hall, office, [(3, 1, 0), (0, 0, 4)])
    written = write_archive(tmp_path, hall.slug, 2025, reading)

    with transaction() as tx:
        with pytest.raises(NotNow):
            closing.keep(tx, office, hall.congress_id, 2025, written=written, closes=True)
        kept = closing.keep(tx, office, hall.congress_id, 2025, written=written, closes=False)
        assert closing.list_archives(tx, office, hall.congress_id) == [kept]


def test_a_year_is_not_closed_over_a_problem_that_nobody_has_checked_again(
    hall: Hall, office: Actor, tmp_path: Path
) -> None:
    rate(hall, office, [(3, 1, 0), (2, 2, 0)])
    written = write_archive(tmp_path, hall.slug, 2025, reading)
    with transaction() as tx:
        project = tx.query(Project).filter_by(code="2025-01").one()
        for number in range(1, 9):
            state = FindingState.ANSWERED if number > 1 else FindingState.CLOSED
            tx.add(a_finding(project, number, state))

    with transaction() as tx:
        with pytest.raises(NotNow) as refused:
            closing.keep(tx, office, hall.congress_id, 2025, written=written, closes=True)
        for row in tx.query(Finding):
            row.state = FindingState.CLOSED
        closing.check_closable(tx, hall.congress_id, 2025)

    said = str(refused.value.what)
    assert said.count("老旧小区改造") == 6
    assert "第1号" not in said
    assert "另有1个" in said


def a_finding(project: Project, number: int, state: FindingState) -> Finding:
    return Finding(
        congress_id=project.congress_id,
        year=2025,
        number=number,
        kind=FindingKind.PROBLEM,
        project_id=project.id,
        unit_id=project.unit_id,
        words="围挡破损",
        state=state,
        due_on=date(2025, 6, 1),
        found_on=date(2025, 5, 1),
    )


def test_only_offices_export(hall: Hall) -> None:
    with reading() as tx, pytest.raises(NotAllowed):
        gather(tx, NOBODY, hall.slug, 2025)


def test_the_command_writes_an_archive_and_refuses_to_close_too_early(
    hall: Hall,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run: Callable[[list[str]], int] = cli.main
    monkeypatch.setattr(Settings, "from_environment", lambda: settings)

    assert run(["archive", hall.slug, "2025"]) == 0
    place = Path(capsys.readouterr().out.splitlines()[0])
    assert f"{hall.slug}-2025/manifest.json" in files_of(place)
    assert place.stat().st_mode & 0o077 == 0
    assert run(["archive", hall.slug, "2025", "--close"]) == 1
    assert run(["archive", "nowhere", "2025"]) == 1
