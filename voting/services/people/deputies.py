"""Which deputy an account belongs to."""

from __future__ import annotations

from sqlalchemy import select

from voting.db import Tx
from voting.errors import NotNow
from voting.models.sittings import Deputy
from voting.rules.access import Actor
from voting.rules.roles import Role


def find_own(tx: Tx, actor: Actor, congress_id: int) -> Deputy | None:
    """Give the deputy of this congress whose account acts, if there is one."""
    if actor.user_id is None or Role.DEPUTY not in actor.roles_in(congress_id):
        return None
    query = select(Deputy).where(Deputy.user_id == actor.user_id, Deputy.is_active)
    return tx.scalar(query.where(Deputy.congress_id == congress_id))


def deputy_of(tx: Tx, actor: Actor, congress_id: int) -> Deputy:
    """Give the deputy who acts. Raises NotNow while the account is tied to none."""
    found = find_own(tx, actor, congress_id)
    if found is None:
        raise NotNow("This account does not belong to a deputy on the roster.").now(
            "Ask the secretariat to tie your account to your entry on the roster."
        )
    return found
