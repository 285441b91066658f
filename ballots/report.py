"""Protocol §11. A report on a record, as text for people and as JSON for machines."""

from collections.abc import Iterator
from typing import Final

from ballots.verify import ElectionSummary, Finding, Report
from ballots.words import Language, words_of

MOST_SHOWN: Final = 100

_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "sound": (
        "检查通过：记录完整、一致，计票结果正确。",
        "Sound: the record is whole, consistent and counted right.",
    ),
    "findings": ("检查不通过：发现 {0} 个问题。", "Not sound: {0} findings."),
    "log": ("日志", "Log"),
    "size": ("条目", "Entries"),
    "root": ("根", "Root"),
    "checked": ("已检查", "Checked"),
    "entry": ("第 {0} 条", "entry {0}"),
    "more": ("……另有 {0} 个问题未列出。", ".. and {0} more."),
    "own-key": (
        "注意：使用了记录自带的公钥；请与从别处取得的公钥核对：",
        "Note: the key is the record's own; compare it with one obtained elsewhere:",
    ),
    "ballots": ("票数", "ballots"),
    "challenges": ("检验", "challenges"),
    "elected": ("当选", "elected"),
    "tied": ("票数相同", "tied"),
    "not_elected": ("未当选", "not elected"),
    "open_seats": ("空缺", "open seats"),
    "required": ("所需票数", "required"),
    "void": ("本次票决无效", "this vote is void"),
    "prepared": ("未开放", "prepared"),
    "open": ("进行中", "open"),
    "closed": ("已截止", "closed"),
    "tallied": ("待解密", "tallied"),
    "counted": ("已计票", "counted"),
    "decided": ("已认定", "decided"),
    "annulled": ("已宣布无效", "annulled"),
}

_CHECKED: Final[dict[str, tuple[str, str]]] = {
    "checkpoint": ("检查点", "checkpoint"),
    "tile": ("分片", "tiles"),
    "entry": ("条目", "entries"),
    "object": ("对象", "objects"),
    "session": ("会议", "sessions"),
    "ceremony": ("密钥仪式", "key ceremonies"),
    "trustee": ("监票人登记", "trustee registrations"),
    "trustee-commitment": ("监票人承诺", "trustee commitments"),
    "trustee-confirmation": ("监票人确认", "trustee confirmations"),
    "keys": ("密钥", "keys"),
    "roll": ("票决卡名册", "rolls"),
    "issue": ("发卡", "issues of cards"),
    "revoke": ("作废", "revocations"),
    "election": ("票决", "elections"),
    "open": ("开放", "openings"),
    "ballot": ("选票", "ballots"),
    "challenge": ("检验", "challenges"),
    "close": ("截止", "closings"),
    "tally": ("合计", "tallies"),
    "decryption": ("解密份额", "decryption shares"),
    "result": ("计票结果", "results"),
    "outcome": ("结果认定", "outcomes"),
    "annul": ("宣布无效", "annulments"),
}


def say(name: str, language: Language, *values: object) -> str:
    """Give a text of the report in a language."""
    chinese, english = _TEXTS[name]
    return (chinese if language == "zh" else english).format(*values)


def report_lines(report: Report, language: Language, own_key: str | None = None) -> Iterator[str]:
    """Write a report for people; `own_key` is the record's key where no other was given."""
    yield f"{say('log', language)}: {report.origin}"
    yield f"{say('size', language)}: {report.size}   {say('root', language)}: {report.root}"
    if own_key is not None:
        yield say("own-key", language)
        yield f"  {own_key}"
    yield f"{say('checked', language)}:"
    for kind, texts in _CHECKED.items():
        if report.checked[kind]:
            yield f"  {report.checked[kind]:>7}  {texts[0 if language == 'zh' else 1]}"
    for election in report.elections:
        yield from _election_lines(election, language)
    for finding in report.findings[:MOST_SHOWN]:
        yield f"  {finding_line(finding, language)}"
    if len(report.findings) > MOST_SHOWN:
        yield f"  {say('more', language, len(report.findings) - MOST_SHOWN)}"
    if report.is_sound:
        yield say("sound", language)
    else:
        yield say("findings", language, len(report.findings))


def finding_line(finding: Finding, language: Language) -> str:
    """Write one finding: its entry or place, its rule, plain words."""
    places = [] if finding.entry is None else [say("entry", language, finding.entry)]
    if finding.where is not None:
        places.append(str(finding.where))
    place = ", ".join(places) + ": " if places else ""
    return f"{place}{words_of(finding.rule, language)} [{finding.rule}]"


def _election_lines(election: ElectionSummary, language: Language) -> Iterator[str]:
    yield f"{election.title} ({election.round}) {election.id[:16]}: {say(election.stage, language)}"
    ballots, challenges = say("ballots", language), say("challenges", language)
    yield f"  {ballots} {election.ballots}, {challenges} {election.challenges}"
    for question, option, count in election.counts:
        yield f"  {count:>7}  {question}/{option}"
    outcome = election.outcome or {}
    if outcome.get("valid") is False:
        yield f"  {say('void', language)}"
    for name in ("required", "elected", "tied", "not_elected", "open_seats"):
        if outcome.get(name):
            value = outcome[name]
            shown = " ".join(map(str, value)) if isinstance(value, list) else value
            yield f"  {say(name, language)}: {shown}"
    grades = outcome.get("grades")
    if isinstance(grades, dict):
        for project, grade in grades.items():
            yield f"  {project}: {grade}"


def report_json(report: Report) -> dict[str, object]:
    """Give a report as JSON for machines."""
    return {
        "sound": report.is_sound,
        "origin": report.origin,
        "size": report.size,
        "root": report.root,
        "checked": dict(report.checked),
        "findings": [
            {"rule": finding.rule, "entry": finding.entry, "where": finding.where}
            for finding in report.findings
        ],
        "elections": [
            {
                "id": election.id,
                "title": election.title,
                "kind": election.kind,
                "round": election.round,
                "stage": election.stage,
                "ballots": election.ballots,
                "challenges": election.challenges,
                "counts": [list(count) for count in election.counts],
                "outcome": election.outcome,
            }
            for election in report.elections
        ],
    }
