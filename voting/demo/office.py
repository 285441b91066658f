"""What the officials of a demonstration do: the same use cases that their pages call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from flask import Flask

from voting import clock
from voting.commands.cards import count_cards, make_cards
from voting.db import Tx, reading, transaction
from voting.exports.cards import CardSheet, PrintedCard, print_cards
from voting.i18n import t, this_day
from voting.imports.rolls import RollLine
from voting.models.elections import Election
from voting.models.projects import ProjectState
from voting.models.sittings import BallotKind, Presence
from voting.rules.access import Actor
from voting.rules.roles import ROLE_NAMES, Role
from voting.rules.vote import DecisionSettings
from voting.services import (
    announcements,
    candidates,
    ceremony,
    elections,
    projects,
    reports,
    roster,
    tallying,
)
from voting.services.announcements import Notice
from voting.services.candidates import Adoption
from voting.services.ceremony import Begun, HolderPlan
from voting.services.elections import RunOff
from voting.services.people import accounts, congresses, sessions, setup
from voting.services.people.setup import Founder
from voting.services.reports import DecisionFigures
from voting.services.roster import ImportChoice
from voting.services.sittings import attendance, cards, plenary, rulebook
from voting.services.sittings.attendance import CheckIn
from voting.services.sittings.plenary import SittingPlan
from voting.services.tallying import Turnout

T = TypeVar("T")

SLUG: Final = "demo"
SPARE_PERCENT: Final = 10
"""So many cards in a hundred are printed beyond the number of deputies."""


@dataclass(frozen=True, slots=True)
class Cards:
    """Printed cards by serial, whose codes leave this room only on paper; and their roll."""

    printed: dict[str, PrintedCard]
    roll: list[RollLine]

    def code(self, serial: str) -> str:
        """Give the code that stands on a card."""
        return self.printed[serial].code


class Office:
    """Secretary, chair and chief scrutineer of a made-up congress, and the sitting they run."""

    def __init__(self, app: Flask) -> None:
        """Set an installation up: administrators, a congress, its officials."""
        self._app = app
        self.sitting_id = 0
        self.congress_id, actors = self._do(_found)
        self.secretary, self.chair, self.chief = actors

    def _do(self, act: Callable[[Tx], T]) -> T:
        with self._app.app_context(), transaction() as tx:
            return act(tx)

    def plan(self, deputies: int) -> None:
        """Plan a sitting of so many deputies."""
        today = this_day()
        plan = SittingPlan(t("First session"), today, today, deputies)
        self.sitting_id = self._do(
            lambda tx: plenary.plan_sitting(tx, self.secretary, self.congress_id, plan).id
        )

    def import_roster(self, data: bytes) -> int:
        """Take the roster in; gives the number of deputies."""
        choice = ImportChoice()
        self._do(
            lambda tx: roster.import_roster(
                tx, self.secretary, self.congress_id, data=data, choice=choice
            )
        )
        with self._app.app_context(), reading() as tx:
            return len(roster.list_deputies(tx, self.congress_id))

    def adopt(self, data: bytes, settings: DecisionSettings) -> int:
        """Take the candidates in, adopt list and rules; gives the number of candidates."""
        kind, today = BallotKind.DECISION, this_day()

        def act(tx: Tx) -> int:
            listed = candidates.import_candidates(
                tx, self.secretary, self.sitting_id, kind=kind, data=data
            )
            adoption = Adoption(today, t("Adopted by the standing committee"))
            candidates.lock_candidates(tx, self.secretary, listed.id, adoption)
            rulebook.draft_rules(tx, self.secretary, self.sitting_id, kind=kind, settings=settings)
            rulebook.adopt_rules(tx, self.secretary, self.sitting_id, kind=kind, adopted_on=today)
            return len(listed.candidates)

        return self._do(act)

    def begin_ceremony(self, names: Sequence[str], threshold: int) -> Begun:
        """Invite the scrutineers to hold the keys."""
        holders = [HolderPlan(name) for name in names]
        return self._do(
            lambda tx: ceremony.begin(
                tx, self.secretary, self.sitting_id, threshold=threshold, holders=holders
            )
        )

    def print_cards(self, deputies: int, file: Path) -> Cards:
        """Make cards for so many deputies with a tenth to spare, and print them to a PDF."""
        printed, roll = make_cards(count_cards(deputies, SPARE_PERCENT), "")
        with self._app.app_context(), reading() as tx:
            sitting = plenary.find_sitting(tx, self.sitting_id)
            sheet = CardSheet(sitting.congress.name, sitting.name, printed)
        file.write_bytes(print_cards(sheet))
        return Cards({card.serial: card for card in printed}, roll)

    def publish_roll(self, printed: Cards) -> None:
        """Bring the roll of the printed cards to the server, and let check-in begin."""

        def act(tx: Tx) -> None:
            cards.publish_roll(tx, self.secretary, self.sitting_id, printed.roll)
            plenary.begin_sitting(tx, self.secretary, self.sitting_id)

        self._do(act)

    def check_in(self, serials: Sequence[str]) -> None:
        """Let so many deputies come in and draw a card each; the others have asked for leave."""

        def act(tx: Tx) -> None:
            deputies = roster.list_deputies(tx, self.congress_id)
            drawn = iter(serials)
            for deputy in deputies:
                serial = next(drawn, "")
                status = Presence.PRESENT if serial else Presence.LEAVE
                entry = CheckIn(deputy.id, status, serial)
                attendance.check_in(tx, self.secretary, self.sitting_id, entry)
            cards.issue_batch(tx, self.secretary, self.sitting_id, even_if_few=True)

        self._do(act)

    def replace_card(self, serial: str, other: str) -> None:
        """Revoke a lost card and give another for it."""

        def act(tx: Tx) -> None:
            cards.replace_card(
                tx,
                self.secretary,
                self.sitting_id,
                serial=serial,
                other=other,
                reason=t("The card was lost"),
            )
            cards.issue_batch(tx, self.secretary, self.sitting_id, even_if_few=True)

        self._do(act)

    def prepare(self) -> Election:
        """Put the locked candidates to the vote."""
        title = t("Decision on this year's livelihood projects")
        return self._do(
            lambda tx: elections.prepare(
                tx, self.secretary, self.sitting_id, BallotKind.DECISION, title=title
            )
        )

    def open(self, election: Election) -> None:
        """Chair and chief scrutineer look at the zero report and consent to the opening."""
        for actor in (self.chair, self.chief):
            with self._app.app_context(), reading() as tx:
                digest = elections.zero_report(tx, election.id).digest
            self._do(partial(_open, actor=actor, election_id=election.id, digest=digest))

    def close(self, election: Election) -> Turnout:
        """Chair and chief scrutineer consent to the closing; then the ballots are added up."""
        for actor in (self.chair, self.chief):
            self._do(partial(_close, actor=actor, election_id=election.id))
        with self._app.app_context(), reading() as tx:
            total = tallying.add_up(tx, election.id)
        self._do(lambda tx: tallying.publish_tally(tx, self.chief, election.id, total))
        with self._app.app_context(), reading() as tx:
            return tallying.turnout(tx, elections.find_election(tx, election.id))

    def declare(self, election: Election) -> None:
        """Chair and chief scrutineer declare the outcome."""
        for actor in (self.chair, self.chief):
            self._do(partial(_declare, actor=actor, election_id=election.id))

    def announce(self, election: Election) -> int:
        """Announce the declared vote at once; gives how many projects are decided by it."""
        return self._do(partial(_announce, actor=self.secretary, election_id=election.id))

    def asked_run_off(self, election: Election) -> RunOff | None:
        """Tell whether the rules ask for a run-off."""
        with self._app.app_context(), reading() as tx:
            return elections.asked_run_off(tx, elections.find_election(tx, election.id))

    def read_result(self, election: Election) -> DecisionFigures:
        """Read a counted vote as its public page shows it."""
        with self._app.app_context(), reading() as tx:
            page = reports.read_vote(tx, SLUG, election.object_id)
        if page.decision is None:
            raise ValueError("the vote is not counted")
        return page.decision

    def run_off(self, election: Election) -> Election:
        """Prepare the run-off with the same cards and keys."""
        return self._do(lambda tx: elections.run_off(tx, self.secretary, election.id))


def _open(tx: Tx, actor: Actor, election_id: int, digest: str) -> None:
    elections.open_election(tx, actor, election_id, report=digest)


def _close(tx: Tx, actor: Actor, election_id: int) -> None:
    tallying.close(tx, actor, election_id)


def _declare(tx: Tx, actor: Actor, election_id: int) -> None:
    tallying.declare(tx, actor, election_id)


def _announce(tx: Tx, actor: Actor, election_id: int) -> int:
    vote = elections.find_election(tx, election_id)
    number = announcements.next_number(tx, vote.congress_id)
    notice = Notice(number, this_day(), clock.now())
    announcements.announce(tx, actor, vote, notice)
    decided = (ProjectState.DECIDED,)
    return len(projects.list_projects(tx, vote.congress_id, states=decided))


def _found(tx: Tx) -> tuple[int, list[Actor]]:
    """Do as the set-up page and the administrators' pages do."""
    code = setup.setup_code(tx.settings)
    founders = tuple(
        Founder(role, role.value.replace("_", "-"), t(ROLE_NAMES[role])) for role in setup.FIRST
    )
    invited = setup.set_up(tx, code=code, founders=founders)
    system, security = (sessions.find_actor(tx, person.user_id) for person in invited[:2])
    congress = congresses.make_congress(tx, system, slug=SLUG, name=t("Demonstration congress"))
    actors: list[Actor] = []
    for role in (Role.SECRETARIAT, Role.CHAIR, Role.CHIEF_SCRUTINEER):
        person = accounts.invite_person(
            tx, system, login=role.value.replace("_", "-"), name=t(ROLE_NAMES[role])
        )
        accounts.grant_role(tx, security, person.user_id, role, congress_id=congress.id)
        actors.append(sessions.find_actor(tx, person.user_id))
    return congress.id, actors
