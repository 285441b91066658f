"""Keeps the lists of candidate projects: imported or typed, put in order, adopted and locked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, NotAllowed, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.imports.projects import ProjectRow, ProjectSheet, read_projects
from voting.imports.sheets import read_table
from voting.models.elections import Election, ElectionState
from voting.models.handcounts import HandCount, HandStage
from voting.models.sittings import BallotKind, Candidate, CandidateList, Sitting, Stage
from voting.rules import access
from voting.rules import candidates as rule
from voting.rules.access import Action, Actor
from voting.services import journal, projects
from voting.services.screening import lists

LONGEST_CODE: Final = 32


@dataclass(frozen=True, slots=True)
class CandidatesImported(Event):
    """A list came in from a file and took the place of the draft."""

    words = msg("A list of {number} candidates was imported.")
    list_id: int
    number: int


@dataclass(frozen=True, slots=True)
class CandidateSaved(Event):
    """One candidate was entered or changed."""

    words = msg("The candidate {code} was saved.")
    list_id: int
    code: str


@dataclass(frozen=True, slots=True)
class CandidateRemoved(Event):
    """One candidate was taken off a draft."""

    words = msg("The candidate {code} was taken off the list.")
    list_id: int
    code: str


@dataclass(frozen=True, slots=True)
class CandidatesLocked(Event):
    """A list was adopted and can't change any more."""

    words = msg("The list of {number} candidates was locked; digest {digest}.")
    list_id: int
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Adoption:
    """The decision of the standing committee by which a list is adopted."""

    adopted_on: date
    resolution: str = ""


def preview_candidates(
    tx: Tx, actor: Actor, sitting_id: int, *, kind: BallotKind, data: bytes
) -> ProjectSheet:
    """Read a file and tell what is wrong in it; nothing is kept. Raises NotValid."""
    sitting = _sitting(tx, actor, sitting_id)
    _check_open(sitting)
    _check_unlocked(_latest(tx, sitting.id, kind))
    return read_projects(read_table(data))


def import_candidates(
    tx: Tx,
    actor: Actor,
    sitting_id: int,
    *,
    kind: BallotKind,
    data: bytes,
    skip_bad_rows: bool = False,
) -> CandidateList:
    """Let a file's list take the place of the draft, whole or, by choice, without its bad rows."""
    sheet = preview_candidates(tx, actor, sitting_id, kind=kind, data=data)
    if sheet.problems and not skip_bad_rows:
        raise NotValid(
            "{bad} rows are not right, so nothing was imported.", bad=len(sheet.bad_lines)
        ).now("Correct them in the file, or choose to skip them.")
    if not sheet.rows:
        raise NotValid("No row of the file is right.").now("Correct the file and send it again.")
    draft = draft_list(tx, actor, sitting_id, kind)
    draft.candidates.clear()
    tx.flush()
    for place, row in enumerate(sheet.rows, start=1):
        candidate = Candidate(position=place)
        _apply(candidate, row)
        draft.candidates.append(candidate)
    tx.flush()
    event = CandidatesImported(draft.id, len(sheet.rows))
    journal.record(tx, actor, event, congress_id=draft.sitting.congress_id)
    return draft


def latest_list(tx: Tx, sitting_id: int, kind: BallotKind) -> CandidateList | None:
    """Give the newest version of a list, locked or not."""
    return _latest(tx, sitting_id, kind)


def locked_list(tx: Tx, sitting_id: int, kind: BallotKind) -> CandidateList | None:
    """Give the newest version that was adopted."""
    query = (
        select(CandidateList)
        .where(CandidateList.sitting_id == sitting_id, CandidateList.kind == kind)
        .where(CandidateList.digest.is_not(None))
        .order_by(CandidateList.version.desc())
    )
    return tx.scalar(query.limit(1))


def draft_list(tx: Tx, actor: Actor, sitting_id: int, kind: BallotKind) -> CandidateList:
    """Give the draft of a list, an empty first version where there is none."""
    sitting = _sitting(tx, actor, sitting_id)
    _check_open(sitting)
    latest = _latest(tx, sitting.id, kind)
    if latest is not None:
        _check_unlocked(latest)
        return latest
    draft = CandidateList(sitting_id=sitting.id, kind=kind, version=1)
    tx.add(draft)
    tx.flush()
    return draft


def reopen_list(tx: Tx, actor: Actor, sitting_id: int, kind: BallotKind) -> CandidateList:
    """Begin a new version as a copy of the locked one, which holds until the new one is locked."""
    sitting = _sitting(tx, actor, sitting_id)
    _check_open(sitting)
    _check_unvoted(tx, sitting.id, kind)
    locked = _latest(tx, sitting.id, kind)
    if locked is None or locked.digest is None:
        raise NotNow("This list is not locked.").now("Change it as it is.")
    draft = CandidateList(sitting_id=sitting.id, kind=kind, version=locked.version + 1)
    for old in locked.candidates:
        values = {field: getattr(old, field) for field in rule.FIELDS}
        draft.candidates.append(
            Candidate(
                position=old.position,
                project_id=old.project_id,
                co_units=list(old.co_units),
                **values,
            )
        )
    tx.add(draft)
    tx.flush()
    return draft


def save_candidate(
    tx: Tx, actor: Actor, list_id: int, *, row: ProjectRow, candidate_id: int | None = None
) -> Candidate:
    """Enter a candidate at the end of a draft, or change one; `read_project_form` gives the row."""
    draft = _draft(tx, actor, list_id)
    candidate = find_candidate(draft, candidate_id) if candidate_id is not None else None
    for other in draft.candidates:
        if other is not candidate and row.title == other.title:
            raise Conflict("The project {title} is on the list already.", title=row.title)
        if other is not candidate and row.code == other.code:
            raise Conflict("The code {code} is given already.", code=row.code)
    if candidate is None:
        candidate = Candidate(position=len(draft.candidates) + 1)
        draft.candidates.append(candidate)
    _apply(candidate, row)
    tx.flush()
    event = CandidateSaved(draft.id, candidate.code)
    journal.record(tx, actor, event, congress_id=draft.sitting.congress_id)
    return candidate


def remove_candidate(tx: Tx, actor: Actor, list_id: int, candidate_id: int) -> None:
    """Take a candidate off a draft."""
    draft = _draft(tx, actor, list_id)
    candidate = find_candidate(draft, candidate_id)
    draft.candidates.remove(candidate)
    _number(draft)
    tx.flush()
    event = CandidateRemoved(draft.id, candidate.code)
    journal.record(tx, actor, event, congress_id=draft.sitting.congress_id)


def order_candidates(tx: Tx, actor: Actor, list_id: int, order: Sequence[int]) -> None:
    """Put a draft in order; all of its candidates are named."""
    draft = _draft(tx, actor, list_id)
    places = {candidate_id: place for place, candidate_id in enumerate(order, start=1)}
    if sorted(order) != sorted(candidate.id for candidate in draft.candidates):
        raise Conflict("The list has changed meanwhile.").now("Look at the list again.")
    for candidate in draft.candidates:
        candidate.position = places[candidate.id]
    draft.candidates.sort(key=lambda candidate: candidate.position)
    tx.flush()


def take_list(tx: Tx, actor: Actor, sitting_id: int, year: int) -> CandidateList:
    """Take over the list of a year that the standing committee adopted, as it is and locked.

    It takes the place of a draft; a locked list stays, and this is its next version.
    """
    sitting = _sitting(tx, actor, sitting_id)
    access.check(actor, Action.ADOPT_CANDIDATES, sitting.congress_id)
    _check_open(sitting)
    adopted = lists.adopted_list(tx, sitting.congress_id, year)
    if adopted is None:
        raise NotNow("No list of {year} was adopted.", year=str(year)).now(
            "The standing committee adopts it first."
        )
    latest = _latest(tx, sitting.id, BallotKind.DECISION)
    if latest is not None and latest.digest is None:
        tx.delete(latest)
        tx.flush()
        latest = _latest(tx, sitting.id, BallotKind.DECISION)
    version = max(adopted.version, latest.version + 1 if latest else 1)
    taken = CandidateList(sitting_id=sitting.id, kind=BallotKind.DECISION, version=version)
    for place, row in zip(adopted.places, lists.rows_of(adopted), strict=True):
        candidate = Candidate(position=place.position, project_id=place.project_id)
        _apply(candidate, row)
        taken.candidates.append(candidate)
    tx.add(taken)
    tx.flush()
    day = adopted.adopted_on or sitting.starts_on
    lock_candidates(tx, actor, taken.id, Adoption(day, adopted.resolution))
    return taken


def lock_candidates(tx: Tx, actor: Actor, list_id: int, adoption: Adoption) -> str:
    """Adopt and lock a draft; gives its hash, which stands on count sheets."""
    draft = _draft(tx, actor, list_id)
    access.check(actor, Action.ADOPT_CANDIDATES, draft.sitting.congress_id)
    if actor.user_id is None:
        raise NotAllowed("A list is locked by a person with an account.")
    if not draft.candidates:
        raise NotNow("The list has no candidates.").now("Enter or import them first.")
    _free_codes(tx, draft)
    draft.digest = list_digest(draft)
    draft.adopted_on, draft.resolution = adoption.adopted_on, adoption.resolution.strip()
    draft.locked_at, draft.locked_by_id = clock.now(), actor.user_id
    tx.flush()
    event = CandidatesLocked(draft.id, len(draft.candidates), draft.digest)
    journal.record(tx, actor, event, congress_id=draft.sitting.congress_id)
    return draft.digest


def list_digest(candidates: CandidateList) -> str:
    """Hash all that stands on a list, in canonical JSON."""
    return rule.digest_of(str(candidates.kind), candidates.version, candidates.candidates)


def is_voted(tx: Tx, sitting_id: int, kind: BallotKind) -> bool:
    """Tell whether a vote on a list was opened, on tablets or on paper, and not annulled."""
    on_tablets = select(Election.id).where(
        Election.sitting_id == sitting_id,
        Election.kind == kind,
        Election.state.not_in((ElectionState.PREPARED, ElectionState.ANNULLED)),
    )
    on_paper = select(HandCount.id).where(
        HandCount.sitting_id == sitting_id,
        HandCount.kind == kind,
        HandCount.stage != HandStage.DROPPED,
    )
    return any(tx.scalar(query.limit(1)) is not None for query in (on_tablets, on_paper))


def find_candidate(candidates: CandidateList, candidate_id: int) -> Candidate:
    """Find a candidate on a list."""
    found = next((c for c in candidates.candidates if c.id == candidate_id), None)
    if found is None:
        raise NotFound("There is no such candidate.")
    return found


def _sitting(tx: Tx, actor: Actor, sitting_id: int) -> Sitting:
    sitting = tx.get(Sitting, sitting_id)
    if sitting is None:
        raise NotFound("There is no such sitting.")
    access.check(actor, Action.EDIT_CANDIDATES, sitting.congress_id)
    return sitting


def _draft(tx: Tx, actor: Actor, list_id: int) -> CandidateList:
    found = tx.get(CandidateList, list_id)
    if found is None:
        raise NotFound("There is no such list.")
    access.check(actor, Action.EDIT_CANDIDATES, found.sitting.congress_id)
    _check_open(found.sitting)
    _check_unlocked(found)
    _check_unvoted(tx, found.sitting_id, found.kind)
    return found


def _check_open(sitting: Sitting) -> None:
    if sitting.stage is Stage.ENDED:
        raise NotNow("This sitting has ended.")


def _check_unvoted(tx: Tx, sitting_id: int, kind: BallotKind) -> None:
    if is_voted(tx, sitting_id, kind):
        raise NotNow("The vote on this list has been opened; it stays as it is.")


def _check_unlocked(candidates: CandidateList | None) -> None:
    if candidates is not None and candidates.digest is not None:
        raise NotNow("This list is adopted and locked.").now(
            "Begin a new version if it has to change."
        )


def _latest(tx: Tx, sitting_id: int, kind: BallotKind) -> CandidateList | None:
    query = (
        select(CandidateList)
        .where(CandidateList.sitting_id == sitting_id, CandidateList.kind == kind)
        .order_by(CandidateList.version.desc())
    )
    return tx.scalar(query.limit(1))


def _free_codes(tx: Tx, draft: CandidateList) -> None:
    """Put the year before a code that a project of another year has, so that they never meet."""
    for row in draft.candidates:
        if row.project_id is None and projects.code_is_taken(
            tx, draft.sitting.congress_id, row.code
        ):
            row.code = f"{draft.sitting.starts_on.year}-{row.code}"[:LONGEST_CODE]


def _number(draft: CandidateList) -> None:
    for place, candidate in enumerate(draft.candidates, start=1):
        candidate.position = place


def _apply(candidate: Candidate, row: ProjectRow) -> None:
    values = asdict(row)
    for field in rule.FIELDS:
        setattr(candidate, field, values[field])
    candidate.co_units = list(row.co_units)
