"""What the receipt page needs: the logs of this site with their keys, and a ballot's proof."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from ballots.ballot import short_tracker
from ballots.encoding import grouped, parse_crockford, sha256, to_crockford
from ballots.objects import Ballot
from ballots.words import CHECKED, REPORT, RULES
from voting import ledger
from voting.db import Tx
from voting.errors import NotFound
from voting.ledger import Log
from voting.ledger.witnesses import witness_keys
from voting.models.elections import Election, ElectionState
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard

_CODE_BITS: Final = 80
_FINGERPRINT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A congress's log and who vouches for it."""

    slug: str
    congress: str
    vkey: str
    fingerprint: str
    witnesses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """A ballot in the log: its proof in both written forms, and the vote that it belongs to."""

    code: str
    tracker: str
    position: int
    text: str
    compact: str
    congress: CongressCard
    vote: str
    vote_title: str
    vote_state: ElectionState


def code_of(typed: str) -> str | None:
    """Give a code in groups of four as receipts show it, `None` where what was typed is none."""
    number = parse_crockford(typed, _CODE_BITS)
    if number is None:
        return None
    return grouped(to_crockford(number.to_bytes(_CODE_BITS // 8, "big"), _CODE_BITS))


def fingerprint(vkey: str) -> str:
    """Give the first half of a verifier key's SHA-256 in groups, short enough to be compared."""
    digest = sha256(vkey.encode())[:_FINGERPRINT_BYTES].hex()
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def known_log(tx: Tx, congress: CongressCard, log: Log) -> KnownLog:
    """Give a congress's log with its key and its witnesses' keys."""
    vkeys = tuple(str(key) for key in witness_keys(tx, congress.id))
    return KnownLog(congress.slug, congress.name, log.vkey, fingerprint(log.vkey), vkeys)


def known_logs(tx: Tx) -> tuple[KnownLog, ...]:
    """Give every log of this site, the newest congress first; a congress may have none yet."""
    found = []
    for congress in congresses.list_congresses(tx):
        with suppress(NotFound):
            found.append(known_log(tx, congress, ledger.find_log(tx, congress.slug)))
    return tuple(found)


def read_receipt(tx: Tx, code: str) -> ReceiptPage | None:
    """Give the ballot whose receipt shows this code; an unknown code and a wrong one are alike."""
    place = ledger.find_ballot(tx, code)
    if place is None:
        return None
    proof = ledger.receipt(tx, place)
    _, ballot = ledger.load(tx, place.congress_id, place.object_id, Ballot)
    query = select(Election).where(
        Election.congress_id == place.congress_id, Election.object_id == ballot.election
    )
    vote = tx.scalars(query).one()
    return ReceiptPage(
        code=short_tracker(place.object_id),
        tracker=place.object_id,
        position=place.position,
        text=proof.text,
        compact=proof.compact,
        congress=congresses.find_congress(tx, vote.sitting.congress.slug),
        vote=vote.object_id,
        vote_title=vote.title,
        vote_state=vote.state,
    )


def rule_words(language: str) -> Mapping[str, str]:
    """Give the meaning of every rule code in a language."""
    return {code: words[0 if language == "zh" else 1] for code, words in RULES.items()}


def report_words(language: str) -> Mapping[str, str]:
    """Give the words of a report on a record; what is counted stands under `checked.`."""
    at = 0 if language == "zh" else 1
    counted = {f"checked.{kind}": words[at] for kind, words in CHECKED.items()}
    return {**{name: words[at] for name, words in REPORT.items()}, **counted}
