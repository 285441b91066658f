"""The table of a rating or a review as a file: PDF, Word, workbook, CSV or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from voting.errors import NotFound, NotNow
from voting.exports.forms.parts import Document, print_document
from voting.exports.forms.ratings import counts_of, rating_table, review_table
from voting.exports.forms.word import write_word
from voting.exports.grids import grid_csv, grid_xlsx
from voting.exports.sets import MIME_TYPES, Format
from voting.models.ratings import Rating, RatingState
from voting.services.ratings.taking import ReviewResult

_WRITERS: Final[Mapping[str, Callable[[Document], bytes]]] = {
    Format.PDF: print_document,
    Format.WORD: write_word,
    Format.XLSX: grid_xlsx,
    Format.CSV: grid_csv,
}


def rating_file(rating: Rating, congress: str, suffix: str) -> tuple[bytes, str]:
    """Write the table of a settled rating; gives the bytes and their type."""
    if rating.state is not RatingState.SETTLED:
        raise NotNow("The result of this rating is not taken over yet.")
    if suffix == Format.JSON:
        return _json(rating_values(rating, congress)), MIME_TYPES[Format.JSON]
    return _write(rating_table(rating, congress), suffix)


def review_file(result: ReviewResult, congress: str, suffix: str) -> tuple[bytes, str]:
    """Write the table of a closed review; gives the bytes and their type."""
    if not result.subjects:
        raise NotNow("This review has no results to show.")
    return _write(review_table(result, congress), suffix)


def rating_values(rating: Rating, congress: str) -> dict[str, Any]:
    """Give a settled rating with names that don't change with the language."""
    return {
        "kind": "rating",
        "congress": congress,
        "year": rating.year,
        "title": rating.title,
        "sitting": rating.sitting.name,
        "second": rating.is_second,
        "rated_on": rating.rated_on.isoformat() if rating.rated_on else None,
        "election": rating.election.object_id if rating.election else None,
        "counted_by_hand": rating.hand_count_id is not None,
        "rules": {"base": rating.base, "strict": rating.strict},
        "turnout": {
            "deputies": rating.deputies,
            "present": rating.present,
            "issued": rating.issued,
            "ballots": rating.ballots,
        },
        "items": [
            {
                "code": item.code,
                "project": item.project.code,
                "title": item.title,
                "satisfied": item.satisfied,
                "basic": item.basic,
                "dissatisfied": item.dissatisfied,
                "abstain": item.abstain,
                "satisfied_percent": float(counts_of(item, rating.ballots).satisfied_rate),
                "content_percent": float(counts_of(item, rating.ballots).content_rate),
                "grade": item.grade,
            }
            for item in rating.items
        ],
    }


def _write(document: Document, suffix: str) -> tuple[bytes, str]:
    if suffix not in _WRITERS:
        raise NotFound("The table is not made in this format.")
    kind = Format(suffix)
    return _WRITERS[kind](document), MIME_TYPES[kind]


def _json(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, indent=2).encode() + b"\n"
