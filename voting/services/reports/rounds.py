"""What a vote has come to over all its rounds: a run-off adds to what was chosen before it."""

from __future__ import annotations

from collections.abc import Sequence

from voting.db import Tx
from voting.rules.vote import Order
from voting.services.reports.votes import RoundLink, VotePage, read_paper_vote, read_vote


def all_chosen(
    tx: Tx, slug: str, vote: VotePage, *, order: Order, listed: Sequence[str]
) -> tuple[str, ...]:
    """Give the titles of all chosen, by votes round after round, or in the order of the list."""
    rounds = [vote]
    while (before := rounds[0].previous) is not None:
        rounds.insert(0, _read(tx, slug, before))
    rows = [row for each in rounds if each.decision for row in each.decision.elected]
    if order is Order.BALLOT:
        place = {code: position for position, code in enumerate(listed)}
        rows.sort(key=lambda row: place.get(row.code, len(place)))
    return tuple(row.title for row in rows)


def _read(tx: Tx, slug: str, link: RoundLink) -> VotePage:
    if link.on_paper is not None:
        return read_paper_vote(tx, slug, link.on_paper)
    return read_vote(tx, slug, link.object_id)
