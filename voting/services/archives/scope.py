"""What an archive is of, and what each of its tables takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Select

from voting.models.projects import Project

Statement: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What an archive is of."""

    congress_id: int
    year: int


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table: its name as a file, and the columns it takes."""

    name: str
    statement: Callable[[Scope], Statement]


def of(scope: Scope) -> tuple[Any, ...]:
    """Choose the projects of the archive."""
    return (Project.congress_id == scope.congress_id, Project.year == scope.year)
