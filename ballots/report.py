"""Protocol §11. A report on a record, as text for people and as JSON for machines."""

from collections.abc import Iterator
from typing import Final
from unicodedata import category

from ballots.verify import ElectionSummary, Finding, Report
from ballots.words import CHECKED, Language, say, words_of

MOST_SHOWN: Final = 100
# Control characters, signs that change the order of writing, halves of pairs, line separators.
_COMMANDS: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def plain(text: str) -> str:
    """Show as text what a terminal could take as a command, line breaks among it."""
    return "".join(
        letter.encode("unicode_escape").decode("ascii") if category(letter) in _COMMANDS else letter
        for letter in text
    )


def report_lines(report: Report, language: Language, own_key: str | None = None) -> Iterator[str]:
    """Write a report for people; `own_key` is the record's key where no other was given."""
    return map(plain, _lines(report, language, own_key))


def _lines(report: Report, language: Language, own_key: str | None) -> Iterator[str]:
    yield f"{say('log', language)}: {report.origin}"
    yield f"{say('size', language)}: {report.size}   {say('root', language)}: {report.root}"
    if own_key is not None:
        yield say("own-key", language)
        yield f"  {own_key}"
    yield f"{say('checked', language)}:"
    for kind, texts in CHECKED.items():
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
    return plain(f"{place}{words_of(finding.rule, language)} [{finding.rule}]")


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
