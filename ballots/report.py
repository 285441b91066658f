"""Protocol §11. A report on a record, as text for people and as JSON for machines."""

from collections.abc import Iterator, Mapping
from typing import Final
from unicodedata import category

from ballots.manifest import ABSTAIN, Selection, Style
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
    yield _fact("log", report.origin, language)
    yield f"{_fact('size', report.size, language)}   {_fact('root', report.root, language)}"
    if own_key is not None:
        yield say("own-key", language)
        yield f"  {own_key}"
    yield say("checked", language)
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


def _fact(name: str, value: object, language: Language) -> str:
    return say("is", language, say(name, language), value)


def finding_line(finding: Finding, language: Language) -> str:
    """Write one finding: its entry or place, its rule, plain words."""
    places = [] if finding.entry is None else [say("entry", language, finding.entry)]
    if finding.where is not None:
        places.append(str(finding.where))
    place = ", ".join(places) + ": " if places else ""
    return plain(f"{place}{words_of(finding.rule, language)} [{finding.rule}]")


def _election_lines(election: ElectionSummary, language: Language) -> Iterator[str]:
    outcome = election.outcome or {}
    stage = say(election.stage, language)
    yield say("election", language, election.title, election.round, stage)
    yield f"  {_fact('id', election.id, language)}"
    ballots = _fact("ballots", election.ballots, language)
    challenges = _fact("challenges", election.challenges, language)
    yield f"  {say('and', language, ballots, challenges)}"
    if outcome.get("valid") is False:
        yield f"  {say('void', language)}"
    if outcome.get("required"):
        yield f"  {_fact('required', outcome['required'], language)}"
    names = _names(election.style, language)
    verdicts = _verdicts(election.style, outcome)
    for question, option, count in election.counts:
        line = names[question, option]
        if (question, option) in verdicts:
            line = say("is", language, line, say(verdicts[question, option], language))
        yield f"  {count:>7}  {line}"
    if outcome.get("open_seats"):
        yield f"  {_fact('open_seats', outcome['open_seats'], language)}"


def _names(style: Style, language: Language) -> dict[Selection, str]:
    """Name options by title and id; after their question, but where that asks for projects."""
    names: dict[Selection, str] = {}
    for question in style.manifest.questions:
        for option in question.options:
            names[question.id, option.id] = say("named", language, option.title, option.id)
        names[question.id, ABSTAIN] = say("abstain", language)
    if style.manifest.kind == "decision" and not style.voted_apart:
        return names
    asked = {q.id: say("named", language, q.title, q.id) for q in style.manifest.questions}
    return {of: say("and", language, asked[of[0]], name) for of, name in names.items()}


def _verdicts(style: Style, outcome: Mapping[str, object]) -> dict[Selection, str]:
    """Tell what became of each project, at the option that speaks for it."""
    grades = outcome.get("grades")
    if isinstance(grades, dict):
        return dict.fromkeys(grades.items(), "grade")
    found: dict[Selection, str] = {}
    slots = style.projects
    for verdict in ("elected", "tied", "not_elected"):
        projects = outcome.get(verdict)
        for project in projects if isinstance(projects, list) else ():
            found[style.option_slots[slots[project]]] = verdict
    return found


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
