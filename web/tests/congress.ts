/** A small congress in memory: its log entry by entry, and the secrets of all who act in it. */

import { type Paper, type Seed, makeBallot, makeChallenge, makeSeed } from "../ballots/ballot.js";
import type { CardSecret, TrusteeSeed } from "../ballots/cards.js";
import { cardCredential, cardSeed, rollCredentials } from "../ballots/cards.js";
import { frame, h512, parseB64u, parseHex, toB64u, u32, utf8 } from "../ballots/encoding.js";
import { BallotError } from "../ballots/errors.js";
import { type VerifierKey, entryBytes, makeCheckpoint, makeVerifierKey } from "../ballots/log.js";
import { hashToScalar } from "../ballots/group.js";
import { type Manifest, type Selection, fillSlots } from "../ballots/manifest.js";
import { leafHash, nodesOf, root } from "../ballots/merkle.js";
import {
  type AnyObject,
  type Ballot,
  type Close,
  type Decryption,
  type ObjectId,
  type Result,
  type Stored,
  signObject,
  store,
} from "../ballots/objects.js";
import { decide } from "../ballots/outcome.js";
import { makeBitProof } from "../ballots/proofs.js";
import { recordFiles } from "../ballots/record.js";
import { Replay } from "../ballots/replay.js";
import type { ElectionState } from "../ballots/states.js";
import { addBallots, combine, makeShare } from "../ballots/tally.js";
import { commit, confirm, makeKeys, register, trusteeSecrets } from "../ballots/trustees.js";

export const ORIGIN = "log.example/test";
export const LOG_SEED = secret("log");
export const LOG_KEY: VerifierKey = makeVerifierKey(ORIGIN, LOG_SEED);
export const TIME = "2026-02-01T09:00:00Z";

/** Give 32 bytes that a name stands for. */
export function secret(name: string, number = 0): Uint8Array {
  return h512(`test-${name}`, u32(number)).slice(0, 32);
}

/** Give the secret of a card. */
export function card(number: number): CardSecret {
  return secret("card", number).slice(0, 16) as CardSecret;
}

/** Give the seed of a ballot. */
export function seedOf(name: string): Seed {
  return makeSeed(h512("test-ballot", utf8(name)).slice(0, 32));
}

/** Give the credentials of cards as a roll lists them. */
export function credentials(...numbers: number[]): string[] {
  return rollCredentials(numbers.map((number) => cardCredential(card(number))));
}

/** A ballot for the first project, with block randomness of the prover's choice where there is one. */
export function withRandomness(
  paper: Paper,
  number: number,
  chosen: (block: number) => bigint | null,
): Ballot {
  const credential = toB64u(cardCredential(card(number)));
  const context = frame("ballot", parseHex(paper.election), parseB64u(credential));
  const bits = fillSlots(paper.style, choose("p1"));
  const nonce = (label: string, i: number): bigint =>
    (label === "r" ? chosen(i) : null) ?? hashToScalar("test", secret(label, i), context);
  const sealed = makeBitProof(paper.style, paper.keys, { context, bits, nonce }).map(toB64u);
  const [ciphertext, commitment, proof] = sealed as [string, string, string];
  const { election } = paper;
  const ballot = { election, credential, ciphertext, commitment, proof, signature: "" };
  return signObject({ type: "ballot", ...ballot }, cardSeed(card(number)));
}

/** A manifest with one question: approve up to `max` of so many projects. */
export function approval(options: number, max: number, changes: Partial<Manifest> = {}): Manifest {
  const names = Array.from({ length: options }, (_, i) => `p${i + 1}`);
  return {
    title: "Projects",
    kind: "decision",
    round: 1,
    questions: [
      {
        id: "projects",
        title: "Projects",
        options: names.map((id) => ({ id, title: id })),
        min: 1,
        max,
        abstain: true,
      },
    ],
    limits: [],
    rules: { seats: max, threshold: "all", tie: "runoff", shortfall: "runoff" },
    ...changes,
  };
}

/** A selection of projects in `approval`. */
export function choose(...names: readonly string[]): Selection[] {
  return names.map((name) => ["projects", name]);
}

/** The rule that a check breaks, or `null`. */
export function ruleOf(check: () => unknown): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof BallotError) {
      return error.rule;
    }
    throw error;
  }
}

/** The rule that a check breaks in time, or `null`. */
export async function ruleLater(check: () => Promise<unknown>): Promise<string | null> {
  try {
    await check();
    return null;
  } catch (error) {
    if (error instanceof BallotError) {
      return error.rule;
    }
    throw error;
  }
}

/** A congress with its log. */
export class Congress {
  readonly objects: Stored[] = [];
  readonly replay = new Replay();
  readonly seeds: readonly TrusteeSeed[];

  constructor(
    readonly trustees = 1,
    readonly threshold = 1,
  ) {
    this.seeds = Array.from({ length: trustees }, (_, i) => secret("trustee", i) as TrusteeSeed);
  }

  /** Put an object on the log; one that breaks a rule is not taken. */
  add<T extends AnyObject>(value: T): Stored<T> {
    const stored = store(value);
    this.replay.take(stored);
    this.objects.push(stored);
    return stored;
  }

  /** Tell which rule an object breaks as the next one; it is taken only if it breaks none. */
  refusal(value: AnyObject): string | null {
    return ruleOf(() => this.add(value));
  }

  /** Hold the ceremony and give the ids of session and keys. */
  begin(deputies = 3): { session: ObjectId; keys: ObjectId; ceremony: ObjectId } {
    const session = this.add({ type: "session", congress: "C", name: "S", deputies }).id;
    const ceremony = this.ceremony(session);
    this.seeds.forEach((_, i) => this.add(this.registration(ceremony, i + 1)));
    this.seeds.forEach((_, i) => this.add(this.commitment(ceremony, i + 1)));
    this.seeds.forEach((_, i) => this.add(this.confirmation(ceremony, i + 1)));
    const { circle, committed } = this.state(ceremony);
    return { session, ceremony, keys: this.add(makeKeys(circle, [...committed.values()])).id };
  }

  ceremony(session: ObjectId): ObjectId {
    const { trustees, threshold } = this;
    return this.add({ type: "ceremony", session, trustees, threshold, width: 32 }).id;
  }

  private state(ceremony: ObjectId) {
    return this.replay.ceremonies.get(ceremony)!;
  }

  registration(ceremony: ObjectId, index: number) {
    const { circle } = this.state(ceremony);
    return register(circle, this.seeds[index - 1]!, index, `T${index}`);
  }

  commitment(ceremony: ObjectId, index: number) {
    const { circle, registered } = this.state(ceremony);
    return commit(circle, this.seeds[index - 1]!, index, [...registered.values()]);
  }

  confirmation(ceremony: ObjectId, index: number) {
    const { circle, registered, committed } = this.state(ceremony);
    const published = {
      registered: [...registered.values()],
      commitments: [...committed.values()],
    };
    return confirm(circle, this.seeds[index - 1]!, index, published);
  }

  /** Print and issue so many cards and give the roll's id. */
  roll(session: ObjectId, printed = 4, issued = 3): ObjectId {
    const keys = Array.from({ length: printed }, (_, i) => cardCredential(card(i)));
    const roll = this.add({ type: "roll", session, credentials: rollCredentials(keys) }).id;
    this.add({ type: "issue", roll, credentials: rollCredentials(keys.slice(0, issued)) });
    return roll;
  }

  /** Open an election and give its state. */
  open(manifest: Manifest = approval(4, 2)): ElectionState {
    const { session, keys } = this.begin();
    const roll = this.roll(session);
    const election = this.add({ type: "election", session, keys, roll, manifest }).id;
    this.add({ type: "open", election, present: 3, time: TIME });
    return this.replay.elections.get(election)!;
  }

  /** Cast a card's ballot. */
  cast(paper: Paper, number: number, selections: readonly Selection[]): Stored<Ballot> {
    return this.add(ballotOf(paper, number, selections).value);
  }

  /** What an election that ends now would be closed with. */
  closing({ paper, roll, ballots }: ElectionState): Close {
    const counts = { present: 3, issued: roll.good, ballots: ballots.size };
    return { type: "close", election: paper.election, ...counts, time: TIME };
  }

  /** Close and add up; give the state. */
  close(state: ElectionState): ElectionState {
    this.add(this.closing(state));
    this.add(addBallots(state.paper, state.ballots.values()));
    return state;
  }

  /** A trustee's share of a tally. */
  share(state: ElectionState, index: number): Decryption {
    const { circle, registered, committed, keys } = state.ceremony;
    const published = {
      registered: [...registered.values()],
      commitments: [...committed.values()],
    };
    const seed = this.seeds[index - 1]!;
    const secrets = trusteeSecrets(circle, seed, index, published);
    return makeShare(state.count!, keys!, { circle, seed, index, secrets });
  }

  /** What the shares come to. */
  resultOf(state: ElectionState): Result {
    const { trustees, counts } = combine(state.count!, this.threshold, state.shares.values());
    return { type: "result", tally: state.count!.id, trustees, counts };
  }

  /** Decrypt, count and decide. */
  finish(state: ElectionState): void {
    for (let index = 1; index <= this.threshold; index += 1) {
      this.add(this.share(state, index));
    }
    const { id, value } = this.add(this.resultOf(state));
    this.add(decide(state.paper.style, value.counts, state.turnout, id));
  }

  /** The whole log as a record's files. */
  files(): Map<string, Uint8Array> {
    return filesOf(this.objects);
  }
}

/** Lay out objects as a record, whatever they say, under the test's own key. */
export function filesOf(objects: readonly Stored[]): Map<string, Uint8Array> {
  const leaves = objects.map(({ id, value }) => leafHash(entryBytes(id, value.type)));
  const head = root(leaves.length, nodesOf(leaves));
  const checkpoint = makeCheckpoint(ORIGIN, leaves.length, head, LOG_SEED);
  return recordFiles(objects, checkpoint, String(LOG_KEY));
}

/** Make a card's ballot from a seed that hangs on card and election. */
export function ballotOf(
  paper: Paper,
  number: number,
  selections: readonly Selection[],
): Stored<Ballot> {
  return makeBallot(paper, card(number), selections, seedOf(`${paper.election} ${number}`));
}

/** Challenge such a ballot. */
export function challengeOf(paper: Paper, number: number, selections: readonly Selection[]) {
  const seed = seedOf(`${paper.election} ${number}`);
  return makeChallenge(paper, ballotOf(paper, number, selections), selections, seed);
}
