"""Small manifests of every kind, for tests."""

from __future__ import annotations

from typing import Any

from ballots.manifest import Limit, Manifest, Option, Question


def choice(options: int, seats: int = 1, **changes: Any) -> Manifest:
    """Ask which of some projects to choose, with a slot to abstain."""
    projects = [Option(f"p{number}", f"Project {number}") for number in range(1, options + 1)]
    question = Question("projects", "Projects", projects, 1, seats, abstain=True)
    rules = {"seats": seats, "threshold": "present", "tie": "runoff", "shortfall": "vacant"}
    return _manifest("decision", [question], rules, changes)


def one_by_one(projects: int, most: int, **changes: Any) -> Manifest:
    """Ask for or against each project, with a limit on those that one may be for."""
    options = [Option(name, name) for name in ("for", "against", "none")]
    names = [f"p{number}" for number in range(1, projects + 1)]
    questions = [Question(name, name, options, 1, 1, abstain=False) for name in names]
    limits = [Limit([(name, "for") for name in names], 0, most)]
    rules = {"seats": most, "threshold": "valid", "tie": "presidium", "shortfall": "next"}
    return _manifest("advisory", questions, rules, {"limits": limits, **changes})


def rating(projects: int, *, strict: bool = False) -> Manifest:
    """Ask how satisfying each project is."""
    options = [Option(name, name) for name in ("satisfied", "basic", "dissatisfied")]
    names = [f"p{number}" for number in range(1, projects + 1)]
    questions = [Question(name, name, options, 1, 1, abstain=True) for name in names]
    return _manifest("rating", questions, {"base": "present", "strict": strict}, {})


def _manifest(
    kind: str, questions: list[Question], rules: dict[str, Any], changes: dict[str, Any]
) -> Manifest:
    members: dict[str, Any] = {"limits": [], "round": 1, "title": "Livelihood projects"}
    members |= {"kind": kind, "questions": questions, "rules": rules}
    return Manifest(**members | changes)
