"""The chief scrutineer signs what two tellers agree on; chair and chief scrutineer declare it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import rfc8785

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, NotAllowed, NotNow, msg
from voting.events import Event
from voting.models.handcounts import HandCount, HandStage
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import elections, journal
from voting.services.handcounts.beginning import find_hand_count
from voting.services.handcounts.entering import differences
from voting.services.journal import Approvals, Matter


@dataclass(frozen=True, slots=True)
class HandCountSigned(Event):
    """The chief scrutineer answers for the figures."""

    words = msg("The count by hand of the vote “{title}” was signed; digest {digest}.")
    hand_count_id: int
    title: str
    digest: str


@dataclass(frozen=True, slots=True)
class HandCountDeclared(Event):
    """Chair and chief scrutineer have declared the outcome of a count by hand."""

    words = msg("The outcome of the vote “{title}”, counted by hand, was declared.")
    hand_count_id: int
    title: str


def sign(tx: Tx, actor: Actor, hand_count_id: int) -> str:
    """Sign figures on which both tellers agree; gives their digest. The signer has not counted."""
    hand = find_hand_count(tx, hand_count_id)
    access.check(actor, Action.SIGN_HAND_COUNT, hand.sitting.congress_id)
    if hand.stage is not HandStage.COUNTING:
        raise NotNow("This count is signed, or was given up before.")
    if actor.user_id in {None, *(entry.teller_id for entry in hand.entries)}:
        raise NotAllowed("Whoever signs a count has not entered it.")
    found = differences(hand)
    if found is None:
        raise NotNow("Two tellers have to enter their counts first.")
    if found:
        raise Conflict("The two tellers counted differently.").now(
            "Both count the papers in question again and correct their figures."
        )
    hand.present = elections.count_present(tx, hand.sitting_id)
    hand.digest, hand.stage = digest_of(hand), HandStage.SIGNED
    hand.signed_at, hand.signed_by_id = clock.now(), actor.user_id
    tx.flush()
    event = HandCountSigned(hand.id, hand.title, hand.digest)
    journal.record(tx, actor, event, congress_id=hand.sitting.congress_id)
    return hand.digest


def declare(tx: Tx, actor: Actor, hand_count_id: int) -> Approvals:
    """Consent to declaring the outcome; with the last consent it is declared."""
    hand = find_hand_count(tx, hand_count_id)
    if hand.stage is not HandStage.SIGNED or hand.declared_at is not None:
        raise NotNow("This vote has no outcome to declare.")
    if hand.sitting.is_rehearsal:
        raise NotNow("This was a rehearsal; its outcome is not declared.")
    matter = matter_of(hand)
    approvals = journal.approve(tx, actor, matter)
    if approvals.is_complete:
        journal.close_approvals(tx, matter)
        hand.declared_at = clock.now()
        event = HandCountDeclared(hand.id, hand.title)
        journal.record(tx, actor, event, congress_id=hand.sitting.congress_id)
    return approvals


def matter_of(hand: HandCount) -> Matter:
    """Name what is consented to."""
    return Matter(Action.DECLARE_OUTCOME, hand.sitting.congress_id, f"hand:{hand.id}")


def digest_of(hand: HandCount) -> str:
    """Give the hash of what is signed: the paper, the turnout and every count."""
    entry = hand.entries[0]
    content = {
        "type": "hand-count",
        "manifest": hand.manifest,
        "present": hand.present,
        "issued": entry.issued,
        "returned": entry.returned,
        "void": entry.void,
        "counts": list(entry.counts),
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()
