"""Asks residents apart: one answer a code, kept as sums, never mixed into the official count."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, FieldProblem, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.models.ratings import ResidentCode, ResidentItem, ResidentPhone, ResidentPoll
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal
from voting.services.ratings.preparing import rateable

ANSWERS: Final = ("satisfied", "basic", "dissatisfied", "unknown")
# Without letters and digits that are taken for one another: 12 of them hold 58 bits.
LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWX"
LENGTH: Final = 12
MOST_CODES: Final = 500
_PHONE_DIGITS: Final = 11


@dataclass(frozen=True, slots=True)
class PollMade(Event):
    """Residents will be asked."""

    words = msg("The residents' rating “{title}” was made.")
    poll_id: int
    title: str


@dataclass(frozen=True, slots=True)
class CodesIssued(Event):
    """Codes were printed for a station or an office to hand out."""

    words = msg("{number} codes for residents were printed for {source}.")
    poll_id: int
    number: int
    source: str


@dataclass(frozen=True, slots=True)
class PollPlan:
    """What residents are asked, and when."""

    year: int
    title: str
    notice: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class PollCard:
    """A residents' rating with how many codes went out and how many answers came in."""

    id: int
    year: int
    title: str
    notice: str
    opens_at: datetime
    closes_at: datetime
    issued: int
    answers: int
    items: tuple[ResidentItem, ...]

    @property
    def is_open(self) -> bool:
        """Whether answers are taken now."""
        return self.opens_at <= clock.now() < self.closes_at

    @property
    def is_over(self) -> bool:
        """Whether its figures are shown."""
        return clock.now() >= self.closes_at


def make_poll(tx: Tx, actor: Actor, congress_id: int, plan: PollPlan) -> ResidentPoll:
    """Ask residents about the decided projects of a year."""
    access.check(actor, Action.MANAGE_RATINGS, congress_id)
    if plan.closes_at <= plan.opens_at:
        what = msg("The end lies before the beginning.")
        raise NotValid("The times are not right.").at(FieldProblem("closes_at", what))
    title = plan.title.strip()
    same = select(ResidentPoll.id).where(
        ResidentPoll.congress_id == congress_id, ResidentPoll.title == title
    )
    if tx.scalar(same) is not None:
        raise Conflict("A residents' rating of this title exists already.")
    found = rateable(tx, congress_id, plan.year)
    if not found:
        raise NotNow("No decided project of {year} is there to be rated.", year=plan.year)
    poll = ResidentPoll(
        congress_id=congress_id,
        year=plan.year,
        title=title,
        notice=plan.notice.strip(),
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        created_at=clock.now(),
        items=[
            ResidentItem(position=place, project_id=project.id, title=project.title)
            for place, project in enumerate(found, start=1)
        ],
    )
    tx.add(poll)
    tx.flush()
    journal.record(tx, actor, PollMade(poll.id, poll.title), congress_id=congress_id)
    return poll


def issue_codes(tx: Tx, actor: Actor, poll_id: int, *, number: int, source: str) -> tuple[str, ...]:
    """Make codes to be printed once and handed out; only their hashes are kept."""
    poll = find_poll(tx, poll_id)
    access.check(actor, Action.MANAGE_RATINGS, poll.congress_id)
    _check_not_over(poll)
    if not 0 < number <= MOST_CODES:
        raise NotValid("Between 1 and {most} codes at a time.", most=MOST_CODES)
    codes = tuple(_new_code() for _ in range(number))
    # In the order of the hashes, so that rows tell nothing of the order of slips.
    for code_hash in sorted(hash_code(poll_id, code) for code in codes):
        tx.add(ResidentCode(poll_id=poll_id, code_hash=code_hash, source=source.strip()))
    tx.flush()
    event = CodesIssued(poll.id, number, source.strip())
    journal.record(tx, actor, event, congress_id=poll.congress_id)
    return codes


def code_for_phone(tx: Tx, poll_id: int, phone: str) -> str:
    """Make a code for a telephone, one for each; the number itself is not kept."""
    poll = find_poll(tx, poll_id)
    _check_open(poll)
    phone_hash = _hash_phone(tx, poll_id, phone)
    if tx.get(ResidentPhone, (poll_id, phone_hash)) is not None:
        raise Conflict("A code was sent to this number before.").now(
            "Use that code; each number gets one."
        )
    tx.add(ResidentPhone(poll_id=poll_id, phone_hash=phone_hash))
    code = _new_code()
    tx.add(ResidentCode(poll_id=poll_id, code_hash=hash_code(poll_id, code), source="sms"))
    tx.flush()
    return code


def codes_for_phones(
    tx: Tx, actor: Actor, poll_id: int, phones: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Make a code for each of an office's list of telephones; gives pairs of number and code."""
    poll = find_poll(tx, poll_id)
    access.check(actor, Action.MANAGE_RATINGS, poll.congress_id)
    numbers = tuple(dict.fromkeys(phone.strip() for phone in phones if phone.strip()))
    if not 0 < len(numbers) <= MOST_CODES:
        raise NotValid("Between 1 and {most} codes at a time.", most=MOST_CODES)
    made = tuple((number, code_for_phone(tx, poll_id, number)) for number in numbers)
    event = CodesIssued(poll.id, len(made), "sms")
    journal.record(tx, actor, event, congress_id=poll.congress_id)
    return made


def take_back(tx: Tx, poll_id: int, phone: str, code: str) -> None:
    """Forget a code that could not be sent, so that its number may ask again."""
    for row in (
        tx.get(ResidentPhone, (poll_id, _hash_phone(tx, poll_id, phone))),
        tx.get(ResidentCode, (poll_id, hash_code(poll_id, code))),
    ):
        if row is not None:
            tx.delete(row)
    tx.flush()


def answer(tx: Tx, poll_id: int, code: str, marks: Mapping[int, str]) -> None:
    """Add one resident's answers to the sums, and use up the code."""
    poll = find_poll(tx, poll_id)
    _check_open(poll)
    row = tx.get(ResidentCode, (poll_id, hash_code(poll_id, code)), with_for_update=True)
    if row is None:
        what = msg("Look at the slip again: twelve letters and digits, no O, I, L, 0 or 1.")
        raise NotValid("This code is not known.").at(FieldProblem("code", what))
    if row.is_used:
        raise Conflict("This code was used already.").now("Each code is good for one answer.")
    missing = [item for item in poll.items if marks.get(item.id) not in ANSWERS]
    if missing:
        raise NotValid("Some projects are not answered.").at(
            *(FieldProblem(f"item-{item.id}", msg("Choose one of the four.")) for item in missing)
        )
    row.is_used = True
    for item in poll.items:
        column = getattr(ResidentItem, marks[item.id])
        setattr(item, marks[item.id], column + 1)
    tx.flush()


def find_poll(tx: Tx, poll_id: int) -> ResidentPoll:
    """Find a residents' rating by its number."""
    poll = tx.get(ResidentPoll, poll_id, populate_existing=True)
    if poll is None:
        raise NotFound("There is no such residents' rating.")
    return poll


def list_polls(tx: Tx, congress_id: int) -> tuple[PollCard, ...]:
    """Give a congress's residents' ratings, the latest first."""
    query = select(ResidentPoll).where(ResidentPoll.congress_id == congress_id)
    rows: Sequence[ResidentPoll] = tx.scalars(query.order_by(ResidentPoll.id.desc())).all()
    return tuple(card_of(tx, row) for row in rows)


def card_of(tx: Tx, poll: ResidentPoll) -> PollCard:
    """Give a residents' rating with its figures."""
    issued = select(func.count()).where(ResidentCode.poll_id == poll.id)
    return PollCard(
        id=poll.id,
        year=poll.year,
        title=poll.title,
        notice=poll.notice,
        opens_at=poll.opens_at,
        closes_at=poll.closes_at,
        issued=tx.scalars(issued).one(),
        answers=tx.scalars(issued.where(ResidentCode.is_used)).one(),
        items=tuple(poll.items),
    )


def hash_code(poll_id: int, code: str) -> str:
    """Hash a code as it is kept; spaces, hyphens and small letters make no difference."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(f"resident-code/{poll_id}/{plain}".encode()).hexdigest()


def _hash_phone(tx: Tx, poll_id: int, phone: str) -> str:
    number = "".join(sign for sign in phone if sign.isdigit())
    if len(number) != _PHONE_DIGITS or not number.startswith("1"):
        what = msg("A mobile number has eleven digits and begins with 1.")
        raise NotValid("This is no mobile number.").at(FieldProblem("phone", what))
    # Numbers are few enough to be tried out, so their hash needs a secret.
    return hmac.new(tx.settings.secret, f"{poll_id}/{number}".encode(), hashlib.sha256).hexdigest()


def _new_code() -> str:
    signs = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return "-".join(signs[at : at + 4] for at in range(0, LENGTH, 4))


def _check_open(poll: ResidentPoll) -> None:
    if clock.now() < poll.opens_at:
        raise NotNow("This rating has not begun.")
    _check_not_over(poll)


def _check_not_over(poll: ResidentPoll) -> None:
    if clock.now() >= poll.closes_at:
        raise NotNow("This rating is over.")
