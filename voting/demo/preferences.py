"""Made-up minds: what a deputy of a demonstration selects, the same for the same words."""

from __future__ import annotations

import random
from typing import Final

from ballots.ballot import Paper
from ballots.manifest import ABSTAIN, FOR, GRADES, Question, Selection

ABSTAINS: Final = 0.01
"""One deputy in a hundred abstains."""

KEEPS_BACK: Final = (0, 0, 0, 0, 1, 2)
"""Most use all they may select, some leave one or two."""


def choose(paper: Paper, hall: str, deputy: str) -> list[Selection]:
    """Select as a deputy of a hall would: some projects are dearer to everybody than others."""
    mind = _random(f"{hall}/{deputy}")
    chosen: list[Selection] = []
    for question in paper.style.manifest.questions:
        if question.abstain and mind.random() < ABSTAINS:
            chosen.append((question.id, ABSTAIN))
        else:
            chosen += [(question.id, option) for option in _ranked(question, hall, mind)]
    return _within_limits(paper, chosen)


def _ranked(question: Question, hall: str, mind: random.Random) -> list[str]:
    number = max(1, question.min, question.max - mind.choice(KEEPS_BACK))
    liking = {
        option.id: _appeal(hall, question.id, option.id) * mind.random()
        for option in question.options
    }
    return sorted(liking, key=lambda option: -liking[option])[:number]


def _appeal(hall: str, question: str, option: str) -> float:
    """Give how dear an option is to the hall; yes and satisfied are dearer than their rivals."""
    favoured = 3.0 if option in (FOR, GRADES[0]) else 1.0
    return favoured * _random(f"{hall}/{question}/{option}").uniform(0.6, 2.0)


def _random(words: str) -> random.Random:
    return random.Random(words)  # noqa: S311  # preferences that must repeat, not secrets


def _within_limits(paper: Paper, chosen: list[Selection]) -> list[Selection]:
    """Turn every yes too many into another answer to its question."""
    for limit in paper.style.manifest.limits:
        for question, option in [name for name in chosen if name in limit.options][limit.max :]:
            other = next(
                answer
                for asked, answer in paper.style.option_slots
                if asked == question and answer != option
            )
            chosen[chosen.index((question, option))] = (question, other)
    return chosen
