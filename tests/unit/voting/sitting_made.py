"""A sitting at the desk, for tests of its services: `desk = Desk.open(tx)`, `desk.begin()`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ballots.cards import CardSecret, card_credential
from ballots.encoding import to_b64u
from tests.congress import card
from voting import clock, ledger
from voting.db import Tx
from voting.imports.rolls import RollLine
from voting.models.people import Congress, User, UserState
from voting.models.sittings import Deputy, Presence, Sitting
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services import roster
from voting.services.roster import ImportChoice
from voting.services.sittings import attendance, cards, plenary
from voting.services.sittings.attendance import CheckIn, Figures
from voting.services.sittings.plenary import SittingPlan

PLAN = SittingPlan("第一次会议", date(2026, 2, 1), date(2026, 2, 3), 12)


def a_roster(deputies: int) -> bytes:
    """Write a roster of two delegations."""
    rows = [
        f"{n:03},代表{'一二三四五六七八九十'[n % 10]}甲,第{1 + n % 2}代表团"
        for n in range(deputies)
    ]
    return "\n".join(["编号,姓名,代表团", *rows]).encode()


def a_roll(number: int) -> list[RollLine]:
    """Give the roll of as many cards."""
    return [RollLine(serial(n), credential(card(n))) for n in range(1, number + 1)]


def serial(number: int) -> str:
    """Give the serial of a card, counted from 1."""
    return f"A{number:04}"


def credential(secret: CardSecret) -> str:
    """Give a card's credential as the roll has it."""
    return to_b64u(card_credential(secret))


@dataclass
class Desk:
    """A congress with a roster and a planned sitting, and somebody at the desk."""

    tx: Tx
    congress_id: int
    actor: Actor
    sitting: Sitting

    @classmethod
    def open(cls, tx: Tx, *, deputies: int = 12, named: bool = False) -> Desk:
        """Make congress, roster and sitting."""
        congress = Congress(slug="a", name="甲区", origin="h/a", created_at=clock.now())
        tx.add(congress)
        tx.flush()
        ledger.create_key(tx.settings, congress.slug, congress.origin)
        ledger.start(tx, congress)
        actor = a_person(tx, congress.id, Role.SECRETARIAT)
        roster.import_roster(tx, actor, congress.id, data=a_roster(deputies), choice=ImportChoice())
        plan = SittingPlan(PLAN.name, PLAN.starts_on, PLAN.ends_on, deputies, is_named=named)
        sitting = plenary.plan_sitting(tx, actor, congress.id, plan)
        return cls(tx, congress.id, actor, sitting)

    def begin(self, number: int | None = None) -> None:
        """Publish a roll of cards, by default three to spare, and let check-in begin."""
        spare = self.sitting.deputies + 3 if number is None else number
        cards.publish_roll(self.tx, self.actor, self.sitting.id, a_roll(spare))
        plenary.begin_sitting(self.tx, self.actor, self.sitting.id)

    def deputies(self) -> Sequence[Deputy]:
        """Give the roster."""
        return roster.list_deputies(self.tx, self.congress_id)

    def check_in(
        self, place: int, status: Presence = Presence.PRESENT, *, card: int = 0
    ) -> Figures:
        """Check in the deputy at a place of the roster, with a card."""
        entry = CheckIn(self.deputies()[place].id, status, serial(card) if card else "")
        return attendance.check_in(self.tx, self.actor, self.sitting.id, entry)

    def check_in_all(self) -> None:
        """Check everybody in, cards drawn from the other end."""
        for place in range(self.sitting.deputies):
            self.check_in(place, card=self.sitting.deputies - place)


def a_person(tx: Tx, congress_id: int, role: Role) -> Actor:
    """Add an account with a role."""
    user = User(
        login=f"{role}-{congress_id}",
        name=str(role),
        state=UserState.ACTIVE,
        created_at=clock.now(),
    )
    tx.add(user)
    tx.flush()
    return Actor(user.id, user.name, frozenset({(congress_id, role)}))
