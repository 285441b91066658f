"""Gives what the locked list says of the projects on a paper, for reading beside their titles."""

from __future__ import annotations

from sqlalchemy import select

from voting import ledger
from voting.db import Tx
from voting.errors import NotFound
from voting.models.elections import Election
from voting.models.sittings import Candidate
from voting.services import candidates


def project_contents(tx: Tx, slug: str, election_object: str) -> dict[str, dict[str, str]]:
    """Give the parts of each project's description that are not empty, by its id on ballots."""
    log = ledger.find_log(tx, slug)
    election = tx.scalar(
        select(Election).where(
            Election.congress_id == log.congress_id, Election.object_id == election_object
        )
    )
    if election is None:
        raise NotFound("There is no such vote.")
    listed = candidates.locked_list(tx, election.sitting_id, election.kind)
    return {} if listed is None else {row.code: _parts(row) for row in listed.candidates}


def _parts(row: Candidate) -> dict[str, str]:
    """Money is in yuan and dates are in ISO form; the reader's device writes them out."""
    parts = {
        "content": row.content,
        "place": row.place,
        "unit": row.unit,
        "total": "" if row.total_yuan is None else str(row.total_yuan),
        "yearly": "" if row.yearly_yuan is None else str(row.yearly_yuan),
        "sources": row.sources,
        "due": "" if row.due_on is None else row.due_on.isoformat(),
        "goal": row.goal,
    }
    return {name: text for name, text in parts.items() if text}
