"""Form 3, the rules of the vote 票决办法 in numbered clauses."""

from __future__ import annotations

from voting.errors import msg
from voting.exports.forms.parts import Document, Heading, Line, Note, Paragraph, Part
from voting.i18n import han, language, say_date, t
from voting.models.sittings import BallotKind
from voting.services.sittings.rulebook import RulesView


def rules_sheet(heading: Heading, rules: RulesView) -> Document:
    """Lay the rules out, with version and hash once they are adopted."""
    form = (
        msg("{sitting}: rules for rating livelihood projects")
        if rules.kind is BallotKind.RATING
        else msg("{sitting}: rules for deciding on livelihood projects")
    )
    state = (
        t("(adopted on {day})", day=say_date(rules.adopted_on))
        if rules.adopted_on
        else t("(draft, version {version})", version=rules.version)
    )
    parts: list[Part] = [Line(state)]
    parts += [
        Paragraph(t("Article {place}: {clause}", place=_numeral(place), clause=clause))
        for place, clause in enumerate(rules.clauses, start=1)
    ]
    if rules.digest:
        parts.append(
            Note(
                t("Version {version}; SHA-256 {digest}", version=rules.version, digest=rules.digest)
            )
        )
    return Document(heading, t(form, sitting=heading.whole), tuple(parts))


def _numeral(place: int) -> str:
    return han(place) if language() == "zh" else str(place)
