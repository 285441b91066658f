"""Writes open data: a table as CSV for spreadsheets, or as JSON with names that never change."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

from voting.exports.tables import harmless
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
    memory = io.StringIO()
    writer = csv.writer(memory, lineterminator="\r\n")
    writer.writerow([t(words) for _, words in table.dataset.columns])
    writer.writerows([harmless(cell) for cell in row] for row in table.rows)
    return memory.getvalue().encode("utf-8-sig")


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
