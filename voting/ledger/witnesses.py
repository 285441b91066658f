"""Takes cosignatures of a log's checkpoints from the witnesses that a congress named."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, func, select

from ballots.errors import Invalid
from ballots.log import (
    VerifierKey,
    check_cosignature,
    make_checkpoint,
    parse_checkpoint,
    parse_verifier_key,
)
from voting.db import Tx
from voting.errors import Conflict, NotFound, NotValid
from voting.ledger.keys import load_key
from voting.ledger.tree import root_at
from voting.models.ledger import LogCosignature, LogHead, LogWitness

_COVERING: Final = (
    select(LogCosignature.size, LogCosignature.line)
    .where(
        LogCosignature.congress_id == bindparam("congress"),
        LogCosignature.size
        == select(func.max(LogCosignature.size))
        .where(
            LogCosignature.congress_id == bindparam("congress"),
            LogCosignature.size > bindparam("position"),
        )
        .scalar_subquery(),
    )
    .order_by(LogCosignature.vkey)
)
_WITNESSES: Final = (
    select(LogWitness.vkey)
    .where(LogWitness.congress_id == bindparam("congress"))
    .order_by(LogWitness.vkey)
)


def add_witness(tx: Tx, congress_id: int, vkey: str) -> None:
    """Take cosignatures of a witness from now on. Raises `Malformed("log.vkey")`."""
    if not parse_verifier_key(vkey).is_witness:
        raise NotValid("This is not the verifier key of a witness.")
    if tx.get(LogWitness, (congress_id, vkey)) is None:
        tx.add(LogWitness(congress_id=congress_id, vkey=vkey))
        tx.flush()


def witness_keys(tx: Tx, congress_id: int) -> list[VerifierKey]:
    """Give the keys of all witnesses, in a fixed order."""
    found = tx.scalars(_WITNESSES, {"congress": congress_id})
    return [parse_verifier_key(vkey) for vkey in found]


def cosign(tx: Tx, congress_id: int, line: str, size: int | None = None) -> int:
    """Keep a witness's line under the checkpoint of a size, the latest by default.

    Raises `Malformed("log.checkpoint")`, `Invalid("log.signature")`; gives the size.
    """
    head = tx.get_one(LogHead, congress_id)
    at = head.size if size is None else size
    if not 0 <= at <= head.size:
        raise NotFound("The log has not come to this size.")
    signed = _checkpoint_text(tx, head, at)
    checkpoint = parse_checkpoint(signed + line.removesuffix("\n") + "\n")
    if len(checkpoint.signatures) != len(parse_checkpoint(signed).signatures) + 1:
        raise NotValid("One cosignature line is needed.")
    cosignature = checkpoint.signatures[-1]
    for key in witness_keys(tx, congress_id):
        if (key.name, key.key_id) == (cosignature.name, cosignature.key_id):
            check_cosignature(checkpoint, key)
            if tx.get(LogCosignature, (congress_id, at, str(key))) is not None:
                raise Conflict("This witness has cosigned this checkpoint already.")
            tx.add(
                LogCosignature(
                    congress_id=congress_id, size=at, vkey=str(key), line=str(cosignature)
                )
            )
            tx.flush()
            return at
    raise Invalid("log.signature")


def cosigned(tx: Tx, congress_id: int, size: int, checkpoint: str) -> str:
    """Give a checkpoint with the lines of its witnesses."""
    query = select(LogCosignature.line).where(
        LogCosignature.congress_id == congress_id, LogCosignature.size == size
    )
    return checkpoint + "".join(tx.scalars(query.order_by(LogCosignature.vkey)))


def best_checkpoint(tx: Tx, congress_id: int, position: int) -> tuple[str, str]:
    """Give the latest cosigned checkpoint that covers a place, or the latest at all; and the key.

    The key is the log's verifier key.
    """
    head = tx.get_one(LogHead, congress_id, populate_existing=True)
    lines = tx.execute(_COVERING, {"congress": congress_id, "position": position}).all()
    size = lines[0].size if lines else head.size
    text = _checkpoint_text(tx, head, size)
    return text + "".join(row.line for row in lines), head.vkey


def _checkpoint_text(tx: Tx, head: LogHead, size: int) -> str:
    """Give the log's own note of a size; the same text is signed to the same bytes again."""
    if size == head.size:
        return head.checkpoint
    key = load_key(tx.settings, head.congress.slug, head.congress.origin)
    root = root_at(tx, head.congress_id, size)
    return str(make_checkpoint(key.origin, size, root, seed=key.seed))
