"""Who may do what: one table of acts, the roles that reach them and the approvals they need.

A route has a door with an act (`views/gate.py`), and a service checks the same act again with the
congress of the thing at hand: `access.check(actor, Action.CHECK_IN, congress_id)`. A new use case
gets a row here, and nothing else decides about rights.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from voting.errors import NotAllowed
from voting.rules.roles import Role


class Action(StrEnum):
    """An act somebody can want to do; grouped as the loop goes."""

    READ_PUBLIC = "read_public"
    SIGN_IN = "sign_in"
    VOTE_WITH_CARD = "vote_with_card"
    TAKE_PART = "take_part"
    OWN_ACCOUNT = "own_account"

    READ_JOURNAL = "read_journal"
    READ_PEOPLE = "read_people"
    INVITE_PERSON = "invite_person"
    INVITE_DEPUTY = "invite_deputy"
    GRANT_ROLE = "grant_role"
    DISABLE_PERSON = "disable_person"
    RESET_PERSON = "reset_person"
    READ_SESSIONS = "read_sessions"
    END_SESSION = "end_session"
    MANAGE_CONGRESS = "manage_congress"
    SET_PREFERENCES = "set_preferences"

    PROPOSE = "propose"
    MANAGE_COLLECTION = "manage_collection"
    SCREEN = "screen"
    COMMENT_CANDIDATE = "comment_candidate"
    ADOPT_CANDIDATES = "adopt_candidates"

    READ_SITTING = "read_sitting"
    EDIT_SITTING = "edit_sitting"
    EDIT_ROSTER = "edit_roster"
    EDIT_CANDIDATES = "edit_candidates"
    ADOPT_RULES = "adopt_rules"
    MAKE_CARDS = "make_cards"
    CHECK_IN = "check_in"
    ISSUE_CARD = "issue_card"
    REVOKE_CARD = "revoke_card"
    NAME_SCRUTINEERS = "name_scrutineers"
    HOLD_KEY = "hold_key"
    COSIGN_LOG = "cosign_log"

    PREPARE_ELECTION = "prepare_election"
    OPEN_ELECTION = "open_election"
    CLOSE_ELECTION = "close_election"
    ANNUL_ELECTION = "annul_election"
    TALLY_ELECTION = "tally_election"
    GIVE_SHARE = "give_share"
    DECLARE_OUTCOME = "declare_outcome"
    RUN_OFF = "run_off"
    ANNOUNCE = "announce"
    COUNT_BY_HAND = "count_by_hand"
    SIGN_HAND_COUNT = "sign_hand_count"
    PRINT_FORMS = "print_forms"

    READ_SUPERVISION = "read_supervision"
    PLAN_SUPERVISION = "plan_supervision"
    REPORT_PROGRESS = "report_progress"
    RECORD_VISIT = "record_visit"
    ANSWER_PROBLEM = "answer_problem"
    CLOSE_PROBLEM = "close_problem"
    ADJUST_PROJECT = "adjust_project"
    MANAGE_RATINGS = "manage_ratings"
    RECTIFY = "rectify"
    FILL_REVIEW = "fill_review"

    SUGGEST = "suggest"
    ASSIGN_SUGGESTION = "assign_suggestion"
    ANSWER_SUGGESTION = "answer_suggestion"
    RATE_ANSWER = "rate_answer"
    MANAGE_UNITS = "manage_units"
    READ_UNIT = "read_unit"
    OWN_DEPUTY = "own_deputy"
    READ_RECORDS = "read_records"
    MANAGE_STATIONS = "manage_stations"
    KEEP_STATION = "keep_station"
    KEEP_ROOM = "keep_room"
    MODERATE_ROOM = "moderate_room"
    PUBLISH = "publish"
    DRAFT_REPORT = "draft_report"
    EXPORT_DATA = "export_data"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the roles that reach an act, or everyone; and whose approvals make it happen.

    `approvals` names one role for each approval asked; each is given by another person who holds
    that role. Empty: the actor alone decides.
    """

    roles: frozenset[Role] = frozenset()
    everyone: bool = False
    signed_in: bool = False
    approvals: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as a value: an account with its grants, or nobody in particular."""

    user_id: int | None
    name: str
    grants: frozenset[tuple[int | None, Role]] = frozenset()

    @property
    def is_known(self) -> bool:
        """Whether an account stands behind the act."""
        return self.user_id is not None

    def roles_in(self, congress_id: int | None) -> frozenset[Role]:
        """Give the roles that count in a congress, the installation's included."""
        return frozenset(role for scope, role in self.grants if scope in {None, congress_id})

    @property
    def roles(self) -> frozenset[Role]:
        """All roles, in whichever congress."""
        return frozenset(role for _, role in self.grants)


NOBODY: Final = Actor(user_id=None, name="")
"""A visitor without an account."""


def _roles(*roles: Role) -> Rule:
    return Rule(roles=frozenset(roles))


def _together(*roles: Role) -> Rule:
    return Rule(roles=frozenset(roles), approvals=roles)


_EVERYONE = Rule(everyone=True)
_OFFICE = (Role.SECRETARIAT, Role.COMMITTEE)
_WATCH = (Role.CHIEF_SCRUTINEER, Role.SCRUTINEER)
_PLENARY = (Role.SECRETARIAT, Role.CHAIR, *_WATCH)
_FOLLOW = (*_OFFICE, Role.UNIT, Role.DEPUTY, Role.STATION)
_CHAIR_AND_CHIEF = (Role.CHAIR, Role.CHIEF_SCRUTINEER)

ACCESS: Final[dict[Action, Rule]] = {
    Action.READ_PUBLIC: _EVERYONE,
    Action.SIGN_IN: _EVERYONE,
    Action.VOTE_WITH_CARD: _EVERYONE,
    Action.TAKE_PART: _EVERYONE,
    Action.OWN_ACCOUNT: Rule(signed_in=True),
    Action.READ_JOURNAL: _roles(Role.AUDIT_ADMIN),
    Action.READ_PEOPLE: _roles(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN),
    Action.INVITE_PERSON: _roles(Role.SYSTEM_ADMIN),
    Action.INVITE_DEPUTY: _roles(Role.SECRETARIAT),
    Action.GRANT_ROLE: _roles(Role.SECURITY_ADMIN),
    Action.DISABLE_PERSON: _roles(Role.SECURITY_ADMIN),
    Action.RESET_PERSON: _roles(Role.SECURITY_ADMIN),
    Action.READ_SESSIONS: _roles(Role.SECURITY_ADMIN),
    Action.END_SESSION: _roles(Role.SECURITY_ADMIN),
    Action.MANAGE_CONGRESS: _roles(Role.SYSTEM_ADMIN),
    Action.SET_PREFERENCES: _roles(Role.SYSTEM_ADMIN, Role.SECRETARIAT),
    Action.PROPOSE: _roles(Role.DEPUTY, Role.STATION, Role.UNIT, *_OFFICE),
    Action.MANAGE_COLLECTION: _roles(*_OFFICE),
    Action.SCREEN: _roles(*_OFFICE),
    Action.COMMENT_CANDIDATE: _roles(Role.DEPUTY),
    Action.ADOPT_CANDIDATES: _roles(*_OFFICE),
    Action.READ_SITTING: _roles(*_PLENARY, Role.COMMITTEE),
    Action.EDIT_SITTING: _roles(Role.SECRETARIAT),
    Action.EDIT_ROSTER: _roles(Role.SECRETARIAT),
    Action.EDIT_CANDIDATES: _roles(*_OFFICE),
    Action.ADOPT_RULES: _roles(Role.SECRETARIAT),
    Action.MAKE_CARDS: _roles(Role.SECRETARIAT),
    Action.CHECK_IN: _roles(Role.SECRETARIAT),
    Action.ISSUE_CARD: _roles(Role.SECRETARIAT),
    Action.REVOKE_CARD: _roles(Role.SECRETARIAT),
    Action.NAME_SCRUTINEERS: _roles(Role.SECRETARIAT),
    Action.HOLD_KEY: _roles(*_WATCH),
    Action.COSIGN_LOG: _roles(*_WATCH),
    Action.PREPARE_ELECTION: _roles(Role.SECRETARIAT),
    Action.OPEN_ELECTION: _together(*_CHAIR_AND_CHIEF),
    Action.CLOSE_ELECTION: _together(*_CHAIR_AND_CHIEF),
    Action.ANNUL_ELECTION: _together(*_CHAIR_AND_CHIEF),
    Action.TALLY_ELECTION: _roles(Role.SECRETARIAT, *_CHAIR_AND_CHIEF),
    Action.GIVE_SHARE: _roles(*_WATCH),
    Action.DECLARE_OUTCOME: _together(*_CHAIR_AND_CHIEF),
    Action.RUN_OFF: _roles(Role.SECRETARIAT),
    Action.ANNOUNCE: _roles(Role.SECRETARIAT),
    Action.COUNT_BY_HAND: _roles(Role.SECRETARIAT, *_WATCH),
    Action.SIGN_HAND_COUNT: _roles(Role.CHIEF_SCRUTINEER),
    Action.PRINT_FORMS: _roles(*_PLENARY),
    Action.READ_SUPERVISION: _roles(*_FOLLOW),
    Action.PLAN_SUPERVISION: _roles(*_OFFICE),
    Action.REPORT_PROGRESS: _roles(Role.UNIT),
    Action.RECORD_VISIT: _roles(Role.DEPUTY, *_OFFICE),
    Action.ANSWER_PROBLEM: _roles(Role.UNIT),
    Action.CLOSE_PROBLEM: _roles(*_OFFICE),
    Action.ADJUST_PROJECT: _roles(*_OFFICE),
    Action.MANAGE_RATINGS: _roles(*_OFFICE),
    Action.RECTIFY: _roles(Role.UNIT, *_OFFICE),
    Action.FILL_REVIEW: _roles(Role.DEPUTY),
    Action.SUGGEST: _roles(Role.DEPUTY),
    Action.ASSIGN_SUGGESTION: _roles(*_OFFICE),
    Action.ANSWER_SUGGESTION: _roles(Role.UNIT),
    Action.RATE_ANSWER: _roles(Role.DEPUTY),
    Action.MANAGE_UNITS: _roles(*_OFFICE),
    Action.READ_UNIT: _roles(Role.UNIT),
    Action.OWN_DEPUTY: _roles(Role.DEPUTY),
    Action.READ_RECORDS: _roles(*_OFFICE),
    Action.MANAGE_STATIONS: _roles(*_OFFICE),
    Action.KEEP_STATION: _roles(Role.STATION, Role.DEPUTY, *_OFFICE),
    Action.KEEP_ROOM: _roles(Role.DEPUTY, *_OFFICE),
    Action.MODERATE_ROOM: _roles(*_OFFICE),
    Action.PUBLISH: _roles(*_OFFICE),
    Action.DRAFT_REPORT: _roles(*_OFFICE),
    Action.EXPORT_DATA: _roles(*_OFFICE),
}


def is_allowed(actor: Actor, action: Action, congress_id: int | None = None) -> bool:
    """Tell whether to offer an act; without a congress, whether in any of them."""
    rule = ACCESS[action]
    if rule.everyone:
        return True
    if rule.signed_in:
        return actor.is_known
    held = actor.roles if congress_id is None else actor.roles_in(congress_id)
    return bool(held & rule.roles)


def check(actor: Actor, action: Action, congress_id: int | None = None) -> None:
    """Refuse an act that the actor's roles don't reach in this congress."""
    if not is_allowed(actor, action, congress_id):
        raise NotAllowed("Your roles do not include this act.")
