"""What a sheet of a review asks, and what many filled-in sheets come to: values, no tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeAlias

from voting.errors import FieldProblem, Message, NotValid, msg
from voting.rules.ratings import mean, rate, rounded

MOST_ITEMS: Final = 60
MOST_POINTS: Final = 100
GRADES: Final = ("满意", "基本满意", "不满意", "不了解")
"""The usual grades; the first two make the two rates."""

Mark: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is judged; `most` is how many points it can have, 0 where it gets a grade."""

    title: str
    most: int = 0


@dataclass(frozen=True, slots=True)
class Aspect:
    """Items that belong together."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole sheet; without grades to choose from, its items get points."""

    aspects: tuple[Aspect, ...]
    grades: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in order."""
        return tuple(item for aspect in self.aspects for item in aspect.items)

    @property
    def is_scored(self) -> bool:
        """Whether items get points."""
        return not self.grades

    @property
    def most(self) -> int:
        """The points of a perfect sheet."""
        return sum(item.most for item in self.items)

    @property
    def text(self) -> str:
        """The sheet as an office edits it."""
        lines = []
        for aspect in self.aspects:
            lines.append(f"# {aspect.title}")
            lines += [
                f"{item.title} | {item.most}" if self.is_scored else item.title
                for item in aspect.items
            ]
        return "\n".join(lines)

    @property
    def plain(self) -> dict[str, Any]:
        """The sheet as it is kept."""
        return {
            "grades": list(self.grades),
            "aspects": [
                {
                    "title": aspect.title,
                    "items": [{"title": item.title, "most": item.most} for item in aspect.items],
                }
                for aspect in self.aspects
            ],
        }


@dataclass(frozen=True, slots=True)
class Score:
    """What an item, an aspect or a whole sheet got on average."""

    title: str
    most: int
    average: Decimal


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each grade was given to an item, with both rates where the grades have them."""

    title: str
    counts: tuple[int, ...]
    satisfied_rate: Decimal
    content_rate: Decimal


@dataclass(frozen=True, slots=True)
class Judged:
    """What all sheets say of one subject: points by aspect and item, or grades by item."""

    total: Score | None
    aspects: tuple[Score, ...]
    items: tuple[Score, ...]
    tallies: tuple[Tally, ...]


def read_sheet(kept: dict[str, Any]) -> Sheet:
    """Read a sheet as it is kept."""
    return Sheet(
        tuple(
            Aspect(
                aspect["title"],
                tuple(Item(item["title"], item["most"]) for item in aspect["items"]),
            )
            for aspect in kept["aspects"]
        ),
        tuple(kept["grades"]),
    )


def parse_sheet(text: str, grades: Sequence[str]) -> Sheet:
    """Read a sheet as an office types it: `# aspect`, then a line an item, `item | points`."""
    aspects: list[tuple[str, list[Item]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        plain = line.strip()
        if plain.startswith("#"):
            aspects.append((plain.lstrip("# ").strip()[:200], []))
        elif plain:
            if not aspects:
                aspects.append(("", []))
            aspects[-1][1].append(_item(plain, number, is_scored=not grades))
    made = Sheet(tuple(Aspect(title, tuple(items)) for title, items in aspects), tuple(grades))
    if not 0 < len(made.items) <= MOST_ITEMS or not all(aspect.items for aspect in made.aspects):
        raise _refusal(msg("Each aspect needs an item; at most {most} in all.", most=MOST_ITEMS))
    return made


def check_marks(sheet: Sheet, marks: Sequence[str]) -> list[Mark]:
    """Give the marks of one subject as they are kept. Raises NotValid for any that is missing."""
    found: list[Mark] = []
    for item, mark in zip(sheet.items, marks, strict=True):
        plain = mark.strip()
        if sheet.is_scored:
            if not plain.isdecimal() or int(plain) > item.most:
                raise NotValid(
                    "“{title}” needs points from 0 to {most}.", title=item.title, most=item.most
                )
            found.append(int(plain))
        else:
            if plain not in sheet.grades:
                raise NotValid("“{title}” needs a grade.", title=item.title)
            found.append(plain)
    return found


def judge(sheet: Sheet, filled: Sequence[Sequence[Mark]], *, decimals: int) -> Judged:
    """Put the sheets of one subject together.

    Averages are exact until they are shown: half up, each rounded once, and a total is the sum of
    exact averages.
    """
    if not sheet.is_scored:
        tallies = tuple(
            _tally(sheet, item.title, [marks[at] for marks in filled])
            for at, item in enumerate(sheet.items)
        )
        return Judged(None, (), (), tallies)
    exact = [
        mean([Fraction(int(marks[at])) for marks in filled]) or Fraction(0)
        for at in range(len(sheet.items))
    ]
    aspects, at = [], 0
    for aspect in sheet.aspects:
        part = exact[at : at + len(aspect.items)]
        at += len(aspect.items)
        most = sum(item.most for item in aspect.items)
        aspects.append(Score(aspect.title, most, rounded(sum(part, Fraction(0)), decimals)))
    items = tuple(
        Score(item.title, item.most, rounded(value, decimals))
        for item, value in zip(sheet.items, exact, strict=True)
    )
    total = Score("", sheet.most, rounded(sum(exact, Fraction(0)), decimals))
    return Judged(total, tuple(aspects), items, ())


def _tally(sheet: Sheet, title: str, marks: Sequence[Mark]) -> Tally:
    counted = Counter(marks)
    counts = tuple(counted[grade] for grade in sheet.grades)
    best, second = counts[0], counts[1] if len(counts) > 1 else 0
    return Tally(title, counts, rate(best, len(marks)), rate(best + second, len(marks)))


def _item(line: str, number: int, *, is_scored: bool) -> Item:
    title, _, points = line.rpartition("|")
    if not is_scored:
        return Item(line[:200])
    if not title.strip() or not points.strip().isdecimal():
        raise _refusal(msg("Line {line} needs a title and points, parted by |.", line=number))
    most = int(points)
    if not 0 < most <= MOST_POINTS:
        raise _refusal(msg("Line {line}: points from 1 to {most}.", line=number, most=MOST_POINTS))
    return Item(title.strip()[:200], most)


def _refusal(what: Message) -> NotValid:
    return NotValid("The sheet can't be read.").at(FieldProblem("text", what))
