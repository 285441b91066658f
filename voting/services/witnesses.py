"""What a log needs from people: witnesses, and an operator's word after a restored database."""

from __future__ import annotations

from dataclasses import dataclass

from voting import ledger
from voting.db import Tx
from voting.errors import NotValid, msg
from voting.events import Event
from voting.rules import access
from voting.rules.access import NOBODY, Action, Actor
from voting.services import journal
from voting.services.verdicts import judged


@dataclass(frozen=True, slots=True)
class WitnessNamed(Event):
    words = msg("A witness of the log was named: {vkey}")
    vkey: str


@dataclass(frozen=True, slots=True)
class HeadAccepted(Event):
    words = msg("An operator let the log go on from entry {size}, root {root}.")
    size: int
    root: str


@judged
def name_witness(tx: Tx, actor: Actor, slug: str, vkey: str) -> None:
    """Take cosignatures of a scrutineer's own device from now on. Raises `RuleBroken`."""
    _name(tx, actor, slug, vkey, act=Action.COSIGN_LOG)


@judged
def invite_witness(tx: Tx, actor: Actor, slug: str, vkey: str) -> None:
    """Take cosignatures of somebody outside of the sitting from now on. Raises `RuleBroken`."""
    _name(tx, actor, slug, vkey, act=Action.NAME_SCRUTINEERS)


def _name(tx: Tx, actor: Actor, slug: str, vkey: str, *, act: Action) -> None:
    log = ledger.find_log(tx, slug)
    access.check(actor, act, log.congress_id)
    ledger.add_witness(tx, log.congress_id, vkey)
    journal.record(tx, actor, WitnessNamed(vkey), congress_id=log.congress_id)


@judged
def cosign(tx: Tx, slug: str, line: bytes, *, size: int | None = None) -> int:
    """Keep a witness's line under the checkpoint of a size, the latest by default."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise NotValid("One cosignature line is needed.") from None
    return ledger.cosign(tx, ledger.find_log(tx, slug).congress_id, text, size)


def accept_head(tx: Tx, slug: str, *, size: int, root: str) -> None:
    """Let a locked log go on from the head that an operator has compared with its witnesses."""
    try:
        compared = ledger.Head(size, bytes.fromhex(root))
    except ValueError:
        raise NotValid("A root has 64 hexadecimal digits.") from None
    ledger.accept_head(tx, slug, compared)
    congress_id = ledger.find_log(tx, slug).congress_id
    journal.record(tx, NOBODY, HeadAccepted(size, root), congress_id=congress_id)
