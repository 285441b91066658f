/** Protocol §11. The state machine that takes the log's objects in order, or refuses them. */

import { type Paper, type ValidBallot, checkBallot, checkChallenge, makePaper } from "./ballot.js";
import { canonical, isSame, toHex } from "./encoding.js";
import { Invalid, Malformed } from "./errors.js";
import type { Point } from "./group.js";
import { type Decision, type Way, START, follow, undo } from "./milestones.js";
import type { Ballot, ObjectId, ObjectOf, ObjectType, Session, Stored } from "./objects.js";
import { decide } from "./outcome.js";
import { CeremonyState, ElectionState, RollState } from "./states.js";
import { addBallots, checkShare, checkTally, combine } from "./tally.js";
import {
  type Registered,
  checkCeremony,
  checkCommitment,
  checkConfirmation,
  checkKeys,
  checkRegistration,
} from "./trustees.js";

/** What checking a ballot apart from its place in the log gave. */
export type Verdict = ValidBallot | Malformed | Invalid;

/** Check a ballot apart from its place in the log. */
export function judgeBallot(paper: Paper, ballot: Stored): Verdict {
  try {
    return checkBallot(paper, ballot);
  } catch (error) {
    if (error instanceof Malformed || error instanceof Invalid) {
      return error;
    }
    throw error;
  }
}

/** What takes an object of each type, or throws. */
type Takers = {
  readonly [T in ObjectType]: (stored: Stored<ObjectOf<T>>, verdict?: Verdict) => void;
};

/** The state after the entries taken so far; `take` changes nothing where it throws. */
export class Replay {
  readonly seen = new Set<ObjectId>();
  readonly sessions = new Map<ObjectId, Session>();
  readonly ceremonies = new Map<ObjectId, CeremonyState>();
  /** The ceremonies that have come to keys, by their keys' id. */
  readonly keys = new Map<ObjectId, CeremonyState>();
  readonly rolls = new Map<ObjectId, RollState>();
  readonly elections = new Map<ObjectId, ElectionState>();
  /** The elections that were tallied, by their tally's id. */
  readonly tallies = new Map<ObjectId, ElectionState>();
  /** The elections that were counted, by their result's id. */
  readonly results = new Map<ObjectId, ElectionState>();
  readonly outcomes = new Map<ObjectId, Decision>();
  readonly ways = new Map<string, Way>();

  /**
   * Take the next object. Throws `BallotError` where it breaks a rule.
   *
   * `verdict` is what checking a ballot gave, where that was done elsewhere.
   */
  take(stored: Stored, verdict?: Verdict): void {
    need(!this.seen.has(stored.id), "order.repeated");
    const taker = this.takers[stored.value.type] as (stored: Stored, verdict?: Verdict) => void;
    taker(stored, verdict);
    this.seen.add(stored.id);
  }

  /** Give the paper of an election taken before. Throws `Invalid("order.reference")`. */
  paper(election: ObjectId): Paper {
    return known(this.elections, election).paper;
  }

  private living(election: ObjectId): ElectionState {
    const state = known(this.elections, election);
    need(!state.isAnnulled, "order.annulled");
    return state;
  }

  private readonly takers: Takers = {
    session: ({ id, value }) => {
      this.sessions.set(id, value);
    },

    ceremony: (stored) => {
      const circle = checkCeremony(stored);
      known(this.sessions, stored.value.session);
      this.ceremonies.set(stored.id, new CeremonyState(circle, stored.value.session));
    },

    trustee: ({ value }) => {
      const state = known(this.ceremonies, value.ceremony);
      need(state.committed.size === 0, "order.state");
      const registered = checkRegistration(state.circle, value, state.registered.values());
      state.registered.set(value.index, registered);
    },

    "trustee-commitment": (stored) => {
      const { ceremony, index } = stored.value;
      const { circle, registered, committed, confirmed } = known(this.ceremonies, ceremony);
      need(registered.size === circle.trustees && confirmed.size === 0, "order.state");
      const trustee = speaker(registered, index, committed);
      committed.set(index, checkCommitment(circle, trustee, stored));
    },

    "trustee-confirmation": ({ value }) => {
      const { index, ceremony } = value;
      const { circle, registered, committed, confirmed, keys } = known(this.ceremonies, ceremony);
      need(committed.size === circle.trustees && keys === null, "order.state");
      const trustee = speaker(registered, index, confirmed);
      checkConfirmation(value, trustee, [...committed.values()]);
      confirmed.add(index);
    },

    keys: ({ id, value }) => {
      const state = known(this.ceremonies, value.ceremony);
      const { circle, committed, confirmed } = state;
      need(state.keys === null, "order.repeated");
      need(confirmed.size === circle.trustees, "order.state");
      checkKeys(circle, value, [...committed.values()]);
      state.keys = value;
      this.keys.set(id, state);
    },

    roll: ({ id, value: { session, credentials } }) => {
      known(this.sessions, session);
      const isSorted = credentials.every((name, i) => i === 0 || credentials[i - 1]! < name);
      need(credentials.length > 0 && isSorted, "roll.credentials");
      this.rolls.set(id, new RollState(session, new Set(credentials)));
    },

    issue: ({ value: { roll: name, credentials } }) => {
      const { credentials: printed, issued } = known(this.rolls, name);
      const areNew = credentials.every((card) => printed.has(card) && !issued.has(card));
      need(areNew && !repeats(credentials), "issue.credential");
      credentials.forEach((card) => issued.add(card));
    },

    revoke: ({ value: { roll: name, credentials } }) => {
      const roll = known(this.rolls, name);
      const areGood = credentials.every((card) => roll.isGood(card));
      need(areGood && !repeats(credentials), "revoke.credential");
      for (const { isOpen, roll: used, ballots } of this.elections.values()) {
        const isVoted = isOpen && used === roll && credentials.some((card) => ballots.has(card));
        need(!isVoted, "revoke.voted");
      }
      credentials.forEach((card) => roll.revoked.add(card));
    },

    election: (stored) => {
      const { value } = stored;
      const session = known(this.sessions, value.session);
      const ceremony = known(this.keys, value.keys);
      const roll = known(this.rolls, value.roll);
      const isOneSession = ceremony.session === value.session && roll.session === value.session;
      need(isOneSession, "order.reference");
      if (value.manifest.previous !== undefined) {
        known(this.elections, value.manifest.previous);
      }
      const paper = makePaper(stored, ceremony.keys!);
      const state = new ElectionState(paper, value, ceremony, roll, session.deputies);
      this.elections.set(stored.id, state);
    },

    open: ({ value }) => {
      const state = this.living(value.election);
      need(state.opening === null, "order.repeated");
      state.opening = value;
    },

    ballot: (stored, given) => {
      const { value } = stored;
      const state = this.living(value.election);
      const verdict = given ?? judgeBallot(state.paper, stored);
      if (verdict instanceof Malformed) {
        throw verdict;
      }
      checkAdmission(state, value);
      need(!state.ballots.has(value.credential), "ballot.second");
      need(!state.challenged.has(nameOf(value)), "ballot.challenged");
      if (verdict instanceof Invalid) {
        throw verdict;
      }
      const heads = verdict.ciphertext.heads.map(headName);
      need(!heads.some((head) => state.heads.has(head)), "ballot.reused");
      state.ballots.set(value.credential, verdict);
      heads.forEach((head) => state.heads.add(head));
      state.accepted.add(nameOf(value));
    },

    challenge: ({ value }) => {
      const state = this.living(value.election);
      checkAdmission(state, value.ballot);
      const name = nameOf(value.ballot);
      need(!state.accepted.has(name), "challenge.accepted");
      checkChallenge(state.paper, value);
      state.challenged.add(name);
    },

    close: ({ value }) => {
      const state = this.living(value.election);
      need(state.closing === null, "order.repeated");
      need(state.opening !== null, "order.state");
      need(value.issued === state.roll.good, "close.issued");
      need(value.ballots === state.ballots.size, "close.ballots");
      state.closing = value;
    },

    tally: (stored) => {
      const state = this.living(stored.value.election);
      need(state.count === null, "order.repeated");
      need(state.closing !== null, "order.state");
      const expected = addBallots(state.paper, state.ballots.values());
      state.count = checkTally(state.paper, stored, expected);
      this.tallies.set(stored.id, state);
    },

    decryption: ({ value }) => {
      const state = known(this.tallies, value.tally);
      this.living(state.paper.election);
      need(state.result === null, "order.state");
      need(!state.shares.has(value.index), "decryption.index");
      const { keys, registered } = state.ceremony;
      state.shares.set(value.index, checkShare(state.count!, keys!, registered, value));
    },

    result: ({ id, value }) => {
      const state = known(this.tallies, value.tally);
      this.living(state.paper.election);
      const { threshold } = state.ceremony.circle;
      need(state.result === null, "order.repeated");
      need(state.shares.size >= threshold, "order.state");
      const { trustees, counts } = combine(state.count!, threshold, state.shares.values());
      need(value.trustees.join() === trustees.join(), "result.trustees");
      need(value.counts.join() === counts.join(), "result.counts");
      state.result = value;
      this.results.set(id, state);
    },

    outcome: ({ id, value }) => {
      const state = known(this.results, value.result);
      this.living(state.paper.election);
      need(state.outcome === null, "order.repeated");
      const { counts } = state.result!;
      const expected = decide(state.paper.style, counts, state.turnout, value.result);
      need(isSame(canonical(value), canonical(expected)), "outcome.value");
      state.outcome = value;
      const { paper, value: election } = state;
      const { kind } = election.manifest;
      this.outcomes.set(id, { election: paper.election, kind, outcome: value });
    },

    annul: ({ value }) => {
      this.living(value.election).isAnnulled = true;
      for (const [project, way] of this.ways) {
        if (way.election === value.election) {
          this.ways.set(project, undo(way));
        }
      }
    },

    milestone: ({ id, value }) => {
      const decision = value.outcome === "" ? null : known(this.outcomes, value.outcome);
      if (decision !== null) {
        this.living(decision.election);
      }
      const way = this.ways.get(value.project) ?? START;
      this.ways.set(value.project, follow(way, id, value, decision));
    },
  };
}

/** Refuse by a rule what is not so. */
function need(isSo: boolean, rule: string): asserts isSo {
  if (!isSo) {
    throw new Invalid(rule);
  }
}

function known<S>(states: ReadonlyMap<string, S>, name: string): S {
  const state = states.get(name);
  need(state !== undefined, "order.reference");
  return state;
}

function speaker(
  registered: ReadonlyMap<number, Registered>,
  index: number,
  spoken: { has(index: number): boolean },
): Registered {
  const trustee = registered.get(index);
  need(trustee !== undefined && !spoken.has(index), "ceremony.index");
  return trustee;
}

function repeats(names: readonly string[]): boolean {
  return new Set(names).size < names.length;
}

/** What of a ballot is compared with a challenge: all but its signature, so not its id. */
function nameOf(ballot: Ballot): string {
  return `${ballot.credential} ${ballot.ciphertext}`;
}

function headName(head: Point): string {
  return toHex(head.bytes);
}

function checkAdmission(state: ElectionState, ballot: Ballot): void {
  need(state.isOpen, "ballot.closed");
  need(state.roll.isGood(ballot.credential), "ballot.credential");
}
