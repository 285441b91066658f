"""A whole sitting in the application: deputies, cards, trustees with seeds, officials, a vote.

`hall = Hall.build(app)` gives a sitting whose ceremony is held and whose cards are issued;
`election = hall.open_election()`, `hall.cast(election, 1, ["p01"])`, `hall.count(election)`.
What officials do goes through the services, what tablets and trustees do through raw objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flask import Flask

from ballots.ballot import Paper, make_ballot, make_challenge, make_paper
from ballots.cards import CardSecret, card_credential
from ballots.encoding import to_b64u
from ballots.log import VerifierKey, parse_verifier_key
from ballots.manifest import Manifest, Selection
from ballots.objects import Election as ElectionObject
from ballots.objects import Keys, Stored, object_bytes
from ballots.record import FilesReader
from ballots.replay import Replay
from ballots.tally import make_share
from ballots.trustees import commit, confirm, register, trustee_secrets
from ballots.verify import Report, check_record, replay_record
from tests import kept
from tests.congress import ballot_seed, card, trustee_seed
from tests.plenary import make_official, make_sitting
from voting import clock, ledger
from voting.db import Tx, reading, transaction
from voting.exports.record import record_files
from voting.ledger import Place, Proof
from voting.models.elections import Election, KeyCeremony
from voting.rules.access import NOBODY, Actor
from voting.rules.roles import Role
from voting.rules.vote import DecisionSettings, Threshold
from voting.services import casting, ceremony, elections, rolls, tallying
from voting.services.ceremony import HolderPlan
from voting.services.elections import Project, make_manifest

_HALLS: dict[tuple[object, ...], tuple[Hall, kept.Kept]] = {}


def projects(number: int) -> list[Project]:
    """Give the first projects of a list: p01, p02, .."""
    return [Project(f"p{i:02}", f"项目{i}") for i in range(1, number + 1)]


def sheet(
    number: int = 3, *, seats: int = 1, threshold: str = "all", title: str = "民生实事项目票决"
) -> Manifest:
    """Put projects on one list, of which as many as there are seats may be chosen."""
    settings = DecisionSettings(seats, threshold=Threshold(threshold))
    return make_manifest(title, projects(number), settings)


@dataclass
class Hall:
    """A sitting with all that it takes to vote, and the people who run it."""

    app: Flask
    slug: str
    congress_id: int
    sitting_id: int
    secretary: Actor
    chair: Actor
    chief: Actor
    trustees: int
    threshold: int
    cards: list[CardSecret]
    ceremony_id: int = 0
    invitations: tuple[str, ...] = ()
    papers: dict[int, Paper] = field(default_factory=dict)

    @classmethod
    def build(
        cls,
        app: Flask,
        *,
        slug: str = "binjiang",
        deputies: int = 4,
        trustees: int = 3,
        threshold: int = 2,
        named: bool = False,
    ) -> Hall:
        """Make a congress and a sitting with everybody present, keys made and cards issued.

        The same hall is made once in a process; fresh installations get a copy of it.
        """
        settings = app.extensions["settings"]
        stopped = clock._source.stopped
        moment = stopped.at if stopped else None
        key = (settings.base_url, moment, slug, deputies, trustees, threshold, named)
        is_fresh = kept.is_fresh()
        if is_fresh and key in _HALLS:
            made, left = _HALLS[key]
            kept.lay(left, settings)
            return replace(made, app=app, cards=[*made.cards], papers={})
        hall = cls.gather(
            app,
            slug=slug,
            deputies=deputies,
            trustees=trustees,
            threshold=threshold,
            named=named,
        )
        hall.publish_roll()
        hall.hold_ceremony()
        hall.issue(range(1, deputies + 1))
        if is_fresh:
            _HALLS[key] = (replace(hall, cards=[*hall.cards]), kept.keep(settings))
        return hall

    @classmethod
    def gather(
        cls,
        app: Flask,
        *,
        slug: str = "binjiang",
        deputies: int = 4,
        trustees: int = 3,
        threshold: int = 2,
        named: bool = False,
    ) -> Hall:
        """Make a congress and a sitting with everybody present, before ceremony and cards."""
        with transaction() as tx:
            congress_id, sitting_id = make_sitting(tx, slug, deputies=deputies, named=named)
            return cls(
                app,
                slug,
                congress_id,
                sitting_id,
                secretary=make_official(tx, congress_id, Role.SECRETARIAT),
                chair=make_official(tx, congress_id, Role.CHAIR),
                chief=make_official(tx, congress_id, Role.CHIEF_SCRUTINEER),
                trustees=trustees,
                threshold=threshold,
                cards=[card(i) for i in range(1, deputies + 3)],
            )

    def credential(self, number: int) -> str:
        """Give the credential of a card, counted from 1."""
        return to_b64u(card_credential(self.cards[number - 1]))

    def publish_roll(self) -> None:
        """Publish the credentials of all cards, two more than there are deputies."""
        names = [self.credential(number) for number in range(1, len(self.cards) + 1)]
        with transaction() as tx:
            rolls.publish_roll(tx, self.secretary, self.sitting_id, names)

    def issue(self, numbers: Sequence[int]) -> None:
        """Make cards good."""
        with transaction() as tx:
            rolls.issue(tx, self.secretary, self.sitting_id, [self.credential(n) for n in numbers])

    def revoke(self, *numbers: int, reason: str = "遗失") -> None:
        """Take cards out of use."""
        names = [self.credential(number) for number in numbers]
        with transaction() as tx:
            rolls.revoke(tx, self.secretary, self.sitting_id, credentials=names, reason=reason)

    def begin_ceremony(self) -> str:
        """Begin a key ceremony; gives its object's id."""
        holders = [HolderPlan(f"监票人{i}") for i in range(1, self.trustees + 1)]
        with transaction() as tx:
            begun = ceremony.begin(
                tx, self.secretary, self.sitting_id, threshold=self.threshold, holders=holders
            )
        self.ceremony_id, self.invitations = begun.ceremony_id, begun.invitations
        return begun.object_id

    def hold_ceremony(self) -> None:
        """Hold a whole key ceremony."""
        self.begin_ceremony()
        for step in (self.register, self.commit, self.confirm):
            for index in range(1, self.trustees + 1):
                self.publish(step(index), self.invitations[index - 1])

    def register(self, index: int) -> bytes:
        """Make a trustee's registration."""
        with reading() as tx:
            circle = ceremony.circle_of(tx, self._ceremony(tx))
        return object_bytes(register(circle, trustee_seed(index), index, f"监票人{index}"))

    def commit(self, index: int) -> bytes:
        """Make a trustee's commitment."""
        with reading() as tx:
            row = self._ceremony(tx)
            circle, others = ceremony.circle_of(tx, row), ceremony.registered(tx, row)
        return object_bytes(commit(circle, trustee_seed(index), index, others))

    def confirm(self, index: int) -> bytes:
        """Make a trustee's confirmation."""
        with reading() as tx:
            row = self._ceremony(tx)
            confirmation = confirm(
                ceremony.circle_of(tx, row),
                trustee_seed(index),
                index,
                registered=ceremony.registered(tx, row),
                commitments=ceremony.committed(tx, row),
            )
        return object_bytes(confirmation)

    def publish(self, raw: bytes, invitation: str | None = None) -> str:
        """Send what a trustee made, and give its id."""
        with transaction() as tx:
            return tallying.receive(tx, NOBODY, self.slug, raw, invitation=invitation).object_id

    def prepare(self, manifest: Manifest | None = None) -> int:
        """Prepare a vote, of three projects for one seat by default; gives its number."""
        with transaction() as tx:
            made = elections.prepare_manifest(
                tx, self.secretary, self.sitting_id, manifest or sheet()
            )
            return made.id

    def open(self, election: int) -> None:
        """Open a vote, by chair and chief scrutineer."""
        with reading() as tx:
            digest = elections.zero_report(tx, election).digest
        for actor in (self.chair, self.chief):
            with transaction() as tx:
                elections.open_election(tx, actor, election, report=digest)

    def open_election(self, manifest: Manifest | None = None) -> int:
        """Prepare and open a vote; gives its number."""
        election = self.prepare(manifest)
        self.open(election)
        return election

    def row(self, election: int) -> Election:
        """Give an election's row as it is now."""
        with reading() as tx:
            return elections.find_election(tx, election)

    def paper(self, election: int) -> Paper:
        """Give the paper of an election, as a tablet makes it from the log."""
        if election not in self.papers:
            row = self.row(election)
            with reading() as tx:
                stored, _ = ledger.load(tx, self.congress_id, row.object_id, ElectionObject)
                _, keys = ledger.load(tx, self.congress_id, row.keys_object, Keys)
            self.papers[election] = make_paper(stored, keys)
        return self.papers[election]

    def ballot(
        self, election: int, number: int, chosen: Sequence[str | Selection], salt: object = ""
    ) -> Stored:
        """Make a card's ballot without casting it; another salt gives another ballot."""
        seed = ballot_seed(election, number, salt)
        return make_ballot(self.paper(election), self.cards[number - 1], _selections(chosen), seed)

    def challenge_of(
        self, election: int, number: int, chosen: Sequence[str | Selection], salt: object = ""
    ) -> Stored:
        """Make the challenge of the ballot that `ballot` gives for the same words."""
        seed = ballot_seed(election, number, salt)
        ballot = self.ballot(election, number, chosen, salt)
        return make_challenge(self.paper(election), ballot, _selections(chosen), seed)

    def send(self, raw: bytes) -> Place:
        """Send a ballot to the box, as the interface does."""
        with reading() as tx:
            checked = casting.check(tx, self.slug, raw)
        with transaction() as tx:
            return casting.accept(tx, checked).place

    def send_challenge(self, raw: bytes) -> Place:
        """Send a challenge to the box, as the interface does."""
        with reading() as tx:
            checked = casting.check_opened(tx, self.slug, raw)
        with transaction() as tx:
            return casting.challenge(tx, checked)

    def cast(
        self, election: int, number: int, chosen: Sequence[str | Selection], salt: object = ""
    ) -> Place:
        """Make and send a card's ballot."""
        return self.send(self.ballot(election, number, chosen, salt).raw)

    def challenge(
        self, election: int, number: int, chosen: Sequence[str | Selection], salt: object = ""
    ) -> Place:
        """Make a ballot and open it to the public."""
        return self.send_challenge(self.challenge_of(election, number, chosen, salt).raw)

    def receipt(self, place: Place) -> Proof:
        """Give a ballot's receipt from the database."""
        with reading() as tx:
            return ledger.receipt(tx, place)

    def close(self, election: int) -> None:
        """Close a vote, by chair and chief scrutineer, and add it up."""
        for actor in (self.chair, self.chief):
            with transaction() as tx:
                tallying.close(tx, actor, election)
        with reading() as tx:
            tally = tallying.add_up(tx, election)
        with transaction() as tx:
            tallying.publish_tally(tx, self.secretary, election, tally)

    def share(self, election: int, index: int) -> bytes:
        """Make a trustee's share of a count from what the record says, as its device does."""
        state = self.replay().elections[self.row(election).object_id]
        held, count, seed = state.ceremony, state.count, trustee_seed(index)
        assert count is not None
        assert held.keys is not None
        secrets = trustee_secrets(
            held.circle,
            seed,
            index,
            registered=list(held.registered.values()),
            commitments=list(held.committed.values()),
        )
        share = make_share(
            count, held.keys, circle=held.circle, seed=seed, index=index, secrets=secrets
        )
        return object_bytes(share)

    def count(self, election: int, indexes: Sequence[int] = ()) -> None:
        """Close a vote and give the shares of some trustees, or of the first that are needed."""
        self.close(election)
        for index in indexes or range(1, self.threshold + 1):
            self.publish(self.share(election, index))

    def record(self) -> dict[str, bytes]:
        """Give the record's files."""
        with reading() as tx:
            log = ledger.find_log(tx, self.slug)
        return dict(record_files(log, reading))

    def report(self) -> Report:
        """Check the record as anyone can."""
        return check_record(FilesReader(self.record()), self.key())

    def replay(self) -> Replay:
        """Give the state that a sound record leads to."""
        report, replay = replay_record(FilesReader(self.record()), self.key())
        assert report.findings == []
        return replay

    def key(self) -> VerifierKey:
        """Give the log's key."""
        with reading() as tx:
            return parse_verifier_key(ledger.find_log(tx, self.slug).vkey)

    def _ceremony(self, tx: Tx) -> KeyCeremony:
        row = tx.get(KeyCeremony, self.ceremony_id)
        assert row is not None
        return row


def _selections(chosen: Sequence[str | Selection]) -> list[Selection]:
    return [("projects", item) if isinstance(item, str) else item for item in chosen]
