"""What a report says of a record, word for word, in both languages and for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from ballots.manifest import Manifest, check_manifest
from ballots.report import MOST_SHOWN, finding_line, plain, report_json, report_lines
from ballots.verify import ElectionSummary, Finding, Report
from ballots.words import Language
from tests.manifests import choice, one_by_one, rating


def summary(
    manifest: Manifest,
    counts: Sequence[int] = (),
    outcome: dict[str, object] | None = None,
    stage: str = "decided",
) -> ElectionSummary:
    """Say of an election what a record would."""
    style = check_manifest(manifest)
    slots = zip(style.option_slots, counts, strict=False)
    return ElectionSummary(
        id="e1",
        title=manifest.title,
        kind=manifest.kind,
        round=manifest.round,
        stage=stage,
        ballots=7,
        challenges=2,
        counts=tuple((question, option, count) for (question, option), count in slots),
        outcome=outcome,
        style=style,
    )


def lines_of(language: Language, *elections: ElectionSummary) -> list[str]:
    """Give the lines about elections, without those before and after."""
    return list(report_lines(Report(elections=list(elections)), language))[3:-1]


DECIDED: dict[str, object] = {
    "valid": True,
    "required": 4,
    "elected": ["p2"],
    "tied": ["p1", "p3"],
    "not_elected": ["p4"],
    "open_seats": 1,
}


def test_report_is_written_from_the_log_to_the_verdict() -> None:
    report = Report(
        origin="hall.example/log",
        size=9,
        root="ab" * 32,
        checked=Counter(ballot=12, checkpoint=1, tile=0),
        elections=[summary(choice(1), stage="open")],
    )

    assert list(report_lines(report, "en", "hall.example/log+0a0b0c0d+key")) == [
        "Log: hall.example/log",
        f"Entries: 9   Root: {'ab' * 32}",
        "Note: the key is the record's own; compare it with one obtained elsewhere:",
        "  hall.example/log+0a0b0c0d+key",
        "Checked:",
        "        1  checkpoint",
        "       12  ballots",
        "Livelihood projects, round 1: open",
        "  id: e1",
        "  ballots: 7, challenges: 2",
        "Sound: the record is whole, consistent and counted right.",
    ]
    assert list(report_lines(report, "zh", "hall.example/log+0a0b0c0d+key")) == [
        "日志：hall.example/log",
        f"条目：9   根：{'ab' * 32}",
        "注意：使用了记录自带的公钥；请与从别处取得的公钥核对：",
        "  hall.example/log+0a0b0c0d+key",
        "已检查：",
        "        1  检查点",
        "       12  表决票",
        "Livelihood projects（第 1 轮）：进行中",
        "  编号：e1",
        "  票数：7，检验：2",
        "检查通过：记录完整、一致，计票结果正确。",
    ]


def test_decision_is_told_by_its_projects() -> None:
    election = summary(choice(4, 2), [2, 5, 2, 0, 1], DECIDED)

    assert lines_of("en", election)[3:] == [
        "  votes needed: 4",
        "        2  Project 1 (p1): tied",
        "        5  Project 2 (p2): elected",
        "        2  Project 3 (p3): tied",
        "        0  Project 4 (p4): not elected",
        "        1  abstain",
        "  open seats: 1",
    ]
    assert lines_of("zh", election)[3:] == [
        "  所需票数：4",
        "        2  Project 1（p1）：票数相同",
        "        5  Project 2（p2）：当选",
        "        2  Project 3（p3）：票数相同",
        "        0  Project 4（p4）：未当选",
        "        1  弃权",
        "  空缺名额：1",
    ]


def test_void_vote_is_called_so_before_its_counts() -> None:
    election = summary(choice(1), [2, 0], {"valid": False, "required": 0, "open_seats": 0})

    assert lines_of("en", election)[3:] == [
        "  this vote is void",
        "        2  Project 1 (p1)",
        "        0  abstain",
    ]
    assert lines_of("zh", election)[3] == "  本次票决无效"


@pytest.mark.parametrize("kind", ["decision", "advisory"])
def test_projects_voted_apart_are_told_by_question(kind: str) -> None:
    manifest = one_by_one(2, 1, kind=kind)
    outcome: dict[str, object] = {"elected": ["p2"], "tied": [], "not_elected": ["p1"]}

    assert lines_of("en", summary(manifest, [1, 4, 0, 3, 1, 1], outcome))[3:] == [
        "        1  p1 (p1), for (for): not elected",
        "        4  p1 (p1), against (against)",
        "        0  p1 (p1), none (none)",
        "        3  p2 (p2), for (for): elected",
        "        1  p2 (p2), against (against)",
        "        1  p2 (p2), none (none)",
    ]


def test_advice_names_what_was_asked() -> None:
    lines = lines_of("en", summary(choice(1, kind="advisory"), [3, 1], {"elected": ["p1"]}))

    assert lines[3:] == [
        "        3  Projects (projects), Project 1 (p1): elected",
        "        1  Projects (projects), abstain",
    ]
    lines = lines_of("zh", summary(choice(1, kind="advisory"), [3, 1]))
    assert lines[3:] == [
        "        3  Projects（projects），Project 1（p1）",
        "        1  Projects（projects），弃权",
    ]


def test_rating_tells_the_grade() -> None:
    election = summary(rating(1), [0, 2, 1, 4], {"valid": True, "grades": {"p1": "basic"}})

    assert lines_of("en", election)[3:] == [
        "        0  p1 (p1), satisfied (satisfied)",
        "        2  p1 (p1), basic (basic): the grade",
        "        1  p1 (p1), dissatisfied (dissatisfied)",
        "        4  p1 (p1), abstain",
    ]
    assert lines_of("zh", election)[4] == ("        2  p1（p1），basic（basic）：评定结果")


@pytest.mark.parametrize(
    ("finding", "english", "chinese"),
    [
        (
            Finding("log.file", where="x"),
            "x: a file that the log does not name [log.file]",
            "x: 有日志未列出的文件 [log.file]",
        ),
        (
            Finding("ballot.second", entry=0),
            "entry 0: a ballot of this card was accepted before [ballot.second]",
            "第 0 条: 此卡已经投过票 [ballot.second]",
        ),
        (
            Finding("ballot.slot", entry=8, where=0),
            "entry 8, 0: the proof of an option does not hold [ballot.slot]",
            "第 8 条, 0: 表决票的证明不成立（选项） [ballot.slot]",
        ),
        (
            Finding("log.tile"),
            "a tile is missing or differs [log.tile]",
            "日志分片缺失或不符 [log.tile]",
        ),
        (
            Finding("log.file", where="a\x1b\n"),
            "a\\x1b\\n: a file that the log does not name [log.file]",
            "a\\x1b\\n: 有日志未列出的文件 [log.file]",
        ),
    ],
)
def test_finding_tells_its_place_and_its_rule(finding: Finding, english: str, chinese: str) -> None:
    assert finding_line(finding, "en") == english
    assert finding_line(finding, "zh") == chinese


def test_many_findings_are_counted_and_not_all_shown() -> None:
    findings = [Finding("log.file", where=f"{n}") for n in range(MOST_SHOWN + 5)]

    lines = list(report_lines(Report(findings=findings), "en"))

    assert lines[3:-2] == [f"  {finding_line(found, 'en')}" for found in findings[:MOST_SHOWN]]
    assert lines[-2:] == ["  .. and 5 more.", "Not sound. Findings: 105"]
    lines = list(report_lines(Report(findings=findings), "zh"))
    assert lines[-2:] == [
        "  ……另有 5 个问题未列出。",
        "检查不通过。问题数：105",
    ]
    lines = list(report_lines(Report(findings=findings[:MOST_SHOWN]), "en"))
    assert lines[-2:] == [
        "  99: a file that the log does not name [log.file]",
        "Not sound. Findings: 100",
    ]


def test_plain_text_keeps_every_name() -> None:
    names = "欧阳𠮷 㐂·买买提 𬭚 Ünïcödé —"

    assert plain(names) == names
    assert plain("\udc80\u200b") == "\\udc80\\u200b"
    assert next(report_lines(Report(origin="\x1b\u2028"), "en")) == "Log: \\x1b\\u2028"


def test_report_for_machines_holds_all_that_was_found() -> None:
    report = Report(
        origin="hall.example/log",
        size=9,
        root="ab",
        findings=[Finding("ballot.slot", entry=8, where=0), Finding("log.file", where="x")],
        checked=Counter(ballot=12),
        elections=[summary(choice(1), [3, 1], DECIDED), summary(rating(1), stage="open")],
    )
    later: dict[str, Any] = {"kind": "rating", "stage": "open", "counts": [], "outcome": None}
    first = {
        "id": "e1",
        "title": "Livelihood projects",
        "kind": "decision",
        "round": 1,
        "stage": "decided",
        "ballots": 7,
        "challenges": 2,
        "counts": [["projects", "p1", 3], ["projects", "abstain", 1]],
        "outcome": DECIDED,
    }

    assert report_json(report) == {
        "sound": False,
        "origin": "hall.example/log",
        "size": 9,
        "root": "ab",
        "checked": {"ballot": 12},
        "findings": [
            {"rule": "ballot.slot", "entry": 8, "where": 0},
            {"rule": "log.file", "entry": None, "where": "x"},
        ],
        "elections": [first, first | later],
    }
    assert report_json(Report())["sound"] is True
