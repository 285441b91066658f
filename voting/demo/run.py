"""The run of the demonstration: a whole vote, from an empty database to a checked record."""

from __future__ import annotations

import json
import random
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ballots.cards import TrusteeSeed
from voting.demo.office import SLUG, Cards, Office
from voting.demo.scrutineer import Scrutineer
from voting.demo.tablet import Errand, Outcome
from voting.demo.wire import VOTE_PATH, Wire
from voting.errors import msg
from voting.i18n import language, t
from voting.models.elections import Election
from voting.rules.vote import DecisionSettings
from voting.services.reports import DecisionFigures, Standing

SHARE_PRESENT: Final = (314, 327)
"""So many of so many deputies come, as in Lishui on 2025-02-27."""
CHALLENGES: Final = 5
THRESHOLD: Final = 2
"""So many of the three scrutineers decrypt."""
MOST_ROUNDS: Final = 6
PYTHON: Final = (sys.executable, "-P", "-m")
"""Runs a module, but none that lies in the folder where the command was given."""

STANDINGS: Final = {
    Standing.ELECTED: msg("Elected"),
    Standing.TIED: msg("Tied"),
    Standing.NOT_ELECTED: msg("Not elected"),
    Standing.VOID: msg("Void"),
}


class DemonstrationFailed(Exception):
    """Something came out otherwise than it must; the text says what."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is demonstrated: who decides on what, in which mood, and where the record goes."""

    roster: bytes
    deputies: int
    candidates: bytes
    seats: int
    seed: str
    cards: Path
    record: Path


class Demonstration:
    """One run against a server that is up; every client reaches it over HTTP."""

    def __init__(self, plan: Plan, office: Office, address: str, console: Console) -> None:
        """Take the plan, the officials and the address that tablets open."""
        self._plan, self._office, self._console = plan, office, console
        self._address = f"{address}{VOTE_PATH}{SLUG}"
        self._lost = ""
        self._present = -(-plan.deputies * SHARE_PRESENT[0] // SHARE_PRESENT[1])

    def run(self) -> Sequence[Election]:
        """Hold the whole sitting; gives its elections, the last of which decided."""
        self._gather()
        wire = Wire(self._address)
        scrutineers = self._hold_ceremony(wire)
        printed, drawn = self._hand_out_cards()
        rounds = [self._office.prepare()]
        while True:
            self._vote(rounds[-1], printed, drawn, is_first=len(rounds) == 1)
            self._count(rounds[-1], scrutineers)
            self._office.declare(rounds[-1])
            asked = self._office.asked_run_off(rounds[-1])
            if asked is None or len(rounds) == MOST_ROUNDS:
                break
            self._say(
                t(
                    "The rules ask for a run-off; projects: {projects}, seats: {seats}.",
                    seats=asked.seats,
                    projects=len(asked.projects),
                )
            )
            rounds.append(self._office.run_off(rounds[-1]))
        decided = self._office.announce(rounds[-1])
        self._say(t("The outcome is declared and announced: {n} projects are decided.", n=decided))
        self._write_record(wire)
        return rounds

    def _say(self, words: str) -> None:
        self._console.print(f"  {words}", highlight=False, markup=False, soft_wrap=True)

    def _step(self, words: str) -> None:
        self._console.print(f"[bold]{words}[/bold]", highlight=False)

    def _gather(self) -> None:
        self._step(t("1  The congress and its candidates"))
        self._office.plan(self._plan.deputies)
        listed = self._office.import_roster(self._plan.roster)
        self._say(t("{deputies} deputies are on the roster.", deputies=listed))
        settings = DecisionSettings(self._plan.seats)
        number = self._office.adopt(self._plan.candidates, settings)
        self._say(
            t(
                "{candidates} candidates are adopted and locked; {seats} are to be chosen by more"
                " than half of all deputies.",
                candidates=number,
                seats=self._plan.seats,
            )
        )

    def _hold_ceremony(self, wire: Wire) -> list[Scrutineer]:
        self._step(t("2  The key ceremony of the scrutineers"))
        names = (t("Chief scrutineer"), t("Scrutineer A"), t("Scrutineer B"))
        begun = self._office.begin_ceremony(names, THRESHOLD)
        scrutineers = [
            Scrutineer(
                wire,
                begun.object_id,
                index=index,
                name=name,
                seed=TrusteeSeed(secrets.token_bytes(32)),
            )
            for index, name in enumerate(names, start=1)
        ]
        for scrutineer, invitation in zip(scrutineers, begun.invitations, strict=True):
            scrutineer.register(invitation)
        for scrutineer in scrutineers:
            scrutineer.commit()
        for scrutineer in scrutineers:
            scrutineer.confirm()
        self._say(
            t(
                "{trustees} scrutineers made the key together; any {threshold} can decrypt.",
                trustees=len(scrutineers),
                threshold=THRESHOLD,
            )
        )
        return scrutineers

    def _hand_out_cards(self) -> tuple[Cards, list[str]]:
        self._step(t("3  Cards and check-in"))
        printed = self._office.print_cards(self._plan.deputies, self._plan.cards)
        self._office.publish_roll(printed)
        serials = list(printed.printed)
        # Not for secrecy, which the real drawing of cards gives: the same seed, the same hall.
        random.Random(self._plan.seed).shuffle(serials)  # noqa: S311
        drawn, spare = serials[: self._present], serials[self._present]
        self._office.check_in(drawn)
        self._say(
            t(
                "{printed} cards are printed, {present} deputies are present and drew one each.",
                printed=len(serials),
                present=self._present,
            )
        )
        self._office.replace_card(drawn[0], spare)
        self._say(t("One card is lost: it is revoked, and its deputy gets another."))
        self._lost = printed.code(drawn[0])
        return printed, [spare, *drawn[1:]]

    def _vote(
        self, election: Election, printed: Cards, drawn: Sequence[str], *, is_first: bool
    ) -> None:
        if is_first:
            self._step(t("4  The vote: {title}", title=election.title))
        else:
            self._step(t("4  The vote again: round {round}", round=election.round))
        self._office.open(election)
        self._say(t("Chair and chief scrutineer have opened the vote."))
        errands = [
            Errand(printed.code(serial), self._plan.seed, f"{election.round}/{number}")
            for number, serial in enumerate(drawn)
        ]
        if is_first:
            errands = _with_mishaps(errands)
            errands.append(Errand(self._lost, self._plan.seed, "finder"))
        begun = time.monotonic()
        outcomes = list(self._send_tablets(errands, election))
        seconds = round(time.monotonic() - begun, 1)
        receipts = sum(bool(outcome.receipt) for outcome in outcomes)
        if receipts != len(drawn):
            refused = Counter(outcome.refused for outcome in outcomes if outcome.refused)
            raise DemonstrationFailed(f"{receipts} receipts for {len(drawn)} tablets: {refused}")
        self._say(
            t(
                "{receipts} tablets cast in {seconds} s and hold a receipt that they checked;"
                " {challenges} tested their tablet first.",
                receipts=receipts,
                seconds=str(seconds),
                challenges=sum(outcome.challenged for outcome in outcomes),
            )
        )
        if is_first:
            self._check_finder(outcomes[-1])
        turnout = self._office.close(election)
        self._say(
            t(
                "The vote is closed: {issued} cards issued, {ballots} ballots.",
                issued=turnout.issued,
                ballots=turnout.ballots,
            )
        )

    def _check_finder(self, outcome: Outcome) -> None:
        if outcome.refused != "ballot.credential":
            raise DemonstrationFailed(f"the lost card was answered with {outcome}")
        self._say(t("Somebody found the lost card and tried to vote with it: refused."))

    def _send_tablets(self, errands: Sequence[Errand], election: Election) -> Iterator[Outcome]:
        """Let the tablets vote, in a process of their own that knows cards and an address."""
        command = [*PYTHON, "voting.demo.tablet", self._address, election.object_id]
        lines = "".join(json.dumps(asdict(errand)) + "\n" for errand in errands)
        with (
            _progress(self._console, t("Tablets"), len(errands)) as advance,
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            ) as tablets,
        ):
            if tablets.stdin is None or tablets.stdout is None:
                raise DemonstrationFailed("the tablets have no pipes")
            try:
                tablets.stdin.write(lines)
                tablets.stdin.close()
                for line in tablets.stdout:
                    advance()
                    yield Outcome(**json.loads(line))
            except BaseException:
                tablets.kill()
                raise
        if tablets.returncode:
            raise DemonstrationFailed("the tablets broke down")

    def _count(self, election: Election, scrutineers: Sequence[Scrutineer]) -> None:
        self._step(t("5  The count"))
        with _progress(self._console, t("Shares"), THRESHOLD) as advance:
            for scrutineer in scrutineers[:THRESHOLD]:
                scrutineer.give_share(election.object_id)
                advance()
        self._say(
            t("{threshold} scrutineers recomputed the sum and decrypted it.", threshold=THRESHOLD)
        )
        self._show(self._office.read_result(election))

    def _show(self, figures: DecisionFigures) -> None:
        table = Table(show_edge=False, pad_edge=True)
        table.add_column(t("Rank"), justify="right")
        table.add_column(t("Project"))
        table.add_column(t("Votes"), justify="right")
        table.add_column(t("Outcome"))
        for row in figures.ranked:
            table.add_row(str(row.rank), row.title, str(row.votes), t(STANDINGS[row.standing]))
        self._console.print(table)

    def _write_record(self, wire: Wire) -> None:
        self._step(t("6  The record, and the check of it"))
        data = wire.read("record.zip")
        if data is None:
            raise DemonstrationFailed("the server has no record")
        self._plan.record.write_bytes(data)
        self._say(t("Written: {file}", file=str(self._plan.record)))
        command = [*PYTHON, "ballots", "--language", language(), "verify"]
        checked = subprocess.run(
            [*command, str(self._plan.record), "--vkey", str(wire.key)],
            capture_output=True,
            text=True,
            check=False,
        )
        if checked.returncode:
            raise DemonstrationFailed(checked.stdout + checked.stderr)
        self._say(checked.stdout.strip().rsplit("\n", 1)[-1])
        self._say(f"ballots verify {self._plan.record} --vkey {wire.key}")


def _with_mishaps(errands: Sequence[Errand]) -> list[Errand]:
    """Let some test their tablet, one tablet send twice, and one lose the answer."""
    mishaps = [replace(errand, challenges=True) for errand in errands[:CHALLENGES]]
    rest = list(errands[CHALLENGES:])
    if len(rest) > 1:
        rest[0] = replace(rest[0], sends_twice=True)
        rest[1] = replace(rest[1], loses_answer=True)
    return mishaps + rest


@contextmanager
def _progress(console: Console, words: str, total: int) -> Iterator[Callable[[], None]]:
    columns = TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task(words, total=total)
        yield lambda: bar.advance(task)
