/** Protocol §11. The state machine that takes the log's objects in their order, or refuses them. */

import {
  type Paper,
  type ValidBallot,
  checkBallot,
  checkChallenge,
  makePaper,
} from "./ballot.js";
import { canonical, isSame, toHex } from "./encoding.js";
import { Invalid, Malformed } from "./errors.js";
import type { Point } from "./group.js";
import type {
  AnyObject,
  Annul,
  Ballot,
  Ceremony,
  Challenge,
  Close,
  DecisionOutcome,
  Decryption,
  Election,
  Issue,
  Keys,
  ObjectId,
  Open,
  RatingOutcome,
  Result,
  Revoke,
  Roll,
  Session,
  Stored,
  Tally,
  Trustee,
  TrusteeCommitment,
  TrusteeConfirmation,
} from "./objects.js";
import { Turnout, decide } from "./outcome.js";
import {
  type Count,
  type ValidShare,
  addBallots,
  checkShare,
  checkTally,
  combine,
} from "./tally.js";
import {
  type Circle,
  type Committed,
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

/** How far a ceremony has come. */
export class CeremonyState {
  readonly registered = new Map<number, Registered>();
  readonly committed = new Map<number, Committed>();
  readonly confirmed = new Set<number>();
  keys: Keys | null = null;

  constructor(
    readonly circle: Circle,
    readonly session: ObjectId,
  ) {}
}

/** The cards of a roll: all, those issued, those revoked. */
export class RollState {
  readonly issued = new Set<string>();
  readonly revoked = new Set<string>();

  constructor(
    readonly session: ObjectId,
    readonly credentials: ReadonlySet<string>,
  ) {}

  /** Give the number of cards that are issued and not revoked. */
  get good(): number {
    return this.issued.size - this.revoked.size;
  }

  /** Tell whether a card is issued and not revoked. */
  isGood(credential: string): boolean {
    return this.issued.has(credential) && !this.revoked.has(credential);
  }
}

/** How far an election has come. */
export class ElectionState {
  opening: Open | null = null;
  readonly ballots = new Map<string, ValidBallot>();
  readonly heads = new Set<string>();
  readonly challenged = new Set<string>();
  readonly accepted = new Set<string>();
  closing: Close | null = null;
  count: Count | null = null;
  readonly shares = new Map<number, ValidShare>();
  result: Result | null = null;
  outcome: DecisionOutcome | RatingOutcome | null = null;
  isAnnulled = false;

  constructor(
    readonly paper: Paper,
    readonly value: Election,
    readonly ceremony: CeremonyState,
    readonly roll: RollState,
    readonly deputies: number,
  ) {}

  /** Tell whether ballots may come. */
  get isOpen(): boolean {
    return this.opening !== null && this.closing === null && !this.isAnnulled;
  }

  /** Give the numbers of a closed election. */
  get turnout(): Turnout {
    if (this.closing === null) {
      throw new TypeError("the election was not closed");
    }
    const { present, issued, ballots } = this.closing;
    return new Turnout(this.deputies, present, issued, ballots);
  }
}

/** The state after the entries taken so far; `take` changes nothing where it throws. */
export class Replay {
  readonly seen = new Set<ObjectId>();
  readonly sessions = new Map<ObjectId, Session>();
  readonly ceremonies = new Map<ObjectId, CeremonyState>();
  readonly keys = new Map<ObjectId, CeremonyState>();
  readonly rolls = new Map<ObjectId, RollState>();
  readonly elections = new Map<ObjectId, ElectionState>();
  readonly tallies = new Map<ObjectId, ElectionState>();
  readonly results = new Map<ObjectId, ElectionState>();

  /**
   * Take the next object. Throws `BallotError` where it breaks a rule.
   *
   * `verdict` is what checking a ballot gave, where that was done elsewhere.
   */
  take(stored: Stored, verdict?: Verdict): void {
    if (this.seen.has(stored.id)) {
      throw new Invalid("order.repeated");
    }
    this.takeValue(stored, stored.value, verdict);
    this.seen.add(stored.id);
  }

  /** Give the paper of an election taken before. Throws `Invalid("order.reference")`. */
  paper(election: ObjectId): Paper {
    return known(this.elections, election).paper;
  }

  private takeValue(stored: Stored, value: AnyObject, verdict?: Verdict): void {
    const { id, raw } = stored;
    switch (value.type) {
      case "session":
        this.sessions.set(id, value);
        return;
      case "ceremony":
        return this.ceremony({ id, raw, value });
      case "trustee":
        return this.trustee(value);
      case "trustee-commitment":
        return this.commitment({ id, raw, value });
      case "trustee-confirmation":
        return this.confirmation(value);
      case "keys":
        return this.takeKeys(id, value);
      case "roll":
        return this.roll(id, value);
      case "issue":
        return this.issue(value);
      case "revoke":
        return this.revoke(value);
      case "election":
        return this.election({ id, raw, value });
      default:
        return this.takeOfElection(stored, value, verdict);
    }
  }

  private takeOfElection(stored: Stored, value: AfterElection, verdict?: Verdict): void {
    const { id, raw } = stored;
    switch (value.type) {
      case "open":
        return this.open(value);
      case "ballot":
        return this.ballot({ id, raw, value }, verdict);
      case "challenge":
        return this.challenge(value);
      case "close":
        return this.close(value);
      case "tally":
        return this.tally({ id, raw, value });
      case "decryption":
        return this.decryption(value);
      case "result":
        return this.result(id, value);
      case "outcome":
        return this.outcome(value);
      case "annul":
        return this.annul(value);
    }
  }

  private ceremony(stored: Stored<Ceremony>): void {
    const circle = checkCeremony(stored);
    known(this.sessions, stored.value.session);
    this.ceremonies.set(stored.id, new CeremonyState(circle, stored.value.session));
  }

  private trustee(value: Trustee): void {
    const state = known(this.ceremonies, value.ceremony);
    if (state.committed.size > 0) {
      throw new Invalid("order.state");
    }
    const registered = checkRegistration(state.circle, value, state.registered.values());
    state.registered.set(value.index, registered);
  }

  private commitment(stored: Stored<TrusteeCommitment>): void {
    const { ceremony, index } = stored.value;
    const state = known(this.ceremonies, ceremony);
    if (state.registered.size < state.circle.trustees || state.confirmed.size > 0) {
      throw new Invalid("order.state");
    }
    const trustee = speaker(state.registered, index, state.committed);
    state.committed.set(index, checkCommitment(state.circle, trustee, stored));
  }

  private confirmation(value: TrusteeConfirmation): void {
    const state = known(this.ceremonies, value.ceremony);
    if (state.committed.size < state.circle.trustees || state.keys !== null) {
      throw new Invalid("order.state");
    }
    const trustee = speaker(state.registered, value.index, state.confirmed);
    checkConfirmation(value, trustee, [...state.committed.values()]);
    state.confirmed.add(value.index);
  }

  private takeKeys(id: ObjectId, value: Keys): void {
    const state = known(this.ceremonies, value.ceremony);
    if (state.keys !== null) {
      throw new Invalid("order.repeated");
    }
    if (state.confirmed.size < state.circle.trustees) {
      throw new Invalid("order.state");
    }
    checkKeys(state.circle, value, [...state.committed.values()]);
    state.keys = value;
    this.keys.set(id, state);
  }

  private roll(id: ObjectId, { session, credentials }: Roll): void {
    known(this.sessions, session);
    const isSorted = credentials.every((name, i) => i === 0 || credentials[i - 1]! < name);
    if (credentials.length === 0 || !isSorted) {
      throw new Invalid("roll.credentials");
    }
    this.rolls.set(id, new RollState(session, new Set(credentials)));
  }

  private issue({ roll: name, credentials }: Issue): void {
    const roll = known(this.rolls, name);
    const isNew = (card: string): boolean => roll.credentials.has(card) && !roll.issued.has(card);
    if (!credentials.every(isNew) || repeats(credentials)) {
      throw new Invalid("issue.credential");
    }
    credentials.forEach((card) => roll.issued.add(card));
  }

  private revoke({ roll: name, credentials }: Revoke): void {
    const roll = known(this.rolls, name);
    if (!credentials.every((card) => roll.isGood(card)) || repeats(credentials)) {
      throw new Invalid("revoke.credential");
    }
    for (const { isOpen, roll: used, ballots } of this.elections.values()) {
      if (isOpen && used === roll && credentials.some((card) => ballots.has(card))) {
        throw new Invalid("revoke.voted");
      }
    }
    credentials.forEach((card) => roll.revoked.add(card));
  }

  private election(stored: Stored<Election>): void {
    const { value } = stored;
    const session = known(this.sessions, value.session);
    const ceremony = known(this.keys, value.keys);
    const roll = known(this.rolls, value.roll);
    const isOneSession = ceremony.session === value.session && roll.session === value.session;
    if (!isOneSession || ceremony.keys === null) {
      throw new Invalid("order.reference");
    }
    if (value.manifest.previous !== undefined) {
      known(this.elections, value.manifest.previous);
    }
    const paper = makePaper(stored, ceremony.keys);
    const state = new ElectionState(paper, value, ceremony, roll, session.deputies);
    this.elections.set(stored.id, state);
  }

  private living(election: ObjectId): ElectionState {
    const state = known(this.elections, election);
    if (state.isAnnulled) {
      throw new Invalid("order.annulled");
    }
    return state;
  }

  private open(value: Open): void {
    const state = this.living(value.election);
    if (state.opening !== null) {
      throw new Invalid("order.repeated");
    }
    state.opening = value;
  }

  private ballot(stored: Stored<Ballot>, given?: Verdict): void {
    const { value } = stored;
    const state = this.living(value.election);
    const verdict = given ?? judgeBallot(state.paper, stored);
    if (verdict instanceof Malformed) {
      throw verdict;
    }
    checkAdmission(state, value);
    if (state.ballots.has(value.credential)) {
      throw new Invalid("ballot.second");
    }
    if (state.challenged.has(nameOf(value))) {
      throw new Invalid("ballot.challenged");
    }
    if (verdict instanceof Invalid) {
      throw verdict;
    }
    const heads = verdict.ciphertext.heads.map(headName);
    if (heads.some((head) => state.heads.has(head))) {
      throw new Invalid("ballot.reused");
    }
    state.ballots.set(value.credential, verdict);
    heads.forEach((head) => state.heads.add(head));
    state.accepted.add(nameOf(value));
  }

  private challenge(value: Challenge): void {
    const state = this.living(value.election);
    checkAdmission(state, value.ballot);
    const name = nameOf(value.ballot);
    if (state.accepted.has(name)) {
      throw new Invalid("challenge.accepted");
    }
    checkChallenge(state.paper, value);
    state.challenged.add(name);
  }

  private close(value: Close): void {
    const state = this.living(value.election);
    if (state.closing !== null) {
      throw new Invalid("order.repeated");
    }
    if (state.opening === null) {
      throw new Invalid("order.state");
    }
    if (value.issued !== state.roll.good) {
      throw new Invalid("close.issued");
    }
    if (value.ballots !== state.ballots.size) {
      throw new Invalid("close.ballots");
    }
    state.closing = value;
  }

  private tally(stored: Stored<Tally>): void {
    const state = this.living(stored.value.election);
    if (state.count !== null) {
      throw new Invalid("order.repeated");
    }
    if (state.closing === null) {
      throw new Invalid("order.state");
    }
    const expected = addBallots(state.paper, state.ballots.values());
    state.count = checkTally(state.paper, stored, expected);
    this.tallies.set(stored.id, state);
  }

  private decryption(value: Decryption): void {
    const state = known(this.tallies, value.tally);
    this.living(state.paper.election);
    if (state.result !== null) {
      throw new Invalid("order.state");
    }
    if (state.shares.has(value.index)) {
      throw new Invalid("decryption.index");
    }
    const { count, keys } = counted(state);
    state.shares.set(value.index, checkShare(count, keys, state.ceremony.registered, value));
  }

  private result(id: ObjectId, value: Result): void {
    const state = known(this.tallies, value.tally);
    this.living(state.paper.election);
    const { threshold } = state.ceremony.circle;
    if (state.result !== null) {
      throw new Invalid("order.repeated");
    }
    if (state.shares.size < threshold) {
      throw new Invalid("order.state");
    }
    const { trustees, counts } = combine(counted(state).count, threshold, state.shares.values());
    if (value.trustees.join() !== trustees.join()) {
      throw new Invalid("result.trustees");
    }
    if (value.counts.join() !== counts.join()) {
      throw new Invalid("result.counts");
    }
    state.result = value;
    this.results.set(id, state);
  }

  private outcome(value: DecisionOutcome | RatingOutcome): void {
    const state = known(this.results, value.result);
    this.living(state.paper.election);
    if (state.outcome !== null) {
      throw new Invalid("order.repeated");
    }
    const counts = state.result?.counts ?? [];
    const expected = decide(state.paper.style, counts, state.turnout, value.result);
    if (!isSame(canonical(value), canonical(expected))) {
      throw new Invalid("outcome.value");
    }
    state.outcome = value;
  }

  private annul(value: Annul): void {
    this.living(value.election).isAnnulled = true;
  }
}

/** The objects that belong to an election, but for the election itself. */
type AfterElection = Extract<
  AnyObject,
  { readonly election: ObjectId } | { readonly tally: ObjectId } | { readonly result: ObjectId }
>;

function known<S>(states: ReadonlyMap<string, S>, name: string): S {
  const state = states.get(name);
  if (state === undefined) {
    throw new Invalid("order.reference");
  }
  return state;
}

function speaker(
  registered: ReadonlyMap<number, Registered>,
  index: number,
  spoken: { has(index: number): boolean },
): Registered {
  const trustee = registered.get(index);
  if (trustee === undefined || spoken.has(index)) {
    throw new Invalid("ceremony.index");
  }
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
  if (!state.isOpen) {
    throw new Invalid("ballot.closed");
  }
  if (!state.roll.isGood(ballot.credential)) {
    throw new Invalid("ballot.credential");
  }
}

function counted({ count, ceremony }: ElectionState): { count: Count; keys: Keys } {
  if (count === null || ceremony.keys === null) {
    throw new TypeError("the election was not tallied");
  }
  return { count, keys: ceremony.keys };
}
