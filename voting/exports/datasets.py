"""Writes open data: a table as CSV for spreadsheets, or as JSON with names that never change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from voting.exports.sheets import write_csv
from voting.i18n import t
from voting.services.reports.datasets import Cell, Dataset


@dataclass(frozen=True, slots=True)
class Table:
    """A dataset with its rows; `source` is the address that it was fetched from."""

    dataset: Dataset
    rows: Sequence[Sequence[Cell]]
    congress: str
    source: str
    licence: str


def dataset_csv(table: Table) -> bytes:
    """Write headings in the reader's language, and no cell that a program takes for a formula."""
    return write_csv([t(words) for _, words in table.dataset.columns], table.rows)


def dataset_json(table: Table) -> bytes:
    """Write each row as an object; the licence stands in the file, since files wander."""
    names = [name for name, _ in table.dataset.columns]
    content = {
        "dataset": table.dataset.key,
        "congress": table.congress,
        "source": table.source,
        "licence": table.licence,
        "rows": [dict(zip(names, row, strict=True)) for row in table.rows],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"
